import { suggest } from '../core/suggest.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, Section, ValueType } from './fields/types.ts';
import { type Path, parsePath } from './path.ts';

export interface NamedField {
  readonly path: string;
  readonly field: Field;
}

const ANYTHING: Field = { node: 'field', type: { kind: 'any' }, meta: { doc: '' } };

let fields: readonly NamedField[] | undefined;
let pathsByEnv: ReadonlyMap<string, string> | undefined;

/** Every value whose path is fixed, in the order of the table; a map or list is one value. */
export function listFields(): readonly NamedField[] {
  fields ??= [...leaves(FIELDS, '')];
  return fields;
}

/** The entry for a path, also inside maps, lists and targets; undefined where the table has no such key. */
export function fieldAt(path: string | Path): Field | Section | undefined {
  return nodesAt(typeof path === 'string' ? parsePath(path) : path)[0];
}

/** All entries that may stand at a path: a union has several. */
export function nodesAt(path: Path): readonly (Field | Section)[] {
  return path.reduce<readonly (Field | Section)[]>(nodesBelow, [FIELDS]);
}

/** One key further: for whoever walks a whole tree, as looking up each path from the top costs milliseconds. */
export function nodesBelow(nodes: readonly (Field | Section)[], key: string): readonly (Field | Section)[] {
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined
    ? childrenAt(only, key)
    : nodes.flatMap(node => childrenAt(node, key));
}

/** `train.numFeatures` → `SENTOPS_TRAIN_NUM_FEATURES` */
export function envName(path: string): string {
  return `SENTOPS_${path.split('.').map(screamingCase).join('_')}`;
}

/** The path that an environment name stands for, derived (`SENTOPS_…`) or of the ecosystem (`MLFLOW_TRACKING_URI`). */
export function pathForEnv(name: string): string | undefined {
  pathsByEnv ??= indexEnvironment();
  return pathsByEnv.get(name);
}

/** The path that a long flag sets; `section` decides where two sections have a flag of that name. */
export function pathForFlag(flag: string, section?: string): string | undefined {
  const name = flag.replace(/^--/, '');
  const paths = listFields().filter(({ field }) => field.meta.flag === name);
  const own = section === undefined ? undefined : paths.find(({ path }) => path.startsWith(`${section}.`));
  return (own ?? paths[0])?.path;
}

/** `num-features`, `num_features` → `numFeatures` */
export function camelCase(key: string): string {
  return key.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The known key that was probably meant. */
export function suggestKey(key: string, candidates: Iterable<string>): string | undefined {
  return suggest(key, candidates);
}

function* leaves(section: Section, prefix: string): Generator<NamedField> {
  for (const [key, node] of Object.entries(section.fields)) {
    if (node.node === 'field') yield { path: `${prefix}${key}`, field: node };
    else yield* leaves(node, `${prefix}${key}.`);
  }
}

/** A union has several nodes for one key; the first that knows the rest of the path wins. */
function childrenAt(node: Field | Section, key: string): (Field | Section)[] {
  if (node.node === 'field') return childrenOfType(node.type, key);
  const child = Object.hasOwn(node.fields, key) ? node.fields[key] : undefined;
  if (child !== undefined) return [child];
  return node.open ? [ANYTHING] : [];
}

function childrenOfType(type: ValueType, key: string): (Field | Section)[] {
  switch (type.kind) {
    case 'map':
      return [asNode(type.of)];
    case 'list':
      return /^(?:0|[1-9]\d*)$/.test(key) ? [asNode(type.of)] : [];
    case 'union':
      return type.of.flatMap(branch => childrenAt(asNode(branch), key));
    case 'any':
      return [ANYTHING];
    default:
      return [];
  }
}

function asNode(type: ValueType | Section): Field | Section {
  return 'node' in type ? type : { node: 'field', type, meta: { doc: '' } };
}

/** `numFeatures` → `NUM_FEATURES`, `latencyP95Ms` → `LATENCY_P95_MS`, `streaming-input` → `STREAMING_INPUT` */
function screamingCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

function indexEnvironment(): Map<string, string> {
  const index = new Map<string, string>();
  for (const { path, field } of listFields()) {
    if (field.meta.fileOnly) continue;
    for (const name of [envName(path), ...(field.meta.env ?? [])]) {
      if (!index.has(name)) index.set(name, path);
    }
  }
  return index;
}
