import { describe, expect, test } from 'vitest';
import createLinearSvc from '../../../src/lib/learn/trainers/linearsvc.ts';
import createLogisticRegression from '../../../src/lib/learn/trainers/logisticregression.ts';
import createNaiveBayes from '../../../src/lib/learn/trainers/naivebayes.ts';
import createRandomForest from '../../../src/lib/learn/trainers/randomforest.ts';
import type { FittedStage, Parameters, Trainer } from '../../../src/lib/learn/types.ts';
import { fromFitted } from '../../../src/lib/model/from-fitted.ts';
import { makeRows } from '../learn/made-rows.ts';

const TWO = makeRows({ seed: 41, rows: 120, columns: 30, classes: 2 });
const THREE = makeRows({ seed: 42, rows: 120, columns: 30, classes: 3 });

async function learn(trainer: Trainer, params: Parameters, rows = TWO, seed = 1): Promise<FittedStage> {
  return (await trainer.fit(rows, { params, seed, signal: new AbortController().signal })).stage;
}

describe('logistic regression', () => {
  test('a binomial model is one dense row, with the names of Spark', async () => {
    const fitted = await learn(createLogisticRegression(), { regParam: 0.1, threshold: 0.4 });
    const stage = fromFitted(fitted, 30, 2);
    expect(stage).toMatchObject({
      kind: 'LogisticRegression',
      multinomial: false,
      numClasses: 2,
      numFeatures: 30,
      threshold: 0.4,
      thresholds: null,
      featuresCol: 'features',
      labelCol: 'label',
      predictionCol: 'prediction',
      rawPredictionCol: 'rawPrediction',
      probabilityCol: 'probability',
      coefficients: { type: 'dense', rows: 1, columns: 30, transposed: true, values: fitted.arrays['coefficients'] },
      intercepts: { type: 'dense', values: fitted.arrays['intercepts'] },
    });
    expect(stage.extras).toEqual({
      maxIter: 100,
      regParam: 0.1,
      elasticNetParam: 0,
      tol: 1e-6,
      fitIntercept: true,
      standardization: true,
      family: 'auto',
    });
  });

  test('few weights are stored sparse, row by row', async () => {
    const fitted = await learn(createLogisticRegression(), { regParam: 0.1, elasticNetParam: 0.5 }, THREE);
    const stage = fromFitted(fitted, 30, 3);
    if (stage.kind !== 'LogisticRegression' || stage.coefficients.type !== 'sparse') throw new Error('not sparse');
    const { starts, indices, values, transposed } = stage.coefficients;
    const dense = new Float64Array(90);
    for (let row = 0; row < 3; row++) {
      for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++)
        dense[30 * row + (indices[at] ?? 0)] = values[at] ?? 0;
    }
    expect(transposed).toBe(true);
    expect(dense).toEqual(fitted.arrays['coefficients']);
    expect(values.length).toBeLessThan(60);
    expect(stage.multinomial).toBe(true);
  });

  test('intercepts that were not fitted are a sparse vector of nothing', async () => {
    const fitted = await learn(createLogisticRegression(), { regParam: 0.1, fitIntercept: false }, THREE);
    expect(fromFitted(fitted, 30, 3)).toMatchObject({
      intercepts: { type: 'sparse', size: 3, indices: new Int32Array(0) },
    });
  });
});

describe('the other trainers', () => {
  test('a support vector machine', async () => {
    const fitted = await learn(createLinearSvc(), { regParam: 0.1, maxIter: 30 });
    const stage = fromFitted(fitted, 30, 2);
    expect(stage).toMatchObject({ kind: 'LinearSVC', threshold: 0, intercept: fitted.arrays['intercepts']?.[0] });
    expect(stage).toMatchObject({ coefficients: { type: 'dense', values: fitted.arrays['coefficients'] } });
    expect(stage).not.toHaveProperty('probabilityCol');
  });

  test('naive Bayes', async () => {
    const fitted = await learn(createNaiveBayes(), { modelType: 'complement' }, THREE);
    const stage = fromFitted(fitted, 30, 3);
    expect(stage).toMatchObject({ kind: 'NaiveBayes', modelType: 'complement', sigma: null, extras: { smoothing: 1 } });
    expect(stage).toMatchObject({ theta: { type: 'dense', rows: 3, columns: 30, transposed: true } });
  });

  test('a forest, every split of it continuous', async () => {
    const fitted = await learn(createRandomForest(), { numTrees: 3, maxDepth: 4 });
    const stage = fromFitted(fitted, 30, 2);
    if (stage.kind !== 'RandomForest') throw new Error(`it became a ${stage.kind}`);
    const { trees } = stage;
    expect(trees.starts).toHaveLength(4);
    expect(trees.statsPerNode).toBe(2);
    expect(trees.stats).toHaveLength(2 * trees.feature.length);
    expect(new Set(trees.numCategories)).toEqual(new Set([-1]));
    expect(trees.categoryStarts).toHaveLength(trees.feature.length + 1);
    expect([...trees.weights]).toEqual([1, 1, 1]);
    expect(stage.extras).toMatchObject({ numTrees: 3, seed: 1, bootstrap: true, impurity: 'gini' });
  });

  test('what no built-in type can say stays as the plugin made it', () => {
    const fitted: FittedStage = { type: 'centroid', params: {}, arrays: { means: Float64Array.of(1, 2) } };
    const stage = fromFitted(fitted, 7, 4);
    expect(stage).toMatchObject({ kind: 'Plugin', trainer: 'centroid', fitted, numFeatures: 7, numClasses: 4 });
  });

  test('a stage that lacks what its type promises is refused by name', () => {
    const fitted: FittedStage = { type: 'linearsvc', params: { numClasses: 2, numFeatures: 1 }, arrays: {} };
    expect(() => fromFitted(fitted, 1, 2)).toThrow('a fitted linearsvc lacks the numbers coefficients');
  });
});

describe('the uid', () => {
  const uid = async (trainer: Trainer, params: Parameters, seed = 1) =>
    fromFitted(await learn(trainer, params, TWO, seed), 30, 2).uid;

  test('looks like one of Spark', async () => {
    expect(await uid(createLogisticRegression(), {})).toMatch(/^LogisticRegression_[0-9a-f]{12}$/);
    expect(await uid(createLinearSvc(), {})).toMatch(/^LinearSVC_[0-9a-f]{12}$/);
    expect(await uid(createNaiveBayes(), {})).toMatch(/^NaiveBayes_[0-9a-f]{12}$/);
    expect(await uid(createRandomForest(), {})).toMatch(/^RandomForestClassifier_[0-9a-f]{12}$/);
  });

  test('is the same for the same training and another one for another', async () => {
    const [first, again] = [await uid(createRandomForest(), {}), await uid(createRandomForest(), {})];
    expect(again).toBe(first);
    expect(await uid(createRandomForest(), {}, 2)).not.toBe(first);
    expect(await uid(createRandomForest(), { maxDepth: 2 })).not.toBe(first);
    // The same weights, another model: the threshold is part of it.
    expect(await uid(createLinearSvc(), { threshold: 1 })).not.toBe(await uid(createLinearSvc(), {}));
  });
});
