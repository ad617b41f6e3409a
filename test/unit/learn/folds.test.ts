import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignFolds, selectRows } from '../../../src/lib/learn/folds.ts';
import { chooseBest, expandGrid } from '../../../src/lib/learn/grid.ts';
import { createRandom, shuffle } from '../../../src/lib/learn/random.ts';
import { makeRows } from './made-rows.ts';

const labelsOf = (count: number) => Int32Array.from({ length: count }, (_, row) => (row % 5 === 0 ? 1 : 0));

describe('folds', () => {
  test('each row is in one of them, and their sizes differ by one at most', () => {
    const sizes = fc.tuple(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 2, max: 12 }), fc.boolean(), fc.nat());
    fc.assert(
      fc.property(sizes, ([count, folds, stratified, seed]) => {
        fc.pre(folds <= count);
        const assigned = assignFolds(labelsOf(count), { folds, seed, stratified });
        const rows = Array.from({ length: folds }, (_, fold) => assigned.filter(each => each === fold).length);
        expect(rows.reduce((sum, size) => sum + size, 0)).toBe(count);
        expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('stratified folds share every class evenly', () => {
    const labels = labelsOf(100);
    const assigned = assignFolds(labels, { folds: 4, seed: 3, stratified: true });
    for (let fold = 0; fold < 4; fold++) {
      expect(labels.filter((label, row) => label === 1 && assigned[row] === fold)).toHaveLength(5);
    }
  });

  test('the seed decides', () => {
    const assign = (seed: number) => [...assignFolds(labelsOf(60), { folds: 3, seed })];
    expect(assign(1)).toEqual(assign(1));
    expect(assign(1)).not.toEqual(assign(2));
    expect(assign(1)).not.toEqual(assign(1 + 2 ** 32));
  });

  test.each([
    [1, 'at least 2 folds, not 1'],
    [2.5, 'at least 2 folds, not 2.5'],
    [11, '11 folds needs as many rows; there are 10'],
  ])('%d folds of ten rows are refused', (folds, message) => {
    expect(() => assignFolds(labelsOf(10), { folds, seed: 1 })).toThrow(message);
  });
});

describe('a selection of rows', () => {
  const rows = makeRows({ seed: 2, rows: 50, columns: 20, classes: 2, weighted: true });
  const valuesOf = (of: typeof rows, row: number) => [
    of.labels[row],
    of.weights?.[row],
    [...of.features.indices.subarray(of.features.starts[row], of.features.starts[row + 1])],
    [...of.features.values.subarray(of.features.starts[row], of.features.starts[row + 1])],
  ];

  test('keeps entries, labels and weights together', () => {
    const odd = selectRows(rows, row => row % 2 === 1);
    expect(odd.labels).toHaveLength(25);
    for (let row = 0; row < 25; row++) expect(valuesOf(odd, row)).toEqual(valuesOf(rows, 2 * row + 1));
  });

  test('of nothing is empty, of everything the same', () => {
    expect(selectRows(rows, () => false).features.indices).toHaveLength(0);
    expect(selectRows(rows, () => true)).toEqual(rows);
  });

  test('has no weights where there were none', () => {
    const { weights: _, ...bare } = rows;
    expect(selectRows(bare, () => true)).not.toHaveProperty('weights');
  });
});

describe('a grid', () => {
  test('is gone through with the last parameter moving fastest', () => {
    expect(expandGrid({ regParam: [0.01, 0.1], elasticNetParam: [0, 0.5] }, { maxIter: 20 })).toEqual([
      { maxIter: 20, regParam: 0.01, elasticNetParam: 0 },
      { maxIter: 20, regParam: 0.01, elasticNetParam: 0.5 },
      { maxIter: 20, regParam: 0.1, elasticNetParam: 0 },
      { maxIter: 20, regParam: 0.1, elasticNetParam: 0.5 },
    ]);
    expect(expandGrid({ maxIter: [20, 30] }, { maxIter: 5 })).toEqual([{ maxIter: 20 }, { maxIter: 30 }]);
    expect(expandGrid({})).toEqual([{}]);
  });

  test('without values for a parameter is refused', () => {
    expect(() => expandGrid({ regParam: [] })).toThrow('no values for regParam');
  });

  test('the first of the best is chosen, and no number loses', () => {
    expect(chooseBest([0.5, 0.7, 0.7, null, Number.NaN])).toBe(1);
    expect(chooseBest([null, 0, null])).toBe(1);
    expect(() => chooseBest([null, Number.NaN])).toThrow('no candidate has a metric');
  });
});

describe('random numbers', () => {
  test('are spread evenly, and Poisson has its mean and variance', () => {
    const random = createRandom(9);
    const bins = new Float64Array(10);
    const events = Array.from({ length: 20_000 }, () => random.poisson(0.8));
    for (let draw = 0; draw < 20_000; draw++) {
      const bin = random.below(10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200);
    const mean = events.reduce((sum, count) => sum + count, 0) / 20_000;
    const variance = events.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 20_000;
    expect(Math.abs(mean - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(variance - 0.8)).toBeLessThan(0.05);
  });

  test('streams of one seed have nothing in common', () => {
    const [first, second] = [createRandom(1, 1), createRandom(1, 2)];
    const draws = Array.from({ length: 50 }, () => [first.below(1000), second.below(1000)]);
    expect(draws.filter(([a, b]) => a === b).length).toBeLessThan(5);
  });

  test('a shuffle keeps everything', () => {
    const values = Int32Array.from({ length: 100 }, (_, at) => at);
    shuffle(values, createRandom(4));
    expect([...values]).not.toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });
});
