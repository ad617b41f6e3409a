import { createHash, type Hash } from 'node:crypto';
import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { SentopsError } from '../../core/errors.ts';
import type { Layout } from '../rows.ts';
import { type FramePiece, splitFrames } from './zstd-frames.ts';

export type Compression = Layout['compression'];

/** Counts the bytes of a source as stored and sums them up. */
export class Tally {
  bytes = 0;
  /** Empty until everything was read. */
  sha256 = '';
  private hash: Hash | null = createHash('sha256');

  /** A second reading need not be summed up again. */
  restart(): void {
    this.bytes = 0;
    this.hash = this.sha256 === '' ? createHash('sha256') : null;
  }

  async *count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.bytes += chunk.length;
      this.hash?.update(chunk);
      yield chunk;
    }
  }

  finish(): void {
    if (this.hash) this.sha256 = this.hash.digest('hex');
    this.hash = null;
  }
}

export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  // RFC 8878: a frame, or a frame to be skipped before it.
  const isRest = head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  const isSkippable = ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return (head[0] === 0x28 && isRest) || isSkippable ? 'zstd' : 'none';
}

/** Output is asked for in pieces of this size: small ones would cost a trip through the thread pool each. */
const PIECE = 512 * 1024;

export interface Unpacked {
  readonly compression: Compression;
  readonly bytes: AsyncGenerator<Uint8Array>;
}

/** The bytes of a source as they were before compression; several gzip members or zstd frames follow each other. */
export async function unpack(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Unpacked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head = await readHead(iterator, 4);
  const compression = compressionOf(Buffer.concat(head));
  const all = prepend(head, iterator);
  return { compression, bytes: compression === 'none' ? all : inflate(all, compression, name) };
}

/** Chunks of that many bytes at least, or all where there are fewer. */
export async function readHead(chunks: AsyncIterator<Uint8Array>, bytes: number): Promise<Uint8Array[]> {
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    head.push(value);
    length += value.length;
  }
  return head;
}

/** What was read already and the rest; ends the rest when the reader stops early. */
export async function* prepend(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    for (;;) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'zstd',
  name: string,
): AsyncGenerator<Uint8Array> {
  let failure: unknown = null;
  const input = guard(chunks, error => {
    failure = error;
  });
  try {
    if (compression === 'zstd') yield* inflateFrames(input);
    else yield* pass(input, zlib.createGunzip({ chunkSize: PIECE }));
  } catch (error) {
    if (failure !== null || !(error instanceof Error)) throw failure ?? error;
    const isLarge = /too much memory/i.test(error.message);
    throw new SentopsError('DATA_INVALID', `${name} cannot be unpacked: ${reasonOf(error, compression)}`, {
      hint: isLarge
        ? 'compress it again without --long or --ultra'
        : 'it is damaged or was not copied to its end: fetch it again',
      cause: error,
    });
  }
}

async function* inflateFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = splitFrames(chunks);
  async function* frame(first: FramePiece) {
    yield first.bytes;
    for (let isEnd = first.isEnd; !isEnd; ) {
      const { value, done } = await pieces.next();
      if (done) return;
      yield value.bytes;
      isEnd = value.isEnd;
    }
  }
  try {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return;
      yield* pass(frame(value), zlib.createZstdDecompress({ chunkSize: PIECE }));
    }
  } finally {
    await pieces.return(undefined);
  }
}

async function* pass(chunks: AsyncIterable<Uint8Array>, stream: Transform): AsyncGenerator<Uint8Array> {
  // Errors come out of the loop below as well.
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 2 }), stream, () => {});
  for await (const piece of stream) yield piece as Uint8Array;
}

/** Tells failures of the source from those of unpacking. */
async function* guard(chunks: AsyncIterable<Uint8Array>, note: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    note(error);
    throw error;
  }
}

function reasonOf(error: Error, compression: string): string {
  if (/too much memory/i.test(error.message)) return 'its zstd data looks back over more than 128 MiB';
  return /unexpected end/i.test(error.message)
    ? `its ${compression} data ends too early`
    : `its ${compression} data is damaged`;
}
