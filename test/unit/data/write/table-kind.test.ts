import { describe, expect, test } from 'vitest';
import { readTableKind, type TableFormat } from '../../../../src/lib/data/write/table-kind.ts';

describe('the name of a file says what is written', () => {
  test.for([
    ['a.csv', undefined, 'csv', 'none'],
    ['a.CSV.GZ', undefined, 'csv', 'gzip'],
    ['gs://b/x.y/a.jsonl.zst', undefined, 'jsonl', 'zstd'],
    ['a.ndjson', undefined, 'jsonl', 'none'],
    ['a.parquet', undefined, 'parquet', 'none'],
    ['rows', 'parquet', 'parquet', 'none'],
    ['rows.txt', 'csv', 'csv', 'none'],
    ['-', undefined, 'csv', 'none'],
    ['-', 'jsonl', 'jsonl', 'none'],
  ] as const)('%s with --to %s', ([name, to, format, compression]) => {
    expect(readTableKind(name, to)).toEqual({ format, compression });
  });

  test.for<[string, TableFormat | undefined, RegExp]>([
    ['rows', undefined, /does not say what to write/],
    ['a.csv.parquet.bak', undefined, /does not say what to write/],
    ['a.csv', 'jsonl', /--to jsonl does not fit/],
    ['a.parquet.gz', undefined, /compressed inside/],
  ])('%s with --to %s is refused', ([name, to, why]) => {
    expect(() => readTableKind(name, to)).toThrow(why);
  });
});
