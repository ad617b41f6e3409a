import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { knownPath } from './assignments.ts';
import { describeType } from './describe.ts';
import { attemptProject } from './load.ts';
import { nameOfSaying, placeOfSaying, type Saying, sayingsAbout } from './locate.ts';
import { envName, fieldAt, listFields } from './names.ts';
import { formatPath, type Path, parsePath } from './path.ts';
import { redactTree } from './redact-tree.ts';
import { getAt } from './tree.ts';
import type { Json, LayerKind, ProjectRequest } from './types.ts';
import { type VariableDefinition, variableEnvNames } from './variables.ts';

/** What one layer says about the value. */
export interface Said {
  readonly kind: LayerKind;
  /** `--num-features`, `SENTOPS_TRAIN_NUM_FEATURES`, `targets.production in sentops.yaml`. */
  readonly name: string;
  /** As written, secrets redacted; null where the layer deletes the value. */
  readonly value: Json;
  readonly place: SourcePlace | null;
}

export interface Explanation {
  readonly path: string;
  /** After interpolation, secrets redacted; null where there is no value. */
  readonly value: Json;
  /** As the winning layer writes it. */
  readonly raw: Json;
  readonly winner: Said | null;
  /** Strongest first. */
  readonly losers: readonly Said[];
  /** Why `value` could not be computed. */
  readonly problem: string | null;
  readonly doc: string;
  /** What a value has to be, in words. */
  readonly expected: string;
  readonly default: Json;
  readonly flag: string | null;
  /** Strongest first. */
  readonly env: readonly string[];
  readonly driver: string | null;
}

/** Where a value comes from: the layer that wins and every one that loses, each with its place. */
export async function explainValue(request: ProjectRequest, given: string): Promise<Explanation> {
  const path = pathOf(given);
  const { gathered, project, errors } = await attemptProject({ ...request, places: true });
  const { definitions, layers } = gathered;
  if (path[0] === 'variables' && path[1] !== undefined) requireVariable(path[1], definitions);
  const show = (value: unknown, at: Path = path) => redactTree(value, at, definitions);
  const [winner, ...losers] = sayingsAbout(layers, path).map(saying => sayingToSaid(saying, path, show));
  const name = formatPath(path);
  const fault = [...errors, ...project.unresolved].find(problem => problem.path === name);
  const found = path[0] === 'variables' ? getAt(gathered.merged, path) : getAt(project.config as unknown as Json, path);
  return {
    path: name,
    value: show(found ?? null),
    raw: show(getAt(gathered.merged, path) ?? null),
    winner: winner ?? null,
    losers,
    problem: fault?.message ?? null,
    ...describe(path, definitions, show),
  };
}

/** `var.region` is how a variable is called elsewhere; its value is what somebody wants to have explained. */
function pathOf(given: string): Path {
  const path = parsePath(given);
  const [first, name] = path;
  if ((first === 'var' || first === 'variables') && name !== undefined && path.length === 2)
    return ['variables', name, 'default'];
  try {
    return knownPath(path);
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    throw new SentopsError('NOT_FOUND', error.message, { hint: error.hint, details: error.details });
  }
}

function requireVariable(name: string, definitions: ReadonlyMap<string, VariableDefinition>): void {
  if (definitions.has(name)) return;
  const known = [...definitions.keys()].join(', ');
  throw new SentopsError('NOT_FOUND', `there is no variable ${name}`, { hint: `the variables are ${known}` });
}

function sayingToSaid(saying: Saying, path: Path, show: (value: unknown, at?: Path) => Json): Said {
  const isWhole = saying.path.length < path.length && Array.isArray(saying.value);
  return {
    kind: saying.layer.kind,
    name: nameOfSaying(saying),
    value: isWhole
      ? show(getAt(saying.value, path.slice(saying.path.length)) ?? null)
      : show(saying.value, saying.path),
    place: placeOfSaying(saying) ?? null,
  };
}

function describe(path: Path, definitions: ReadonlyMap<string, VariableDefinition>, show: (value: unknown) => Json) {
  const variable = path[0] === 'variables' && path[2] === 'default' ? definitions.get(path[1] ?? '') : undefined;
  if (variable !== undefined) return describeVariable(path[1] ?? '', variable);
  const node = fieldAt(path);
  const dotted = path.join('.');
  const isNamed = listFields().some(field => field.path === dotted);
  const meta = node?.node === 'field' ? node.meta : undefined;
  return {
    doc: node?.node === 'section' ? node.doc : (meta?.doc ?? ''),
    expected: node === undefined ? 'a value' : describeType(node.node === 'field' ? node.type : node),
    default: show(meta?.default ?? null),
    flag: meta?.flag === undefined ? null : `--${meta.flag}`,
    env: isNamed ? [envName(dotted), ...(meta?.env ?? [])] : [],
    driver: meta?.driver ?? null,
  };
}

function describeVariable(name: string, { description, type, env, secret }: VariableDefinition) {
  return {
    doc: description ?? '',
    expected: type,
    default: null,
    flag: secret ? null : `--var ${name}=…`,
    env: [...variableEnvNames(name), ...env],
    driver: null,
  };
}
