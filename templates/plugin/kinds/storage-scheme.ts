import type { Storage, StoredObject } from 'sentops/plugin';

interface Entry {
  info: StoredObject;
  bytes: Uint8Array;
}

/** Keeps objects in memory, as long as the process lives. */
export default function createStorage(): Storage {
  const objects = new Map<string, Entry>();
  let writes = 0;
  return {
    async stat(uri) {
      return objects.get(uri)?.info ?? null;
    },
    async *list(prefix, { recursive }) {
      const inside = [...objects.values()].filter(({ info }) => info.uri.startsWith(prefix));
      for (const { info } of inside.sort((a, b) => (a.info.uri < b.info.uri ? -1 : 1))) {
        if (recursive || !info.uri.slice(prefix.length).includes('/')) yield info;
      }
    },
    async *read(uri, { start = 0, end }) {
      const entry = objects.get(uri);
      if (!entry) throw new Error(`${uri} does not exist`);
      yield entry.bytes.subarray(start, end);
    },
    async write(uri, body, { ifGeneration }) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const found = objects.get(uri)?.info.generation ?? null;
      if (ifGeneration !== undefined && ifGeneration !== found) throw new Error(`${uri} was changed by somebody else`);
      const bytes = Buffer.concat(chunks);
      writes += 1;
      const info = { uri, bytes: bytes.length, updated: new Date().toISOString(), generation: String(writes) };
      objects.set(uri, { info, bytes });
      return info;
    },
    async delete(uri) {
      return objects.delete(uri);
    },
  };
}
