import type { StoredObject } from '../types.ts';
import { toGs } from './parse-uri.ts';

/** A resource of the JSON API, as far as it is looked at. */
interface Wire {
  readonly bucket?: string;
  readonly name?: string;
  readonly size?: string | number;
  readonly updated?: string;
  readonly timeCreated?: string;
  readonly generation?: string | number;
  readonly crc32c?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

/** The fields that `storedObject` reads: to ask for no more. */
export const OBJECT_FIELDS = 'bucket,name,size,updated,generation,crc32c,contentType,contentEncoding';

export function storedObject(json: unknown, bucket: string): StoredObject {
  const wire = (json ?? {}) as Wire;
  const { name = '', size = 0, updated, timeCreated, generation = '', crc32c, contentType, contentEncoding } = wire;
  return {
    uri: toGs({ bucket, name }),
    bytes: Number(size),
    updated: updated ?? timeCreated ?? '',
    generation: String(generation),
    ...(crc32c ? { crc32c } : {}),
    ...(contentType ? { contentType } : {}),
    ...(contentEncoding ? { contentEncoding } : {}),
  };
}
