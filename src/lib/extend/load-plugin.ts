import type { SentopsError } from '../core/errors.ts';
import {
  CONTRACT_VERSION,
  type ExtensionApi,
  type ExtensionMeta,
  type ExtensionModule,
  isKind,
  KINDS,
  type Kind,
  type Loader,
} from './contract.ts';
import { extensionFailed, isRecord } from './failure.ts';
import { normaliseName } from './names.ts';
import type { PluginProblem, PluginSource, Registration } from './types.ts';
import { withinTime } from './within-time.ts';

/** What a plugin brings, or why it brings nothing. Never throws: one plugin must not take the others with it. */
export interface LoadedPlugin {
  readonly registrations: readonly Registration[];
  readonly problems: readonly PluginProblem[];
  /** Set where nothing of the plugin can be used. */
  readonly failure?: SentopsError;
}

export async function loadPlugin(source: PluginSource): Promise<LoadedPlugin> {
  const registrations: Registration[] = [];
  const problems: PluginProblem[] = [];
  try {
    const module = readModule(await withinTime(source.load()));
    await withinTime(Promise.resolve(module.register(createApi(source, registrations, problems))));
  } catch (error) {
    const failure = extensionFailed({ plugin: source.name }, 'cannot be loaded', error);
    const problem = { plugin: source.name, reason: 'unloadable', extension: null, message: failure.message } as const;
    return { registrations: [], problems: [problem], failure };
  }
  return { registrations, problems: [...problems, ...findMissing(source, registrations)] };
}

function readModule(loaded: unknown): ExtensionModule {
  const module = isRecord(loaded) && isRecord(loaded['default']) ? loaded['default'] : loaded;
  if (!isRecord(module) || typeof module['register'] !== 'function') {
    throw new Error('its extensions module has no default export made by defineExtensions');
  }
  checkContract(module['contract']);
  return module as unknown as ExtensionModule;
}

/** The same words for the module and for package.json, which is read first and saves loading a module in vain. */
export function checkContract(contract: unknown): void {
  if (contract === CONTRACT_VERSION) return;
  const written =
    contract === undefined || contract === null
      ? 'does not say for which contract version it was'
      : `was written for contract version ${String(contract)}`;
  throw new Error(`it ${written}, and this sentops has version ${CONTRACT_VERSION}`);
}

function createApi(source: PluginSource, registrations: Registration[], problems: PluginProblem[]): ExtensionApi {
  return {
    contract: CONTRACT_VERSION,
    register(kind, name, load, meta) {
      const entry = readRegistration(source, kind, name, load, meta);
      if (typeof entry === 'string') problems.push(refusal(source, String(kind), String(name), entry));
      else registrations.push(entry);
    },
  };
}

/** The registration, or what is wrong with it. A kind of a later version is refused alone: the others still count. */
function readRegistration(
  source: PluginSource,
  kind: string,
  name: unknown,
  load: unknown,
  meta?: ExtensionMeta,
): Registration | string {
  if (!isKind(kind)) return `is of no known kind; there are ${Object.keys(KINDS).join(', ')}`;
  const normalised = typeof name === 'string' ? normaliseName(name) : undefined;
  if (normalised === undefined) return 'has a name that is not made of letters, digits, dots and hyphens';
  if (typeof load !== 'function') return 'is registered without a function that loads it';
  if (source.provides && !announces(source, kind, normalised))
    return 'is not announced under sentops.provides in its package.json';
  const summary = typeof meta?.summary === 'string' ? meta.summary : '';
  return { kind, name: normalised, plugin: source.name, summary, load: load as Loader<Kind> };
}

function findMissing(source: PluginSource, registrations: readonly Registration[]): PluginProblem[] {
  const announced = Object.entries(source.provides ?? {}).flatMap(([kind, names]) =>
    names.map(name => ({ kind, name })),
  );
  return announced
    .filter(
      ({ kind, name }) =>
        isKind(kind) && !registrations.some(entry => entry.kind === kind && entry.name === normaliseName(name)),
    )
    .map(({ kind, name }) => refusal(source, kind, name, 'is announced in its package.json but was not registered'));
}

function refusal(source: PluginSource, kind: string, name: string, what: string): PluginProblem {
  const title = isKind(kind) ? KINDS[kind].title : kind;
  return {
    plugin: source.name,
    reason: 'refused',
    extension: { kind, name },
    message: `${title} ${name} of plugin ${source.name} ${what}`,
  };
}

export function announces(source: PluginSource, kind: Kind, name: string): boolean {
  return (source.provides?.[kind] ?? []).some(announced => normaliseName(announced) === name);
}
