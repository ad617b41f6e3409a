import { SentopsError } from '../../core/errors.ts';
import type { ResumableBody, Storage, StoredObject } from '../types.ts';
import { checksumObject } from './checksum-object.ts';
import { sendBody } from './stream-object.ts';
import type { TransferOptions, Transferred } from './types.ts';

interface Place {
  readonly uri: string;
  readonly storage: Storage;
}

export interface CopySource extends Place {
  /** What a list said of it, where it was asked just before. */
  readonly object?: StoredObject;
}

/** Copies inside the store where both are in one that can, and through this process where they are not. */
export async function copyObject(from: CopySource, to: Place, options: TransferOptions): Promise<Transferred> {
  const { signal } = options;
  const source = from.object ?? (await from.storage.stat(from.uri, { signal }));
  if (source === null) throw new SentopsError('NOT_FOUND', `${from.uri} does not exist`);
  const contentType = options.contentType ?? source.contentType;
  const writing = contentType === undefined ? options : { ...options, contentType };
  if (from.storage !== to.storage || to.storage.copy === undefined)
    return await sendBody(objectBody(source, from.storage, signal), to.uri, to.storage, writing);
  const copied = await to.storage.copy(from.uri, to.uri, writing);
  const crc = await checksumObject(copied, to.storage, signal);
  if (source.crc32c !== undefined && source.crc32c !== crc) throw replaced(from.uri);
  options.onBytes?.(copied.bytes);
  return { to: to.uri, bytes: copied.bytes, crc32c: crc, generation: copied.generation, resumedFrom: 0 };
}

/** An object as it is now, to be sent elsewhere: one that is replaced meanwhile is a CONFLICT. */
function objectBody(object: StoredObject, storage: Storage, signal: AbortSignal): ResumableBody {
  const { uri, generation, bytes } = object;
  const pinned = generation === '' ? {} : { generation };
  return {
    bytes,
    fingerprint: `${uri}#${generation}-${bytes}`,
    async *open(start) {
      // No range of an empty object can be asked for.
      if (start < bytes) yield* storage.read(uri, { signal, start, end: bytes, ...pinned });
    },
  };
}

function replaced(uri: string): SentopsError {
  return new SentopsError('CONFLICT', `${uri} was replaced while it was copied: the copy is of the newer object`, {
    hint: 'run the command again',
  });
}
