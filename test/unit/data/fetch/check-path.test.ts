import { describe, expect, test } from 'vitest';
import { checkPath, checkPlaces } from '../../../../src/lib/data/fetch/check-path.ts';

test.for(['a.csv', 'sub/a b %.csv', '..a/b', '.hidden', 'größe/文.csv', 'a..b'])('%j may be a name', name => {
  expect(() => checkPath(name, 'x')).not.toThrow();
});

test.for([
  '../a.csv',
  'a/../../b',
  '/etc/passwd',
  'C:/a',
  'a\\b',
  'a//b',
  './a',
  '',
  'a\nb',
  '.sentops/files.jsonl',
  '.SENTOPS/x',
  '__proto__',
])('%j may not', name => {
  expect(() => checkPath(name, 'x')).toThrow('x has a file that is called');
});

describe('files that no folder can hold together', () => {
  test.for([
    ['is there twice', ['a', 'b', 'a']],
    ['which is a file', ['a', 'a.b', 'a/b']],
    ['which is a file', ['a/b/c/d', 'a/b']],
    ['too long a name', [`${'文'.repeat(84)}.csv`]],
    ['too long a name', ['folder/'.repeat(300)]],
  ] as const)('%s: %j', ([why, paths]) => {
    expect(() => checkPlaces(paths, 'x')).toThrow(why);
  });

  test('others may have names that are alike', () => {
    const names = ['a', 'ab', 'a.b/c', 'A', 'b/a', 'b/ab', '文'.repeat(83), 'constructor'];
    expect(() => checkPlaces(names, 'x')).not.toThrow();
  });
});
