import type {
  BinaryClassifierStage,
  ClassifierStage,
  FeatureStage,
  HashingTFStage,
  IDFStage,
  LogisticRegressionStage,
  Matrix,
  NaiveBayesStage,
  TokenizerStage,
  Vector,
} from '../../src/lib/model/stages.ts';
import type { FittedModel } from '../../src/lib/model/types.ts';
import { sampleTrees } from './sample-trees.ts';

const STOP_WORDS = ['the', 'a', 'and', 'is', "don't", 'Of', 'straße', 'i̇'];

/** Models of every kind that sentops writes, with random numbers in them: nothing is round, nothing is zero by chance. */
export function sampleModels(): Readonly<Record<string, FittedModel>> {
  const random = randomNumbers(20_240_607);
  const model = (stages: readonly (FeatureStage | ClassifierStage)[], more: Partial<FittedModel> = {}): FittedModel => {
    const classes = (stages.at(-1) as ClassifierStage).numClasses;
    const labels =
      classes === 2 ? ['negative', 'positive'] : Array.from({ length: classes }, (_, index) => `c${index}`);
    return { stages, labels, about: { name: 'sample', writtenBy: 'sentops' }, ...more };
  };
  const size = 1024;
  const usual = (width = size): FeatureStage[] => [tokenizer, remover, hashing('filtered', width), idf(width, random)];
  const counted = (): FeatureStage[] => [tokenizer, { ...hashing('words', size), outputCol: 'features' }];
  const binary = (): FeatureStage[] => [tokenizer, { ...hashing('words', size), outputCol: 'features', binary: true }];
  return {
    logistic: model([...usual(), logistic(size, random, {})]),
    'logistic-sparse': model([...usual(), logistic(size, random, { share: 0.1 })]),
    'logistic-threshold': model([...usual(), logistic(size, random, { threshold: 0.62 })]),
    'logistic-three': model([...usual(), logistic(size, random, { classes: 3 })]),
    'logistic-three-sparse': model([
      ...usual(),
      logistic(size, random, { classes: 3, share: 0.1, thresholds: Float64Array.of(0.5, 0.2, 0.4) }),
    ]),
    svc: model([...usual(), svc(size, random, 0)]),
    'svc-calibrated': model([...usual(), svc(size, random, 0.25)], { calibration: { slope: -1.7, offset: 0.31 } }),
    // So few features that most rows have some of those that the trees ask for.
    forest: model([...usual(48), forest(48, random, 2)]),
    'forest-three': model([...usual(48), forest(48, random, 3)]),
    boosted: model([...usual(48), boosted(48, random)]),
    bayes: model([...counted(), bayes(size, random, 'multinomial', 2)]),
    'bayes-three': model([...usual(), bayes(size, random, 'multinomial', 3)]),
    'bayes-bernoulli': model([...binary(), bayes(size, random, 'bernoulli', 2)]),
    'bayes-complement': model([...counted(), bayes(size, random, 'complement', 3)]),
    'one-vs-rest': model([...usual(), oneVsRest(size, random)]),
    ngrams: model([...ngrams(2 ** 18), logistic(2 ** 18, random, { share: 0.6 })]),
    vocabulary: model([...vocabulary(), logistic(VOCABULARY.length, random, {})]),
    branches: model([...branches(random), logistic(768, random, {})]),
  };
}

const VOCABULARY = ['good', 'great', 'awful', 'film', 'plot', 'the', 'was', 'é', '😀', 'not', 'a', 'σ'];

const tokenizer: TokenizerStage = { kind: 'Tokenizer', uid: 'Tokenizer_1', inputCol: 'text', outputCol: 'words' };
const remover: FeatureStage = {
  kind: 'StopWordsRemover',
  uid: 'StopWordsRemover_2',
  inputCol: 'words',
  outputCol: 'filtered',
  stopWords: STOP_WORDS,
  caseSensitive: false,
  locale: 'en',
};

function hashing(inputCol: string, numFeatures: number): HashingTFStage {
  const uid = `HashingTF_${inputCol}`;
  return { kind: 'HashingTF', uid, inputCol, outputCol: 'counts', numFeatures, binary: false, hash: 'spark3' };
}

function idf(size: number, random: () => number): IDFStage {
  return {
    kind: 'IDF',
    uid: 'IDF_4',
    inputCol: 'counts',
    outputCol: 'features',
    idf: numbers(size, () => random() * 6),
    docFreq: numbers(size, () => Math.floor(random() * 1000)),
    numDocs: 1000,
  };
}

function ngrams(size: number): FeatureStage[] {
  return [
    {
      kind: 'RegexTokenizer',
      uid: 'RegexTokenizer_1',
      inputCol: 'text',
      outputCol: 'words',
      pattern: "[\\p{L}\\p{N}']+|[^\\s\\p{L}\\p{N}']",
      gaps: false,
      minTokenLength: 1,
      toLowercase: true,
    },
    { kind: 'NGram', uid: 'NGram_2', inputCol: 'words', outputCol: 'pairs', n: 2 },
    { kind: 'NGram', uid: 'NGram_3', inputCol: 'words', outputCol: 'triples', n: 3 },
    { kind: 'ConcatTokens', uid: 'SQLTransformer_4', inputCols: ['words', 'pairs', 'triples'], outputCol: 'tokens' },
    { ...hashing('tokens', size), outputCol: 'features', binary: true },
  ];
}

function vocabulary(): FeatureStage[] {
  return [
    { ...tokenizer, kind: 'RegexTokenizer', pattern: '\\s+', gaps: true, minTokenLength: 1, toLowercase: true },
    {
      kind: 'CountVectorizer',
      uid: 'CountVectorizer_2',
      inputCol: 'words',
      outputCol: 'features',
      vocabulary: VOCABULARY,
      minTF: 0.05,
      binary: false,
    },
  ];
}

function branches(random: () => number): FeatureStage[] {
  return [
    tokenizer,
    { kind: 'NGram', uid: 'NGram_2', inputCol: 'words', outputCol: 'pairs', n: 2 },
    { ...hashing('words', 256), outputCol: 'one' },
    { ...hashing('pairs', 512), outputCol: 'two' },
    {
      kind: 'VectorAssembler',
      uid: 'VectorAssembler_5',
      inputCols: ['two', 'one'],
      outputCol: 'counts',
      handleInvalid: 'error',
    },
    idf(768, random),
  ];
}

const columns = {
  featuresCol: 'features',
  labelCol: 'label',
  predictionCol: 'prediction',
  rawPredictionCol: 'rawPrediction',
};

interface LogisticRules {
  readonly classes?: number;
  /** How many coefficients are not zero; the matrix is sparse where this is given. */
  readonly share?: number;
  readonly threshold?: number;
  readonly thresholds?: Float64Array;
}

function logistic(size: number, random: () => number, rules: LogisticRules): LogisticRegressionStage {
  const { classes = 2, share, threshold = 0.5, thresholds = null } = rules;
  const rows = classes === 2 ? 1 : classes;
  return {
    kind: 'LogisticRegression',
    uid: 'LogisticRegression_9',
    ...columns,
    probabilityCol: 'probability',
    numClasses: classes,
    numFeatures: size,
    multinomial: classes > 2,
    coefficients: share === undefined ? denseRows(rows, size, random) : sparseRows(rows, size, random, share),
    intercepts: { type: 'dense', values: numbers(rows, () => random() - 0.5) },
    threshold,
    thresholds,
  };
}

function svc(size: number, random: () => number, threshold: number): BinaryClassifierStage {
  return {
    kind: 'LinearSVC',
    uid: 'LinearSVC_9',
    ...columns,
    numClasses: 2,
    numFeatures: size,
    coefficients: denseVector(size, random),
    intercept: random() - 0.5,
    threshold,
  };
}

function forest(features: number, random: () => number, classes: number): BinaryClassifierStage {
  return {
    kind: 'RandomForest',
    uid: 'RandomForestClassifier_9',
    ...columns,
    probabilityCol: 'probability',
    numClasses: classes,
    numFeatures: features,
    thresholds: null,
    trees: sampleTrees({ trees: 12, depth: 6, features, classes, random }),
  };
}

function boosted(features: number, random: () => number): BinaryClassifierStage {
  return {
    kind: 'GBT',
    uid: 'GBTClassifier_9',
    ...columns,
    probabilityCol: 'probability',
    numClasses: 2,
    numFeatures: features,
    thresholds: null,
    trees: sampleTrees({ trees: 8, depth: 4, features, classes: 0, random }),
  };
}

function bayes(
  size: number,
  random: () => number,
  modelType: NaiveBayesStage['modelType'],
  classes: number,
): NaiveBayesStage {
  return {
    kind: 'NaiveBayes',
    uid: 'NaiveBayes_9',
    ...columns,
    probabilityCol: 'probability',
    numClasses: classes,
    numFeatures: size,
    thresholds: null,
    modelType,
    pi: { type: 'dense', values: numbers(classes, () => Math.log(0.2 + random() / 2)) },
    theta: { ...denseRows(classes, size, random), values: numbers(classes * size, () => -0.1 - random() * 8) },
    sigma: null,
  } as NaiveBayesStage;
}

function oneVsRest(size: number, random: () => number): ClassifierStage {
  return {
    kind: 'OneVsRest',
    uid: 'OneVsRest_9',
    ...columns,
    numClasses: 3,
    numFeatures: size,
    models: [0, 1, 2].map(index => ({ ...logistic(size, random, {}), uid: `LogisticRegression_${index}` })),
  };
}

function denseVector(size: number, random: () => number): Vector {
  return { type: 'dense', values: numbers(size, () => random() - 0.5) };
}

function denseRows(rows: number, size: number, random: () => number): Matrix {
  const values = numbers(rows * size, () => random() - 0.5);
  return { type: 'dense', rows, columns: size, values, transposed: true };
}

function sparseRows(rows: number, size: number, random: () => number, share: number): Matrix {
  const starts = [0];
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < size; column++) if (random() < share) indices.push(column);
    starts.push(indices.length);
  }
  return {
    type: 'sparse',
    rows,
    columns: size,
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    values: numbers(indices.length, () => random() - 0.5),
    transposed: true,
  };
}

function numbers(length: number, make: () => number): Float64Array {
  return Float64Array.from({ length }, make);
}

/** Mulberry32: a small generator of well-spread numbers from 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
