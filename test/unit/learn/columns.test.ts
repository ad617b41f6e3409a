import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summariseColumns } from '../../../src/lib/learn/column-statistics.ts';
import { applyIdf, countDocuments, fitIdf } from '../../../src/lib/learn/idf.ts';
import { toSparse } from './sparse.ts';

const table = fc.tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 6 })).chain(([rows, columns]) =>
  fc.array(
    fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })), { minLength: columns, maxLength: columns }),
    {
      minLength: rows,
      maxLength: rows,
    },
  ),
);

describe('mean and deviation of columns', () => {
  test('are those of the table with its zeros', () => {
    fc.assert(
      fc.property(table, rows => {
        const { mean, deviation } = summariseColumns(toSparse(rows));
        for (const column of rows[0]?.keys() ?? []) {
          const values = rows.map(row => row[column] ?? 0);
          const average = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
          expect(mean[column]).toBeCloseTo(average, 10);
          expect(deviation[column]).toBeCloseTo(Math.sqrt(variance), 7);
        }
      }),
    );
  });

  test('a constant column deviates by nothing at all', () => {
    const { mean, deviation } = summariseColumns(
      toSparse([
        [0.1, 3],
        [0.1, 3],
        [0.1, 3],
      ]),
    );
    expect([...deviation]).toEqual([0, 0]);
    expect(mean[1]).toBe(3);
  });

  test('weights of reliability: σ² = Σw(x−μ)² / (Σw − Σw²/Σw)', () => {
    const { mean, deviation, weightSum } = summariseColumns(toSparse([[1], [4], [0]]), Float64Array.of(1, 2, 1));
    expect(weightSum).toBe(4);
    expect(mean[0]).toBeCloseTo(9 / 4, 12);
    const spread = (1 - 2.25) ** 2 + 2 * (4 - 2.25) ** 2 + 2.25 ** 2;
    expect(deviation[0]).toBeCloseTo(Math.sqrt(spread / (4 - 6 / 4)), 12);
  });

  test('one row has no deviation', () => {
    expect([...summariseColumns(toSparse([[5]])).deviation]).toEqual([0]);
  });
});

describe('idf', () => {
  const rows = toSparse([
    [1, 0, 2],
    [3, 0, 0],
    [1, 1, 0],
  ]);

  test('counts the rows of a column and takes the logarithm of Spark', () => {
    expect([...countDocuments(rows)]).toEqual([3, 1, 1]);
    expect([...fitIdf(Float64Array.of(3, 1, 0), 3)]).toEqual([0, Math.log(2), Math.log(4)]);
  });

  test('columns in too few rows weigh nothing', () => {
    expect([...fitIdf(Float64Array.of(3, 1, 2), 7, 2)]).toEqual([Math.log(2), 0, Math.log(8 / 3)]);
    expect(() => fitIdf(new Float64Array(1), 1, -1)).toThrow('minDocFreq');
  });

  test('a stored zero is no occurrence', () => {
    const stored = { ...rows, values: rows.values.map(value => (value === 2 ? 0 : value)) };
    expect(countDocuments(stored)[2]).toBe(0);
  });

  test('is applied in place', () => {
    const copy = toSparse([[2, 0, 3]]);
    applyIdf(copy, Float64Array.of(0.5, 9, 2));
    expect([...copy.values]).toEqual([1, 6]);
  });
});
