import { suggest } from '../core/suggest.ts';
import { type Finding, makeFinding } from './findings.ts';
import { formatPath, type Path } from './path.ts';
import { getAt, isMap, type JsonMap } from './tree.ts';
import type { Json } from './types.ts';

interface ConsistencyOptions {
  readonly stage: 'raw' | 'resolved';
  readonly allowPartial?: boolean;
}

/** One place where sections stand: the project itself, a target or a training variant laid over it. */
interface Scope {
  readonly prefix: Path;
  /** A value of this scope; `own` says whether the scope itself names it. */
  look(path: string): { readonly value: Json | undefined; readonly own: boolean };
}

/** The first must not be above the second. */
const ORDERED: readonly (readonly [low: string, high: string])[] = [
  ['cluster.autoscaling.minWorkers', 'cluster.autoscaling.maxWorkers'],
  ['monitor.drift.warn', 'monitor.drift.alert'],
  ['monitor.slo.latencyP95Ms', 'monitor.slo.latencyP99Ms'],
];

/** What no single value shows: sums, orders, references between sections. Missing values belong to other layers. */
export function checkConsistency(values: JsonMap, options: ConsistencyOptions): Finding[] {
  const root: Scope = { prefix: [], look: path => own(values, path.split('.')) };
  const targets = mapsIn(values, ['targets']);
  const scopes = [root, ...targets.map(([name, target]) => overlayScope(root, ['targets', name], target))];
  return [
    ...scopes.flatMap(checkScope),
    ...mapsIn(values, ['train', 'variants']).flatMap(([name, variant]) => checkVariant(root, name, variant)),
    ...checkSecretSources(values, [], options.allowPartial === true),
    ...targets.flatMap(([name, target]) => checkSecretSources(target, ['targets', name], true)),
    ...(options.stage === 'raw' ? [[], ...targets.map(([name]) => ['targets', name])] : []).flatMap(prefix =>
      checkSecretVariables(values, prefix),
    ),
    ...checkDefaultTarget(targets),
    ...(options.stage === 'resolved' ? targets.flatMap(([name, target]) => checkProfile(values, name, target)) : []),
    ...checkReceiverNames(values),
  ];
}

function checkScope(scope: Scope): Finding[] {
  const ordered = ORDERED.flatMap(([low, high]) => checkOrder(scope, low, high));
  return [...ordered, ...checkRatios(scope), ...checkSteps(scope), ...checkColumns(scope)];
}

function checkOrder(scope: Scope, lowPath: string, highPath: string): Finding[] {
  const low = scope.look(lowPath);
  const high = scope.look(highPath);
  if (typeof low.value !== 'number' || typeof high.value !== 'number' || !(low.own || high.own)) return [];
  if (low.value <= high.value) return [];
  const path = [...scope.prefix, ...(low.own ? lowPath : highPath).split('.')];
  const message = `${lowPath} (${low.value}) must not be above ${highPath} (${high.value})`;
  return [makeFinding('INCONSISTENT', path, message)];
}

function checkRatios(scope: Scope): Finding[] {
  const train = scope.look('train.trainRatio');
  const validation = scope.look('train.valRatio');
  if (typeof train.value !== 'number' || typeof validation.value !== 'number' || !(train.own || validation.own))
    return [];
  // A ratio that is above 1 by itself has been told already.
  if (train.value + validation.value <= 1 || train.value > 1 || validation.value > 1) return [];
  const path = [...scope.prefix, 'train', train.own ? 'trainRatio' : 'valRatio'];
  const message = `trainRatio (${train.value}) and valRatio (${validation.value}) add up to more than 1`;
  return [
    makeFinding('INCONSISTENT', path, message, { hint: 'the rest of the rows is the test set: lower one of them' }),
  ];
}

function checkVariant(root: Scope, name: string, variant: JsonMap): Finding[] {
  const scope = overlayScope(root, [], { train: variant });
  return checkRatios(scope).map(({ code, segments, message, hint }) =>
    makeFinding(code, ['train', 'variants', name, ...segments.slice(1)], message, { hint: hint ?? undefined }),
  );
}

function checkSteps(scope: Scope): Finding[] {
  const { value: steps, own: isOwn } = scope.look('rollout.canary.steps');
  if (!isOwn || !Array.isArray(steps)) return [];
  const index = steps.findIndex((step, i) => i > 0 && typeof step === 'number' && step <= Number(steps[i - 1]));
  if (index < 0) return [];
  const path = [...scope.prefix, 'rollout', 'canary', 'steps', String(index)];
  return [makeFinding('INCONSISTENT', path, 'the steps of rollout.canary must grow from one to the next')];
}

/** Only files without a header have their columns in the configuration. */
function checkColumns(scope: Scope): Finding[] {
  const columns = scope.look('dataset.format.columns').value;
  const header = scope.look('dataset.format.header').value;
  if (!Array.isArray(columns) || header !== false) return [];
  const names = columns.filter(name => typeof name === 'string');
  if (names.length < columns.length || names.some(name => name.includes('${'))) return [];
  return ['text', 'label'].flatMap(role => {
    const { value: column, own: isOwn } = scope.look(`dataset.format.${role}`);
    if (!isOwn || typeof column !== 'string' || column.includes('${') || names.includes(column)) return [];
    const meant = suggest(column, names);
    const hint = meant === undefined ? `its columns are ${names.join(', ')}` : `did you mean ${meant}?`;
    const path = [...scope.prefix, 'dataset', 'format', role];
    return [makeFinding('INCONSISTENT', path, `the dataset has no column "${column}" for its ${role}`, { hint })];
  });
}

function checkSecretSources(values: JsonMap, prefix: Path, allowNone: boolean): Finding[] {
  return mapsIn(values, ['secrets']).flatMap(([name, secret]) => {
    const sources = ['env', 'file', 'gcp'].filter(source => Object.hasOwn(secret, source) && secret[source] !== null);
    if (sources.length === 1 || (sources.length === 0 && allowNone)) return [];
    const path = [...prefix, 'secrets', name];
    const found = sources.length === 0 ? 'none of them' : sources.join(' and ');
    return [
      makeFinding(
        'INCONSISTENT',
        path,
        `${formatPath(path)} must have exactly one of env, file and gcp; it has ${found}`,
      ),
    ];
  });
}

/** `secret: true` hides the value in output; in the file it would still stand for all to read. */
function checkSecretVariables(values: JsonMap, prefix: Path): Finding[] {
  return mapsIn(values, [...prefix, 'variables']).flatMap(([name, variable]) => {
    const value = variable['default'];
    const isLiteral = typeof value === 'string' ? value !== '' && !value.includes('${') : typeof value === 'number';
    if (variable['secret'] !== true || !isLiteral) return [];
    const path = [...prefix, 'variables', name, 'default'];
    const hint = 'leave the default out and set the variable by its environment name';
    return [makeFinding('CREDENTIAL_LITERAL', path, `${formatPath(path)} holds a secret in plain text`, { hint })];
  });
}

function checkDefaultTarget(targets: readonly (readonly [string, JsonMap])[]): Finding[] {
  const names = targets.filter(([, target]) => target['default'] === true).map(([name]) => name);
  return names.slice(1).map(name => {
    const message = `targets.${name} and targets.${names[0]} are both the default target`;
    return makeFinding('INCONSISTENT', ['targets', name, 'default'], message, {
      hint: 'keep default: true in one of them',
    });
  });
}

function checkProfile(values: JsonMap, target: string, overlay: JsonMap): Finding[] {
  const profile = overlay['profile'];
  const profiles = [...mapsIn(values, ['profiles']), ...mapsIn(overlay, ['profiles'])].map(([name]) => name);
  if (typeof profile !== 'string' || profiles.includes(profile)) return [];
  const meant = suggest(profile, profiles);
  const hint = meant === undefined ? `the profiles are ${profiles.join(', ')}` : `did you mean ${meant}?`;
  return [makeFinding('INCONSISTENT', ['targets', target, 'profile'], `there is no profile "${profile}"`, { hint })];
}

function checkReceiverNames(values: JsonMap): Finding[] {
  const receivers = getAt(values, ['notify']);
  if (!Array.isArray(receivers)) return [];
  const names = receivers.map(receiver => (isMap(receiver) ? receiver['name'] : undefined));
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || names.indexOf(name) === index) return [];
    const message = `two receivers of notify have the name "${name}"`;
    return [makeFinding('INCONSISTENT', ['notify', String(index), 'name'], message)];
  });
}

function overlayScope(base: Scope, prefix: Path, overlay: JsonMap): Scope {
  return {
    prefix,
    look(path) {
      const found = own(overlay, path.split('.'));
      return found.own ? found : { value: base.look(path).value, own: false };
    },
  };
}

function own(values: JsonMap, path: Path): { readonly value: Json | undefined; readonly own: boolean } {
  const value = getAt(values, path);
  return { value, own: value !== undefined && value !== null };
}

/** The maps in the map at a path, with their names. */
function mapsIn(values: JsonMap, path: Path): (readonly [string, JsonMap])[] {
  const parent = getAt(values, path);
  if (!isMap(parent)) return [];
  return Object.keys(parent).flatMap(name => {
    const child = parent[name];
    return isMap(child) ? [[name, child] as const] : [];
  });
}
