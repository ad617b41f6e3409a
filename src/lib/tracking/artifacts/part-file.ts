import { type FileHandle, open } from 'node:fs/promises';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { isReplaced, keepTag, type TaggedFile } from './content-tag.ts';
import type { TreeFile } from './list-tree.ts';

export interface PartSource extends TaggedFile {
  readonly signal: AbortSignal;
  /** Bytes that count as done: those that were there before, then those that come. */
  tell(bytes: number): void;
}

/**
 * A file that was replaced meanwhile by one of the same size would become a mixture of both when it is continued. Where
 * the store does not tell them apart by a tag, the end of what is there does: it is fetched once more.
 */
const OVERLAP_BYTES = 64 * 1024;

/** Fetches the rest of a file whose beginning may be there. Returns whether it was. A failure leaves what has come. */
export async function continuePart(part: string, file: TreeFile, source: PartSource): Promise<boolean> {
  // Writes go to the end.
  const handle = await open(part, 'a+').catch(error => Promise.reject(explainWriteFailure(error, part)));
  try {
    const { size } = await handle.stat();
    const isUsable = size > 0 && file.bytes !== null && size <= file.bytes;
    const isResumed = isUsable && (await append(handle, size, file, source));
    if (!isResumed) {
      await handle.truncate(0);
      await append(handle, 0, file, source);
    }
    await checkSize(handle, file);
    await handle.datasync();
    return isResumed;
  } finally {
    await handle.close();
  }
}

/** False, with nothing written, where the bytes that are there are not those of the file. */
async function append(handle: FileHandle, had: number, file: TreeFile, source: PartSource): Promise<boolean> {
  const known = Buffer.alloc(Math.min(had, OVERLAP_BYTES));
  const start = had - known.length;
  await handle.read(known, 0, known.length, start);
  source.tell(had);
  let tag: string | undefined;
  const onTag = (told: string) => {
    tag = told;
  };
  let checked = 0;
  let end = had;
  let isFirst = true;
  for await (const chunk of source.read(start, onTag)) {
    source.signal.throwIfAborted();
    if (isFirst && had > 0 && tag !== undefined && (await isReplaced(source, start, tag))) break;
    if (isFirst) keepTag(source, tag);
    isFirst = false;
    const again = chunk.subarray(0, known.length - checked);
    if (!known.subarray(checked, checked + again.length).equals(again)) break;
    checked += again.length;
    const rest = chunk.subarray(again.length);
    end += rest.length;
    await writeAll(handle, rest);
    source.tell(rest.length);
    // A server that never ends is not followed.
    if (file.bytes !== null && end > file.bytes) break;
  }
  const isSame = checked === known.length;
  if (!isSame) source.tell(-had);
  return isSame;
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
}

async function checkSize(handle: FileHandle, { path, bytes }: TreeFile): Promise<void> {
  const { size } = await handle.stat();
  if (bytes === null || size === bytes) return;
  // What is too short may be continued; what is too long is of another file.
  if (size > bytes) await handle.truncate(0);
  const amount = size > bytes ? `more than ${bytes}` : `${size} of ${bytes}`;
  throw new SentopsError('DATA_INVALID', `${path}: ${amount} bytes came`, {
    hint: 'the artifact changed while it was fetched, or the connection broke: run the command again',
    details: { path, bytes, received: size },
  });
}
