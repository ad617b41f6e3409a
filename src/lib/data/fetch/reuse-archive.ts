import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { temporaryName } from '../../core/temporary.ts';
import { isArchive } from './check-head.ts';
import type { ChosenDataset } from './choose-dataset.ts';
import { makeFolder, WORK_FOLDER } from './folder-record.ts';
import { describe, type Folder, type Judged, judgeFile, type WantedFile } from './judge-file.ts';

/** Where an archive is that was unpacked: out of sight of whatever reads the folder. */
export function hiddenPlace(name: string): string {
  return `${WORK_FOLDER}/archives/${name}`;
}

/**
 * An archive that lies in the folder from a download without --unzip, or is hidden from one with it, need not come
 * again. One that we put there is moved; one of somebody else stays, and is copied where it is the same.
 */
export async function reuseArchive(
  wanted: WantedFile & { readonly dataset: { readonly version: string } },
  folder: Folder,
  { unzip, source }: Pick<ChosenDataset, 'unzip' | 'source'>,
): Promise<void> {
  const { file, dataset } = wanted;
  if (!isArchive(file.path) || folder.force) return;
  const [there, place] = unzip ? [file.path, hiddenPlace(file.path)] : [hiddenPlace(file.path), file.path];
  const from = path.join(folder.dir, there);
  const to = path.join(folder.dir, place);
  if (fs.existsSync(to) || !fs.existsSync(from)) return;
  const judged = await judgeFile(folder, there, wanted).catch(leaveAlone);
  if (!judged.isThere) return;
  // What came from a folder of this machine may be the very file that lies there.
  const isOurs = folder.record.get(there) !== undefined && (source !== 'local' || !unzip);
  makeFolder(path.dirname(to));
  const draft = isOurs ? from : temporaryName(path.join(folder.dir, WORK_FOLDER, 'archive'));
  try {
    if (!isOurs) fs.copyFileSync(from, draft, fs.constants.COPYFILE_FICLONE);
    folder.record.put({ [place]: describe(judged.file, fs.statSync(draft), dataset.version, file.tag) });
    fs.renameSync(draft, to);
  } catch (error) {
    throw explainWriteFailure(error, to);
  } finally {
    if (!isOurs) fs.rmSync(draft, { force: true });
  }
}

function leaveAlone(error: unknown): Judged {
  if (error instanceof SentopsError && error.code === 'CONFLICT') return { isThere: false };
  throw error;
}
