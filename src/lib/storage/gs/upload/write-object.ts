import { SentopsError } from '../../../core/errors.ts';
import { encodeCrc32c } from '../../crc32c.ts';
import type { StoredObject, WriteOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { beginUpload, cancelUpload, type Upload } from './resumable.ts';
import { cutPieces, LostUpload, type Piece, sendPieces } from './send-pieces.ts';
import { sendWhole } from './send-whole.ts';
import { Tally } from './tally.ts';
import { isRight, removeWrong, type SentObject } from './verified.ts';

/** Stores what comes, however long it is and though it comes only once. */
export async function writeObject(
  client: GsClient,
  uri: string,
  chunks: AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<StoredObject> {
  const { signal } = options;
  const tally = new Tally();
  const pieces = cutPieces(chunks, 0, tally);
  try {
    const { value: first } = await pieces.next();
    if (first === undefined || first.isLast) return await sendWhole(client, uri, first?.chunks ?? [], options);
    const upload = { client, uri, address: await beginUpload(client, uri, null, options), signal };
    const object = await send(client, upload, first, pieces);
    const sent: SentObject = { object, bytes: tally.at, sum: encodeCrc32c(tally.crc), resumedFrom: 0 };
    if (!isRight(sent)) throw await removeWrong(client, uri, sent, signal);
    return object;
  } finally {
    // Whoever gives the chunks is told that no more of them are wanted.
    await pieces.return(undefined);
  }
}

async function send(
  client: GsClient,
  upload: Upload,
  first: Piece,
  pieces: AsyncIterable<Piece>,
): Promise<StoredObject> {
  async function* all() {
    yield first;
    yield* pieces;
  }
  try {
    return await sendPieces(client, upload, all(), async () => {});
  } catch (error) {
    await cancelUpload(upload).catch(() => {});
    if (!(error instanceof LostUpload)) throw error;
    throw new SentopsError('REMOTE_UNAVAILABLE', `${upload.uri}: the server forgot the upload`, {
      hint: 'what was sent cannot be read a second time here: run the command again',
    });
  }
}
