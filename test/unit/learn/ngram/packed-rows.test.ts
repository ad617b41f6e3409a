import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../../../src/lib/learn/ngram/fold.ts';
import { packedBound, packRow } from '../../../../src/lib/learn/ngram/packed-rows.ts';
import { RowBlock } from '../../../../src/lib/learn/ngram/row-block.ts';
import { type MadeRow, pack } from './made-records.ts';

const SIZE = 2 ** 26;
const keepAll = { classOf: Int32Array.from({ length: 300 }, (_, label) => label), folder: new Folder(SIZE, SIZE) };

function openBlock(rows: readonly MadeRow[], { classOf, folder } = keepAll): RowBlock {
  const block = new RowBlock(classOf, folder);
  block.open(pack(rows));
  return block;
}

function rowsOf({ rows, labels, starts, features }: RowBlock): MadeRow[] {
  return Array.from({ length: rows }, (_, row) => ({
    label: labels[row] as number,
    features: [...features.subarray(starts[row], starts[row + 1])],
  }));
}

describe('packRow', () => {
  it('takes two bytes for a feature of a review in a table of four million', () => {
    const features = Int32Array.from({ length: 500 }, (_, at) => at * 8000);
    expect(packRow(new Uint8Array(packedBound(500)), 0, 1, features, 500)).toBeLessThan(1010);
  });

  it('never takes more than its bound', () => {
    const features = Int32Array.from({ length: 4 }, (_, at) => (at + 1) * (2 ** 29 - 1));
    const room = new Uint8Array(packedBound(4));
    expect(packRow(room, 0, 2 ** 31 - 1, features, 4)).toBeLessThanOrEqual(room.length);
  });
});

describe('RowBlock', () => {
  it('reads what was packed, of any size', () => {
    const features = fc.uniqueArray(fc.oneof(fc.nat(SIZE - 1), fc.nat(300)), { maxLength: 2000, size: 'max' });
    const row = fc.record({ label: fc.nat(299), features: features.map(list => list.toSorted((a, b) => a - b)) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), rows => {
        expect(rowsOf(openBlock(rows))).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('is there again for the next block, a larger or a smaller one', () => {
    const block = openBlock([{ label: 1, features: [5, 7] }]);
    const many = Array.from({ length: 5000 }, (_, row) => ({ label: row % 3, features: [row, row + 1] }));
    block.open(pack(many));
    expect(rowsOf(block)).toEqual(many);
    block.open(pack([{ label: 2, features: [1] }]));
    expect(rowsOf(block)).toEqual([{ label: 2, features: [1] }]);
    block.open(new Uint8Array(0));
    expect(block.rows).toBe(0);
  });

  it('knows classes in place of labels, and no features of rows to drop', () => {
    const rows = [
      { label: 0, features: [1, 2] },
      { label: 2, features: [3] },
      { label: 1, features: [4] },
      { label: 9, features: [5, 6] },
    ];
    const block = openBlock(rows, { ...keepAll, classOf: Int32Array.of(1, -1, 0) });
    expect(rowsOf(block)).toEqual([
      { label: 1, features: [1, 2] },
      { label: 0, features: [3] },
      { label: -1, features: [] },
      { label: -1, features: [] },
    ]);
    expect([0, 1, 2, 3].map(row => block.countOf(row))).toEqual([2, 1, 0, 0]);
  });

  it('folds each row by itself', () => {
    const rows = [
      { label: 0, features: [1, 17, 33] },
      { label: 0, features: [2, 3, 18, 20] },
    ];
    const block = openBlock(rows, { ...keepAll, folder: new Folder(64, 16) });
    expect(rowsOf(block).map(({ features }) => features)).toEqual([[1], [2, 3, 4]]);
  });

  it('takes a large table slice by slice where rows are long enough, and in one where they are not', () => {
    const long = { label: 0, features: Array.from({ length: 600 }, (_, at) => at) };
    const short = { label: 0, features: [1, 2, 3] };
    expect(openBlock([long]).sliceOf(2 ** 22)).toBe(2 ** 18);
    expect(openBlock([short]).sliceOf(2 ** 22)).toBe(2 ** 22);
    expect(openBlock([long]).sliceOf(2 ** 10)).toBe(2 ** 10);
    expect(openBlock([]).sliceOf(2 ** 22)).toBe(2 ** 22);
  });
});
