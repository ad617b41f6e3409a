import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import type { Storage, StoredObject } from '../../storage/types.ts';
import type { ByteSource } from '../rows.ts';
import { choosePartNames, joinParts } from './parts.ts';

/** An object of a store, or all part files below a prefix. */
export async function openStored(
  uri: string,
  storage: Storage,
  signal = new AbortController().signal,
): Promise<ByteSource> {
  const object = uri.endsWith('/') ? null : await storage.stat(uri, { signal });
  if (object) return fromObject(object, storage, signal);
  const prefix = uri.endsWith('/') ? uri : `${uri}/`;
  const below = await list(storage, prefix, signal);
  if (below.length === 0) throw await notThere(uri, storage, signal);
  const byName = new Map(below.map(each => [each.uri.slice(prefix.length), each]));
  const names = choosePartNames([...byName.keys()], uri);
  return joinParts(
    uri,
    names.flatMap(name => byName.get(name) ?? []).map(each => fromObject(each, storage, signal)),
  );
}

function fromObject({ uri, bytes }: StoredObject, storage: Storage, signal: AbortSignal): ByteSource {
  return {
    name: uri,
    bytes,
    repeatable: true,
    open: () => storage.read(uri, { signal }),
    read: async (start, end) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of storage.read(uri, { signal, start, end })) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}

const MOST_LISTED = 1000;

async function list(storage: Storage, prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of storage.list(prefix, { signal, recursive: false })) {
    if (object.uri !== prefix) found.push(object);
    if (found.length > MOST_LISTED * 10) break;
  }
  return found;
}

async function notThere(uri: string, storage: Storage, signal: AbortSignal): Promise<SentopsError> {
  const folder = uri.replace(/\/+$/, '').replace(/[^/]*$/, '');
  const names = (await list(storage, folder, signal))
    .slice(0, MOST_LISTED)
    .map(object => object.uri.slice(folder.length));
  const near = suggest(uri.slice(folder.length).replace(/\/$/, ''), names);
  const hint = near === undefined ? 'check its name' : `did you mean ${folder}${near}?`;
  return new SentopsError('NOT_FOUND', `${uri} is not there`, { hint });
}
