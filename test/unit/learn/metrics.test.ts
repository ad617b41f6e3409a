import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { precisionRecallCurve, rocCurve } from '../../../src/lib/learn/curves.ts';
import {
  evaluate,
  macroAverages,
  rankClass,
  type ScoredRows,
  weightedAverages,
} from '../../../src/lib/learn/metrics.ts';
import { areaUnderRoc, rankScores } from '../../../src/lib/learn/ranking.ts';
import { measureReliability } from '../../../src/lib/learn/reliability.ts';

/** Two classes; the margin decides. */
function scored(rows: readonly (readonly [label: number, margin: number])[]): ScoredRows {
  return {
    rows: rows.length,
    classes: 2,
    labels: Int32Array.from(rows, ([label]) => label),
    predictions: Int32Array.from(rows, ([, margin]) => (margin > 0 ? 1 : 0)),
    raw: Float64Array.from(rows.flatMap(([, margin]) => [-margin, margin])),
    probabilities: Float64Array.from(
      rows.flatMap(([, margin]) => [1 / (1 + Math.exp(margin)), 1 / (1 + Math.exp(-margin))]),
    ),
  };
}

function ranked(rows: readonly (readonly [number, number])[]) {
  return rankScores(
    Int32Array.from(rows, ([label]) => label),
    1,
    Float64Array.from(rows, ([, score]) => score),
    1,
    0,
  );
}

/** Few distinct scores, so that ties are the rule. */
const someRows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -6, max: 6 })), {
  minLength: 2,
  maxLength: 60,
});

describe('area under the ROC curve', () => {
  test('is the share of pairs in the right order, ties half', () => {
    fc.assert(
      fc.property(someRows, rows => {
        const positives = rows.filter(([label]) => label === 1);
        const negatives = rows.filter(([label]) => label === 0);
        const area = areaUnderRoc(ranked(rows));
        if (positives.length === 0 || negatives.length === 0) {
          expect(area).toBeNull();
          return;
        }
        const pairs = positives.flatMap(([, a]) => negatives.map(([, b]): number => (a > b ? 1 : a === b ? 0.5 : 0)));
        expect(area).toBeCloseTo(pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length, 12);
      }),
    );
  });

  test('zero and minus zero are one score', () => {
    expect(
      areaUnderRoc(
        ranked([
          [1, -0],
          [0, 0],
        ]),
      ),
    ).toBe(0.5);
    expect(
      areaUnderRoc(
        ranked([
          [1, 0],
          [0, -0],
        ]),
      ),
    ).toBe(0.5);
  });

  test.each([
    [
      [
        [0, 1],
        [1, 2],
      ],
      1,
    ],
    [
      [
        [1, 1],
        [0, 2],
      ],
      0,
    ],
    [
      [
        [1, 1],
        [0, 1],
      ],
      0.5,
    ],
  ] as const)('of %j is %d', (rows, area) => {
    expect(areaUnderRoc(ranked(rows))).toBe(area);
  });
});

describe('curves', () => {
  const trapezoids = (x: Float64Array, y: Float64Array) =>
    x.reduce(
      (sum, right, at) => (at === 0 ? 0 : sum + ((right - (x[at - 1] ?? 0)) * ((y[at] ?? 0) + (y[at - 1] ?? 0))) / 2),
      0,
    );

  test('ROC goes from corner to corner, never back, and holds its area', () => {
    fc.assert(
      fc.property(someRows, rows => {
        const curve = rocCurve(ranked(rows));
        if (!curve) return;
        expect([curve.x[0], curve.y[0], curve.x.at(-1), curve.y.at(-1)]).toEqual([0, 0, 1, 1]);
        expect([...curve.x]).toEqual([...curve.x].sort((a, b) => a - b));
        expect([...curve.y]).toEqual([...curve.y].sort((a, b) => a - b));
        expect(trapezoids(curve.x, curve.y)).toBeCloseTo(curve.area, 10);
        expect(curve.area).toBeCloseTo(areaUnderRoc(ranked(rows)) ?? Number.NaN, 12);
      }),
    );
  });

  test('precision over recall begins with the best score and ends with the share of positives', () => {
    const curve = precisionRecallCurve(
      ranked([
        [1, 4],
        [0, 3],
        [1, 2],
        [0, 1],
      ]),
    );
    expect([...(curve?.x ?? [])]).toEqual([0, 0.5, 0.5, 1, 1]);
    expect([...(curve?.y ?? [])]).toEqual([1, 1, 0.5, 2 / 3, 0.5]);
    expect(curve?.area).toBeCloseTo(0.5 + (0.5 * (0.5 + 2 / 3)) / 2, 12);
  });

  test('a hundred thousand scores become at most a thousand points, with the exact area', () => {
    const rows = Array.from({ length: 100_000 }, (_, row): [number, number] => [
      row % 3 === 0 ? 1 : 0,
      (row * 7919) % 100_003,
    ]);
    const [roc, precision] = [rocCurve(ranked(rows)), precisionRecallCurve(ranked(rows))];
    for (const curve of [roc, precision]) {
      expect(curve?.x.length).toBeGreaterThan(500);
      expect(curve?.x.length).toBeLessThanOrEqual(1000);
      expect(trapezoids(curve?.x ?? new Float64Array(), curve?.y ?? new Float64Array())).toBeCloseTo(
        curve?.area ?? 0,
        2,
      );
    }
    expect(roc?.area).toBe(areaUnderRoc(ranked(rows)));
    expect([roc?.x.at(-1), roc?.y.at(-1), precision?.x.at(-1)]).toEqual([1, 1, 1]);
  });

  test('there is none of one class', () => {
    expect([
      rocCurve(
        ranked([
          [1, 1],
          [1, 2],
        ]),
      ),
      precisionRecallCurve(
        ranked([
          [0, 1],
          [0, 2],
        ]),
      ),
    ]).toEqual([null, null]);
  });
});

describe('evaluate', () => {
  const ROWS = scored([
    [1, 2],
    [1, 1],
    [1, -1],
    [0, -2],
    [0, 3],
  ]);

  test('counts, per class and in all', () => {
    const evaluation = evaluate(ROWS);
    expect([...evaluation.confusion]).toEqual([1, 1, 1, 2]);
    expect(evaluation.accuracy).toBe(0.6);
    expect(evaluation.perClass[1]).toMatchObject({ support: 3, predicted: 3, precision: 2 / 3, recall: 2 / 3 });
    expect(evaluation.perClass[0]).toMatchObject({ support: 2, predicted: 2, precision: 0.5, recall: 0.5 });
    expect(evaluation).toMatchObject({ precision: 2 / 3, recall: 2 / 3, f1: evaluation.perClass[1]?.f1 });
    expect(weightedAverages(evaluation).precision).toBeCloseTo(0.6 * (2 / 3) + 0.4 * 0.5, 12);
    expect(weightedAverages(evaluation).f1).toBeCloseTo(0.6, 12);
    expect(macroAverages(evaluation).f1).toBeCloseTo((2 / 3 + 0.5) / 2, 12);
  });

  test('weighted recall is the accuracy, always', () => {
    fc.assert(
      fc.property(someRows, rows => {
        const evaluation = evaluate(scored(rows));
        const { accuracy, auc, perClass } = evaluation;
        expect(weightedAverages(evaluation).recall).toBeCloseTo(accuracy, 12);
        expect(auc).toBe(perClass[1]?.auc);
        if (auc !== null) expect(perClass[0]?.auc).toBeCloseTo(auc, 12);
      }),
    );
  });

  test('a class that is never named has a precision of 0, not NaN', () => {
    const evaluation = evaluate(
      scored([
        [1, -1],
        [0, -1],
      ]),
    );
    expect(evaluation.perClass[1]).toMatchObject({ predicted: 0, precision: 0, recall: 0, f1: 0 });
    expect(weightedAverages(evaluation).f1).toBeCloseTo(1 / 3, 12);
  });

  test('of two classes the distance of the raw scores ranks, whatever both have in common', () => {
    const rows = scored([
      [1, 3],
      [0, 2],
      [1, 1],
    ]);
    const shifted = { ...rows, raw: rows.raw.map((value, at) => value - 100 * Math.floor(at / 2)) };
    expect(evaluate(shifted).auc).toBe(evaluate(rows).auc);
  });

  test('the log-loss of a sure mistake is large, but finite', () => {
    const rows = { ...scored([[1, 1]]), probabilities: Float64Array.of(1, 0) };
    expect(evaluate(rows).logLoss).toBeCloseTo(-Math.log(1e-15), 10);
    expect(evaluate({ ...rows, probabilities: Float64Array.of(0.5, 0.5) }).logLoss).toBeCloseTo(Math.LN2, 12);
    expect(evaluate({ ...rows, probabilities: null }).logLoss).toBeNull();
  });

  test('three classes: the mean of one against the rest, by probability', () => {
    const rows: ScoredRows = {
      rows: 3,
      classes: 3,
      labels: Int32Array.of(0, 1, 2),
      predictions: Int32Array.of(0, 1, 1),
      raw: Float64Array.of(9, 8, 0, 1, 2, 0, 5, 9, 8),
      probabilities: Float64Array.of(0.7, 0.3, 0, 0.2, 0.5, 0.3, 0, 0.6, 0.4),
    };
    const evaluation = evaluate(rows);
    expect(evaluation.perClass.map(part => part.auc)).toEqual([1, 0.5, 1]);
    expect(evaluation.auc).toBeCloseTo(2.5 / 3, 12);
    expect(evaluate({ ...rows, labels: Int32Array.of(0, 1, 1) }).auc).toBeNull();
    expect(rankClass(rows, 2).positives).toEqual(Float64Array.of(0.4));
  });

  test('no rows are no evaluation', () => {
    expect(() => evaluate(scored([]))).toThrow('no rows to evaluate');
  });
});

describe('reliability', () => {
  test('a probability that keeps its word has no error', () => {
    const labels = Int32Array.of(1, 0, 0, 0);
    const quarter = Float64Array.from({ length: 8 }, (_, at) => (at % 2 === 0 ? 0.75 : 0.25));
    const { bins, expectedCalibrationError, brier } = measureReliability(labels, quarter, 4);
    expect(expectedCalibrationError).toBeCloseTo(0, 12);
    expect(brier).toBeCloseTo((0.75 ** 2 + 3 * 0.25 ** 2) / 4, 12);
    expect(bins[1]).toEqual({ from: 0.25, to: 0.5, rows: 4, meanProbability: 0.25, positiveShare: 0.25 });
    expect(bins[0]).toMatchObject({ rows: 0, meanProbability: null, positiveShare: null });
  });

  test('one that is sure and wrong has all of it, and 1 belongs to the last bin', () => {
    const { bins, expectedCalibrationError } = measureReliability(Int32Array.of(0, 0), Float64Array.of(0, 1, 0, 1));
    expect(expectedCalibrationError).toBe(1);
    expect(bins.at(-1)?.rows).toBe(2);
  });

  test('a table needs bins', () => {
    expect(() => measureReliability(Int32Array.of(0), Float64Array.of(1, 0), 0)).toThrow(RangeError);
  });
});
