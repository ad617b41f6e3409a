import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argmax,
  argmaxOfRows,
  doublesOf,
  integersOf,
  numberOf,
  softmaxOfRows,
} from '../../../src/lib/learn/score/arrays.ts';
import { scoreStage, toClassifier } from '../../../src/lib/learn/score/classifier.ts';
import type { FittedStage } from '../../../src/lib/learn/types.ts';
import { toSparse } from './sparse.ts';

const small = fc.double({ min: -4, max: 4, noNaN: true });

function logistic(coefficients: readonly number[], intercepts: readonly number[], threshold = 0.5): FittedStage {
  return {
    type: 'logisticregression',
    params: { threshold },
    arrays: { coefficients: Float64Array.from(coefficients), intercepts: Float64Array.from(intercepts) },
  };
}

describe('linear scores', () => {
  const tables = fc.array(fc.tuple(small, fc.constant(0), small), { minLength: 1, maxLength: 10 });

  test('the margin is what the dense product gives, for each set of weights', () => {
    fc.assert(
      fc.property(
        tables,
        fc.array(small, { minLength: 9, maxLength: 9 }),
        fc.tuple(small, small, small),
        (table, weights, starts) => {
          const { raw, classes, rows } = scoreStage(logistic(weights, starts), toSparse(table, 3));
          expect([rows, classes]).toEqual([table.length, 3]);
          for (const [row, values] of table.entries()) {
            for (let klass = 0; klass < 3; klass++) {
              const dense = values.reduce(
                (sum, value, column) => sum + value * (weights[3 * klass + column] ?? 0),
                starts[klass] ?? 0,
              );
              expect(raw[3 * row + klass]).toBeCloseTo(dense, 9);
            }
          }
        },
      ),
    );
  });

  test('a margin of exactly zero is no reason to say positive', () => {
    const { predictions, probabilities } = scoreStage(logistic([1], [0]), toSparse([[0], [1e-300]], 1));
    expect([...predictions]).toEqual([0, 1]);
    expect([...(probabilities ?? [])].slice(0, 2)).toEqual([0.5, 0.5]);
  });

  test('margins beyond all measure are sure, and are numbers', () => {
    const { probabilities } = scoreStage(logistic([1], [0]), toSparse([[1e9], [-1e9]], 1));
    expect([...(probabilities ?? [])]).toEqual([0, 1, 1, 0]);
  });

  test('a support vector machine has margins on both sides and no probabilities', () => {
    const stage: FittedStage = { ...logistic([2], [-1], 0.5), type: 'linearsvc' };
    const scores = scoreStage(stage, toSparse([[0.7], [0.8]], 1));
    expect([...scores.predictions]).toEqual([0, 1]);
    expect(scores.probabilities).toBeNull();
    expect(scores.raw[1]).toBeCloseTo(0.4, 12);
    expect(scores.raw[0]).toBe(-(scores.raw[1] ?? 0));
    expect(toClassifier(stage).predict(toSparse([[0.7]], 1))).toEqual(scores.raw.slice(0, 2));
  });
});

describe('a forest', () => {
  /** Two trees over one column: ≤ 1.5 and ≤ −0.5; leaves of 3:1, 0:2 and 1:0, 1:3. */
  const FOREST: FittedStage = {
    type: 'randomforest',
    params: { numClasses: 2 },
    arrays: {
      starts: Int32Array.of(0, 3, 6),
      left: Int32Array.of(1, -1, -1, 1, -1, -1),
      right: Int32Array.of(2, -1, -1, 2, -1, -1),
      feature: Int32Array.of(0, -1, -1, 0, -1, -1),
      threshold: Float64Array.of(1.5, 0, 0, -0.5, 0, 0),
      stats: Float64Array.of(3, 3, 3, 1, 0, 2, 2, 3, 1, 0, 1, 3),
    },
  };

  test('adds the shares of the leaves; what is not listed is zero; on the threshold goes left', () => {
    const { raw, probabilities, predictions } = scoreStage(FOREST, toSparse([[0], [1.5], [2], [-1]], 1));
    expect([...raw]).toEqual([1, 1, 1, 1, 0.25, 1.75, 1.75, 0.25]);
    expect([...(probabilities ?? [])].slice(4)).toEqual([0.125, 0.875, 0.875, 0.125]);
    expect([...predictions]).toEqual([0, 0, 1, 0]);
  });

  test('one row does not see the values of the row before', () => {
    const alone = scoreStage(FOREST, toSparse([[0]], 1)).raw;
    const after = scoreStage(FOREST, toSparse([[2], [0]], 1)).raw;
    expect([...after.subarray(2)]).toEqual([...alone]);
  });
});

describe('probabilities of logarithms', () => {
  test('add up to one, keep the order, and do not mind what is added to all', () => {
    const rows = fc.array(fc.tuple(small, small, small), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: -1000, max: 1000 }), (made, shift) => {
        const raw = Float64Array.from(made.flat());
        const probabilities = softmaxOfRows(raw, 3);
        const shifted = softmaxOfRows(
          raw.map(value => value + shift),
          3,
        );
        for (let row = 0; row < made.length; row++) {
          const own = probabilities.subarray(3 * row, 3 * row + 3);
          expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
          expect(own[argmax(raw, 3 * row, 3)]).toBe(Math.max(...own));
          for (let klass = 0; klass < 3; klass++) expect(shifted[3 * row + klass]).toBeCloseTo(own[klass] ?? 0, 9);
        }
      }),
    );
  });

  test('the first of the largest wins', () => {
    expect([...argmaxOfRows(Float64Array.of(1, 2, 2, 3, 3, 3, 0, -1, 0), 3)]).toEqual([1, 0, 0]);
  });
});

describe('a fitted stage that is not whole', () => {
  const stage: FittedStage = {
    type: 'x',
    params: { a: 'text' },
    arrays: { d: new Float64Array(1), i: new Int32Array(1) },
  };

  test('is refused by the name of what it lacks', () => {
    expect(() => numberOf(stage, 'a')).toThrow('a fitted x lacks the number a');
    expect(() => doublesOf(stage, 'i')).toThrow('a fitted x lacks the numbers i');
    expect(() => integersOf(stage, 'd')).toThrow('a fitted x lacks the integers d');
  });

  test.each(['x', 'toString', 'constructor'])('and %s is nothing that can be scored', type => {
    expect(() => scoreStage({ ...stage, type }, toSparse([[1]], 1))).toThrow(`nothing here can score a fitted ${type}`);
  });
});
