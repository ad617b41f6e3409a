import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { Artifacts } from '../types.ts';
import { locateHere } from './as-local.ts';
import { isReplaced } from './content-tag.ts';
import { inParallel } from './in-parallel.ts';
import { type ArtifactTree, listTree, type TreeFile } from './list-tree.ts';
import { continuePart, type PartSource } from './part-file.ts';
import { meter, TRANSFERS_AT_ONCE, type TransferOptions } from './transfer.ts';
import { holdsSame, type Workplace, withWorkplace } from './workplace.ts';

export interface DownloadOptions extends TransferOptions {
  /** Files that are there and hold something else are replaced; without it they are a CONFLICT. */
  readonly replace?: boolean;
  /** What `listTree` said of the place, where it was asked just before. */
  readonly tree?: ArtifactTree;
}

export interface DownloadedFile {
  /** From the root of the artifacts. */
  readonly path: string;
  /** Where it lies now. */
  readonly file: string;
  readonly bytes: number;
  /** `kept`: it was there already; `resumed`: its beginning was. */
  readonly state: 'fetched' | 'resumed' | 'kept';
}

/**
 * Fetches a file into the folder `into`, or all files of an artifact folder to their places below it. What an
 * interrupted run left is gone on with: whole files are not fetched again, the beginning of one is continued. Files of
 * somebody else in that folder stay as they are.
 */
export async function downloadTree(
  artifacts: Artifacts,
  root: string,
  at: string,
  into: string,
  options: DownloadOptions,
): Promise<DownloadedFile[]> {
  const { signal, concurrency = TRANSFERS_AT_ONCE } = options;
  const tree = options.tree ?? (await listTree(artifacts, root, at, { signal, atOnce: concurrency }));
  const total = tree.files.every(({ bytes }) => bytes !== null)
    ? tree.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    : null;
  const tell = meter(options.report, { id: 'download', label: 'Downloading', total });
  const placed = tree.files.map(file => ({ ...file, target: path.join(into, ...placeOf(file, at, tree.isFolder)) }));
  if (placed.length === 0) return [];
  return await withWorkplace(into, `${root}\n${at}`, placed, async workplace => {
    const work: Work = { artifacts, root, workplace, tell, ...options };
    return await inParallel(placed, concurrency, file => fetchFile(file, work));
  });
}

function placeOf({ path: file }: TreeFile, at: string, isFolder: boolean): string[] {
  const names = file.split('/');
  return isFolder ? names.slice(at.split('/').filter(name => name !== '' && name !== '.').length) : names.slice(-1);
}

interface Work extends DownloadOptions {
  readonly artifacts: Artifacts;
  readonly root: string;
  readonly workplace: Workplace;
  tell(bytes: number): void;
}

interface PlacedFile extends TreeFile {
  readonly target: string;
}

async function fetchFile(file: PlacedFile, work: Work): Promise<DownloadedFile> {
  const { workplace, tell, signal } = work;
  signal.throwIfAborted();
  const { path: at, target } = file;
  const there = await stat(target).catch(() => null);
  const isForeign = there !== null && workplace.wasThere(target);
  const source = sourceOf(file, work);
  const isOurs = there !== null && !isForeign && there.size === file.bytes;
  if (isOurs && (there.size === 0 || !(await isReplaced(source, there.size - 1)))) {
    tell(there.size);
    return { path: at, file: target, bytes: there.size, state: 'kept' };
  }
  if (isForeign && !work.replace && (!there.isFile() || (file.bytes !== null && there.size !== file.bytes)))
    throw inTheWay(target, at);
  const part = workplace.partOf(file);
  const resumed = await fillPart(part, file, source, work);
  try {
    const { size } = await stat(part);
    const isSame = isForeign && there.isFile() && (await holdsSame(part, target));
    if (isForeign && !isSame && !work.replace) throw inTheWay(target, at);
    if (isSame) await rm(part);
    else await place(part, target);
    return { path: at, file: target, bytes: size, state: isSame ? 'kept' : resumed ? 'resumed' : 'fetched' };
  } catch (error) {
    throw explainWriteFailure(error, target);
  }
}

function sourceOf(file: PlacedFile, { artifacts, root, workplace, signal, tell }: Work): PartSource {
  return {
    read: (start, onTag) => artifacts.read(root, file.path, { start, onTag }),
    tagFile: workplace.tagFileOf(file),
    signal,
    tell,
  };
}

/** Returns whether a beginning was there. */
async function fillPart(part: string, file: PlacedFile, source: PartSource, work: Work): Promise<boolean> {
  const { artifacts, root, tell } = work;
  const here = locateHere(artifacts, root, file.path);
  if (here === null) return await continuePart(part, file, source);
  // By reference where the file system shares blocks between files.
  await copyFile(here, part, constants.COPYFILE_FICLONE).catch(error => {
    throw explainWriteFailure(error, file.target);
  });
  tell((await stat(part)).size);
  return false;
}

async function place(part: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await rename(part, target);
}

function inTheWay(target: string, at: string): SentopsError {
  return new SentopsError('CONFLICT', `${target} is there already and is not the artifact ${at}`, {
    hint: 'download to another folder with -d, or replace it with --force',
    place: { file: target },
    details: { file: target, path: at },
  });
}
