import { describe, expect, test } from 'vitest';
import createLinearSvc from '../../../src/lib/learn/trainers/linearsvc.ts';
import createLogisticRegression from '../../../src/lib/learn/trainers/logisticregression.ts';
import createNaiveBayes from '../../../src/lib/learn/trainers/naivebayes.ts';
import createRandomForest from '../../../src/lib/learn/trainers/randomforest.ts';
import type { LabelledRows, Parameters, Trainer } from '../../../src/lib/learn/types.ts';
import { labelled, options } from './sparse.ts';

const TRAINERS: readonly (readonly [string, () => Trainer])[] = [
  ['logisticregression', createLogisticRegression],
  ['linearsvc', createLinearSvc],
  ['naivebayes', createNaiveBayes],
  ['randomforest', createRandomForest],
];
const GOOD = labelled(
  [
    [1, 0],
    [0, 1],
    [2, 0],
    [0, 2],
  ],
  [0, 1, 0, 1],
);

describe('rows that cannot be learned from are refused by every trainer, in a sentence', () => {
  const BAD: readonly (readonly [string, LabelledRows, string])[] = [
    ['one class only', labelled([[1], [2], [3]], [1, 1, 1]), 'all 3 rows are of one class'],
    ['no rows', labelled([], []), 'no rows to learn from'],
    ['NaN as a value', labelled([[Number.NaN], [1]], [0, 1]), 'a feature value is NaN'],
    ['an infinite value', labelled([[1], [Number.POSITIVE_INFINITY]], [0, 1]), 'a feature value is Infinity'],
    ['a class that does not exist', labelled([[1], [1]], [0, 2]), 'a row has class 2, but there are 2 classes'],
    ['a negative class', labelled([[1], [1]], [0, -1]), 'a row has class -1'],
    ['more labels than rows', labelled([[1], [1]], [0, 1, 1]), '2 rows but 3 labels'],
    ['fewer weights than rows', { ...GOOD, weights: Float64Array.of(1) }, '4 rows but 1 weights'],
    ['a negative weight', { ...GOOD, weights: Float64Array.of(1, 1, -1, 1) }, 'the weight of row 2 is -1'],
    ['a weight of NaN', { ...GOOD, weights: Float64Array.of(Number.NaN, 1, 1, 1) }, 'the weight of row 0 is NaN'],
  ];
  test.each(TRAINERS.flatMap(([name, create]) => BAD.map(bad => [name, bad[0], create, bad] as const)))(
    '%s: %s',
    async (name, _, create, [, rows, message]) => {
      const run = create().fit(rows, options());
      await expect(run).rejects.toThrow(RangeError);
      await expect(run).rejects.toThrow(message);
      await expect(run).rejects.toThrow(`${name}: `);
    },
  );
});

describe('parameters that make no sense are refused by name and value', () => {
  const BAD: readonly (readonly [string, Parameters, string])[] = [
    ['logisticregression', { regParam: -1 }, 'regParam must be at least 0, not -1'],
    ['logisticregression', { regParam: Number.NaN }, 'regParam must be a finite number, not "NaN"'],
    ['logisticregression', { tol: Number.POSITIVE_INFINITY }, 'tol must be a finite number, not "Infinity"'],
    ['logisticregression', { maxIter: 0 }, 'maxIter must be at least 1, not 0'],
    ['logisticregression', { maxIter: 2.5 }, 'maxIter must be a whole number, not 2.5'],
    ['logisticregression', { elasticNetParam: 1.1 }, 'elasticNetParam must be at most 1, not 1.1'],
    ['logisticregression', { threshold: 2 }, 'threshold must be at most 1'],
    ['logisticregression', { family: 'poisson' }, 'family must be one of auto, binomial, multinomial, not "poisson"'],
    ['logisticregression', { fitIntercept: 1 }, 'fitIntercept must be a boolean, not 1'],
    ['logisticregression', { regparam: 1 }, 'has no parameter regparam; it takes maxIter, regParam,'],
    ['logisticregression', { toString: 1 }, 'has no parameter toString'],
    ['linearsvc', { maxIter: 0 }, 'maxIter must be at least 1, not 0'],
    ['linearsvc', { regParam: -0.5 }, 'regParam must be at least 0, not -0.5'],
    ['naivebayes', { smoothing: -1 }, 'smoothing must be at least 0, not -1'],
    ['naivebayes', { modelType: 'gaussian' }, 'modelType must be one of multinomial, bernoulli, complement'],
    ['randomforest', { numTrees: 0 }, 'numTrees must be at least 1, not 0'],
    ['randomforest', { maxDepth: 31 }, 'maxDepth must be at most 30, not 31'],
    ['randomforest', { maxBins: 1 }, 'maxBins must be at least 2, not 1'],
    ['randomforest', { subsamplingRate: 0 }, 'subsamplingRate must be larger than 0, not 0'],
    ['randomforest', { impurity: 'variance' }, 'impurity must be one of gini, entropy, not "variance"'],
    ['randomforest', { featureSubsetStrategy: 'most' }, 'featureSubsetStrategy must be auto, all, sqrt'],
  ];
  test.each(BAD)('%s %j', async (name, params, message) => {
    const create = TRAINERS.find(([known]) => known === name)?.[1] as () => Trainer;
    const run = create().fit(GOOD, options(params));
    await expect(run).rejects.toThrow(RangeError);
    await expect(run).rejects.toThrow(message);
  });
});

describe('what an algorithm cannot do is said before it starts', () => {
  const THREE = labelled([[1], [2], [3]], [0, 1, 2], 3);

  test('a support vector machine for three classes', async () => {
    await expect(createLinearSvc().fit(THREE, options())).rejects.toThrow('tells two classes apart, not 3');
  });

  test('a binomial family for three classes', async () => {
    const run = createLogisticRegression().fit(THREE, options({ family: 'binomial' }));
    await expect(run).rejects.toThrow('family binomial is for two classes, not for 3');
  });

  test('counts below zero', async () => {
    const rows = labelled([[-1], [1]], [0, 1]);
    await expect(createNaiveBayes().fit(rows, options())).rejects.toThrow('a feature value is -1');
  });

  test('Bernoulli on anything but 0 and 1', async () => {
    const rows = labelled([[2], [1]], [0, 1]);
    const run = createNaiveBayes().fit(rows, options({ modelType: 'bernoulli' }));
    await expect(run).rejects.toThrow('takes 0 and 1, but a feature value is 2');
  });
});

describe('an abort ends a fit', () => {
  test.each(TRAINERS)('%s', async (_, create) => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(create().fit(GOOD, { params: {}, seed: 1, signal })).rejects.toThrow('stopped');
  });
});
