import { crc32c, encodeCrc32c } from '../crc32c.ts';
import type { Storage, StoredObject } from '../types.ts';

/** Base64 of the CRC-32C of an object: what the store says, or by reading all of it where the store keeps none. */
export async function checksumObject(object: StoredObject, storage: Storage, signal: AbortSignal): Promise<string> {
  const { uri, generation, bytes } = object;
  if (object.crc32c !== undefined) return object.crc32c;
  let crc = 0;
  const pinned = generation === '' ? {} : { generation };
  if (bytes > 0) for await (const chunk of storage.read(uri, { signal, ...pinned })) crc = crc32c(chunk, crc);
  return encodeCrc32c(crc);
}
