import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { LOCK_NAME, lockFolder } from '../../../src/lib/project/folder-lock.ts';
import { makeFolder, readTree } from './fixtures.ts';

let root: string;
beforeEach(() => {
  root = makeFolder();
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function refusal(dir: string): SentopsError {
  try {
    lockFolder(dir).release();
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error('the lock was given');
}

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

test('keeps the second out until the first is done', () => {
  const dir = path.join(root, 'a');
  const first = lockFolder(dir);
  const error = refusal(dir);
  expect(error).toMatchObject({ code: 'LOCKED', exit: 6 });
  expect(error.message).toContain(`process ${process.pid}`);
  first.release();
  lockFolder(dir).release();
});

test('makes missing folders, and takes those away again that stayed empty', () => {
  const dir = path.join(root, 'a', 'b', 'c');
  const lock = lockFolder(dir);
  expect(Object.keys(readTree(root))).toEqual([path.join('a', 'b', 'c', LOCK_NAME)]);
  fs.writeFileSync(path.join(root, 'a', 'mine'), '');
  lock.release();
  expect(readTree(root)).toEqual({ 'a/mine': '' });
});

test('leaves a folder that was there', () => {
  lockFolder(root).release();
  expect(fs.readdirSync(root)).toEqual([]);
});

test('takes over the lock of a process that was killed', () => {
  fs.writeFileSync(path.join(root, LOCK_NAME), `${os.hostname()} ${deadProcess()}\n`);
  const lock = lockFolder(root);
  expect(fs.readFileSync(path.join(root, LOCK_NAME), 'utf8')).toBe(`${os.hostname()} ${process.pid}\n`);
  lock.release();
  expect(fs.readdirSync(root)).toEqual([]);
});

test.each([['another-machine 1\n'], [''], ['nonsense']])('a lock of unknown origin (%j) is respected', text => {
  fs.writeFileSync(path.join(root, LOCK_NAME), text);
  expect(refusal(root)).toMatchObject({ code: 'LOCKED' });
  expect(refusal(root).hint).toContain(LOCK_NAME);
  expect(fs.readFileSync(path.join(root, LOCK_NAME), 'utf8')).toBe(text);
});

test('says what is wrong with a path that cannot be a folder, and leaves nothing of it', () => {
  fs.writeFileSync(path.join(root, 'file'), '');
  expect(refusal(path.join(root, 'file', 'a'))).toMatchObject({ code: 'NOT_WRITABLE', exit: 4 });
  expect(refusal(path.join(root, 'new', 'x'.repeat(300)))).toMatchObject({ code: 'NOT_WRITABLE' });
  expect(readTree(root)).toEqual({ file: '' });
});
