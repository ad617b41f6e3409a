import { expect, test } from 'vitest';
import { checkPath } from '../../../../src/lib/data/fetch/check-path.ts';

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
])('%j may not', name => {
  expect(() => checkPath(name, 'x')).toThrow('x has a file that is called');
});
