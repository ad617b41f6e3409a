import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { Report } from '../../core/report.ts';
import { temporaryName } from '../../core/temporary.ts';
import { extractArchive } from '../archive/extract-archive.ts';
import { hashFile } from './content-hash.ts';
import type { FilledPlaces } from './filled-places.ts';
import { type KnownFile, makeFolder, WORK_FOLDER } from './folder-record.ts';
import { describe, type Folder, judgeContent } from './judge-file.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';

export interface Unpacked {
  readonly path: string;
  readonly known: KnownFile;
  readonly state: 'unpacked' | 'kept';
}

/** The files that came out of an archive when it was locked, as far as all of them are still what they were; or null. */
export async function keptOfArchive(
  folder: Folder,
  archive: string,
  locked: LockedDataset,
): Promise<Unpacked[] | null> {
  const members = Object.entries(locked.files).filter(([, { from }]) => from === archive);
  const kept: Unpacked[] = [];
  for (const [place, file] of members) {
    const judged = await judgeContent(folder, place, file, file);
    if (!judged.isThere) return null;
    kept.push({ path: place, known: { ...judged.file, from: archive }, state: 'kept' });
  }
  return members.length === 0 ? null : kept;
}

interface UnpackWork {
  readonly locked: Readonly<Record<string, LockedFile>>;
  readonly places: FilledPlaces;
  readonly report: Report;
}

/**
 * Unpacks beside the files and moves each of them in once none can fail: files of somebody else stay as they are, and
 * those that are there already are left alone.
 */
export async function unpackArchive(
  archive: { readonly file: string; readonly path: string; readonly version: string },
  folder: Folder,
  { locked, places, report }: UnpackWork,
): Promise<Unpacked[]> {
  const { dir, record, signal } = folder;
  const draft = temporaryName(path.join(dir, WORK_FOLDER, 'unpacked'));
  const label = `Unpacking ${archive.path}`;
  try {
    const onBytes = (done: number) => report({ type: 'progress', id: 'unpack', label, done, unit: 'bytes' });
    const files = await extractArchive(archive.file, draft, { signal, onBytes });
    const unpacked: Unpacked[] = [];
    for (const file of files) refuseOurs(file.path, archive.path);
    places.fill(files, archive.path);
    for (const file of files) {
      const judged = await judgeContent(folder, file.path, file, locked[file.path]);
      const from = path.join(draft, file.path);
      const known = judged.isThere
        ? judged.file
        : describe(await hashFile(from, signal), fs.statSync(from), archive.version);
      const state = judged.isThere ? 'kept' : 'unpacked';
      unpacked.push({ path: file.path, known: { ...known, from: archive.path }, state });
    }
    record.put(Object.fromEntries(unpacked.map(file => [file.path, file.known])));
    for (const file of unpacked) if (file.state === 'unpacked') move(path.join(draft, file.path), dir, file.path);
    return unpacked;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

function move(from: string, dir: string, place: string): void {
  const target = path.join(dir, place);
  makeFolder(path.dirname(target));
  try {
    fs.renameSync(from, target);
  } catch (error) {
    throw explainWriteFailure(error, target);
  }
}

function refuseOurs(name: string, archive: string): void {
  if (name.split('/')[0]?.toLowerCase() !== WORK_FOLDER) return;
  throw new SentopsError('DATA_INVALID', `${archive} holds ${name}, where sentops keeps its own files`, {
    hint: 'unpack it by hand if you trust it',
    details: { path: name },
  });
}
