import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from './is-alive.ts';

const TEMPORARY = /^\..*\.sentops-(\d+)-\d+\.tmp$/;
let counter = 0;

/** A name beside the file that tells which process uses it, so that others can clean up when that one is gone. */
export function temporaryName(target: string): string {
  counter += 1;
  const base = path.basename(target).slice(0, 40);
  return path.join(path.dirname(target), `.${base}.sentops-${process.pid}-${counter}.tmp`);
}

/** Whether a name is one that `temporaryName` gives: a file that is being written, or was when its writer died. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Removes what writers that were killed half-way left in a folder, files and folders; those of living processes stay.
 * What may not be looked at or removed is in nobody's way and stays too.
 */
export function removeTemporary(dir: string): string[] {
  return listAbandoned(dir).filter(name => remove(path.join(dir, name)));
}

/** The temporary files and folders whose process is gone. */
export function listAbandoned(dir: string): string[] {
  return listNames(dir).filter(name => {
    const pid = Number(TEMPORARY.exec(name)?.[1]);
    return Number.isInteger(pid) && pid !== process.pid && !isAlive(pid);
  });
}

function listNames(dir: string): string[] {
  try {
    return fs.readdirSync(dir);
  } catch {
    return [];
  }
}

function remove(file: string): boolean {
  try {
    fs.rmSync(file, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
