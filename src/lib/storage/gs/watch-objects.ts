import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageChange, StoredObject, WatchOptions } from '../types.ts';
import type { GsClient } from './client.ts';
import { listObjects } from './list-objects.ts';

const INTERVAL_MS = 5000;

/** Looks again and again: to be told by the store needs a topic of Pub/Sub, which somebody would have to set up. */
export async function* watchObjects(
  client: GsClient,
  prefix: string,
  { signal, intervalMs = INTERVAL_MS, existing = false }: WatchOptions,
): AsyncGenerator<StorageChange> {
  let before = existing ? new Map<string, StoredObject>() : await look(client, prefix, signal);
  while (!signal.aborted) {
    const known = before;
    const now = await look(client, prefix, signal).catch(error => {
      if (signal.aborted) return known;
      throw error;
    });
    yield* changes(before, now);
    before = now;
    await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
}

async function look(client: GsClient, prefix: string, signal: AbortSignal): Promise<Map<string, StoredObject>> {
  const found = new Map<string, StoredObject>();
  for await (const object of listObjects(client, prefix, { recursive: true, signal })) found.set(object.uri, object);
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
