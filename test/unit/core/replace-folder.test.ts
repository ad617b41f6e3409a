import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recoverFolder, replaceFolder } from '../../../src/lib/core/replace-folder.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-replace-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const write = (text: string) => async (folder: string) => fs.writeFileSync(path.join(folder, 'a.txt'), text);
const read = () => fs.readFileSync(path.join(dir, 'model/a.txt'), 'utf8');

test('a folder appears with everything in it', async () => {
  await replaceFolder(path.join(dir, 'model'), write('one'));
  expect(read()).toBe('one');
  expect(fs.readdirSync(dir)).toEqual(['model']);
});

test('parents are made', async () => {
  await replaceFolder(path.join(dir, 'a/b/model'), write('one'));
  expect(fs.readdirSync(path.join(dir, 'a/b'))).toEqual(['model']);
});

test('nothing of the old folder is left in the new one', async () => {
  await replaceFolder(path.join(dir, 'model'), write('one'));
  await replaceFolder(path.join(dir, 'model'), async folder => fs.writeFileSync(path.join(folder, 'b.txt'), 'two'));
  expect(fs.readdirSync(path.join(dir, 'model'))).toEqual(['b.txt']);
  expect(fs.readdirSync(dir)).toEqual(['model']);
});

test('the old folder is untouched while the new one is built, and when that fails', async () => {
  await replaceFolder(path.join(dir, 'model'), write('one'));
  const failing = replaceFolder(path.join(dir, 'model'), async folder => {
    await write('half')(folder);
    expect(read()).toBe('one');
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(read()).toBe('one');
  expect(fs.readdirSync(dir)).toEqual(['model']);
});

test('an old folder that a killed process had put aside comes back', async () => {
  await replaceFolder(path.join(dir, 'model'), write('one'));
  fs.renameSync(path.join(dir, 'model'), path.join(dir, '.model.former'));
  recoverFolder(path.join(dir, 'model'));
  expect(read()).toBe('one');
});

test('one that was put aside after the new one was in place goes away', async () => {
  await replaceFolder(path.join(dir, 'model'), write('two'));
  fs.mkdirSync(path.join(dir, '.model.former'));
  recoverFolder(path.join(dir, 'model'));
  expect(read()).toBe('two');
  expect(fs.readdirSync(dir)).toEqual(['model']);
});

test('a file in the place of a parent is named', async () => {
  fs.writeFileSync(path.join(dir, 'models'), '');
  await expect(replaceFolder(path.join(dir, 'models/lr'), write('one'))).rejects.toThrow(/models/);
});
