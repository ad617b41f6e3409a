import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageChange, StoredObject, WatchOptions } from './types.ts';

/** Lists again and again what is there now, and tells what became of it since the time before. */
export async function* watchByListing(
  list: () => AsyncIterable<StoredObject>,
  { signal, intervalMs, existing = false }: WatchOptions & { readonly intervalMs: number },
): AsyncGenerator<StorageChange> {
  let before: ReadonlyMap<string, StoredObject> = existing ? new Map() : await look(list);
  while (!signal.aborted) {
    const known = before;
    const now = await look(list).catch(error => {
      if (signal.aborted) return known;
      throw error;
    });
    yield* changes(before, now);
    before = now;
    await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
}

async function look(list: () => AsyncIterable<StoredObject>): Promise<Map<string, StoredObject>> {
  const found = new Map<string, StoredObject>();
  for await (const object of list()) found.set(object.uri, object);
  return found;
}

function* changes(
  before: ReadonlyMap<string, StoredObject>,
  now: ReadonlyMap<string, StoredObject>,
): Generator<StorageChange> {
  for (const [uri, object] of now) {
    const old = before.get(uri);
    if (old === undefined) yield { type: 'added', object };
    else if (old.generation !== object.generation) yield { type: 'changed', object };
  }
  for (const [uri, object] of before) if (!now.has(uri)) yield { type: 'removed', object };
}
