import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Budget } from './limits.ts';

/** A file of an archive as it was unpacked. */
export interface ExtractedFile {
  /** Below the folder it was unpacked into, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file of an archive: what it is called, and its bytes, which throw where they are not what they should be. */
export interface PackedFile {
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** After a chunk of this size signals get their turn. */
const LARGE = 64 * 1024;

/** Written without a trip through the thread pool for each piece, which for thousands of small files is most of the work. */
export async function writePackedFile(
  { path: name, chunks }: PackedFile,
  folder: string,
  budget: Budget,
  signal: AbortSignal,
): Promise<ExtractedFile> {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fd = fs.openSync(file, 'wx');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      if (chunk.length >= LARGE) await turn();
      signal.throwIfAborted();
      bytes += chunk.length;
      budget.count(chunk.length);
      hash.update(chunk);
      for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
    }
  } finally {
    fs.closeSync(fd);
  }
  return { path: name, bytes, sha256: hash.digest('hex') };
}
