import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from './atomic.ts';
import { temporaryName } from './temporary.ts';

/**
 * Builds a folder beside its place and swaps it in when it is complete: whoever looks sees the old folder or the new
 * one, and a failure or an abort leaves the old one. One writer at a time: callers hold a lock.
 */
export async function replaceFolder(target: string, build: (folder: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(target);
  const staged = temporaryName(target);
  try {
    fs.mkdirSync(parent, { recursive: true });
    recoverFolder(target);
    fs.mkdirSync(staged);
    await build(staged);
    swap(staged, target);
  } catch (error) {
    fs.rmSync(staged, { recursive: true, force: true });
    throw explainWriteFailure(error, target);
  }
  fs.rmSync(formerName(target), { recursive: true, force: true });
}

/**
 * A folder cannot be renamed onto one that holds something, so the old one steps aside first. A process that was killed
 * between the two steps left it there: this puts it back.
 */
export function recoverFolder(target: string): void {
  const former = formerName(target);
  if (!fs.existsSync(former)) return;
  if (fs.existsSync(target)) fs.rmSync(former, { recursive: true, force: true });
  else fs.renameSync(former, target);
}

function swap(staged: string, target: string): void {
  const former = formerName(target);
  const isThere = fs.existsSync(target);
  if (isThere) fs.renameSync(target, former);
  try {
    fs.renameSync(staged, target);
  } catch (error) {
    if (isThere) fs.renameSync(former, target);
    throw error;
  }
}

function formerName(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.former`);
}
