import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { Budget } from './limits.ts';
import { refuseArchive } from './limits.ts';
import type { PackedFile } from './packed-file.ts';
import { listZip, type ReadAt, type ZipEntry } from './zip-entries.ts';

/** Below this a file is unpacked in one call: a stream of its own would cost more than its bytes. */
const SMALL = 512 * 1024;
const PIECE = 512 * 1024;

export interface OpenZip {
  /** Of all files, as the archive announces them. */
  readonly bytes: number;
  readonly files: Iterable<PackedFile>;
}

export async function readZip(archive: string, handle: FileHandle, budget: Budget): Promise<OpenZip> {
  const readAt: ReadAt = async (start, bytes) => {
    const buffer = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      const read = fs.readSync(handle.fd, buffer, done, bytes - done, start + done);
      if (read === 0) break;
      done += read;
    }
    return buffer.subarray(0, done);
  };
  const { size } = await handle.stat();
  const entries = await listZip(archive, { fd: handle.fd, size, readAt }, budget);
  function* files(): Generator<PackedFile> {
    for (const entry of entries) yield { path: entry.path, chunks: checked(entry, archive, readAt) };
  }
  return { bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), files: files() };
}

/** The bytes of a file, which throw as soon as they are more than announced, and at the end where they are not these. */
async function* checked(entry: ZipEntry, archive: string, readAt: ReadAt): AsyncGenerator<Uint8Array> {
  const refuse = (why: string, cause?: unknown) =>
    refuseArchive(archive, `${JSON.stringify(entry.path)} ${why}`, cause);
  let bytes = 0;
  let crc = 0;
  try {
    for await (const chunk of unpackEntry(entry, readAt)) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw refuse('is longer than announced');
      crc = zlib.crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') throw refuse('is longer than announced', error);
    if (code.startsWith('Z_') || error instanceof EndsEarly) throw refuse('is damaged', error);
    throw error;
  }
  if (bytes < entry.bytes) throw refuse('is shorter than announced');
  if (crc >>> 0 !== entry.crc32) throw refuse('is damaged: its checksum does not fit');
}

async function* unpackEntry(entry: ZipEntry, readAt: ReadAt): AsyncGenerator<Uint8Array> {
  if (!entry.isPacked) {
    yield* readExtent(entry, readAt);
    return;
  }
  if (entry.packedBytes > SMALL || entry.bytes > SMALL) {
    const packed = Readable.from(readExtent(entry, readAt), { objectMode: true, highWaterMark: 2 });
    const inflater = zlib.createInflateRaw({ chunkSize: PIECE });
    // Errors come out of the loop below as well.
    pipeline(packed, inflater, () => {});
    for await (const chunk of inflater) yield chunk as Uint8Array;
    return;
  }
  const packed = await readAt(entry.start, entry.packedBytes);
  yield zlib.inflateRawSync(packed, { maxOutputLength: entry.bytes + 1 });
}

async function* readExtent({ start, packedBytes }: ZipEntry, readAt: ReadAt): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < packedBytes; ) {
    const chunk = await readAt(start + done, Math.min(PIECE, packedBytes - done));
    if (chunk.length === 0) throw new EndsEarly();
    done += chunk.length;
    yield chunk;
  }
}

class EndsEarly extends Error {}
