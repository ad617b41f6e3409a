import { SentopsError } from '../../core/errors.ts';
import { crc32c, encodeCrc32c } from '../crc32c.ts';
import type { ResumableBody, Storage, StoredObject, Uploaded } from '../types.ts';
import { checksumObject } from './checksum-object.ts';
import type { TransferOptions, Transferred } from './types.ts';

/** Stores what can be read again from any place, and goes on where an earlier process was stopped if the store can. */
export async function sendBody(
  body: ResumableBody,
  uri: string,
  storage: Storage,
  options: TransferOptions,
): Promise<Transferred> {
  const sent =
    storage.upload === undefined ? await write(body, uri, storage, options) : await upload(body, uri, storage, options);
  const { object, crc } = sent;
  if (crc !== undefined && object.crc32c !== undefined && object.crc32c !== crc)
    throw storedWrong(uri, crc, object.crc32c);
  return {
    to: uri,
    bytes: object.bytes,
    crc32c: object.crc32c ?? crc ?? (await checksumObject(object, storage, options.signal)),
    generation: object.generation,
    resumedFrom: 'resumedFrom' in object ? object.resumedFrom : 0,
  };
}

interface Sent {
  readonly object: StoredObject | Uploaded;
  /** Of the bytes as they were sent; absent where the store compared them itself. */
  readonly crc?: string;
}

async function upload(body: ResumableBody, uri: string, storage: Storage, options: TransferOptions): Promise<Sent> {
  const { onBytes } = options;
  let told = 0;
  const onProgress = (stored: number) => {
    if (stored !== told) onBytes?.(stored - told);
    told = stored;
  };
  const object = await (storage.upload as NonNullable<Storage['upload']>)(uri, body, { ...options, onProgress });
  onProgress(object.bytes);
  return { object };
}

async function write(body: ResumableBody, uri: string, storage: Storage, options: TransferOptions): Promise<Sent> {
  let crc = 0;
  async function* watched() {
    for await (const chunk of body.open(0)) {
      crc = crc32c(chunk, crc);
      yield chunk;
      options.onBytes?.(chunk.length);
    }
  }
  const object = await storage.write(uri, watched(), options);
  return { object, crc: encodeCrc32c(crc) };
}

export function storedWrong(uri: string, sent: string, stored: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${uri} does not hold what was sent: crc32c ${stored} instead of ${sent}`, {
    hint: 'send it again',
    details: { uri, sent, stored },
  });
}
