import type { ExtensionContext, ExtensionOptions, Factory, Kind, Kinds } from './contract.ts';
import { adoptError, BUILT_IN, extensionFailed, isRecord } from './failure.ts';
import { findShapeProblem, guardInstance } from './guard.ts';
import type { Extension, Registration } from './types.ts';
import { withinTime } from './within-time.ts';

/** An extension whose instances are checked, and whose failures name the plugin where it is not ours. */
export function toExtension<K extends Kind>(kind: K, { load, name, plugin, summary }: Registration): Extension<K> {
  const extension = { kind, name, plugin };
  const loadFactory = () => step(extension, 'cannot be loaded', async () => readFactory(await withinTime(load())));
  return {
    ...extension,
    summary,
    async load() {
      await loadFactory();
    },
    async create(options, context) {
      const factory = await loadFactory();
      const instance = await step(extension, 'cannot be made', async () => await factory(options, context));
      const problem = findShapeProblem(kind, instance);
      if (problem !== undefined) throw extensionFailed(extension, 'does not fit', new Error(problem));
      const fitting = instance as Kinds[K];
      return plugin === BUILT_IN ? fitting : guardInstance(fitting, extension);
    },
  };
}

/** What a factory says in words of our error table (a missing option, a wrong credential) is no failure of the plugin. */
async function step<T>(
  extension: { kind: Kind; name: string; plugin: string },
  doing: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw adoptError(error) ?? extensionFailed(extension, doing, error);
  }
}

type AnyFactory = (options: ExtensionOptions, context: ExtensionContext) => Kinds[Kind] | Promise<Kinds[Kind]>;

function readFactory(loaded: Factory<Kind> | { readonly default: Factory<Kind> }): AnyFactory {
  if (typeof loaded === 'function') return loaded;
  const factory: unknown = isRecord(loaded) ? loaded['default'] : undefined;
  if (typeof factory === 'function') return factory as AnyFactory;
  throw new Error('the module has no factory function as its default export');
}
