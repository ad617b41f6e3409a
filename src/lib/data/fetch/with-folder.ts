import fs from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { withLock } from '../../core/lock-file.ts';
import { removeTemporary } from '../../core/temporary.ts';
import { makeFolder, WORK_FOLDER } from './folder-record.ts';

/** Works in a dataset's folder while no other process does. */
export async function withFolder<T>(dir: string, shown: string, work: () => Promise<T>): Promise<T> {
  const inner = path.join(dir, WORK_FOLDER);
  makeFolder(inner);
  try {
    return await withLock(
      path.join(inner, 'fetch'),
      async () => {
        removeTemporary(dir);
        return await work();
      },
      { waitMs: 0 },
    );
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'LOCKED') throw error;
    throw new SentopsError('LOCKED', `another process is downloading into ${shown}`, {
      hint: error.hint,
      details: error.details,
    });
  }
}

/** Told before an hour of downloading, not after it. */
export async function checkSpace(dir: string, shown: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bytes <= bavail * bsize) return;
  throw new SentopsError('DISK_FULL', `${shown} needs ${bytes} bytes more, and the device has ${bavail * bsize} left`, {
    hint: 'free some space, or choose another folder with --output-dir',
    details: { needed: bytes, free: bavail * bsize },
  });
}

/** Folders that hold nothing any more, from this one up to, not including, the dataset's folder. */
export function removeEmptyFolders(folder: string, dir: string): void {
  for (let at = folder; at.startsWith(`${dir}${path.sep}`); at = path.dirname(at)) {
    try {
      fs.rmdirSync(at);
    } catch {
      return;
    }
  }
}
