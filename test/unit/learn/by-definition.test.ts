import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { precisionRecallCurve, rocCurve } from '../../../src/lib/learn/curves.ts';
import { assignFolds } from '../../../src/lib/learn/folds.ts';
import { complementaryError, testMcNemar } from '../../../src/lib/learn/mcnemar.ts';
import { evaluate, macroAverages, weightedAverages } from '../../../src/lib/learn/metrics.ts';
import { fitPlatt } from '../../../src/lib/learn/platt.ts';
import { createRandom, shuffle } from '../../../src/lib/learn/random.ts';
import { rankScores } from '../../../src/lib/learn/ranking.ts';
import { measureReliability } from '../../../src/lib/learn/reliability.ts';
import { scoreStage } from '../../../src/lib/learn/score/classifier.ts';
import createNaiveBayes from '../../../src/lib/learn/trainers/naivebayes.ts';
import { makeRows } from './made-rows.ts';
import { labelled, options, toSparse } from './sparse.ts';

const scored = fc
  .array(
    fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      raw: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map(rows => {
    const raw = Float64Array.from(rows.flatMap(row => row.raw));
    const probabilities = Float64Array.from(
      rows.flatMap(row => {
        const sum = row.raw.reduce((total, value) => total + Math.exp(value), 0);
        return row.raw.map(value => Math.exp(value) / sum);
      }),
    );
    return {
      rows: rows.length,
      classes: 3,
      labels: Int32Array.from(rows, row => row.label),
      predictions: Int32Array.from(rows, row => row.raw.indexOf(Math.max(...row.raw))),
      raw,
      probabilities,
    };
  });

describe('metrics are what their definitions say', () => {
  test('precision, recall and F1 of each class, and the averages of them', () => {
    fc.assert(
      fc.property(scored, given => {
        const evaluation = evaluate(given);
        const rows = [...given.labels.keys()];
        const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
        const expected = [0, 1, 2].map(klass => {
          const hits = rows.filter(row => given.labels[row] === klass && given.predictions[row] === klass).length;
          const support = rows.filter(row => given.labels[row] === klass).length;
          const predicted = rows.filter(row => given.predictions[row] === klass).length;
          const [precision, recall] = [share(hits, predicted), share(hits, support)];
          return { support, predicted, precision, recall, f1: share(2 * precision * recall, precision + recall) };
        });
        for (const [klass, part] of expected.entries()) expect(evaluation.perClass[klass]).toMatchObject(part);
        for (const key of ['precision', 'recall', 'f1'] as const) {
          const weighted = expected.reduce((sum, part) => sum + (part.support / given.rows) * part[key], 0);
          const macro = expected.reduce((sum, part) => sum + part[key], 0) / 3;
          expect(evaluation[key]).toBeCloseTo(weighted, 12);
          expect(weightedAverages(evaluation)[key]).toBeCloseTo(weighted, 12);
          expect(macroAverages(evaluation)[key]).toBeCloseTo(macro, 12);
        }
        const right = rows.filter(row => given.labels[row] === given.predictions[row]).length;
        expect(evaluation.accuracy).toBeCloseTo(right / given.rows, 15);
      }),
    );
  });

  test('the AUC of each class is the share of pairs in the right order, and theirs the mean', () => {
    fc.assert(
      fc.property(scored, given => {
        const evaluation = evaluate(given);
        const areas = [0, 1, 2].map(klass => {
          const scores = [...given.labels].map(
            (label, row) => [label === klass, given.probabilities[row * 3 + klass] as number] as const,
          );
          const [up, down] = [scores.filter(([is]) => is), scores.filter(([is]) => !is)];
          if (up.length === 0 || down.length === 0) return null;
          const won = up.flatMap(([, a]) => down.map(([, b]): number => (a > b ? 1 : a === b ? 0.5 : 0)));
          return won.reduce((sum, value) => sum + value, 0) / won.length;
        });
        for (const [klass, area] of areas.entries()) {
          if (area === null) expect(evaluation.perClass[klass]?.auc).toBeNull();
          else expect(evaluation.perClass[klass]?.auc).toBeCloseTo(area, 12);
        }
        const known = areas.filter(area => area !== null);
        if (known.length < 3) expect(evaluation.auc).toBeNull();
        else expect(evaluation.auc).toBeCloseTo(known.reduce((sum, area) => sum + area, 0) / 3, 12);
      }),
    );
  });

  test('the log-loss is the mean of −log p of the true class', () => {
    fc.assert(
      fc.property(scored, given => {
        const sum = [...given.labels].reduce(
          (total, label, row) => total - Math.log(given.probabilities[row * 3 + label] as number),
          0,
        );
        expect(evaluate(given).logLoss).toBeCloseTo(sum / given.rows, 12);
        expect(evaluate({ ...given, probabilities: null }).logLoss).toBeNull();
      }),
    );
  });

  test('every point of a curve is that of a threshold', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 8 })), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(rows, given => {
        const labels = Int32Array.from(given, ([is]) => Number(is));
        const ranking = rankScores(
          labels,
          1,
          Float64Array.from(given, ([, score]) => score),
          1,
          0,
        );
        const [positives, negatives] = [given.filter(([is]) => is).length, given.filter(([is]) => !is).length];
        const roc = rocCurve(ranking);
        const pr = precisionRecallCurve(ranking);
        if (positives === 0 || negatives === 0) {
          expect([roc, pr]).toEqual([null, null]);
          return;
        }
        const thresholds = [...new Set(given.map(([, score]) => score))].sort((a, b) => b - a);
        const at = thresholds.map(least => given.filter(([, score]) => score >= least));
        const up = at.map(above => above.filter(([is]) => is).length);
        expect([...(roc?.x ?? [])]).toEqual([
          0,
          ...at.map((above, index) => (above.length - (up[index] as number)) / negatives),
        ]);
        expect([...(roc?.y ?? [])]).toEqual([0, ...up.map(count => count / positives)]);
        expect([...(pr?.x ?? [])]).toEqual([0, ...up.map(count => count / positives)]);
        expect([...(pr?.y ?? [])].slice(1)).toEqual(up.map((count, index) => count / (at[index]?.length ?? 1)));
        const trapezoids = (x: ArrayLike<number>, y: ArrayLike<number>) =>
          Array.from(
            { length: x.length - 1 },
            (_, index) =>
              (((x[index + 1] as number) - (x[index] as number)) * ((y[index + 1] as number) + (y[index] as number))) /
              2,
          ).reduce((sum, part) => sum + part, 0);
        expect(roc?.area).toBeCloseTo(trapezoids(roc?.x ?? [], roc?.y ?? []), 12);
        expect(pr?.area).toBeCloseTo(trapezoids(pr?.x ?? [], pr?.y ?? []), 12);
      }),
    );
  });

  test('reliability: each row in the bin of its probability', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (given, count) => {
        const probabilities = Float64Array.from(given.flatMap(([, p]) => [1 - p, p]));
        const found = measureReliability(
          Int32Array.from(given, ([label]) => label),
          probabilities,
          count,
        );
        const bins = Array.from({ length: count }, (_, bin) =>
          given.filter(([, p]) => Math.min(count - 1, Math.floor(p * count)) === bin),
        );
        expect(found.bins.map(bin => bin.rows)).toEqual(bins.map(bin => bin.length));
        let gap = 0;
        for (const [at, bin] of bins.entries()) {
          if (bin.length === 0) continue;
          const [share, mean] = [
            bin.filter(([label]) => label === 1).length / bin.length,
            bin.reduce((sum, [, p]) => sum + p, 0) / bin.length,
          ];
          expect(found.bins[at]?.positiveShare).toBeCloseTo(share, 12);
          expect(found.bins[at]?.meanProbability).toBeCloseTo(mean, 12);
          gap += (bin.length / given.length) * Math.abs(share - mean);
        }
        expect(found.expectedCalibrationError).toBeCloseTo(gap, 12);
        expect(found.brier).toBeCloseTo(
          given.reduce((sum, [label, p]) => sum + (p - label) ** 2, 0) / given.length,
          12,
        );
      }),
    );
  });
});

describe('McNemar', () => {
  /** Judgements in which only the first is right `one` times and only the second `other` times. */
  const judged = (one: number, other: number, both = 3) => {
    const pairs = [
      ...Array(one).fill([1, 0]),
      ...Array(other).fill([0, 1]),
      ...Array(both).fill([1, 1]),
      ...Array(both).fill([0, 0]),
    ] as [number, number][];
    return testMcNemar(
      new Int32Array(pairs.length).fill(1),
      Int32Array.from(pairs, ([a]) => a),
      Int32Array.from(pairs, ([, b]) => b),
    );
  };

  test('below 25 rows is the exact binomial, for every pair of counts', () => {
    const choose = (n: number, k: number): bigint =>
      k === 0 ? 1n : (choose(n, k - 1) * BigInt(n - k + 1)) / BigInt(k);
    for (let n = 0; n < 25; n++) {
      for (let one = 0; one <= n; one++) {
        let tail = 0n;
        for (let k = 0; k <= Math.min(one, n - one); k++) tail += choose(n, k);
        const expected = Math.min(1, (2 * Number(tail)) / 2 ** n);
        const { pValue, method, statistic, onlyFirst, onlySecond } = judged(one, n - one);
        expect([method, statistic, onlyFirst, onlySecond]).toEqual(['exact', null, one, n - one]);
        expect(pValue).toBeCloseTo(expected, 14);
      }
    }
  });

  test('from 25 on comes near to it, whichever side wins', () => {
    const choose = (n: number, k: number): number =>
      Array.from({ length: k }, (_, at) => (n - at) / (at + 1)).reduce((a, b) => a * b, 1);
    for (const [one, other] of [
      [25, 0],
      [18, 12],
      [10, 30],
      [40, 41],
      [60, 20],
      [13, 12],
    ] as const) {
      const n = one + other;
      const tail = Array.from({ length: Math.min(one, other) + 1 }, (_, k) => choose(n, k)).reduce((a, b) => a + b, 0);
      const { pValue, method } = judged(one, other);
      expect(method).toBe('chi-squared');
      expect(Math.abs(pValue - Math.min(1, (2 * tail) / 2 ** n))).toBeLessThan(0.015);
      expect(judged(other, one).pValue).toBe(pValue);
    }
  });

  test('the error function is the integral that it is', () => {
    for (const x of [0, 0.1, 0.7, 1.5, 2.4999, 2.5, 3, 4]) {
      const steps = 20_000;
      let sum = 0;
      // Simpson from x to x + 8: beyond there is nothing left.
      for (let step = 0; step <= steps; step++) {
        const at = x + (8 * step) / steps;
        sum += (step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2) * Math.exp(-at * at);
      }
      expect(complementaryError(x) / ((2 / Math.sqrt(Math.PI)) * ((sum * 8) / steps / 3))).toBeCloseTo(1, 9);
    }
  });
});

test('Platt scaling finds the least loss that a search over both numbers finds', () => {
  const random = createRandom(9);
  const margins = Float64Array.from({ length: 200 }, () => 4 * random.next() - 2);
  const labels = Int32Array.from(margins, margin => Number(random.next() < 1 / (1 + Math.exp(-1.5 * margin + 0.4))));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  const loss = (slope: number, offset: number) =>
    margins.reduce((sum, margin, row) => {
      const p = 1 / (1 + Math.exp(slope * margin + offset));
      const target = labels[row] === 1 ? high : low;
      return sum - target * Math.log(p) - (1 - target) * Math.log(1 - p);
    }, 0);
  let [slope, offset] = [0, 0];
  for (let step = 1; step > 1e-7; step /= 1.5) {
    for (let round = 0; round < 8; round++) {
      for (const [bySlope, byOffset] of [
        [step, 0],
        [-step, 0],
        [0, step],
        [0, -step],
      ] as const)
        if (loss(slope + bySlope, offset + byOffset) < loss(slope, offset))
          [slope, offset] = [slope + bySlope, offset + byOffset];
    }
  }
  const found = fitPlatt(margins, labels);
  expect(found.slope).toBeCloseTo(slope, 3);
  expect(found.offset).toBeCloseTo(offset, 3);
  expect(loss(found.slope, found.offset)).toBeLessThanOrEqual(loss(slope, offset) + 1e-9);
});

describe('naive Bayes by counting', () => {
  const table = [
    [2, 0, 1],
    [1, 1, 0],
    [0, 3, 1],
    [0, 1, 2],
    [1, 0, 0],
  ];
  const rows = { ...labelled(table, [0, 0, 1, 2, 1], 3), weights: Float64Array.of(1, 2, 1, 0.5, 3) };
  const total = (klass: number, column: number) =>
    table.reduce(
      (sum, row, at) => sum + (rows.labels[at] === klass ? (rows.weights[at] as number) * (row[column] as number) : 0),
      0,
    );
  const weightOf = (klass: number) =>
    rows.weights.reduce((sum, weight, at) => sum + (rows.labels[at] === klass ? weight : 0), 0);

  test.each([0.5, 1, 3])('multinomial with a smoothing of %d', async smoothing => {
    const { stage } = await createNaiveBayes().fit(rows, options({ smoothing }));
    for (const klass of [0, 1, 2]) {
      expect(stage.arrays['pi']?.[klass]).toBeCloseTo(
        Math.log((weightOf(klass) + smoothing) / (7.5 + 3 * smoothing)),
        12,
      );
      const all = [0, 1, 2].reduce((sum, column) => sum + total(klass, column), 0);
      for (const column of [0, 1, 2])
        expect(stage.arrays['theta']?.[klass * 3 + column]).toBeCloseTo(
          Math.log((total(klass, column) + smoothing) / (all + 3 * smoothing)),
          12,
        );
    }
  });

  test('complement looks at all the others', async () => {
    const { stage } = await createNaiveBayes().fit(rows, options({ modelType: 'complement' }));
    for (const klass of [0, 1, 2]) {
      const others = [0, 1, 2].filter(other => other !== klass);
      const of = (column: number) => others.reduce((sum, other) => sum + total(other, column), 0);
      const all = [0, 1, 2].reduce((sum, column) => sum + of(column), 0);
      for (const column of [0, 1, 2])
        expect(stage.arrays['theta']?.[klass * 3 + column]).toBeCloseTo(-Math.log((of(column) + 1) / (all + 3)), 12);
    }
  });

  test('the scores of a complement model stay finite and in order for texts of any length', async () => {
    const { stage } = await createNaiveBayes().fit(rows, options({ modelType: 'complement' }));
    const long = toSparse([
      [5e4, 0, 0],
      [6e4, 0, 0],
    ]);
    const { raw, probabilities } = scoreStage(stage, long);
    expect(raw.every(Number.isFinite)).toBe(true);
    expect(Math.min(...raw.subarray(3))).toBeLessThan(Math.min(...raw.subarray(0, 3)));
    expect(probabilities?.every(value => value >= 0 && value <= 1)).toBe(true);
  });
});

describe('chance', () => {
  test('every row falls into every fold about equally often', () => {
    const labels = new Int32Array(40);
    const counts = Array.from({ length: 40 }, () => [0, 0, 0, 0]);
    const SEEDS = 2000;
    for (let seed = 0; seed < SEEDS; seed++)
      for (const [row, fold] of assignFolds(labels, { folds: 4, seed }).entries())
        (counts[row] as number[])[fold] = (counts[row]?.[fold] ?? 0) + 1;
    // χ² of 40 · 3 degrees of freedom: mean 120, deviation 15.5.
    const statistic = counts.flat().reduce((sum, count) => sum + (count - SEEDS / 4) ** 2 / (SEEDS / 4), 0);
    expect(statistic).toBeGreaterThan(60);
    expect(statistic).toBeLessThan(190);
  });

  test('stratified folds are drawn anew by each seed and keep every class even', () => {
    const { labels } = makeRows({ seed: 3, rows: 101, columns: 5, classes: 3 });
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const folds = assignFolds(labels, { folds: 5, seed, stratified: true });
      seen.add(folds.join());
      for (const klass of [0, 1, 2]) {
        const sizes = [0, 1, 2, 3, 4].map(
          fold => folds.filter((at, row) => at === fold && labels[row] === klass).length,
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
    expect(seen.size).toBe(20);
  });

  test('a shuffle reaches every order about equally often', () => {
    const random = createRandom(4);
    const orders = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const values = Int32Array.of(0, 1, 2);
      shuffle(values, random);
      orders.set(values.join(), (orders.get(values.join()) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
