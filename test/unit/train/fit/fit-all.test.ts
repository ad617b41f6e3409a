import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../src/lib/learn/metrics.ts';
import createLogisticRegression from '../../../../src/lib/learn/trainers/logisticregression.ts';
import type { Trainer } from '../../../../src/lib/learn/types.ts';
import { calibrateByFolds } from '../../../../src/lib/train/fit/calibrate.ts';
import { crossValidate } from '../../../../src/lib/train/fit/cross-validate.ts';
import { fitAll } from '../../../../src/lib/train/fit/fit-all.ts';
import type { FitRun, FitTask } from '../../../../src/lib/train/fit/types.ts';
import { makeRows } from '../../learn/made-rows.ts';
import { labelled } from '../../learn/sparse.ts';

const ROWS = makeRows({ seed: 31, rows: 240, columns: 40, classes: 2 });
const RUN: FitRun = { signal: new AbortController().signal, parallel: 2 };
const LR: FitTask = { trainer: 'logisticregression', params: { maxIter: 10, regParam: 0.1 }, seed: 1 };

/** Always says the class that is given as a parameter, after it has been told how many rows there are. */
function constant(seen: number[]): Trainer {
  return {
    params: { klass: 0 },
    async fit(rows, { params, progress }) {
      seen.push(rows.labels.length);
      progress?.(1, 1);
      return {
        stage: { type: 'constant', params, arrays: {} },
        probabilistic: true,
        predict: features =>
          Float64Array.from({ length: (features.starts.length - 1) * 2 }, (_, at) =>
            at % 2 === params['klass'] ? 1 : 0,
          ),
      };
    },
  };
}

describe('fits in threads', () => {
  test('give what a fit in this thread gives, in the order of the tasks', async () => {
    const names = ['naivebayes', 'logisticregression', 'linearsvc', 'randomforest'];
    const outcomes = await fitAll(
      names.map(trainer => ({ trainer, params: {}, seed: 3 })),
      ROWS,
      RUN,
    );
    expect(outcomes.map(({ stage }) => stage.type)).toEqual(names);
    const here = await createLogisticRegression().fit(ROWS, { params: {}, seed: 3, signal: RUN.signal });
    expect(outcomes[1]?.stage).toEqual(here.stage);
    expect(outcomes[1]?.heldOut).toBeNull();
    expect(outcomes[1]?.seconds).toBeGreaterThan(0);
  });

  test('report progress by the number of the task', async () => {
    const seen: (number | undefined)[][] = [];
    await fitAll([LR, { ...LR, params: { maxIter: 2, tol: 0 } }], ROWS, {
      ...RUN,
      progress: (...step) => seen.push(step),
    });
    expect(seen.filter(([task]) => task === 1)).toEqual([
      [1, 1, 2, expect.any(Number)],
      [1, 2, 2, expect.any(Number)],
    ]);
    expect(seen.filter(([task]) => task === 0).at(-1)?.[2]).toBe(10);
  });

  test('leave the rows of the caller as they were', async () => {
    const before = structuredClone(ROWS);
    await fitAll([LR, { ...LR, trainer: 'naivebayes', params: {} }], ROWS, RUN);
    expect(ROWS).toEqual(before);
  });

  test('a failure keeps its message and its kind', async () => {
    const run = fitAll([LR, { ...LR, params: { regParam: -1 } }], ROWS, RUN);
    await expect(run).rejects.toThrow(RangeError);
    await expect(run).rejects.toThrow('logisticregression: regParam must be at least 0, not -1');
  });

  test('a trainer that nobody knows is named', async () => {
    await expect(fitAll([{ ...LR, trainer: 'svm' }], ROWS, RUN)).rejects.toThrow('there is no trainer svm');
  });

  test('an abort ends a fit that would take minutes, in the middle of it', async () => {
    const stop = new AbortController();
    const long: FitTask = { trainer: 'randomforest', params: { numTrees: 100_000, maxDepth: 30 }, seed: 1 };
    const progress = () => stop.abort(new Error('that is enough'));
    await expect(fitAll([long, long], ROWS, { signal: stop.signal, parallel: 2, progress })).rejects.toThrow(
      'that is enough',
    );
  });

  test('nothing starts when the signal has been given before', async () => {
    const seen: number[] = [];
    const run = fitAll([{ trainer: constant(seen), params: {}, seed: 1 }], ROWS, {
      signal: AbortSignal.abort(new Error('no')),
    });
    await expect(run).rejects.toThrow('no');
    expect(seen).toEqual([]);
  });

  test('no tasks, no outcomes', async () => {
    expect(await fitAll([], ROWS, RUN)).toEqual([]);
  });
});

describe('a trainer of a plugin', () => {
  test('runs here, beside ours, and its scores are taken for what they are', async () => {
    const seen: number[] = [];
    const assigned = ROWS.labels.map((_, row) => row % 3);
    const own: FitTask = { trainer: constant(seen), params: { klass: 1 }, seed: 1, leaveOut: { fold: 0, assigned } };
    const [plugin, ours] = await fitAll([own, LR], ROWS, RUN);
    expect(seen).toEqual([160]);
    expect(plugin?.stage.type).toBe('constant');
    expect(new Set(plugin?.heldOut?.scores.predictions)).toEqual(new Set([1]));
    expect(plugin?.heldOut?.rows[1]).toBe(3);
    expect(ours?.stage.type).toBe('logisticregression');
  });

  test('that gives too few scores is told so', async () => {
    const short: Trainer = {
      params: {},
      fit: async () => ({
        stage: { type: 'short', params: {}, arrays: {} },
        probabilistic: false,
        predict: () => new Float64Array(3),
      }),
    };
    const leaveOut = { fold: 0, assigned: ROWS.labels.map((_, row) => row % 2) };
    await expect(fitAll([{ trainer: short, params: {}, seed: 1, leaveOut }], ROWS, RUN)).rejects.toThrow(
      'short gave 3 scores for 120 rows and 2 classes',
    );
  });
});

describe('cross-validation', () => {
  const points = [
    { regParam: 1000, elasticNetParam: 1 },
    { maxIter: 20, regParam: 0.01 },
    { maxIter: 20, regParam: 0.01 },
  ];

  test('judges every point on every fold, chooses the first of the best and fits it on everything', async () => {
    const search = { trainer: 'logisticregression', points, folds: 3, seed: 5 };
    const { points: judged, best, outcome } = await crossValidate(ROWS, search, RUN);
    expect(judged.map(point => point.folds.length)).toEqual([3, 3, 3]);
    // A penalty that leaves no weight says the same of every row.
    expect(judged[0]?.metric).toBe(0.5);
    expect(best).toBe(1);
    for (const { metric, folds } of judged) {
      expect(metric).toBeCloseTo(folds.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 3, 12);
    }
    expect(judged[2]).toEqual(judged[1]);
    const alone = await fitAll([{ trainer: 'logisticregression', params: points[1] ?? {}, seed: 5 }], ROWS, RUN);
    expect(outcome.stage).toEqual(alone[0]?.stage);
  });

  test('measures what it is told to, on rows that the fit has not seen', async () => {
    const assigned = ROWS.labels.map((_, row) => row % 2);
    const [half] = await fitAll([{ ...LR, leaveOut: { fold: 1, assigned } }], ROWS, RUN);
    expect([...(half?.heldOut?.rows ?? [])]).toEqual(Array.from({ length: 120 }, (_, at) => 2 * at + 1));
    expect([...(half?.heldOut?.labels ?? [])]).toEqual([...ROWS.labels.filter((_, row) => row % 2 === 1)]);
    const seen: number[] = [];
    const search = {
      trainer: constant(seen),
      points: [{ klass: 0 }, { klass: 1 }],
      folds: 2,
      seed: 1,
      metric: 'accuracy',
    } as const;
    const { points: judged } = await crossValidate(ROWS, search, RUN);
    const share = ROWS.labels.filter(label => label === 1).length / 240;
    expect(judged[1]?.metric).toBeCloseTo(share, 12);
    expect(judged[0]?.metric).toBeCloseTo(1 - share, 12);
    expect(seen).toEqual([120, 120, 120, 120, 240]);
  });

  test('its progress only grows, and ends at the end', async () => {
    const seen: number[] = [];
    const progress = (_: number, done: number, total: number) => seen.push(done / total);
    await crossValidate(
      ROWS,
      { trainer: 'randomforest', points: [{ numTrees: 3 }], folds: 2, seed: 1 },
      { ...RUN, progress },
    );
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test('a fold with one class only has no area under a curve: the search says so instead of guessing', async () => {
    // Two positive rows: of five folds at least three have none.
    const table = Array.from({ length: 20 }, (_, row) => [row + 1, row % 3]);
    const rare = labelled(
      table,
      table.map((_, row) => (row > 17 ? 1 : 0)),
    );
    const search = { trainer: 'naivebayes', points: [{}, { smoothing: 2 }], folds: 5, seed: 1 };
    await expect(crossValidate(rare, search, RUN)).rejects.toThrow('no candidate has a metric');
    const { points: judged } = await crossValidate(rare, { ...search, metric: 'accuracy' }, RUN);
    for (const { metric } of judged) expect(metric).toBeGreaterThan(0);
  });

  test('rows keep their weights in every fold', async () => {
    const weighted = makeRows({ seed: 33, rows: 90, columns: 20, classes: 2, weighted: true });
    const assigned = weighted.labels.map((_, row) => (row < 30 ? 0 : 1));
    const [outcome] = await fitAll([{ ...LR, leaveOut: { fold: 0, assigned } }], weighted, RUN);
    const { selectRows } = await import('../../../../src/lib/learn/folds.ts');
    const rest = selectRows(weighted, row => row >= 30);
    const here = await createLogisticRegression().fit(rest, { params: LR.params, seed: 1, signal: RUN.signal });
    expect(outcome?.stage).toEqual(here.stage);
    const { weights: _, ...bare } = rest;
    const unweighted = await createLogisticRegression().fit(bare, { params: LR.params, seed: 1, signal: RUN.signal });
    expect(outcome?.stage.arrays['coefficients']).not.toEqual(unweighted.stage.arrays['coefficients']);
  });

  test('more folds than rows are refused', async () => {
    const few = labelled([[1], [2]], [0, 1]);
    const search = { trainer: 'logisticregression', points, folds: 3, seed: 1 };
    await expect(crossValidate(few, search, RUN)).rejects.toThrow('3 folds needs as many rows; there are 2');
  });
});

describe('calibration of margins', () => {
  test('turns them into probabilities that beat guessing', async () => {
    const scaling = await calibrateByFolds(
      ROWS,
      { trainer: 'linearsvc', params: { maxIter: 30, regParam: 0.1 }, seed: 1 },
      RUN,
    );
    expect(scaling.slope).toBeLessThan(0);
    const unseen = makeRows({ seed: 32, rows: 400, columns: 40, classes: 2 });
    const [fitted] = await fitAll(
      [{ trainer: 'linearsvc', params: { maxIter: 30, regParam: 0.1 }, seed: 1 }],
      ROWS,
      RUN,
    );
    const { scoreStage } = await import('../../../../src/lib/learn/score/classifier.ts');
    const scores = fitted && scoreStage(fitted.stage, unseen.features);
    if (!scores) throw new Error('nothing was fitted');
    const probabilities = Float64Array.from(scores.raw, (_, at) => {
      const positive = 1 / (1 + Math.exp(scaling.slope * (scores.raw[at | 1] ?? 0) + scaling.offset));
      return at % 2 === 1 ? positive : 1 - positive;
    });
    expect(evaluate({ ...scores, probabilities, labels: unseen.labels }).logLoss).toBeLessThan(Math.LN2);
  });
});
