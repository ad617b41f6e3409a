import { lstat, stat, unlink } from 'node:fs/promises';
import { explainWriteFailure } from '../../core/atomic.ts';
import type { DeleteOptions } from '../types.ts';
import { isAbsent, specialFile } from './failures.ts';
import { withFileLock } from './lock.ts';
import { checkGeneration, type Target } from './put-file.ts';

/** Removes a file, or a link to one: never what the link leads to. A folder is nothing that could be removed. */
export async function deleteFile({ file, shown }: Target, options: DeleteOptions): Promise<boolean> {
  options.signal.throwIfAborted();
  try {
    if (!(await isThere(file, shown))) return false;
    if (options.ifGeneration === undefined) return await remove(file);
    return await withFileLock(file, async () => {
      checkGeneration(shown, options.ifGeneration, await stat(file, { bigint: true }).catch(() => null));
      return await remove(file);
    });
  } catch (error) {
    throw explainWriteFailure(error, shown);
  }
}

async function isThere(file: string, shown: string): Promise<boolean> {
  const found = await lstat(file).catch(error => (isAbsent(error) ? null : Promise.reject(error)));
  if (found === null || found.isDirectory()) return false;
  if (found.isFile()) return true;
  if (!found.isSymbolicLink()) throw specialFile(shown);
  const target = await stat(file).catch(() => null);
  // A link to a folder is a folder, and one that leads nowhere is nobody's object but in the way.
  return target === null || !target.isDirectory();
}

async function remove(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
