import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ReadObjectOptions } from '../types.ts';
import { generationOf } from './describe.ts';
import { changedMeanwhile, explainReadFailure, noFile, notAsExpected, specialFile } from './failures.ts';

/** Large enough that a file of 50 MB costs a few dozen turns, small enough for many at once. */
const CHUNK_BYTES = 1 << 20;
/** Without it, opening a named pipe waits for a writer; regular files do not care. Windows has none. */
const NO_WAIT = fs.constants.O_NONBLOCK ?? 0;

/**
 * The bytes of a file as long as it was when it was opened; what is appended meanwhile is not part of it. One that
 * was pinned has to be the same at the end, too.
 */
export async function* readFile(file: string, shown: string, options: ReadObjectOptions): AsyncGenerator<Uint8Array> {
  const { signal, start = 0, generation } = options;
  signal.throwIfAborted();
  const handle = await open(file, fs.constants.O_RDONLY | NO_WAIT).catch(error =>
    Promise.reject(explainReadFailure(error, shown)),
  );
  try {
    const found = await handle.stat({ bigint: true });
    if (found.isDirectory()) throw noFile(`${shown}: it is a folder`);
    if (!found.isFile()) throw specialFile(shown);
    const state = generationOf(found);
    if (generation !== undefined && generation !== state) throw notAsExpected(shown, generation, state);
    const end = Math.min(options.end ?? Number.POSITIVE_INFINITY, Number(found.size));
    yield* readRange(handle, shown, start, end, signal);
    if (generation !== undefined && generationOf(await handle.stat({ bigint: true })) !== state)
      throw changedMeanwhile(shown);
  } finally {
    await handle.close();
  }
}

async function* readRange(
  handle: FileHandle,
  shown: string,
  start: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; ) {
    signal.throwIfAborted();
    const length = Math.min(CHUNK_BYTES, end - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, position);
    if (bytesRead === 0) throw changedMeanwhile(shown);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
