import { describe, expect, test } from 'vitest';
import type { ClassifierStage, FeatureStage, LinearSVCStage, Matrix, Stage } from '../../../src/lib/model/stages.ts';
import { findTopFeatures } from '../../../src/lib/model/top-features.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const columns = { featuresCol: 'features', labelCol: 'l', predictionCol: 'p', rawPredictionCol: 'r' };
const tokenizer: FeatureStage = { kind: 'Tokenizer', uid: 't', inputCol: 'text', outputCol: 'words' };

function vocabulary(words: readonly string[], outputCol = 'features'): FeatureStage {
  return {
    kind: 'CountVectorizer',
    uid: 'c',
    inputCol: 'words',
    outputCol,
    vocabulary: words,
    minTF: 1,
    binary: false,
  };
}
function hashing(numFeatures: number, outputCol = 'features'): FeatureStage {
  return { kind: 'HashingTF', uid: 'h', inputCol: 'words', outputCol, numFeatures, binary: false, hash: 'spark3' };
}
function idf(...values: number[]): FeatureStage {
  return {
    kind: 'IDF',
    uid: 'i',
    inputCol: 'counts',
    outputCol: 'features',
    idf: Float64Array.from(values),
    docFreq: null,
    numDocs: 0,
  };
}
function svc(...values: number[]): LinearSVCStage {
  const coefficients = { type: 'dense', values: Float64Array.from(values) } as const;
  return {
    kind: 'LinearSVC',
    uid: 's',
    ...columns,
    numClasses: 2,
    numFeatures: values.length,
    coefficients,
    intercept: 0,
    threshold: 0,
  };
}
function regression(...rows: number[][]): ClassifierStage {
  const coefficients: Matrix = {
    type: 'dense',
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    values: Float64Array.from(rows.flat()),
    transposed: true,
  };
  return {
    kind: 'LogisticRegression',
    uid: 'm',
    ...columns,
    probabilityCol: 'probability',
    numClasses: rows.length,
    numFeatures: coefficients.columns,
    multinomial: true,
    coefficients,
    intercepts: { type: 'dense', values: new Float64Array(rows.length) },
    threshold: 0.5,
    thresholds: null,
  };
}
function model(...stages: Stage[]): FittedModel {
  const classes = (stages.at(-1) as ClassifierStage).numClasses;
  return { stages, labels: ['bad', 'good', 'so so'].slice(0, classes), about: {} };
}

describe('the weightiest features', () => {
  test('of two classes are the two ends of one row; nothing speaks for a class with zero', () => {
    const found = findTopFeatures(
      model(tokenizer, vocabulary(['a', 'b', 'c', 'd', 'e']), svc(0.5, -2, 0, 3, -0.25)),
      2,
      [],
    );
    expect(found).toEqual([
      {
        label: 'bad',
        features: [
          { index: 1, weight: 2, tokens: ['b'] },
          { index: 4, weight: 0.25, tokens: ['e'] },
        ],
      },
      {
        label: 'good',
        features: [
          { index: 3, weight: 3, tokens: ['d'] },
          { index: 0, weight: 0.5, tokens: ['a'] },
        ],
      },
    ]);
  });

  test('are all there are where more are asked for, and none where none are', () => {
    const some = model(tokenizer, vocabulary(['a', 'b', 'c']), svc(1, 0, 2));
    expect(findTopFeatures(some, 100, [])?.map(({ features }) => features.length)).toEqual([0, 2]);
    expect(findTopFeatures(some, 0, [])?.map(({ features }) => features.length)).toEqual([0, 0]);
  });

  test('of equal weight stand in their order; what is no number is none of them', () => {
    const equal = model(tokenizer, vocabulary(['a', 'b', 'c', 'd']), svc(1, Number.NaN, 1, 1));
    expect(findTopFeatures(equal, 2, [])?.[1]?.features.map(({ index }) => index)).toEqual([0, 2]);
  });

  test('of three classes have a row each', () => {
    const three = model(tokenizer, vocabulary(['a', 'b']), regression([1, -1], [0, 2], [-3, 0]));
    expect(findTopFeatures(three, 5, [])).toEqual([
      { label: 'bad', features: [{ index: 0, weight: 1, tokens: ['a'] }] },
      { label: 'good', features: [{ index: 1, weight: 2, tokens: ['b'] }] },
      { label: 'so so', features: [] },
    ]);
  });

  test('count with the idf that the counts are multiplied by, and keep the names of the counts', () => {
    const scaled = model(tokenizer, vocabulary(['a', 'b', 'c'], 'counts'), idf(10, 0.5, 0), svc(1, 4, 100));
    expect(findTopFeatures(scaled, 5, [])?.[1]?.features).toEqual([
      { index: 0, weight: 10, tokens: ['a'] },
      { index: 1, weight: 2, tokens: ['b'] },
    ]);
  });
});

describe('names of hashed features', () => {
  // Murmur3 with two places: every token is in one of them.
  const two = model(tokenizer, hashing(2), svc(1, 2));

  test('are the tokens of the texts that are given, each once, in the order of the texts', () => {
    const words = ['zebra', 'apple', 'zebra', 'mango', 'fig', 'kiwi'];
    const features = findTopFeatures(two, 2, [words.join(' '), 'fig'])?.[1]?.features ?? [];
    expect(features.map(({ weight }) => weight)).toEqual([2, 1]);
    expect(features.flatMap(({ tokens }) => tokens).toSorted()).toEqual(['apple', 'fig', 'kiwi', 'mango', 'zebra']);
    for (const { tokens } of features)
      expect(tokens).toEqual([...new Set(words)].filter(word => tokens.includes(word)));
  });

  test('are none where no text is given, and none for features that are not shown', () => {
    expect(findTopFeatures(two, 2, [])?.[1]?.features.map(({ tokens }) => tokens)).toEqual([[], []]);
    const one = findTopFeatures(two, 1, ['a b c d e f g h i j'])?.[1]?.features;
    expect(one).toHaveLength(1);
    expect(one?.[0]?.tokens.length).toBeGreaterThan(0);
    expect(one?.[0]?.tokens.length).toBeLessThan(10);
  });

  test('are tokens as the classifier sees them: lower case, without stop words', () => {
    const remover: Stage = {
      kind: 'StopWordsRemover',
      uid: 'r',
      inputCol: 'words',
      outputCol: 'kept',
      stopWords: ['the'],
      caseSensitive: false,
      locale: 'en',
    };
    const filtered = model(tokenizer, remover, { ...hashing(2), inputCol: 'kept' } as Stage, svc(1, 2));
    const tokens = findTopFeatures(filtered, 2, ['The PLOT'])?.[1]?.features.flatMap(feature => feature.tokens);
    expect(tokens).toEqual(['plot']);
  });
});

test.each(['forest', 'forest-three', 'boosted'])('a %s has no weights for single features', name => {
  expect(findTopFeatures(sampleModels()[name] as FittedModel, 3, [])).toBeNull();
});

test.each(['bayes', 'svc', 'logistic-three-sparse', 'one-vs-rest', 'branches'])('a %s has them', name => {
  const sample = sampleModels()[name] as FittedModel;
  const found = findTopFeatures(sample, 3, ['good film']);
  expect(found?.map(({ label }) => label)).toEqual(sample.labels);
  for (const { features } of found ?? []) expect(features.every(({ weight }) => weight > 0)).toBe(true);
});

test('a model without a classifier, and one of a plugin, have none', () => {
  expect(findTopFeatures({ stages: [], labels: [], about: {} }, 3, [])).toBeNull();
  expect(findTopFeatures({ stages: [tokenizer], labels: [], about: {} }, 3, [])).toBeNull();
  const plugin = {
    ...svc(1),
    kind: 'Plugin',
    trainer: 'mine',
    fitted: { type: 'mine', params: {}, arrays: {} },
  } as unknown as Stage;
  expect(findTopFeatures(model(tokenizer, hashing(2), plugin), 3, [])).toBeNull();
});
