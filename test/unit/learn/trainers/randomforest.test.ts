import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binColumns } from '../../../../src/lib/learn/forest/binned-columns.ts';
import { chooseSplits } from '../../../../src/lib/learn/forest/choose-splits.ts';
import { subsetSize } from '../../../../src/lib/learn/forest/subset-size.ts';
import { scoreStage } from '../../../../src/lib/learn/score/classifier.ts';
import createRandomForest from '../../../../src/lib/learn/trainers/randomforest.ts';
import type { FittedStage, LabelledRows, Parameters } from '../../../../src/lib/learn/types.ts';
import { makeRows } from '../made-rows.ts';
import { labelled, options } from '../sparse.ts';

const ROWS = makeRows({ seed: 21, rows: 300, columns: 40, classes: 3 });

async function grow(rows: LabelledRows, params: Parameters, seed = 1): Promise<FittedStage> {
  return (await createRandomForest().fit(rows, options(params, seed))).stage;
}

const numbers = (stage: FittedStage, name: string) => [...(stage.arrays[name] ?? [])];

describe('what a forest promises', () => {
  test('the same seed gives the same trees, another one gives others', async () => {
    const [first, again, other] = [await grow(ROWS, {}), await grow(ROWS, {}), await grow(ROWS, {}, 2)];
    expect(again).toEqual(first);
    expect(numbers(other, 'feature')).not.toEqual(numbers(first, 'feature'));
  });

  test('the trees of a small forest are the first ones of a larger one', async () => {
    const small = await grow(ROWS, { numTrees: 3 });
    const large = await grow(ROWS, { numTrees: 6 });
    const nodes = numbers(small, 'starts').at(-1) ?? 0;
    expect(numbers(large, 'feature').slice(0, nodes)).toEqual(numbers(small, 'feature'));
  });

  test('depth, rows in a leaf and gain keep to their limits', async () => {
    const stage = await grow(ROWS, { numTrees: 4, maxDepth: 3, minInstancesPerNode: 20, minInfoGain: 0.01 });
    const [left, gain, count] = [numbers(stage, 'left'), numbers(stage, 'gain'), numbers(stage, 'rawCount')];
    const starts = numbers(stage, 'starts');
    for (const [tree, start] of starts.slice(0, -1).entries()) expect((starts[tree + 1] ?? 0) - start).toBeLessThan(16);
    for (const [node, child] of left.entries()) {
      if (child >= 0) expect(gain[node]).toBeGreaterThanOrEqual(0.01);
      else expect(gain[node]).toBe(-1);
      expect(count[node]).toBeGreaterThanOrEqual(20);
    }
    expect(left.some(child => child >= 0)).toBe(true);
  });

  test('a node is the sum of its children, and a split lowers the impurity', async () => {
    const stage = await grow(ROWS, { numTrees: 3, maxDepth: 8 });
    const { starts, left, right, stats, rawCount } = stage.arrays;
    for (let tree = 0; tree < 3; tree++) {
      const root = starts?.[tree] ?? 0;
      for (let node = root; node < (starts?.[tree + 1] ?? 0); node++) {
        if ((left?.[node] ?? -1) < 0) continue;
        const [a, b] = [root + (left?.[node] ?? 0), root + (right?.[node] ?? 0)];
        expect((rawCount?.[a] ?? 0) + (rawCount?.[b] ?? 0)).toBe(rawCount?.[node]);
        for (let klass = 0; klass < 3; klass++) {
          expect((stats?.[3 * a + klass] ?? 0) + (stats?.[3 * b + klass] ?? 0)).toBe(stats?.[3 * node + klass]);
        }
      }
    }
  });

  test('a tree without chance puts every row into the leaf that its counts tell of', async () => {
    const stage = await grow(ROWS, { numTrees: 1, bootstrap: false, maxDepth: 30 });
    const { raw } = scoreStage(stage, ROWS.features);
    const leaves = numbers(stage, 'left').flatMap((child, node) => (child < 0 ? [node] : []));
    const total = leaves.reduce((sum, node) => sum + (stage.arrays['rawCount']?.[node] ?? 0), 0);
    expect(total).toBe(300);
    // The mean share of the own class over the rows of a leaf is the sum of squares of its shares.
    const shares = ROWS.labels.reduce((sum, label, row) => sum + (raw[3 * row + label] ?? 0), 0);
    const wanted = leaves.reduce((sum, node) => {
      const stats = stage.arrays['stats']?.subarray(3 * node, 3 * node + 3) ?? [];
      const count = stage.arrays['rawCount']?.[node] ?? 1;
      return sum + Array.from(stats).reduce((part, weight) => part + weight * (weight / count), 0);
    }, 0);
    expect(shares).toBeCloseTo(wanted, 8);
  });

  test('finds the exclusive or, which no single column shows', async () => {
    const table = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [1, 1],
    ];
    const rows = labelled(table, [0, 1, 1, 0, 0, 1, 1, 0, 0]);
    const stage = await grow(rows, { numTrees: 1, bootstrap: false });
    expect([...scoreStage(stage, rows.features).predictions]).toEqual([...rows.labels]);
  });

  test('values below zero go left of what is not listed', async () => {
    const rows = labelled([[-2], [-1], [0], [0], [0], [3]], [1, 1, 0, 0, 0, 1]);
    const stage = await grow(rows, { numTrees: 1, bootstrap: false });
    expect([...scoreStage(stage, rows.features).predictions]).toEqual([1, 1, 0, 0, 0, 1]);
    expect(
      numbers(stage, 'threshold')
        .filter(threshold => threshold !== 0)
        .sort(),
    ).toEqual([-0.5, 1.5]);
  });

  test('a depth of zero is a vote by prior', async () => {
    const stage = await grow(ROWS, { maxDepth: 0, numTrees: 2, bootstrap: false });
    expect(numbers(stage, 'left')).toEqual([-1, -1]);
    const { probabilities } = scoreStage(stage, ROWS.features);
    const share = ROWS.labels.filter(label => label === 1).length / 300;
    expect(probabilities?.[1]).toBeCloseTo(share, 12);
  });

  test('draws about the share of rows that it is told', async () => {
    const half = await grow(ROWS, { numTrees: 30, subsamplingRate: 0.5 });
    const roots = numbers(half, 'starts').slice(0, -1);
    const drawn = roots.reduce((sum, root) => sum + (half.arrays['rawCount']?.[root] ?? 0), 0) / 30;
    expect(drawn).toBeGreaterThan(130);
    expect(drawn).toBeLessThan(170);
    const without = await grow(ROWS, { numTrees: 30, subsamplingRate: 0.5, bootstrap: false });
    expect(without.arrays['rawCount']?.[0]).toBeLessThan(200);
  });
});

describe('split candidates', () => {
  test('few values: every middle; what is not listed counts as zero', () => {
    expect(
      chooseSplits(
        new Map([
          [2, 3],
          [1, 1],
        ]),
        10,
        4,
        31,
      ),
    ).toEqual([0.5, 1.5]);
    expect(
      chooseSplits(
        new Map([
          [2, 5],
          [1, 5],
        ]),
        10,
        10,
        31,
      ),
    ).toEqual([1.5]);
    expect(chooseSplits(new Map(), 10, 0, 31)).toEqual([]);
  });

  test('many values: no more than there are bins, ascending, of about equal weight', () => {
    const weights = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 40, maxLength: 200 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 20 }), (values, most) => {
        const splits = chooseSplits(new Map(values.map(value => [value, 1])), values.length, values.length, most);
        expect(splits.length).toBeLessThanOrEqual(most);
        expect(splits.length).toBeGreaterThanOrEqual(most - 1);
        expect(splits).toEqual([...splits].sort((a, b) => a - b));
        const stride = values.length / (most + 1);
        for (const [at, split] of splits.entries()) {
          const below = values.filter(value => value <= split).length;
          expect(Math.abs(below - stride * (at + 1))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('each value falls into the bin between its thresholds', () => {
    const { starts, bins, splitStarts, thresholds, zeroBins } = binColumns(ROWS, 4);
    const columns = binColumns(ROWS, 4);
    expect(columns.count).toBe(40);
    const seen = new Map<string, number>();
    for (let row = 0; row < 300; row++) {
      for (let at = ROWS.features.starts[row] ?? 0; at < (ROWS.features.starts[row + 1] ?? 0); at++) {
        seen.set(`${ROWS.features.indices[at]} ${row}`, ROWS.features.values[at] ?? 0);
      }
    }
    for (let column = 0; column < 40; column++) {
      const splits = thresholds.subarray(splitStarts[column], splitStarts[column + 1]);
      const binOf = (value: number) => splits.filter(split => split < value).length;
      expect(zeroBins[column]).toBe(binOf(0));
      for (let entry = starts[column] ?? 0; entry < (starts[column + 1] ?? 0); entry++) {
        expect(bins[entry]).toBe(binOf(seen.get(`${column} ${columns.rows[entry]}`) ?? Number.NaN));
      }
    }
  });
});

describe('featureSubsetStrategy', () => {
  test.each([
    ['auto', 1, 1000],
    ['auto', 20, 32],
    ['all', 20, 1000],
    ['sqrt', 20, 32],
    ['log2', 20, 10],
    ['onethird', 20, 334],
    ['7', 20, 7],
    ['5000', 20, 1000],
    ['0.25', 20, 250],
    ['1.0', 20, 1000],
  ])('%s with %d trees looks at %d of 1000 columns', (strategy, trees, wanted) => {
    expect(subsetSize(strategy, 1000, trees)).toBe(wanted);
  });

  test.each(['', '0', '-3', '1.5', '0.0', 'half', 'toString'])('%j is none', strategy => {
    expect(() => subsetSize(strategy, 1000, 20)).toThrow(`not "${strategy}"`);
  });
});
