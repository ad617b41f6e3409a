import { expect, test } from 'vitest';
import { findRowsFile } from '../../../../src/lib/data/fetch/find-rows-file.ts';

test.for([
  [['a.csv', 'b.csv'], 'b.csv', 'b.csv'],
  [['sub/b.csv', 'a.csv'], 'b.csv', 'sub/b.csv'],
  [['all_kindle_review .csv'], 'all_kindle_review.csv', 'all_kindle_review .csv'],
  [['IMDB dataset.CSV'], 'IMDB Dataset.csv', 'IMDB dataset.CSV'],
  [['x/b.csv', 'y/b.csv'], 'b.csv', null],
  [['a.csv'], 'b.csv', null],
  [['a.csv', 'readme.md'], null, 'a.csv'],
  [['a.jsonl.gz'], null, 'a.jsonl.gz'],
  [['a.csv', 'b.csv'], null, null],
  [['readme.md'], null, null],
  [[], 'a.csv', null],
] as const)('of %j, %j is %j', ([names, wanted, found]) => {
  expect(findRowsFile(names, wanted)).toBe(found);
});
