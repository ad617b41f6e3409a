import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWhole } from '../../../src/lib/core/create-whole.ts';
import { removeTemporary, temporaryName } from '../../../src/lib/core/temporary.ts';

function tempFolder(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-temporary-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The id of a process that has ended. */
function deadProcess(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

test('what a killed writer left is removed; files of living processes and of others stay', () => {
  const dir = tempFolder();
  const [dead, alive, other] = [
    `.a.txt.sentops-${deadProcess()}-1.tmp`,
    `.a.txt.sentops-${process.ppid}-1.tmp`,
    '.a.txt.tmp',
  ];
  for (const name of [dead, alive, other]) fs.writeFileSync(path.join(dir, name), '');
  expect(removeTemporary(dir)).toEqual([dead]);
  expect(fs.readdirSync(dir).sort()).toEqual([alive, other].sort());
});

test('a folder that a killed writer was building is removed with what is in it', () => {
  const dir = tempFolder();
  const dead = path.join(dir, `.plugin.sentops-${deadProcess()}-3.tmp`);
  fs.mkdirSync(path.join(dead, 'src'), { recursive: true });
  fs.writeFileSync(path.join(dead, 'src', 'a.ts'), '');
  expect(removeTemporary(dir)).toEqual([path.basename(dead)]);
  expect(fs.readdirSync(dir)).toEqual([]);
});

test('a folder that is not there holds nothing to remove', () => {
  expect(removeTemporary(path.join(tempFolder(), 'gone'))).toEqual([]);
});

test('every temporary name is one that is cleaned up, also of a very long one', () => {
  const dir = tempFolder();
  const name = temporaryName(path.join(dir, 'n'.repeat(255)));
  fs.writeFileSync(name.replace(`-${process.pid}-`, `-${deadProcess()}-`), '');
  expect(temporaryName(path.join(dir, 'a'))).not.toBe(temporaryName(path.join(dir, 'a')));
  expect(removeTemporary(dir)).toHaveLength(1);
});

test('a file made whole is refused where one is there, and leaves nothing beside it', () => {
  const dir = tempFolder();
  const file = path.join(dir, 'lock');
  createWhole(file, 'first');
  expect(() => createWhole(file, 'second')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(fs.readFileSync(file, 'utf8')).toBe('first');
  expect(fs.readdirSync(dir)).toEqual(['lock']);
});
