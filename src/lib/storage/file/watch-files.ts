import type { StorageChange, StoredObject, WatchOptions } from '../types.ts';
import { listFiles } from './list-files.ts';

const INTERVAL_MS = 1000;

/** Looks again and again: what the system tells of changes by itself differs between systems and is lost on shares. */
export async function* watchFiles(prefix: string, cwd: string, options: WatchOptions): AsyncGenerator<StorageChange> {
  const { signal, intervalMs = INTERVAL_MS, existing = false } = options;
  let known = existing ? new Map<string, StoredObject>() : await look(prefix, cwd, signal);
  while (!signal.aborted) {
    const found = await look(prefix, cwd, signal).catch(error => {
      if (signal.aborted) return known;
      throw error;
    });
    yield* compare(known, found);
    known = found;
    await pause(intervalMs, signal);
  }
}

async function look(prefix: string, cwd: string, signal: AbortSignal): Promise<Map<string, StoredObject>> {
  const found = new Map<string, StoredObject>();
  for await (const object of listFiles(prefix, cwd, { recursive: true, signal })) found.set(object.uri, object);
  return found;
}

function* compare(
  before: ReadonlyMap<string, StoredObject>,
  after: ReadonlyMap<string, StoredObject>,
): Generator<StorageChange> {
  for (const [uri, object] of after) {
    const known = before.get(uri);
    if (known === undefined) yield { type: 'added', object };
    else if (known.generation !== object.generation) yield { type: 'changed', object };
  }
  for (const [uri, object] of before) if (!after.has(uri)) yield { type: 'removed', object };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
