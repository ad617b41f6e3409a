import path from 'node:path';
import type { ChosenDataset } from './choose-dataset.ts';
import { readDatasetLock } from './dataset-lock.ts';
import type { OtherFile } from './judge-file.ts';
import type { DatasetLock, LockedDataset } from './lock-types.ts';

/** A dataset with what the lock file says of it. */
export interface LookedUp {
  readonly chosen: ChosenDataset;
  readonly locked: LockedDataset | null;
  readonly lock: DatasetLock;
}

/** A dataset that was once downloaded elsewhere is looked for there, unless somebody says where. */
export async function lookUp(chosen: ChosenDataset): Promise<LookedUp> {
  const lock = await readDatasetLock(chosen.lockFile);
  const locked = Object.hasOwn(lock, chosen.key) ? (lock[chosen.key] ?? null) : null;
  const folder = locked?.folder ?? null;
  if (folder === null || chosen.isFolderSaid) return { chosen, locked, lock };
  return { chosen: { ...chosen, outputDir: lockedFolder(chosen.lockFile, folder) }, locked, lock };
}

/** What other datasets have in the folder of this one, by place. */
export function filesOfOthers({ key, lockFile, outputDir }: ChosenDataset, lock: DatasetLock): Map<string, OtherFile> {
  const here = Object.entries(lock).filter(
    ([other, { folder }]) => other !== key && folder !== null && lockedFolder(lockFile, folder) === outputDir,
  );
  return new Map(
    here.flatMap(([, { ref, files }]) =>
      Object.entries(files).map(([name, file]): [string, OtherFile] => [name, { ...file, dataset: ref }]),
    ),
  );
}

export function lockedFolder(lockFile: string, folder: string): string {
  return path.resolve(path.dirname(lockFile), folder);
}
