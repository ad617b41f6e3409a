import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { explainWriteFailure } from '../core/atomic.ts';
import { createWhole } from '../core/create-whole.ts';
import { SentopsError } from '../core/errors.ts';
import { temporaryName } from '../core/temporary.ts';

export const LOCK_NAME = '.sentops-init.lock';

export interface FolderLock {
  /** Gives the folder back; folders that were made for the lock and are still empty go too. */
  release(): void;
}

/** Makes the folder where it is missing and keeps every other `init` out of it. */
export function lockFolder(dir: string): FolderLock {
  const made: string[] = [];
  const removeMade = () => {
    for (const folder of made.toReversed()) removeIfEmpty(folder);
  };
  try {
    makeFolders(dir, made);
    const file = path.join(dir, LOCK_NAME);
    const mark = `${os.hostname()} ${process.pid}\n`;
    takeLock(file, mark, dir);
    return {
      release() {
        fs.rmSync(file, { force: true });
        removeMade();
      },
    };
  } catch (error) {
    removeMade();
    throw explainWriteFailure(error, dir);
  }
}

function takeLock(file: string, mark: string, dir: string): void {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      createWhole(file, mark);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = readHolder(file);
      if (holder === undefined) continue;
      if (!isGone(holder)) throw locked(dir, holder);
      removeStale(file, holder);
    }
  }
  throw locked(dir, readHolder(file) ?? '');
}

/** Undefined where the lock was given back meanwhile. */
function readHolder(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A process of this machine that no longer runs; of others nothing is known. */
function isGone(holder: string): boolean {
  const [, host, pid] = /^(.*) (\d+)\n$/.exec(holder) ?? [];
  if (host !== os.hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** Moved aside first: where two processes find the same stale lock, only one of them may remove it. */
function removeStale(file: string, holder: string): void {
  const aside = temporaryName(file);
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (readHolder(aside) !== holder) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // Somebody else holds the lock by now.
    }
  }
  fs.rmSync(aside, { force: true });
}

function locked(dir: string, holder: string): SentopsError {
  const [, host, pid] = /^(.*) (\d+)\n$/.exec(holder) ?? [];
  const who = pid ? ` (process ${pid} on ${host})` : '';
  return new SentopsError('LOCKED', `another init is writing into ${dir}${who}`, {
    hint: `wait for it to end; where none runs any more, remove ${path.join(dir, LOCK_NAME)}`,
    place: { file: path.join(dir, LOCK_NAME) },
  });
}

function makeFolders(dir: string, made: string[]): void {
  if (fs.existsSync(dir)) return;
  makeFolders(path.dirname(dir), made);
  try {
    fs.mkdirSync(dir);
    made.push(dir);
  } catch (error) {
    const isThere = fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory();
    if (!isThere) throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // It is in use: that is what it was made for.
  }
}
