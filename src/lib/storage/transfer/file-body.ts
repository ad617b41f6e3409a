import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { SentopsError } from '../../core/errors.ts';
import { ChunkPool } from '../chunk-pool.ts';
import { explainReadFailure } from '../file/failures.ts';
import type { ResumableBody } from '../types.ts';

const CHUNK_BYTES = 512 * 1024;
/** Asking a thread to read so little takes longer than reading it. */
const AT_ONCE_BYTES = 256 * 1024;

/** A file as it is now: reading throws CONFLICT where it was changed since. */
export function fileBody(file: string): ResumableBody {
  const stat = lookAt(file);
  const bytes = Number(stat.size);
  const fingerprint = fingerprintOf(stat);
  const pool = new ChunkPool(CHUNK_BYTES);
  return {
    bytes,
    fingerprint,
    async *open(start) {
      if (bytes <= AT_ONCE_BYTES) yield* readAtOnce(file, fingerprint, bytes, start);
      else yield* readInChunks({ file, fingerprint, bytes }, start, pool);
    },
    release: chunk => pool.release(chunk),
  };
}

function lookAt(file: string): fs.BigIntStats {
  let stat: fs.BigIntStats;
  try {
    stat = fs.statSync(file, { bigint: true });
  } catch (error) {
    throw explainReadFailure(error, file);
  }
  if (stat.isFile()) return stat;
  throw new SentopsError('DATA_INVALID', `${file} is ${stat.isDirectory() ? 'a folder' : 'not a regular file'}`, {
    hint: stat.isDirectory() ? 'give a file, or copy the folder with -r' : 'give a file, or - for standard input',
    place: { file },
  });
}

function fingerprintOf({ size, mtimeNs, ino }: fs.BigIntStats): string {
  return `${size}-${mtimeNs}-${ino}`;
}

function* readAtOnce(file: string, fingerprint: string, bytes: number, start: number): Generator<Uint8Array> {
  let handle: number;
  try {
    handle = fs.openSync(file, 'r');
  } catch (error) {
    throw explainReadFailure(error, file);
  }
  const chunk = Buffer.allocUnsafe(Math.max(0, bytes - start));
  try {
    let had = 0;
    while (had < chunk.length) {
      const read = fs.readSync(handle, chunk, had, chunk.length - had, start + had);
      if (read === 0) throw changed(file);
      had += read;
    }
    if (fingerprintOf(fs.fstatSync(handle, { bigint: true })) !== fingerprint) throw changed(file);
  } finally {
    fs.closeSync(handle);
  }
  if (chunk.length > 0) yield chunk;
}

interface ReadFile {
  readonly file: string;
  readonly fingerprint: string;
  readonly bytes: number;
}

async function* readInChunks(
  { file, fingerprint, bytes }: ReadFile,
  start: number,
  pool: ChunkPool,
): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r').catch(error => Promise.reject(explainReadFailure(error, file)));
  try {
    for (let at = start; at < bytes; ) {
      const chunk = pool.take();
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, bytes - at), at);
      // Of every chunk, as stretches of one file are read side by side: none is given that may be of a later content.
      const isSame = fingerprintOf(fs.fstatSync(handle.fd, { bigint: true })) === fingerprint;
      if (bytesRead === 0 || !isSame) throw changed(file);
      at += bytesRead;
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function changed(file: string): SentopsError {
  return new SentopsError('CONFLICT', `${file} changed while it was read`, {
    hint: 'run the command again when nobody writes to it',
    place: { file },
  });
}
