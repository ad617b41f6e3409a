import { expect } from 'vitest';
import { differingRows, largestErrors, type ScoreBits } from './score-bits.ts';

/** Spark computes exp and log as we do on this kind of processor only: see docs/parity.md. */
const HAS_SAME_MATH = process.arch === 'x64';

/**
 * The scores of a live Spark: the same bits. Where Spark sums with the vector instructions of its processor the last
 * ones may differ, and on processors other than x86-64 those of everything that goes through exp or log; predictions
 * never.
 */
export function expectSparkScores(actual: ScoreBits, expected: ScoreBits, { lastBits = false } = {}): void {
  expect(actual.prediction.length).toBe(expected.prediction.length);
  expect(actual.prediction).toEqual(expected.prediction);
  if (HAS_SAME_MATH && !lastBits) {
    expect(differingRows(actual, expected)).toEqual([]);
    return;
  }
  const errors = largestErrors(actual, expected);
  expect(errors.rawPrediction).toBeLessThan(1e-12);
  expect(errors.probability).toBeLessThan(1e-13);
}
