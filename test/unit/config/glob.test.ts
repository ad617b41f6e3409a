import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findMatches, isGlob } from '../../../src/lib/config/glob.ts';
import { tempProject } from './temp-project.ts';

const FILES = [
  'a.yaml',
  'b.yml',
  'c+(1).yaml',
  'conf/a.yaml',
  'conf/b.yaml',
  'conf/.hidden.yaml',
  'conf/deep/er/c.yaml',
  'conf.d/x1.yaml',
  'conf.d/x2.yaml',
  'conf.d/x10.yaml',
  'empty/.keep',
];

describe('globs of include', () => {
  test.each([
    '*.yaml',
    '*',
    'conf/*.yaml',
    'conf/**/*.yaml',
    '**/*.yaml',
    'conf.d/x?.yaml',
    'conf.d/x[12].yaml',
    'conf.d/x[!1].yaml',
    '{conf,conf.d}/*.yaml',
    '*.{yaml,yml}',
    'c+(1).y*',
    './conf/*',
    'conf/.h*',
    'none/*',
    'conf/**',
    '**/deep/**/*.yaml',
    'conf/../*.yml',
  ])('%s finds what the platform finds', pattern => {
    const dir = tempProject(Object.fromEntries(FILES.map(file => [file, ''])));
    const expected = fs
      .globSync(pattern.replaceAll('+(1)', '[+][(]1[)]'), { cwd: dir })
      .map(file => path.resolve(dir, file))
      .filter(file => fs.statSync(file).isFile());
    // `**` at the end stands for folders only: a pattern for files goes on behind it.
    expect(findMatches(dir, pattern)).toEqual(pattern.endsWith('**') ? [] : expected.sort());
  });

  test('a range the wrong way round and brackets that stay open are only text', () => {
    const dir = tempProject({ 'x[z-a].yaml': '', 'y[.yaml': '' });
    expect(findMatches(dir, 'x[z-a].yaml')).toEqual([path.join(dir, 'x[z-a].yaml')]);
    expect(findMatches(dir, 'y[.*')).toEqual([path.join(dir, 'y[.yaml')]);
  });

  test('an absolute pattern is taken as it is', () => {
    const dir = tempProject({ 'in/a.yaml': '' });
    expect(findMatches('/nonexistent', `${dir}/in/*.yaml`)).toEqual([path.join(dir, 'in/a.yaml')]);
  });

  test('links in a circle come to an end', () => {
    const dir = tempProject({ 'in/a.yaml': '' });
    fs.symlinkSync('..', path.join(dir, 'in', 'up'));
    expect(findMatches(dir, '**/a.yaml')).toContain(path.join(dir, 'in/a.yaml'));
  });

  test('a plain path is none', () => {
    expect(['conf/a.yaml', 'a-b_c.d/e'].map(isGlob)).toEqual([false, false]);
  });
});
