import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placeFiles } from '../../../../src/lib/data/archive/place-files.ts';

let into: string;
beforeEach(() => {
  into = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-place-'));
  fs.mkdirSync(path.join(into, 'draft/new'), { recursive: true });
  fs.writeFileSync(path.join(into, 'draft/a'), 'new a');
  fs.writeFileSync(path.join(into, 'draft/new/b'), 'new b');
  fs.writeFileSync(path.join(into, 'a'), 'old a');
});
afterEach(() => fs.rmSync(into, { recursive: true, force: true }));

const read = (name: string) => fs.readFileSync(path.join(into, name), 'utf8');

test('files take their places', () => {
  placeFiles(path.join(into, 'draft'), into, ['a', 'new/b']);
  expect([read('a'), read('new/b')]).toEqual(['new a', 'new b']);
});

test('where one of them cannot, the others are back where they were', () => {
  expect(() => placeFiles(path.join(into, 'draft'), into, ['a', 'new/b', 'missing'])).toThrow('ENOENT');
  expect(read('a')).toBe('old a');
  expect(fs.readdirSync(into).sort()).toEqual(['a', 'draft']);
  expect([read('draft/a'), read('draft/new/b')]).toEqual(['new a', 'new b']);
});
