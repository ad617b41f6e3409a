import { CONTRACT_VERSION, KINDS, type Kind, type Kinds } from './contract.ts';
import { adoptError, type ExtensionName, extensionFailed, isRecord } from './failure.ts';

/** What is missing or of a wrong type, as a sentence; undefined where the value has the shape of the port. */
export function findShapeProblem(kind: Kind, value: unknown): string | undefined {
  if (!isRecord(value)) return `the factory returned ${value === null ? 'null' : typeof value}, not an object`;
  const wrong = Object.entries(KINDS[kind].shape as Readonly<Record<string, string>>)
    .filter(([member, type]) => typeof value[member] !== type || value[member] === null)
    .map(([member, type]) => `${member} (${type})`);
  if (wrong.length === 0) return undefined;
  return `it lacks ${wrong.join(', ')}, which contract version ${CONTRACT_VERSION} demands of a ${KINDS[kind].title}`;
}

/**
 * A plugin's instance whose every failure names the plugin. Errors of our own table and aborts pass as they are.
 * Methods run on the instance itself, so that private fields work.
 */
export function guardInstance<K extends Kind>(instance: Kinds[K], extension: ExtensionName): Kinds[K] {
  return guardMembers(instance, extension, '') as Kinds[K];
}

function guardMembers(instance: object, extension: ExtensionName, prefix: string): object {
  // The proxy stands before an empty object: before a frozen instance it would not be allowed to wrap the methods.
  return new Proxy(
    {},
    {
      has: (_, member) => member in instance,
      get(_, member) {
        const value: unknown = Reflect.get(instance, member, instance);
        const name = `${prefix}${String(member)}`;
        if (hasMethods(value)) return guardMembers(value, extension, `${name}.`);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const explain = (error: unknown) => explainFailure(error, extension, name);
          try {
            return guardResult(Reflect.apply(value, instance, args), explain);
          } catch (error) {
            throw explain(error);
          }
        };
      },
    },
  );
}

/** A group of methods, as a tracker has them, and no data: data is handed over as it is. */
function hasMethods(value: unknown): value is object {
  if (!isRecord(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isInstance = prototype !== null && prototype !== Object.prototype && !ArrayBuffer.isView(value);
  return (
    Object.values(value).some(member => typeof member === 'function') || (isInstance && prototypeHasMethods(value))
  );
}

function prototypeHasMethods(value: object): boolean {
  const prototype: object = Object.getPrototypeOf(value);
  const names = Object.getOwnPropertyNames(prototype).filter(name => name !== 'constructor');
  return names.some(name => typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function');
}

type Explain = (error: unknown) => unknown;

function guardResult(result: unknown, explain: Explain): unknown {
  if (result instanceof Promise || (isRecord(result) && typeof result['then'] === 'function')) {
    return Promise.resolve(result).catch(error => {
      throw explain(error);
    });
  }
  return isAsyncIterable(result) ? guardIterable(result, explain) : result;
}

async function* guardIterable(items: AsyncIterable<unknown>, explain: Explain): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw explain(error);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function explainFailure(error: unknown, extension: ExtensionName, member: string): unknown {
  if (error instanceof Error && error.name === 'AbortError') return error;
  return adoptError(error) ?? extensionFailed(extension, `failed in ${member}`, error);
}
