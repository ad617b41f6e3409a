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
  /** What other datasets have in the same folder, by place. */
  readonly others: ReadonlyMap<string, OtherFile>;
  /** Replace whatever lies in the way. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** A file of another dataset. */
export interface OtherFile extends LockedFile {
  readonly dataset: string;
}

/** A file of a source, and what is known of it. */
export interface WantedFile {
  readonly file: RemoteFile;
  /** As it was locked, whether or not the source still has that. */
  readonly locked: LockedFile | undefined;
  /** The same where nothing else will do. */
  readonly bound: LockedFile | undefined;
}

/** What is there under a name: the very file that is wanted, or nothing that has to be kept. */
export type Judged = { readonly isThere: true; readonly file: KnownFile } | { readonly isThere: false };

const ABSENT: Judged = { isThere: false };

/** Whether a file that comes from a source is there already. What is somebody else's is a CONFLICT. */
export async function judgeFile(
  folder: Folder,
  place: string,
  wanted: WantedFile & { readonly dataset: Pick<RemoteDataset, 'version'> },
): Promise<Judged> {
  const target = path.join(folder.dir, place);
  const stat = lookAt(target);
  if (stat === null || folder.force) return ABSENT;
  const { file, dataset, locked, bound } = wanted;
  const known = folder.record.get(place);
  const isFit = (content: Content) => bound === undefined || agrees(bound, content);
  const isCurrent =
    known !== undefined &&
    !folder.others.has(place) &&
    isFit(known) &&
    !(differs(known, file) ?? known.version !== dataset.version);
  if (isCurrent && isUntouched(known, stat)) return { isThere: true, file: known };
  const hashes = await hashFile(target, folder.signal, (file.md5 ?? null) !== null);
  const isLocked = locked !== undefined && differs(locked, file) !== true && agrees(locked, hashes);
  const isIt = (isCurrent && hashes.sha256 === known.sha256) || isLocked || isSaid(file, hashes);
  if (isIt && isFit(hashes)) return { isThere: true, file: describe(hashes, stat, dataset.version, file.tag) };
  checkOwner(folder, place, hashes);
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
  checkOwner(folder, place, hashes);
  if (hashes.sha256 === known?.sha256 || hashes.sha256 === locked?.sha256) return ABSENT;
  throw inTheWay(target, place);
}

export function describe(
  { bytes, sha256, crc32c }: Content,
  { mtimeMs }: Pick<fs.Stats, 'mtimeMs'>,
  version: string,
  tag?: string | null,
): KnownFile {
  return { bytes, sha256, crc32c, mtimeMs, version, ...(tag === undefined || tag === null ? {} : { tag }) };
}

type Content = Pick<ContentHashes, 'bytes' | 'sha256' | 'crc32c'>;

/** Whether a content is the one that was locked. */
export function agrees(locked: LockedFile, { bytes, sha256, crc32c }: Content): boolean {
  return locked.sha256 === null ? locked.crc32c === crc32c && locked.bytes === bytes : locked.sha256 === sha256;
}

/** An untouched file is no less somebody's for having been put there by us, for another dataset. */
function checkOwner({ dir, others }: Folder, place: string, hashes: Content): void {
  const other = others.get(place);
  if (other === undefined || !agrees(other, hashes)) return;
  const target = path.join(dir, place);
  throw new SentopsError('CONFLICT', `${target} belongs to ${other.dataset}`, {
    hint: 'choose another folder with --output-dir, or replace it with --force',
    place: { file: target },
    details: { file: target, path: place, dataset: other.dataset },
  });
}

/** Size and time are what they were: nobody has written to it since. */
export function isUntouched(
  known: Pick<KnownFile, 'bytes' | 'mtimeMs'>,
  { size, mtimeMs }: Pick<fs.Stats, 'size' | 'mtimeMs'>,
): boolean {
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

export function inTheWay(target: string, place: string): SentopsError {
  return new SentopsError('CONFLICT', `${target} is there and is not what was downloaded`, {
    hint: 'keep it and choose another folder with --output-dir, or replace it with --force',
    place: { file: target },
    details: { file: target, path: place },
  });
}
