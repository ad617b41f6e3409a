import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileAffineMap, dot } from '../../../../../src/lib/model/compile/classifiers/numbers.ts';
import { denseRows, denseVector } from '../../../../../src/lib/model/dense-numbers.ts';
import type { Matrix, Vector } from '../../../../../src/lib/model/stages.ts';
import { viewOf } from './run.ts';

type Grid = readonly (readonly number[])[];
const LAYOUTS = ['dense', 'dense transposed', 'sparse', 'sparse transposed'] as const;

/** A grid of numbers in one of Spark's four layouts; zeros are left out of sparse ones. */
function layOut(grid: Grid, layout: (typeof LAYOUTS)[number]): Matrix {
  const rows = grid.length;
  const columns = grid[0]?.length ?? 0;
  const transposed = layout.endsWith('transposed');
  const lines = transposed
    ? grid
    : Array.from({ length: columns }, (_, column) => grid.map(row => row[column] as number));
  if (layout.startsWith('dense')) {
    return { type: 'dense', rows, columns, values: Float64Array.from(lines.flat()), transposed };
  }
  const kept = lines.map(line => [...line.entries()].filter(([, value]) => value !== 0));
  return {
    type: 'sparse',
    rows,
    columns,
    starts: Int32Array.from([0, ...kept.map((_, line) => kept.slice(0, line + 1).flat().length)]),
    indices: Int32Array.from(kept.flat(), ([index]) => index),
    values: Float64Array.from(kept.flat(), ([, value]) => value),
    transposed,
  };
}

const number = fc.oneof(fc.constant(0), fc.double({ min: -100, max: 100, noNaN: true }));
const grid = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
  );

describe.each(LAYOUTS)('a %s matrix', layout => {
  test('has the rows that it was made of', () => {
    fc.assert(
      fc.property(grid, cells => {
        const rows = denseRows(layOut(cells, layout)).map(row => [...row].map(value => value + 0));
        expect(rows).toEqual(cells.map(row => row.map(value => value + 0)));
      }),
    );
  });

  test('times a vector, in the order of sums that the layout asks for', () => {
    fc.assert(
      fc.property(grid, fc.infiniteStream(number), (cells, stream) => {
        const columns = cells[0]?.length as number;
        const row = Array.from({ length: columns }, (_, index) => [index, stream.next().value as number] as const);
        const start = Float64Array.from(cells, () => stream.next().value as number);
        const raw = new Float64Array(cells.length + 1);
        compileAffineMap(layOut(cells, layout), start, 'lr')(viewOf(row), raw, 1);
        const expected = cells.map((weights, cls) => {
          const products = row.map(([index, value]) => value * (weights[index] as number));
          const intercept = start[cls] as number;
          // Only a sparse matrix by columns starts its sums with the intercept.
          return layout === 'sparse'
            ? products.reduce((sum, product) => sum + product, intercept)
            : products.reduce((sum, product) => sum + product, 0) + intercept;
        });
        expect([...raw.subarray(1)].map(value => value + 0)).toEqual(expected.map(value => value + 0));
      }),
    );
  });
});

test.each<[Vector, number[]]>([
  [{ type: 'dense', values: Float64Array.of(1, -0, 3) }, [1, -0, 3]],
  [{ type: 'sparse', size: 4, indices: Int32Array.of(1, 3), values: Float64Array.of(5, 6) }, [0, 5, 0, 6]],
  [{ type: 'sparse', size: 0, indices: new Int32Array(), values: new Float64Array() }, []],
])('the numbers of %j', (vector, expected) => {
  expect([...denseVector(vector)]).toEqual(expected);
});

describe('dot', () => {
  test('adds by ascending index from zero: another order has other bits', () => {
    const weights = Float64Array.of(1e16, 1, -1e16, 1);
    const row = [0, 1, 2, 3].map(index => [index, 1] as const);
    expect(dot(viewOf(row), weights)).toBe(1);
    expect(1e16 - 1e16 + 1 + 1).toBe(2);
  });

  test('the product is rounded before it is added', () => {
    const [a, b] = [1 + 2 ** -30, 1 - 2 ** -30];
    const row = [
      [0, -1],
      [1, a],
    ] as const;
    expect(dot(viewOf(row), Float64Array.of(1, b))).toBe(0);
    expect(a * b).toBe(1);
  });

  test('nothing gives 0, infinities and NaN go through', () => {
    expect(dot(viewOf([]), Float64Array.of(5))).toBe(0);
    expect(dot(viewOf([[0, Number.POSITIVE_INFINITY]]), Float64Array.of(-2))).toBe(Number.NEGATIVE_INFINITY);
    expect(dot(viewOf([[0, Number.POSITIVE_INFINITY]]), Float64Array.of(0))).toBeNaN();
    expect(dot(viewOf([[0, 1]]), Float64Array.of(Number.NaN))).toBeNaN();
  });
});

test('as many intercepts as rows', () => {
  expect(() => compileAffineMap(layOut([[1], [2]], 'dense'), Float64Array.of(1), 'lr_7')).toThrow(
    expect.objectContaining({
      code: 'DATA_INVALID',
      message: expect.stringContaining('lr_7 has 1 intercepts for 2 rows'),
    }),
  );
});
