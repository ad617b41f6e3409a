import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recoverFolder, recoverFolders, replaceFolder, replaceFolders } from '../../../src/lib/core/replace-folder.ts';

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

test('all folders that were put aside come back, and nothing else is touched', async () => {
  for (const name of ['one', 'two']) await replaceFolder(path.join(dir, name), write(name));
  for (const name of ['one', 'two']) fs.renameSync(path.join(dir, name), path.join(dir, `.${name}.former`));
  await replaceFolder(path.join(dir, 'two'), write('newer'));
  fs.writeFileSync(path.join(dir, 'former'), '');
  recoverFolders(dir);
  expect(fs.readdirSync(dir).sort()).toEqual(['former', 'one', 'two']);
  expect(fs.readFileSync(path.join(dir, 'one/a.txt'), 'utf8')).toBe('one');
  expect(fs.readFileSync(path.join(dir, 'two/a.txt'), 'utf8')).toBe('newer');
});

test('what a process that is gone had begun beside it goes away, what a living one has begun stays', async () => {
  fs.mkdirSync(path.join(dir, '.model.sentops-4194304-1.tmp'));
  fs.mkdirSync(path.join(dir, `.model.sentops-${process.ppid}-1.tmp`));
  await replaceFolder(path.join(dir, 'model'), write('one'));
  expect(fs.readdirSync(dir)).toEqual([`.model.sentops-${process.ppid}-1.tmp`, 'model']);
});

const writeAll = (text: string, names: readonly string[]) => async (staged: string) => {
  for (const name of names) {
    fs.mkdirSync(path.join(staged, name));
    fs.writeFileSync(path.join(staged, name, 'a.txt'), text);
  }
  return names;
};
const readAll = (...names: string[]) => names.map(name => fs.readFileSync(path.join(dir, name, 'a.txt'), 'utf8'));

test('several folders change together, and others stay', async () => {
  await replaceFolders(dir, writeAll('one', ['a', 'b', 'c']));
  await replaceFolders(dir, writeAll('two', ['b', 'c']));
  expect(readAll('a', 'b', 'c')).toEqual(['one', 'two', 'two']);
  expect(fs.readdirSync(dir)).toEqual(['a', 'b', 'c']);
});

test('when one of several cannot take its place, all the old ones are back', async () => {
  await replaceFolders(dir, writeAll('one', ['a', 'b']));
  const failing = replaceFolders(dir, async staged => [...(await writeAll('two', ['a', 'b'])(staged)), 'never-built']);
  await expect(failing).rejects.toThrow();
  expect(readAll('a', 'b')).toEqual(['one', 'one']);
  expect(fs.readdirSync(dir)).toEqual(['a', 'b']);
});

test('when building one of several fails, nothing has moved', async () => {
  await replaceFolders(dir, writeAll('one', ['a']));
  const failing = replaceFolders(dir, async staged => {
    await writeAll('two', ['a'])(staged);
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(readAll('a')).toEqual(['one']);
  expect(fs.readdirSync(dir)).toEqual(['a']);
});
