import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../helpers/source.ts';

/** What git would commit: tracked files and new ones that it does not ignore. */
function listRepository(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return list.split('\0').filter(file => file !== '' && fs.existsSync(path.join(root, file)));
}

function search(pattern: RegExp, files: readonly string[]): string[] {
  return files.flatMap(file =>
    fs
      .readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

const self = 'test/repo/hygiene.test.ts';
const files = listRepository().filter(file => file !== self);
const inFolders = (...folders: string[]) => files.filter(file => folders.some(folder => file.startsWith(folder)));

describe('hygiene', () => {
  test('no `any`, no silenced compiler, no focused or switched-off test', () => {
    const code = files.filter(file => /\.(ts|js)$/.test(file));
    expect(code.length).toBeGreaterThan(20);
    expect(
      search(
        /[:<]\s*any\b(?!\w)|\bas any\b/,
        code.filter(file => file.startsWith('src/')),
      ),
    ).toEqual([]);
    expect(search(/@ts-ignore|@ts-nocheck|eslint-disable/, code)).toEqual([]);
    expect(search(/\b(it|test|describe)\.(only|todo)\(/, inFolders('test/'))).toEqual([]);
    expect(search(/\bvi\.(mock|doMock)\(/, inFolders('test/'))).toEqual([]);
  });

  test('nothing is left open in the product', () => {
    expect(search(/\b(TODO|FIXME|XXX)\b|not implemented/i, inFolders('src/', 'templates/', 'bin/'))).toEqual([]);
  });

  test('no path of one machine and no address of a registry', () => {
    expect(search(/(^|["'`\s=(])\/(work|home\/[a-z]+|Users\/[A-Za-z]+|root)\//, files)).toEqual([]);
    expect(search(/registry\.(npmjs|yarnpkg)\.(org|com)|pypi\.org|files\.pythonhosted/, files)).toEqual([]);
    expect(search(/"resolved": "https?:/, ['package-lock.json'])).toEqual([]);
  });

  test('no secret: keys and private keys in their usual forms', () => {
    const product = files.filter(file => !file.startsWith('test/'));
    expect(
      search(
        /AIza[0-9A-Za-z_-]{35}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[bapr]-[0-9A-Za-z-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----\\n/,
        product,
      ),
    ).toEqual([]);
  });

  test('lib reads nothing of the process and prints nothing', () => {
    const lib = inFolders('src/lib/').filter(file => file.endsWith('.ts'));
    expect(search(/\bconsole\.\w+\(|\bprocess\.(exit|argv|stdout|stderr|env|cwd)\b/, lib)).toEqual([]);
  });
});
