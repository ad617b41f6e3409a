import type {
  ConcatTokensStage,
  HashingTFStage,
  IDFStage,
  LinearSVCStage,
  LogisticRegressionStage,
  Matrix,
  NGramStage,
  RegexTokenizerStage,
  StopWordsRemoverStage,
  TokenizerStage,
  Vector,
} from '../../../../src/lib/model/stages.ts';

export const tokenizer: TokenizerStage = { kind: 'Tokenizer', uid: 'tok', inputCol: 'text', outputCol: 'words' };

export function regexTokenizer(pattern: string, more: Partial<RegexTokenizerStage> = {}): RegexTokenizerStage {
  return {
    kind: 'RegexTokenizer',
    uid: 'regexTok',
    inputCol: 'text',
    outputCol: 'words',
    pattern,
    gaps: true,
    minTokenLength: 1,
    toLowercase: true,
    ...more,
  };
}

export function remover(more: Partial<StopWordsRemoverStage> = {}): StopWordsRemoverStage {
  return {
    kind: 'StopWordsRemover',
    uid: 'stopWords',
    inputCol: 'words',
    outputCol: 'kept',
    stopWords: ['the', 'A', "don't", 'été', ''],
    caseSensitive: false,
    locale: 'en',
    ...more,
  };
}

export function ngram(n: number, inputCol: string, outputCol: string): NGramStage {
  return { kind: 'NGram', uid: `ngram${n}`, n, inputCol, outputCol };
}

export function concat(inputCols: readonly string[], outputCol: string): ConcatTokensStage {
  return { kind: 'ConcatTokens', uid: 'sql', inputCols, outputCol };
}

export function hashing(inputCol: string, numFeatures: number, more: Partial<HashingTFStage> = {}): HashingTFStage {
  return {
    kind: 'HashingTF',
    uid: 'tf',
    inputCol,
    outputCol: 'tf',
    numFeatures,
    binary: false,
    hash: 'spark3',
    ...more,
  };
}

export function idf(columns: number, more: Partial<IDFStage> = {}): IDFStage {
  const weights = Float64Array.from({ length: columns }, (_, index) => Math.log(2 + ((index * 7919) % 101)));
  return {
    kind: 'IDF',
    uid: 'idf',
    inputCol: 'tf',
    outputCol: 'features',
    idf: weights,
    docFreq: null,
    numDocs: 9,
    ...more,
  };
}

export const dense = (...values: number[]): Vector => ({ type: 'dense', values: Float64Array.from(values) });
export const rowMajor = (rows: number, ...values: number[]): Matrix => ({
  type: 'dense',
  rows,
  columns: values.length / rows,
  values: Float64Array.from(values),
  transposed: true,
});

export const classifierColumns = {
  featuresCol: 'tf',
  labelCol: 'label',
  predictionCol: 'prediction',
  rawPredictionCol: 'rawPrediction',
  probabilityCol: 'probability',
  thresholds: null,
} as const;

export function logistic(
  weights: readonly number[],
  more: Partial<LogisticRegressionStage> = {},
): LogisticRegressionStage {
  return {
    kind: 'LogisticRegression',
    uid: 'lr',
    ...classifierColumns,
    numClasses: 2,
    numFeatures: weights.length,
    multinomial: false,
    coefficients: rowMajor(1, ...weights),
    intercepts: dense(0.25),
    threshold: 0.5,
    ...more,
  };
}

export function svc(weights: readonly number[], more: Partial<LinearSVCStage> = {}): LinearSVCStage {
  const { thresholds: _t, probabilityCol: _p, ...columns } = classifierColumns;
  return {
    kind: 'LinearSVC',
    uid: 'svc',
    ...columns,
    numClasses: 2,
    numFeatures: weights.length,
    coefficients: dense(...weights),
    intercept: -0.5,
    threshold: 0,
    ...more,
  };
}
