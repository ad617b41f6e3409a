import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { combineCrc32c, crc32c } from '../crc32c.ts';
import type { Storage } from '../types.ts';

/** A stretch of an object: what lies before `at` is in the file, and `crc` is its checksum. */
export interface Range {
  readonly start: number;
  readonly end: number;
  at: number;
  crc: number;
}

export interface RangeSource {
  readonly uri: string;
  readonly generation: string;
  readonly storage: Storage;
  readonly signal: AbortSignal;
  /** Called whenever a range has come further. */
  readonly onSaved: (bytes: number) => Promise<void>;
}

/** So much is gathered before it is written; with more, memory is not used again before it has left the cache. */
const BATCH_BYTES = 256 * 1024;

export function planRanges(bytes: number, count: number): Range[] {
  const size = Math.ceil(bytes / count);
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(bytes, index * size);
    return { start, end: Math.min(bytes, start + size), at: start, crc: 0 };
  });
}

export function crcOfRanges(ranges: readonly Range[]): number {
  return ranges.reduce((crc, { start, end, crc: next }) => combineCrc32c(crc, next, end - start), 0);
}

/** Fetches what is missing of all ranges, side by side; a failure of one stops the others and leaves what has come. */
export async function fetchRanges(handle: FileHandle, ranges: readonly Range[], source: RangeSource): Promise<void> {
  const stop = new AbortController();
  const shared = { ...source, signal: AbortSignal.any([source.signal, stop.signal]) };
  const work = ranges
    .filter(({ at, end }) => at < end)
    .map(async range => {
      try {
        await fetchRange(handle, range, shared);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
  // All of them have ended before anything else happens to the file.
  await Promise.allSettled(work);
  if (stop.signal.aborted) throw source.signal.aborted ? source.signal.reason : stop.signal.reason;
}

async function fetchRange(handle: FileHandle, range: Range, source: RangeSource): Promise<void> {
  const { uri, generation, storage, signal } = source;
  const pinned = generation === '' ? {} : { generation };
  const writer = new RangeWriter(handle, range, source);
  try {
    for await (const chunk of storage.read(uri, { signal, start: range.at, end: range.end, ...pinned })) {
      signal.throwIfAborted();
      await writer.take(chunk);
    }
  } catch (error) {
    // What has come is kept for the next attempt; why it ended early is what is told.
    await writer.flush().catch(() => {});
    throw error;
  }
  await writer.flush();
  if (range.at < range.end)
    throw wrongLength(uri, `${range.at - range.start} of ${range.end - range.start} bytes came`);
}

/** Gathers pieces and writes them together. */
class RangeWriter {
  private readonly handle: FileHandle;
  private readonly range: Range;
  private readonly source: RangeSource;
  private batch: Uint8Array[] = [];
  private gathered = 0;
  private crc: number;

  constructor(handle: FileHandle, range: Range, source: RangeSource) {
    this.handle = handle;
    this.range = range;
    this.source = source;
    this.crc = range.crc;
  }

  async take(chunk: Uint8Array): Promise<void> {
    const { range } = this;
    this.gathered += chunk.length;
    if (range.at + this.gathered > range.end) throw wrongLength(this.source.uri, 'more bytes came than were asked for');
    this.crc = crc32c(chunk, this.crc);
    this.batch.push(chunk);
    if (this.gathered >= BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const { batch, gathered, range, crc } = this;
    if (gathered === 0) return;
    this.batch = [];
    this.gathered = 0;
    writeAll(this.handle.fd, batch, gathered, range.at);
    range.at += gathered;
    range.crc = crc;
    await this.source.onSaved(gathered);
  }
}

/** Into the memory of the system, which is quicker than to have a thread do it. */
function writeAll(file: number, batch: Uint8Array[], bytes: number, position: number): void {
  const written = fs.writevSync(file, batch, position);
  if (written === bytes) return;
  const rest = Buffer.concat(batch).subarray(written);
  for (let done = 0; done < rest.length; )
    done += fs.writeSync(file, rest, done, rest.length - done, position + written + done);
}

function wrongLength(uri: string, amount: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${uri}: ${amount}`, {
    hint: 'the connection broke, or the server is wrong about its length: run the command again',
    details: { uri },
  });
}

/** An error of the file, not of the network, names the file. */
export function explainPartFailure(error: unknown, file: string): unknown {
  const isOfFile =
    error instanceof Error &&
    'syscall' in error &&
    /^(write|writev|open|fdatasync|close|chmod|rename|link)$/.test(String(error.syscall));
  return isOfFile ? explainWriteFailure(error, file) : error;
}
