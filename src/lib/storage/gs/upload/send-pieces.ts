import { SentopsError } from '../../../core/errors.ts';
import type { StoredObject } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { Transient } from '../failures.ts';
import { askStanding, putBytes, type Standing, type Upload } from './resumable.ts';
import type { Tally } from './tally.ts';

/** A stretch of what is sent, in memory until the server has it. */
export interface Piece {
  readonly chunks: readonly Uint8Array[];
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** What is not the last piece has to be a multiple of 256 KiB. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** The last piece is shorter than the others, and may be empty. */
export async function* cutPieces(
  chunks: AsyncIterable<Uint8Array>,
  from: number,
  tally: Tally,
): AsyncGenerator<Piece, undefined> {
  let start = from;
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    tally.add(chunk);
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, PIECE_BYTES - bytes);
      rest = rest.subarray(part.length);
      gathered.push(part);
      bytes += part.length;
      if (bytes < PIECE_BYTES) continue;
      yield { chunks: gathered, start, end: start + bytes, isLast: false };
      start += bytes;
      gathered = [];
      bytes = 0;
    }
  }
  yield { chunks: gathered, start, end: start + bytes, isLast: true };
}

/** The server does not know the upload any more, or not all of what it had. */
export class LostUpload extends Error {}

/** Puts one piece after the other; `onStored` is told how much the server has. */
export async function sendPieces(
  client: GsClient,
  upload: Upload,
  pieces: AsyncIterable<Piece>,
  onStored: (bytes: number) => Promise<void>,
): Promise<StoredObject> {
  for await (const piece of pieces) {
    const object = await sendPiece(client, upload, piece);
    await onStored(piece.end);
    if (object !== undefined) return object;
  }
  throw new LostUpload();
}

/** The object after the last piece. */
async function sendPiece(client: GsClient, upload: Upload, piece: Piece): Promise<StoredObject | undefined> {
  const { start, end, isLast } = piece;
  let committed = start;
  for (let failures = 0; ; ) {
    let standing: Standing;
    try {
      standing = await putBytes(upload, rangeOf(piece, committed), rest(piece, committed));
      if (standing.state === 'open' && standing.committed <= committed) throw keptNothing(upload);
    } catch (error) {
      await client.pause(error, failures++, upload.signal);
      standing = await askStanding(upload, isLast ? end : null);
    }
    if (standing.state === 'lost') throw new LostUpload();
    if (standing.state === 'done') {
      if (isLast) return standing.object;
      throw endedEarly(upload);
    }
    if (standing.committed < start || standing.committed > end) throw new LostUpload();
    if (standing.committed > committed) failures = 0;
    committed = standing.committed;
    if (committed === end && !isLast) return undefined;
  }
}

function rangeOf({ end, isLast }: Piece, committed: number): string {
  const total = isLast ? end : '*';
  return committed === end ? `bytes */${total}` : `bytes ${committed}-${end - 1}/${total}`;
}

function rest({ chunks, start }: Piece, committed: number): readonly Uint8Array[] {
  let skip = committed - start;
  return chunks.flatMap(chunk => {
    const dropped = Math.min(skip, chunk.length);
    skip -= dropped;
    return dropped === chunk.length ? [] : [chunk.subarray(dropped)];
  });
}

function keptNothing({ uri }: Upload): Transient {
  return new Transient(new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server keeps nothing of what it is sent`));
}

function endedEarly({ uri }: Upload): SentopsError {
  return new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server ended the upload before its end`, {
    hint: 'an emulator may do so where a connection broke; run the command again',
  });
}
