import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argmax, decideByThresholds, softmax } from '../../../../../src/lib/model/compile/classifiers/decide.ts';

const inf = Number.POSITIVE_INFINITY;

describe('argmax', () => {
  test.each([
    [[1, 2, 3], 2],
    [[3, 2, 3], 0],
    [[-inf, -inf], 0],
    [[-0, 0], 0],
    // No number is above NaN and NaN is above none: what comes first stays.
    [[Number.NaN, 5], 0],
    [[1, Number.NaN, 2], 2],
  ])('of %j is %i', (scores, expected) => {
    expect(argmax(Float64Array.from([99, ...scores, 99]), 1, scores.length)).toBe(expected);
  });
});

describe('thresholds', () => {
  test.each([
    [[0.5, 0.5], [0.5, 0.5], 0],
    [[0.2, 0.3, 0.5], [0.2, 0.2, 0.5], 1],
    // Division by 0: infinite wins, 0 / 0 does not.
    [[0.9, 0.1], [0.5, 0], 1],
    [[0, 1], [0, 0.5], 1],
    [[0, 0], [0, 0], 0],
    [[Number.NaN, Number.NaN], [0.5, 0.5], 0],
  ])('probabilities %j by thresholds %j: class %i', (probabilities, thresholds, expected) => {
    expect(decideByThresholds(Float64Array.from([7, ...probabilities, 7]), 1, Float64Array.from(thresholds))).toBe(
      expected,
    );
  });
});

describe('softmax', () => {
  const of = (...raw: number[]) => {
    const out = new Float64Array(raw.length + 2).fill(5);
    softmax(Float64Array.from([9, ...raw, 9]), out, 1, raw.length, Math.exp);
    expect([out[0], out.at(-1)]).toEqual([5, 5]);
    return [...out.subarray(1, -1)];
  };

  test('adds up to one and keeps the order of the scores', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -700, max: 700, noNaN: true }), { minLength: 1, maxLength: 6 }), raw => {
        const probabilities = of(...raw);
        expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        for (const [a, score] of raw.entries())
          for (const [b, other] of raw.entries())
            if (score > other) expect(probabilities[a] as number).toBeGreaterThanOrEqual(probabilities[b] as number);
      }),
    );
  });

  test.each([
    [
      [1000, 1000],
      [0.5, 0.5],
    ],
    [
      [-1000, -1000],
      [0.5, 0.5],
    ],
    [
      [1000, 0],
      [1, 0],
    ],
    [
      [inf, inf],
      [1, 0],
    ],
    [
      [3, inf],
      [0, 1],
    ],
    [
      [-inf, 0],
      [0, 1],
    ],
    [
      [-inf, -inf],
      [Number.NaN, Number.NaN],
    ],
    [
      [Number.NaN, 1],
      [Number.NaN, Number.NaN],
    ],
  ])('of %j is %j', (raw, expected) => {
    expect(of(...raw)).toEqual(expected);
  });

  test('multiplies by the reciprocal: a division has other bits', () => {
    const exps = [Math.exp(0), Math.exp(-1), Math.exp(-2.5)];
    const sum = exps.reduce((total, one) => total + one, 0);
    expect(of(0, -1, -2.5)).toEqual(exps.map(one => one * (1 / sum)));
  });
});
