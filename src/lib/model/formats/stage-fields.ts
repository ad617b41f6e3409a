import type { Stage } from '../stages.ts';
import {
  type Check,
  doubles,
  flag,
  integer,
  integers,
  isRecord,
  isText,
  matrix,
  nullable,
  number,
  oneOf,
  text,
  texts,
  vector,
} from './check-fields.ts';

/** A vector of a stage has at most as many places as a hash table that fits into memory. */
const MAX_FEATURES = 2 ** 28;
export const MAX_CLASSES = 100_000;

const column = { uid: text, inputCol: text, outputCol: text, extras };
const columns = { uid: text, inputCols: texts, outputCol: text, extras };
const classifier = {
  uid: text,
  featuresCol: text,
  labelCol: text,
  predictionCol: text,
  rawPredictionCol: text,
  numClasses: integer(1, MAX_CLASSES),
  numFeatures: integer(0, MAX_FEATURES),
  extras,
};
const probabilistic = { ...classifier, probabilityCol: text, thresholds: nullable(doubles) };

type FieldsOf<S> = { readonly [K in Exclude<keyof S, 'kind'>]-?: Check };

/** What every field of every kind of stage has to be; the compiler sees to it that none is missing. */
export const STAGE_FIELDS: { readonly [K in Stage['kind']]: FieldsOf<Extract<Stage, { kind: K }>> } = {
  Tokenizer: column,
  RegexTokenizer: { ...column, pattern: text, gaps: flag, minTokenLength: integer(0, 0x7fff_ffff), toLowercase: flag },
  StopWordsRemover: { ...column, stopWords: texts, caseSensitive: flag, locale: text },
  NGram: { ...column, n: integer(1, 1000) },
  ConcatTokens: columns,
  HashingTF: { ...column, numFeatures: integer(1, MAX_FEATURES), binary: flag, hash: oneOf('spark2', 'spark3') },
  CountVectorizer: { ...column, vocabulary: texts, minTF: number, binary: flag },
  IDF: { ...column, idf: doubles, docFreq: nullable(doubles), numDocs: integer(0, Number.MAX_SAFE_INTEGER) },
  VectorAssembler: { ...columns, handleInvalid: oneOf('error', 'keep', 'skip') },
  LogisticRegression: {
    ...probabilistic,
    multinomial: flag,
    coefficients: matrix,
    intercepts: vector,
    threshold: number,
  },
  LinearSVC: { ...classifier, coefficients: vector, intercept: number, threshold: number },
  RandomForest: { ...probabilistic, trees },
  GBT: { ...probabilistic, trees },
  NaiveBayes: {
    ...probabilistic,
    modelType: oneOf('multinomial', 'bernoulli', 'complement', 'gaussian'),
    pi: vector,
    theta: matrix,
    sigma: nullable(matrix),
  },
  OneVsRest: { ...classifier, models },
  Plugin: { ...classifier, trainer: text, fitted },
};

function extras(value: unknown): string | undefined {
  return value === undefined || (isRecord(value) && Object.values(value).every(isExtra))
    ? undefined
    : 'is not plain data';
}

function isExtra(value: unknown): boolean {
  return (
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every(isExtra))
  );
}

function models(value: unknown): string | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? undefined : 'is not a list of models';
}

function trees(value: unknown): string | undefined {
  if (!isRecord(value)) return 'are not trees';
  for (const name of ['starts', 'feature', 'left', 'right', 'categoryStarts', 'numCategories']) {
    if (integers(value[name]) !== undefined) return `have no ${name}`;
  }
  for (const name of ['threshold', 'prediction', 'impurity', 'gain', 'rawCount', 'stats', 'categories', 'weights']) {
    if (doubles(value[name]) !== undefined) return `have no ${name}`;
  }
  return integer(1, MAX_CLASSES)(value['statsPerNode']) === undefined ? undefined : 'have no statsPerNode';
}

function fitted(value: unknown): string | undefined {
  if (!isRecord(value) || !isText(value['type']) || !isRecord(value['params']) || !isRecord(value['arrays'])) {
    return 'is not a fitted stage';
  }
  const isParameter = (each: unknown) => ['string', 'number', 'boolean'].includes(typeof each);
  if (!Object.values(value['params']).every(isParameter)) return 'has parameters that are not plain';
  const isArray = (each: unknown) => each instanceof Float64Array || each instanceof Int32Array;
  return Object.values(value['arrays']).every(isArray) ? undefined : 'has arrays that are none';
}
