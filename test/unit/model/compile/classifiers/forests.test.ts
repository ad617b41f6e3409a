import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileClassifier } from '../../../../../src/lib/model/compile/compile-classifier.ts';
import type { GBTStage, RandomForestStage, Trees } from '../../../../../src/lib/model/stages.ts';
import { classifierColumns } from '../stages.ts';
import { createRunner, math, run } from './run.ts';

/** Stumps: tree t asks whether feature t is above 0 and has a leaf on each side. */
function stumps(
  leaves: readonly (readonly [readonly number[], readonly number[]])[],
  more: Partial<Trees> = {},
): Trees {
  const count = leaves.length;
  const statsPerNode = leaves[0]?.[0].length ?? 2;
  const each = (root: number, left: number, right: number) =>
    Int32Array.from({ length: count * 3 }, (_, node) => [root, left, right][node % 3] as number);
  const zeros = new Float64Array(count * 3);
  return {
    starts: Int32Array.from({ length: count + 1 }, (_, tree) => tree * 3),
    feature: each(0, -1, -1).map((feature, node) => (feature < 0 ? -1 : node / 3)),
    threshold: zeros,
    left: each(1, -1, -1),
    right: each(2, -1, -1),
    prediction: zeros,
    impurity: zeros,
    gain: zeros,
    rawCount: zeros,
    stats: Float64Array.from(leaves.flatMap(([left, right]) => [...left.map(() => 999), ...left, ...right])),
    statsPerNode,
    categories: new Float64Array(),
    categoryStarts: new Int32Array(count * 3 + 1),
    numCategories: new Int32Array(count * 3).fill(-1),
    weights: new Float64Array(count).fill(1),
    ...more,
  };
}

function forest(trees: Trees, more: Partial<RandomForestStage> = {}): RandomForestStage {
  return {
    kind: 'RandomForest',
    uid: 'rf',
    ...classifierColumns,
    numClasses: trees.statsPerNode,
    numFeatures: 8,
    trees,
    ...more,
  };
}

function boosted(predictions: readonly number[], weights: readonly number[], more: Partial<GBTStage> = {}): GBTStage {
  const trees = stumps(
    weights.map(() => [
      [1, 1, 1],
      [1, 1, 1],
    ]),
    { prediction: Float64Array.from(predictions), weights: Float64Array.from(weights) },
  );
  return { kind: 'GBT', uid: 'gbt', ...classifierColumns, numClasses: 2, numFeatures: 8, trees, ...more };
}

const weight = fc.double({ min: 0, max: 1000, noNaN: true });
const signs = fc.array(fc.constantFrom(0, 1), { minLength: 8, maxLength: 8 });
const toRow = (values: readonly number[]) =>
  values.flatMap((value, index) => (value === 0 ? [] : [[index, value] as const]));

describe('random forest', () => {
  const leaf = fc.tuple(weight, weight, weight);

  test('adds the shares of the leaves in the order of the trees, then divides by their sum', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(leaf, leaf), { minLength: 1, maxLength: 8 }), signs, (leaves, values) => {
        const raw = [0, 0, 0];
        for (const [tree, [left, right]] of leaves.entries()) {
          const chosen = values[tree] === 1 ? right : left;
          const total = 0 + chosen[0] + chosen[1] + chosen[2];
          if (total !== 0)
            for (const cls of [0, 1, 2]) raw[cls] = (raw[cls] as number) + (chosen[cls] as number) / total;
        }
        const sum = raw.reduce((all, vote) => all + vote, 0);
        expect(run(forest(stumps(leaves)), toRow(values))).toEqual({
          prediction: raw.indexOf(Math.max(...raw)),
          raw,
          probabilities: raw.map(vote => (sum === 0 ? vote : vote / sum)),
        });
      }),
    );
  });

  test('the order of the trees is the order of the sum', () => {
    const votes = [1, 2, 3].map(vote => [vote, 10 - vote]);
    const raw = run(forest(stumps(votes.map(leaf => [leaf, leaf] as const))), []).raw[0];
    expect(raw).toBe(0.1 + 0.2 + 0.3);
    expect(0.3 + 0.2 + 0.1).not.toBe(raw);
  });

  test('equal votes are class 0, thresholds turn that over', () => {
    const even = stumps([
      [
        [5, 5],
        [5, 5],
      ],
    ]);
    expect(run(forest(even), []).prediction).toBe(0);
    expect(run(forest(even, { thresholds: Float64Array.of(0.6, 0.4) }), []).prediction).toBe(1);
    expect(run(forest(even, { thresholds: Float64Array.of(0.5, 0.5) }), []).prediction).toBe(0);
  });

  test('the vote of an inner node is never counted', () => {
    const { raw } = run(
      forest(
        stumps([
          [
            [1, 0],
            [0, 1],
          ],
        ]),
      ),
      [[0, 1]],
    );
    expect(raw).toEqual([0, 1]);
  });

  test('rows do not remember each other', () => {
    const score = createRunner(
      forest(
        stumps([
          [
            [1, 0],
            [0, 1],
          ],
          [
            [1, 0],
            [0, 1],
          ],
        ]),
      ),
    );
    expect(
      score([
        [0, 1],
        [1, 1],
      ]).raw,
    ).toEqual([0, 2]);
    expect(score([]).raw).toEqual([2, 0]);
    expect(score([[1, 3]]).raw).toEqual([1, 1]);
    expect(score([[7, 3]]).raw).toEqual([2, 0]);
    expect(score([[0, Number.NaN]]).raw).toEqual([1, 1]);
    expect(score([[0, Number.NEGATIVE_INFINITY]]).raw).toEqual([2, 0]);
  });

  test('it is no weighted sum of features', () => {
    expect(
      compileClassifier(
        forest(
          stumps([
            [
              [1, 0],
              [0, 1],
            ],
          ]),
        ),
        math,
      ).linearForm(1),
    ).toBeNull();
  });
});

describe('boosted trees', () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  const many = fc.array(fc.record({ left: number, right: number, weight: number }), { minLength: 1, maxLength: 8 });

  test('add prediction times weight in order; the probability is logistic in twice the margin', () => {
    fc.assert(
      fc.property(many, signs, (trees, values) => {
        let margin = 0;
        for (const [tree, { left, right, weight: own }] of trees.entries())
          margin += (values[tree] === 1 ? right : left) * own;
        const stage = boosted(
          trees.flatMap(({ left, right }) => [99, left, right]),
          trees.map(({ weight: own }) => own),
        );
        const negative = 1 / (1 + math.exp(2 * margin));
        expect(run(stage, toRow(values))).toEqual({
          prediction: margin > -margin ? 1 : 0,
          raw: [-margin, margin],
          probabilities: [negative, 1 - negative],
        });
      }),
    );
  });

  test('a margin of 0 is class 0; thresholds divide probabilities', () => {
    expect(run(boosted([0, 0, 0], [1]), [])).toEqual({ prediction: 0, raw: [-0, 0], probabilities: [0.5, 0.5] });
    expect(run(boosted([0, 0, 0], [1], { thresholds: Float64Array.of(0.51, 0.49) }), []).prediction).toBe(1);
    expect(compileClassifier(boosted([0, 0, 0], [1]), math).linearForm(1)).toBeNull();
  });
});
