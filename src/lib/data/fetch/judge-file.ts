import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import type { RemoteDataset, RemoteFile } from '../types.ts';
import { differs } from './compare-remote.ts';
import { type ContentHashes, hashFile } from './content-hash.ts';
import { findFault } from './fetch-file.ts';
import type { FolderRecord, KnownFile } from './folder-record.ts';
import type { LockedFile } from './lock-types.ts';

/** The folder that a dataset lies in, and what is known of its files. */
export interface Folder {
  readonly dir: string;
  readonly record: FolderRecord;
  /** Replace whatever lies in the way. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** What is there under a name: the very file that is wanted, or nothing that has to be kept. */
export type Judged = { readonly isThere: true; readonly file: KnownFile } | { readonly isThere: false };

const ABSENT: Judged = { isThere: false };

/** Whether a file that comes from a source is there already. What is somebody else's is a CONFLICT. */
export async function judgeFile(
  folder: Folder,
  place: string,
  wanted: { readonly file: RemoteFile; readonly dataset: RemoteDataset; readonly locked: LockedFile | undefined },
): Promise<Judged> {
  const target = path.join(folder.dir, place);
  const stat = lookAt(target);
  if (stat === null || folder.force) return ABSENT;
  const { file, dataset, locked } = wanted;
  const known = folder.record.get(place);
  const isCurrent = known !== undefined && !(differs(known, file) ?? known.version !== dataset.version);
  if (isCurrent && isUntouched(known, stat)) return { isThere: true, file: known };
  const hashes = await hashFile(target, folder.signal, (file.md5 ?? null) !== null);
  const isLocked = locked !== undefined && differs(locked, file) !== true && hashes.sha256 === locked.sha256;
  if ((isCurrent && hashes.sha256 === known.sha256) || isLocked || isSaid(file, hashes))
    return { isThere: true, file: describe(hashes, stat, dataset.version, file.tag) };
  // An older state of it that nobody has touched may be replaced.
  if (hashes.sha256 === known?.sha256 || hashes.sha256 === locked?.sha256) return ABSENT;
  throw inTheWay(target, place);
}

/** The same for a file that is known by its hash alone: one that an archive holds. */
export async function judgeContent(
  folder: Folder,
  place: string,
  wanted: Pick<LockedFile, 'sha256'>,
  locked: LockedFile | undefined,
): Promise<Judged> {
  const target = path.join(folder.dir, place);
  const stat = lookAt(target);
  if (stat === null || folder.force) return ABSENT;
  const known = folder.record.get(place);
  if (known !== undefined && known.sha256 === wanted.sha256 && isUntouched(known, stat))
    return { isThere: true, file: known };
  const hashes = await hashFile(target, folder.signal);
  if (hashes.sha256 === wanted.sha256)
    return { isThere: true, file: describe(hashes, stat, known?.version ?? '', known?.tag) };
  if (hashes.sha256 === known?.sha256 || hashes.sha256 === locked?.sha256) return ABSENT;
  throw inTheWay(target, place);
}

export function describe(
  { bytes, sha256, crc32c }: Pick<ContentHashes, 'bytes' | 'sha256' | 'crc32c'>,
  { mtimeMs }: Pick<fs.Stats, 'mtimeMs'>,
  version: string,
  tag?: string | null,
): KnownFile {
  return { bytes, sha256, crc32c, mtimeMs, version, ...(tag === undefined || tag === null ? {} : { tag }) };
}

/** Size and time are what they were: nobody has written to it since. */
export function isUntouched(known: KnownFile, { size, mtimeMs }: Pick<fs.Stats, 'size' | 'mtimeMs'>): boolean {
  return size === known.bytes && mtimeMs === known.mtimeMs;
}

function isSaid(file: RemoteFile, hashes: ContentHashes): boolean {
  const says = [file.sha256, file.crc32c ?? null, file.md5 ?? null].some(hash => hash !== null);
  return says && findFault(file, hashes) === null && (file.bytes === null || file.bytes === hashes.bytes);
}

function lookAt(target: string): fs.Stats | null {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (stat.isFile()) return stat;
  throw new SentopsError('CONFLICT', `${target} is ${stat.isDirectory() ? 'a folder' : 'no regular file'}`, {
    hint: 'move it away, or choose another folder with --output-dir',
    place: { file: target },
  });
}

function inTheWay(target: string, place: string): SentopsError {
  return new SentopsError('CONFLICT', `${target} is there and is not what was downloaded`, {
    hint: 'keep it and choose another folder with --output-dir, or replace it with --force',
    place: { file: target },
    details: { file: target, path: place },
  });
}
