import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from './atomic.ts';
import { createWhole } from './create-whole.ts';
import { SentopsError } from './errors.ts';
import { isAlive } from './is-alive.ts';
import { removeTemporary, temporaryName } from './temporary.ts';

const RETRY_MS = 20;
/** Where a lock cannot be made in one step, one without a number is being written; after this long its writer is dead. */
const UNNAMED_MS = 2000;

/** The lock files of this process, by inode: one folder has several paths. */
const held = new Set<string>();

/**
 * Runs work while no other process does the same for this file. The lock is a file beside it that names its process;
 * one that was left by a process that is gone is removed, and so is what such a process had half-written. Messages say
 * `shown` where the lock is under another name.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { readonly waitMs?: number; readonly shown?: string } = {},
): Promise<T> {
  const lock = path.join(path.dirname(file), `.${path.basename(file)}.lock`);
  const identity = await acquire(lock, options.shown ?? file, Date.now() + (options.waitMs ?? 5000));
  try {
    removeTemporary(path.dirname(file));
    return await work();
  } finally {
    held.delete(identity);
    fs.rmSync(lock, { force: true });
  }
}

async function acquire(lock: string, file: string, deadline: number): Promise<string> {
  for (;;) {
    const identity = create(lock, file);
    if (identity !== null) return identity;
    if (isAbandoned(lock) && takeAway(lock)) continue;
    if (Date.now() > deadline) {
      throw new SentopsError('LOCKED', `another process is writing ${file}`, {
        hint: `wait for it to end, or remove ${lock} if there is none`,
        details: { lock },
      });
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

function create(lock: string, file: string): string | null {
  try {
    createWhole(lock, String(process.pid));
    const identity = identityOf(lock);
    held.add(identity);
    return identity;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
    throw explainWriteFailure(error, file);
  }
}

function identityOf(lock: string): string {
  const { dev, ino } = fs.statSync(lock, { bigint: true });
  return `${dev}-${ino}`;
}

/**
 * Of two processes that find the same dead lock, the slower must not remove the new lock of the quicker: whoever takes
 * a lock away looks at what it took, and puts a living one back.
 */
function takeAway(lock: string): boolean {
  const taken = temporaryName(lock);
  try {
    fs.renameSync(lock, taken);
  } catch {
    return true;
  }
  if (isAbandoned(taken)) {
    fs.rmSync(taken, { force: true });
    return true;
  }
  fs.renameSync(taken, lock);
  return false;
}

/** A process that starts after a container did may have the number of the one that left it: it knows what it holds. */
function isAbandoned(lock: string): boolean {
  try {
    const owner = Number.parseInt(fs.readFileSync(lock, 'utf8'), 10);
    if (owner === process.pid) return !held.has(identityOf(lock));
    if (Number.isInteger(owner) && owner > 0) return !isAlive(owner);
    return Date.now() - fs.statSync(lock).mtimeMs > UNNAMED_MS;
  } catch {
    return true;
  }
}
