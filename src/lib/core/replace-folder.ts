import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from './atomic.ts';
import { removeTemporary, temporaryName } from './temporary.ts';

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
    removeTemporary(parent);
    fs.mkdirSync(staged);
    await build(staged);
    swap(staged, target);
  } catch (error) {
    fs.rmSync(staged, { recursive: true, force: true });
    throw explainWriteFailure(error, target);
  }
  removeQuietly(formerName(target));
}

/**
 * The same for several folders of one parent, which are built below one folder: all of them are in place at the end, or
 * on a failure all of the old ones. `build` gives their names.
 */
export async function replaceFolders(
  parent: string,
  build: (folder: string) => Promise<readonly string[]>,
): Promise<void> {
  const staged = temporaryName(path.join(parent, 'folders'));
  let names: readonly string[] = [];
  try {
    fs.mkdirSync(staged, { recursive: true });
    names = await build(staged);
    swapAll(staged, parent, names);
  } catch (error) {
    throw explainWriteFailure(error, parent);
  } finally {
    fs.rmSync(staged, { recursive: true, force: true });
  }
  for (const name of names) removeQuietly(formerName(path.join(parent, name)));
}

function swapAll(staged: string, parent: string, names: readonly string[]): void {
  const done: string[] = [];
  try {
    for (const name of names) {
      recoverFolder(path.join(parent, name));
      swap(path.join(staged, name), path.join(parent, name));
      done.push(name);
    }
  } catch (error) {
    for (const name of done.reverse()) {
      const target = path.join(parent, name);
      fs.renameSync(target, path.join(staged, name));
      if (fs.existsSync(formerName(target))) fs.renameSync(formerName(target), target);
    }
    throw error;
  }
}

/** What may not be removed is in nobody's way: the new folder stands. */
function removeQuietly(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {}
}

/**
 * A folder cannot be renamed onto one that holds something, so the old one steps aside first. A process that was killed
 * between the two steps left it there: this puts it back.
 */
export function recoverFolder(target: string): void {
  const former = formerName(target);
  if (!fs.existsSync(former)) return;
  if (fs.existsSync(target)) removeQuietly(former);
  else fs.renameSync(former, target);
}

/** The same for every folder inside one, for writers that may not come back to all of them. */
export function recoverFolders(parent: string): void {
  for (const name of fs.readdirSync(parent)) {
    const [, base] = FORMER.exec(name) ?? [];
    if (base !== undefined) recoverFolder(path.join(parent, base));
  }
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

const FORMER = /^\.(.+)\.former$/;

function formerName(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.former`);
}
