import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../src/lib/learn/metrics.ts';
import createNaiveBayes from '../../../../src/lib/learn/trainers/naivebayes.ts';
import type { Trainer } from '../../../../src/lib/learn/types.ts';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import { PART, type PartName } from '../../../../src/lib/train/batch.ts';
import type { FittedText } from '../../../../src/lib/train/learner.ts';
import { COLUMNS, ROWS, spy, task, textsOf, train } from './train-texts.ts';

const logLossOf = async (model: FittedText | undefined, part: PartName) => {
  const scores = await model?.scores(part);
  return scores ? (evaluate(scores).logLoss ?? Number.NaN) : Number.NaN;
};

describe('calibration', () => {
  const SVC = task('linearsvc', { maxIter: 20, regParam: 0.01 });

  test('gives a support vector machine probabilities, and the written model the same ones', async () => {
    const [plain] = await train(ROWS, [SVC]);
    const [calibrated] = await train(ROWS, [SVC], { calibrate: true });
    expect(plain?.calibration).toBeUndefined();
    expect((await plain?.scores('test'))?.probabilities).toBeNull();
    expect(calibrated?.stages).toEqual(plain?.stages);
    const scores = await calibrated?.scores('test');
    const { calibration } = calibrated ?? {};
    if (!calibration || !scores?.probabilities) throw new Error('there are no probabilities');
    const model = { stages: calibrated?.stages ?? [], labels: ['a', 'b'], about: {}, calibration };
    const scorer = compileModel(model, { math: 'fdlibm' });
    const written = textsOf(ROWS, PART.test).flatMap(text => [...(scorer.score(text).probabilities ?? [])]);
    for (const [at, value] of scores.probabilities.entries()) expect(value).toBeCloseTo(written[at] ?? Number.NaN, 14);
  });

  test('keeps the order of the margins and adds up to one', async () => {
    const [model] = await train(ROWS, [SVC], { calibrate: true });
    const scores = await model?.scores('test');
    const pairs = Array.from({ length: scores?.rows ?? 0 }, (_, row) => ({
      margin: scores?.raw[2 * row + 1] as number,
      probability: scores?.probabilities?.[2 * row + 1] as number,
      rest: scores?.probabilities?.[2 * row] as number,
    })).sort((a, b) => a.margin - b.margin);
    for (const [at, { margin, probability, rest }] of pairs.entries()) {
      expect(probability + rest).toBeCloseTo(1, 15);
      const before = pairs[at - 1];
      if (before && margin > before.margin) expect(probability).toBeGreaterThan(before.probability);
    }
  });

  test('is nearer to the truth than a sigmoid of the bare margin, on rows that nobody has seen', async () => {
    const [model] = await train(ROWS, [SVC], { calibrate: true });
    for (const part of ['validation', 'test'] as const) {
      const scores = await model?.scores(part);
      if (!scores) throw new Error('there are no scores');
      const bare = scores.raw.map(margin => 1 / (1 + Math.exp(-margin)));
      const naive = evaluate({ ...scores, probabilities: bare }).logLoss ?? 0;
      expect(await logLossOf(model, part)).toBeLessThan(naive);
      expect(await logLossOf(model, part)).toBeLessThan(Math.LN2);
    }
  });

  test('leaves models alone that have probabilities of their own', async () => {
    const [plain] = await train(ROWS, [task('logisticregression')]);
    const [asked] = await train(ROWS, [task('logisticregression')], { calibrate: true });
    expect(asked?.calibration).toBeUndefined();
    expect(await asked?.scores('test')).toEqual(await plain?.scores('test'));
  });

  test('follows cross-validation with the parameters that it chose', async () => {
    const [model] = await train(ROWS, [task('linearsvc', { maxIter: 5 }, { regParam: [0.1, 0.01] })], {
      cvFolds: 3,
      calibrate: true,
    });
    expect(model?.calibration).toBeDefined();
    expect(model?.search).toHaveLength(2);
    expect(model?.params).toMatchObject({ maxIter: 5 });
  });
});

describe('cross-validation', () => {
  test('tries every point, chooses the one of the best mean accuracy and fits it on all rows', async () => {
    const grid = { regParam: [10, 0.01], elasticNetParam: [1, 0] };
    const [model] = await train(ROWS, [task('logisticregression', { maxIter: 30 }, grid)], { cvFolds: 3 });
    expect(model?.search?.map(({ params }) => [params['regParam'], params['elasticNetParam']])).toEqual([
      [10, 1],
      [10, 0],
      [0.01, 1],
      [0.01, 0],
    ]);
    const best = Math.max(...(model?.search ?? []).map(({ metric }) => metric));
    expect(model?.search?.find(({ metric }) => metric === best)?.params).toEqual(model?.params);
    expect(model?.params['regParam']).toBe(0.01);
    const [direct] = await train(ROWS, [task('logisticregression', model?.params)]);
    expect(direct?.stages).toEqual(model?.stages);
  });

  test('an empty grid is one point', async () => {
    const [model] = await train(ROWS, [task('naivebayes', { smoothing: 2 }, {})], { cvFolds: 2 });
    expect(model?.search).toEqual([{ params: { smoothing: 2 }, metric: expect.any(Number) }]);
  });

  test('takes the trainer of a plugin as well', async () => {
    const [model] = await train(ROWS, [{ name: 'spy', trainer: spy([]), params: {}, grid: { bias: [0, 1] } }], {
      cvFolds: 2,
    });
    expect(model?.search?.map(({ params }) => params['bias'])).toEqual([0, 1]);
    expect((await model?.scores('test'))?.predictions.every(klass => klass === 1)).toBe(true);
  });
});

describe('the trainer of a plugin', () => {
  test('becomes a stage of its own, with what it learnt', async () => {
    const [model] = await train(ROWS, [{ name: 'spy', trainer: spy([]), params: { bias: 3 }, grid: null }]);
    expect(model?.stages.at(-1)).toMatchObject({
      kind: 'Plugin',
      trainer: 'spy',
      numClasses: 2,
      numFeatures: COLUMNS,
      fitted: { type: 'spy', params: { bias: 3 } },
    });
    const scores = await model?.scores('test');
    expect(scores?.probabilities).toEqual(scores?.raw);
  });

  test('that gives too few scores is told so', async () => {
    const [model] = await train(ROWS, [{ name: 'spy', trainer: spy([], 1), params: {}, grid: null }]);
    await expect(model?.scores('test')).rejects.toThrow(/^spy gave 80 scores for 80 rows and 2 classes$/);
  });

  test('stands beside ours, in the order that was asked for', async () => {
    const models = await train(ROWS, [
      task('naivebayes'),
      { name: 'spy', trainer: spy([]), params: {}, grid: null },
      task('logisticregression'),
    ]);
    expect(models.map(({ name }) => name)).toEqual(['naivebayes', 'spy', 'logisticregression']);
  });

  test('may give a stage of ours, which then is one', async () => {
    const ours = createNaiveBayes();
    const wrapped: Trainer = {
      params: {},
      fit: (rows, options) => ours.fit(rows, { ...options, params: { smoothing: 3 } }),
    };
    const [model] = await train(ROWS, [{ name: 'smooth', trainer: wrapped, params: {}, grid: null }]);
    const [plain] = await train(ROWS, [task('naivebayes', { smoothing: 3 })]);
    expect(model?.name).toBe('smooth');
    expect(model?.stages).toEqual(plain?.stages);
    expect(await model?.scores('test')).toEqual(await plain?.scores('test'));
  });

  test('a fault in it is a fault, not a wrong setting', async () => {
    const broken: Trainer = { params: {}, fit: () => Promise.reject(new TypeError('x is not a function')) };
    await expect(train(ROWS, [{ name: 'broken', trainer: broken, params: {}, grid: null }])).rejects.toThrow(TypeError);
  });
});
