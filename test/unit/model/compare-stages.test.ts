import { describe, expect, test } from 'vitest';
import { compareStages } from '../../../src/lib/model/compare-stages.ts';
import { toDense } from '../../../src/lib/model/dense-numbers.ts';
import { describeStage } from '../../../src/lib/model/describe-stage.ts';
import type { LogisticRegressionStage, Matrix, Stage } from '../../../src/lib/model/stages.ts';

const tokenizer: Stage = { kind: 'Tokenizer', uid: 'Tokenizer_1', inputCol: 'text', outputCol: 'words' };
const stopWords: Stage = {
  kind: 'StopWordsRemover',
  uid: 'StopWordsRemover_2',
  inputCol: 'words',
  outputCol: 'kept',
  stopWords: ['a', 'the'],
  caseSensitive: false,
  locale: 'en',
};
const hashing: Stage = {
  kind: 'HashingTF',
  uid: 'HashingTF_3',
  inputCol: 'kept',
  outputCol: 'features',
  numFeatures: 4,
  binary: false,
  hash: 'spark3',
};

function regression(values: readonly number[], extras = {}): LogisticRegressionStage {
  return {
    kind: 'LogisticRegression',
    uid: 'LogisticRegression_4',
    featuresCol: 'features',
    labelCol: 'label',
    predictionCol: 'prediction',
    rawPredictionCol: 'rawPrediction',
    probabilityCol: 'probability',
    numClasses: 2,
    numFeatures: values.length,
    thresholds: null,
    multinomial: false,
    coefficients: {
      type: 'dense',
      rows: 1,
      columns: values.length,
      values: Float64Array.from(values),
      transposed: true,
    },
    intercepts: { type: 'dense', values: Float64Array.of(0.5) },
    threshold: 0.5,
    extras: { regParam: 0.1, ...extras },
  };
}

const pipeline = (...last: Stage[]) => [tokenizer, stopWords, hashing, ...last];

describe('what a stage is made of', () => {
  test('parameters as they are, arrays by their size', () => {
    expect(describeStage(stopWords, 1)).toEqual({
      index: 1,
      kind: 'StopWordsRemover',
      uid: 'StopWordsRemover_2',
      params: { inputCol: 'words', outputCol: 'kept', caseSensitive: false, locale: 'en' },
      arrays: [{ name: 'stopWords', length: 2, nonzero: null }],
    });
    expect(describeStage(regression([1, 0, -2, 0]), 3)).toMatchObject({
      params: { threshold: 0.5, regParam: 0.1, thresholds: null, numFeatures: 4 },
      arrays: [
        { name: 'coefficients', length: 4, nonzero: 2, rows: 1, columns: 4, sparse: false },
        { name: 'intercepts', length: 1, nonzero: 1, sparse: false },
      ],
    });
  });

  test('stages within a stage, and the parts of trees', () => {
    const one = regression([1, 2]);
    const many: Stage = {
      kind: 'OneVsRest',
      uid: 'OneVsRest_5',
      featuresCol: 'features',
      labelCol: 'label',
      predictionCol: 'prediction',
      rawPredictionCol: 'rawPrediction',
      numClasses: 3,
      numFeatures: 2,
      models: [one, one, one],
    };
    const { params, arrays } = describeStage(many, 0);
    expect(params).toMatchObject({ 'models.0.kind': 'LogisticRegression', 'models.2.extras.regParam': 0.1 });
    expect(Object.keys(params).filter(name => name.endsWith('uid'))).toEqual([]);
    expect(arrays.filter(({ name }) => name.endsWith('coefficients'))).toHaveLength(3);
  });
});

describe('the same numbers stored in different ways', () => {
  const rows = [
    [1, 0, 2],
    [0, 3, 0],
  ];
  const flat = rows.flat();
  const forms: Matrix[] = [
    { type: 'dense', rows: 2, columns: 3, values: Float64Array.from(flat), transposed: true },
    { type: 'dense', rows: 2, columns: 3, values: Float64Array.of(1, 0, 0, 3, 2, 0), transposed: false },
    {
      type: 'sparse',
      rows: 2,
      columns: 3,
      starts: Int32Array.of(0, 2, 3),
      indices: Int32Array.of(0, 2, 1),
      values: Float64Array.of(1, 2, 3),
      transposed: true,
    },
    {
      type: 'sparse',
      rows: 2,
      columns: 3,
      starts: Int32Array.of(0, 1, 2, 3),
      indices: Int32Array.of(0, 1, 0),
      values: Float64Array.of(1, 3, 2),
      transposed: false,
    },
  ];

  test.for(forms)('%j', form => {
    expect([...toDense(form)]).toEqual(flat);
  });

  test('a vector too', () => {
    const sparse = { type: 'sparse', size: 4, indices: Int32Array.of(1, 3), values: Float64Array.of(5, 7) } as const;
    expect([...toDense(sparse)]).toEqual([0, 5, 0, 7]);
  });

  test('make no difference between models', () => {
    const dense = regression([0, 5, 0, 7]);
    const sparse: Matrix = {
      type: 'sparse',
      rows: 1,
      columns: 4,
      starts: Int32Array.of(0, 2),
      indices: Int32Array.of(1, 3),
      values: Float64Array.of(5, 7),
      transposed: true,
    };
    expect(compareStages([dense], [{ ...dense, coefficients: sparse }])).toEqual([]);
  });
});

describe('two pipelines', () => {
  test('that are the same have no differences, whatever their ids', () => {
    const renamed = pipeline(regression([1, 2])).map(stage => ({ ...stage, uid: `${stage.uid}x` }));
    expect(compareStages(pipeline(regression([1, 2])), renamed)).toEqual([]);
  });

  test('parameters, numbers and words that changed are named with their distance', () => {
    const before = pipeline(regression([3, 4, 0]));
    const after = [
      tokenizer,
      { ...stopWords, stopWords: ['a', 'an'] },
      { ...hashing, binary: true },
      regression([3, 4, -5], { regParam: 0.2, maxIter: 5 }),
    ];
    expect(compareStages(before, after)).toEqual([
      {
        index: 1,
        from: 'StopWordsRemover',
        to: 'StopWordsRemover',
        params: [],
        arrays: [
          { name: 'stopWords', fromLength: 2, toLength: 2, changed: 2, maxDifference: null, relativeDistance: null },
        ],
      },
      { index: 2, from: 'HashingTF', to: 'HashingTF', params: [{ name: 'binary', from: false, to: true }], arrays: [] },
      {
        index: 3,
        from: 'LogisticRegression',
        to: 'LogisticRegression',
        params: [
          { name: 'regParam', from: 0.1, to: 0.2 },
          { name: 'maxIter', from: null, to: 5 },
        ],
        arrays: [
          { name: 'coefficients', fromLength: 3, toLength: 3, changed: 1, maxDifference: 5, relativeDistance: 1 },
        ],
      },
    ]);
  });

  test('words in another order are a change: vocabularies number them', () => {
    const swapped = { ...stopWords, stopWords: ['the', 'a'] };
    expect(compareStages([stopWords], [swapped])[0]?.arrays).toMatchObject([{ changed: 2 }]);
  });

  test('arrays of another length have no distance', () => {
    const [change] = compareStages([regression([1, 2])], [regression([1, 2, 3])]);
    expect(change?.params).toContainEqual({ name: 'numFeatures', from: 2, to: 3 });
    expect(change?.arrays).toMatchObject([{ name: 'coefficients', fromLength: 2, toLength: 3, changed: null }]);
  });

  test('a stage more, and a stage of another kind', () => {
    expect(compareStages([tokenizer], [tokenizer, hashing])).toMatchObject([{ index: 1, from: null, to: 'HashingTF' }]);
    expect(compareStages([tokenizer, stopWords], [tokenizer, hashing])).toMatchObject([
      { index: 1, from: 'StopWordsRemover', to: 'HashingTF', params: [], arrays: [] },
    ]);
  });
});
