import { readdir, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { DoomedFolder } from './plan-removal.ts';

/**
 * Removes a folder as far as it is empty, with the links in it: deleting all objects of a bucket leaves no folders, and
 * here it should look the same. What holds a file stays.
 */
export async function pruneFolder({ folder, isBucket }: DoomedFolder): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const inner = path.join(folder, entry.name);
    if (entry.isDirectory()) await pruneFolder({ folder: inner, isBucket: false });
    else if (entry.isSymbolicLink()) await unlink(inner).catch(() => {});
  }
  // Not empty: it holds what was not to be deleted, or could not be.
  if (!isBucket) await rmdir(folder).catch(() => {});
}
