import type { SentopsError } from '../core/errors.ts';
import { KINDS, type Kind } from './contract.ts';
import { BUILT_IN } from './failure.ts';
import { toExtension } from './instantiate.ts';
import { announces, type LoadedPlugin, loadPlugin } from './load-plugin.ts';
import { normaliseName } from './names.ts';
import type { ExtensionEntry, PluginProblem, PluginSource, Registration, Registry } from './types.ts';
import { unknownExtension } from './unknown.ts';

interface PluginState {
  readonly source: PluginSource;
  loading: Promise<LoadedPlugin> | undefined;
  failure: SentopsError | undefined;
  /** Its registrations stand in the table. */
  entered: boolean;
}

/** Names of every kind → how to load them. Ours are entered directly, those of plugins when they are needed. */
export function createRegistry(): Registry {
  const table = new Map<string, Registration>();
  const plugins: PluginState[] = [];
  const problems: PluginProblem[] = [];

  const enter = (entry: Registration) => {
    const first = table.get(keyOf(entry.kind, entry.name));
    if (first === undefined) table.set(keyOf(entry.kind, entry.name), entry);
    else problems.push(conflictOf(first, entry));
  };

  const loadAll = async (wanted: readonly PluginState[]) => {
    for (const plugin of wanted) plugin.loading ??= loadPlugin(plugin.source);
    // Loaded side by side but entered in the order of installation: no name hangs on which plugin is faster.
    const loaded = await Promise.all(wanted.map(plugin => plugin.loading));
    for (const [index, plugin] of wanted.entries()) {
      if (plugin.entered) continue;
      plugin.entered = true;
      plugin.failure = loaded[index]?.failure;
      problems.push(...(loaded[index]?.problems ?? []));
      for (const entry of loaded[index]?.registrations ?? []) enter(entry);
    }
  };

  const entries = () => [...table.values()].map(({ load: _, ...entry }) => entry).sort(byKindAndName);

  return {
    register(kind, name, load, meta) {
      const normalised = normaliseName(name);
      if (normalised === undefined)
        throw new TypeError(`${JSON.stringify(name)} is no name for a ${KINDS[kind].title}`);
      enter({ kind, name: normalised, plugin: BUILT_IN, summary: meta?.summary ?? '', load });
    },
    addPlugin(source) {
      plugins.push({ source, loading: undefined, failure: undefined, entered: false });
    },
    async resolve(kind, name) {
      const wanted = normaliseName(name) ?? '';
      const key = keyOf(kind, wanted);
      if (!table.has(key))
        await loadAll(plugins.filter(({ source }) => !source.provides || announces(source, kind, wanted)));
      const entry = table.get(key);
      if (entry) return toExtension(kind, entry);
      const announced = plugins.find(({ source, failure }) => failure && announces(source, kind, wanted));
      if (announced?.failure) throw announced.failure;
      await loadAll(plugins);
      throw unknownExtension(kind, name, entries(), problems);
    },
    async list<K extends Kind>(kind?: K) {
      await loadAll(plugins);
      return entries().filter((entry): entry is ExtensionEntry<K> => kind === undefined || entry.kind === kind);
    },
    problems: () => problems,
  };
}

function conflictOf(first: Registration, { kind, name, plugin }: Registration): PluginProblem {
  const owner =
    first.plugin === BUILT_IN ? 'sentops itself has' : `plugin ${first.plugin} was installed earlier and has`;
  const message = `${KINDS[kind].title} ${name} of plugin ${plugin} is ignored: ${owner} one of that name`;
  return { plugin, reason: 'conflict', extension: { kind, name }, message };
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

function byKindAndName(a: ExtensionEntry, b: ExtensionEntry): number {
  return keyOf(a.kind, a.name) < keyOf(b.kind, b.name) ? -1 : 1;
}
