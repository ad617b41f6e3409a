import fs, { type BigIntStats } from 'node:fs';
import { type FileHandle, link, mkdir, open, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import type { StoredObject, WriteOptions } from '../types.ts';
import { describeFile, generationOf } from './describe.ts';
import { codeOf, isAbsent, notAsExpected } from './failures.ts';
import { withFileLock } from './lock.ts';

export interface Target {
  readonly file: string;
  /** As the caller writes it. */
  readonly shown: string;
}

/** Folders whose leftovers of killed processes have been removed. */
export type Tidied = Set<string>;

/** A file appears with all that `fill` gives its draft, or stays as it was. */
export async function putFile(
  { file, shown }: Target,
  options: WriteOptions,
  tidied: Tidied,
  fill: (draft: string) => Promise<void>,
): Promise<StoredObject> {
  options.signal.throwIfAborted();
  if (shown.endsWith('/')) throw refuse(shown, 'a file name does not end with a slash');
  let made: string | undefined;
  let draft: string | undefined;
  try {
    const before = await look(file, shown);
    checkGeneration(shown, options.ifGeneration, before);
    const target = before === null ? file : await realpath(file);
    made = await mkdir(path.dirname(target), { recursive: true });
    tidy(path.dirname(target), tidied);
    draft = temporaryName(target);
    await fill(draft);
    const written = await settle(draft, before);
    options.signal.throwIfAborted();
    await commit(draft, target, shown, options.ifGeneration);
    return describeFile(shown, written);
  } catch (error) {
    if (draft !== undefined) await rm(draft, { force: true }).catch(() => {});
    await removeMade(path.dirname(file), made);
    throw explainWriteFailure(error, shown);
  }
}

/** Writes all chunks to a new file. */
export async function fillDraft(draft: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const handle = await open(draft, 'wx');
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      await writeAll(handle, chunk);
    }
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
}

/** What is at a place, links followed; null for nothing. A folder and what is no file are refused. */
async function look(file: string, shown: string): Promise<BigIntStats | null> {
  const found = await stat(file, { bigint: true }).catch(error => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (found?.isDirectory()) throw refuse(shown, 'it is a folder');
  if (found !== null && !found.isFile()) throw refuse(shown, 'it is no regular file but a pipe, a socket or a device');
  return found;
}

export function checkGeneration(shown: string, expected: string | null | undefined, found: BigIntStats | null): void {
  if (expected === undefined) return;
  const state = found === null ? null : generationOf(found);
  if (state !== expected) throw notAsExpected(shown, expected, state);
}

/** The draft is on the disk, with the permissions of the file that it replaces. */
async function settle(draft: string, before: BigIntStats | null): Promise<BigIntStats> {
  const handle = await open(draft, 'r+');
  try {
    if (before !== null) await handle.chmod(Number(before.mode & 0o7777n));
    await handle.datasync();
    return await handle.stat({ bigint: true });
  } finally {
    await handle.close();
  }
}

async function commit(
  draft: string,
  target: string,
  shown: string,
  ifGeneration: string | null | undefined,
): Promise<void> {
  if (ifGeneration === undefined) return await rename(draft, target);
  if (ifGeneration === null && (await appear(draft, target, shown))) return;
  await withFileLock(target, async () => {
    checkGeneration(shown, ifGeneration, await look(target, shown));
    await rename(draft, target);
  });
}

/** A second name is given only where there is none: whoever comes first has it. False where the system has no links. */
async function appear(draft: string, target: string, shown: string): Promise<boolean> {
  try {
    await link(draft, target);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return false;
    throw notAsExpected(shown, null, null);
  }
  await rm(draft, { force: true });
  return true;
}

function tidy(folder: string, tidied: Tidied): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  removeTemporary(folder);
}

/** Folders that were made for a file that did not come; those in which somebody else put one stay. */
async function removeMade(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  for (let inner = folder; inner.length >= first.length; inner = path.dirname(inner)) {
    const isGone = await rmdir(inner).then(
      () => true,
      () => !fs.existsSync(inner),
    );
    if (!isGone) return;
  }
}

function refuse(shown: string, why: string): SentopsError {
  return new SentopsError('NOT_WRITABLE', `cannot write ${shown}: ${why}`, { place: { file: shown } });
}
