import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/lib/learn/metrics.ts';
import type { PartScores } from '../../../src/lib/train/batch.ts';
import { describePart, drawCurves } from '../../../src/lib/train/report-part.ts';

function binary(positives: readonly number[], labels: readonly number[], isProbability: boolean): PartScores {
  const pairs = Float64Array.from(positives.flatMap(value => [isProbability ? 1 - value : -value, value]));
  return {
    rows: labels.length,
    classes: 2,
    labels: Int32Array.from(labels),
    predictions: Int32Array.from(positives, value => Number(value > (isProbability ? 0.5 : 0))),
    raw: pairs,
    probabilities: isProbability ? pairs : null,
  };
}

const describeIt = (scores: PartScores) => describePart('test', scores, evaluate(scores));

describe('two classes', () => {
  const scores = binary([0.05, 0.3, 0.31, 0.99, 1], [0, 0, 1, 1, 1], true);

  test('one curve, that of the positive class', () => {
    const part = describeIt(scores);
    expect(part.curves.map(curve => curve.label)).toEqual([1]);
    expect(part.curves[0]?.roc?.area).toBe(1);
  });

  test('every row is in the histogram of its class, the last bin included', () => {
    const { scores: histogram } = describeIt(scores);
    expect(histogram?.edges[0]).toBe(0);
    expect(histogram?.edges[40]).toBeCloseTo(1, 12);
    const [negative, positive] = histogram?.counts.map(counts => Array.from(counts)) ?? [];
    expect(negative?.reduce((a, b) => a + b)).toBe(2);
    expect(positive?.reduce((a, b) => a + b)).toBe(3);
    expect(positive?.[39]).toBe(2);
    expect(negative?.[2]).toBe(1);
  });

  test('calibration leaves bins without rows out', () => {
    const { calibration } = describeIt(scores);
    expect(calibration?.map(({ rows }) => rows)).toEqual([1, 2, 2]);
    expect(calibration?.[1]?.observed).toBe(0.5);
    expect(calibration?.[1]?.predicted).toBeCloseTo(0.305, 12);
  });

  test('margins are shown over their own range, and have no calibration', () => {
    const part = describeIt(binary([-3, -1, 0.5, 5], [0, 1, 0, 1], false));
    expect(part.calibration).toBeNull();
    expect(part.scores).toMatchObject({ score: 'Margin' });
    expect(part.scores?.edges[0]).toBe(-3);
    expect(part.scores?.edges[40]).toBeCloseTo(5, 12);
  });

  test('margins that are all the same do not break the histogram', () => {
    const part = describeIt(binary([2, 2, 2], [0, 1, 1], false));
    expect(part.scores?.counts.flatMap(counts => Array.from(counts)).reduce((a, b) => a + b)).toBe(3);
  });
});

describe('many classes', () => {
  const classes = 20;
  const raw = Float64Array.from({ length: 40 * classes }, (_, at) => ((at * 7919) % 101) / 101);
  const scores: PartScores = {
    rows: 40,
    classes,
    // Classes 8 to 19 have three rows each, the others less.
    labels: Int32Array.from({ length: 40 }, (_, row) => (row < 36 ? 8 + (row % 12) : row - 36)),
    predictions: new Int32Array(40),
    raw,
    probabilities: null,
  };

  test('curves of those with the most rows, no more than a picture can show', () => {
    expect(drawCurves(scores).map(({ label }) => label)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test('no histogram and no calibration of one positive class', () => {
    expect(describeIt(scores)).toMatchObject({ scores: null, calibration: null });
  });
});
