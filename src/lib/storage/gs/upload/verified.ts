import { SentopsError } from '../../../core/errors.ts';
import type { StoredObject, Uploaded, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { deleteObject } from '../delete-object.ts';

export interface SentObject {
  readonly object: StoredObject;
  /** Length and checksum of what was sent. */
  readonly bytes: number;
  readonly sum: string;
  readonly resumedFrom: number;
}

/**
 * Compares what is stored with what was sent. Where they differ it is sent once more, in place of what came out wrong;
 * where that does not help either, nothing of it stays.
 */
export async function verified(
  client: GsClient,
  uri: string,
  options: UploadOptions,
  send: (options: UploadOptions, isAgain: boolean) => Promise<SentObject>,
): Promise<Uploaded> {
  const first = await send(options, false);
  if (isRight(first)) return { ...first.object, crc32c: first.sum, resumedFrom: first.resumedFrom };
  const second = await send({ ...options, ifGeneration: first.object.generation }, true).catch(
    async (error: unknown) => {
      // What stopped it is what is told; the wrong one goes if it still can.
      await removeWrong(client, uri, first, options.signal).catch(() => {});
      throw error;
    },
  );
  if (isRight(second)) return { ...second.object, crc32c: second.sum, resumedFrom: 0 };
  throw await removeWrong(client, uri, second, options.signal);
}

/** Some emulators keep no checksum. */
export function isRight({ object, bytes, sum }: SentObject): boolean {
  return object.bytes === bytes && (object.crc32c === undefined || object.crc32c === sum);
}

/** Deletes what was stored wrong, and nothing that was written since; gives the error that tells it. */
export async function removeWrong(
  client: GsClient,
  uri: string,
  { object, bytes, sum }: SentObject,
  signal: AbortSignal,
): Promise<SentopsError> {
  await deleteObject(client, uri, { ifGeneration: object.generation, signal });
  const stored = `${object.bytes} bytes with crc32c ${object.crc32c ?? 'unknown'}`;
  return new SentopsError('DATA_INVALID', `${uri} came out wrong: ${stored} instead of ${bytes} with ${sum}`, {
    hint: 'it was deleted again; run the command once more, on another network if it stays so',
    details: { uri, sent: sum, stored: object.crc32c },
  });
}
