import {
  boolean,
  integer,
  list,
  map,
  named,
  number,
  oneOf,
  openSection,
  overlay,
  section,
  string,
  union,
} from './build.ts';
import { scalar } from './project.ts';
import { sparkSection } from './spark.ts';

const METRICS = ['accuracy', 'f1', 'auc', 'precision', 'recall'] as const;

const MODELS = [
  'logisticregression',
  'randomforest',
  'linearsvc',
  'naivebayes',
  'ngram',
  'lr',
  'rf',
  'svc',
  'nb',
] as const;

/** What a variant may change; arguments and defaults are those of sentiment_multimodel.py. */
const job = {
  input: string({
    doc: 'Rows to train on; the path that `dataset upload` writes.',
    default: '${buckets.raw}/${dataset.gcsPrefix}/${dataset.file}',
    format: 'uri',
    flag: 'input',
    driver: '--input',
  }),
  testInput: string({
    doc: 'Rows to test on, in place of a share of the input.',
    format: 'uri',
    flag: 'test-input',
  }),
  output: string({
    doc: 'Base path for models and artifacts.',
    default: '${buckets.models}/',
    format: 'uri',
    flag: 'output',
    driver: '--output',
  }),
  registeredModelName: string({
    doc: 'Name prefix in the registry; empty = nothing is registered.',
    default: 'twitter-sentiment-model',
    pattern: '^[^/:\\s][^/:]*$',
    patternDoc: 'a name without slashes and colons',
    allowEmpty: true,
    flag: 'registered-model-name',
    driver: '--registered-model-name',
  }),
  models: list(named(MODELS, { open: 'trainer' }), {
    doc: 'Models to train, lr, rf, svc and nb for short; plugins add more.',
    default: ['logisticregression', 'randomforest', 'linearsvc'],
    unique: true,
    minItems: 1,
    flag: 'models',
  }),
  numFeatures: integer({
    doc: 'Size of the hashed feature vector (HashingTF).',
    default: 32768,
    min: 1,
    max: 2 ** 28,
    flag: 'num-features',
    driver: '--num-features',
  }),
  trainRatio: number({
    doc: 'Share of the rows to train on.',
    default: 0.8,
    above: 0,
    max: 1,
    flag: 'train-ratio',
    driver: '--train-ratio',
  }),
  valRatio: number({
    doc: 'Share of the rows to validate on; the rest is the test set.',
    default: 0.1,
    min: 0,
    max: 1,
    flag: 'val-ratio',
    driver: '--val-ratio',
  }),
  sampleFraction: number({
    doc: 'Share of the rows to read.',
    default: 1,
    above: 0,
    max: 1,
    flag: 'sample-fraction',
    driver: '--sample-fraction',
  }),
  enableCv: boolean({
    doc: 'Choose parameters by cross-validation over train.grid.',
    default: false,
    flag: 'enable-cv',
    driver: '--enable-cv',
  }),
  cvFolds: integer({
    doc: 'Folds of the cross-validation.',
    default: 2,
    min: 2,
    flag: 'cv-folds',
    driver: '--cv-folds',
  }),
  enableCaching: boolean({
    doc: 'Keep the prepared rows in memory between models.',
    default: false,
    flag: 'enable-caching',
    driver: '--enable-caching',
  }),
  maxRows: integer({
    doc: 'Read at most this many rows; 0 = all.',
    default: 0,
    min: 0,
    flag: 'max-rows',
    driver: '--max-rows',
  }),
  seed: integer({ doc: 'Seed of every random choice.', default: 42, flag: 'seed' }),
};

const linear = {
  tol: number({ doc: 'Convergence tolerance.', min: 0 }),
  fitIntercept: boolean({ doc: 'Fit an intercept.' }),
  standardization: boolean({ doc: 'Standardise the features before fitting.' }),
  threshold: number({ doc: 'Threshold of the positive class.' }),
};

const params = openSection('Fixed parameters of each model, with Spark ML names.', {
  logisticregression: section('Logistic regression.', {
    maxIter: integer({ doc: 'Most iterations.', default: 20, min: 0 }),
    regParam: number({ doc: 'Regularisation strength.', default: 0.1, min: 0 }),
    elasticNetParam: number({ doc: 'Mix of L1 (1) and L2 (0) regularisation.', min: 0, max: 1 }),
    ...linear,
  }),
  randomforest: section('Random forest.', {
    numTrees: integer({ doc: 'Number of trees.', default: 10, min: 1 }),
    maxDepth: integer({ doc: 'Largest depth of a tree.', default: 5, min: 0, max: 30 }),
    maxBins: integer({ doc: 'Most bins of a feature.', default: 32, min: 2 }),
    minInstancesPerNode: integer({ doc: 'Fewest rows in a leaf.', min: 1 }),
    minInfoGain: number({ doc: 'Smallest gain of a split.', min: 0 }),
    subsamplingRate: number({ doc: 'Share of the rows for each tree.', min: 0, max: 1 }),
    featureSubsetStrategy: string({
      doc: 'Features tried at each split: auto, all, sqrt, log2, onethird, a number or a share.',
    }),
    impurity: oneOf(['gini', 'entropy'], { doc: 'Measure of a split.' }),
  }),
  linearsvc: section('Linear support vector machine.', {
    maxIter: integer({ doc: 'Most iterations.', default: 30, min: 0 }),
    regParam: number({ doc: 'Regularisation strength.', default: 0.1, min: 0 }),
    ...linear,
  }),
  naivebayes: section('Naive Bayes.', {
    modelType: oneOf(['multinomial', 'complement'], { doc: 'How counts are modelled.' }),
    smoothing: number({ doc: 'Additive smoothing.', min: 0 }),
  }),
  ngram: section('Online logistic regression on hashed n-grams, our own.', {
    numFeatures: integer({ doc: 'Size of the hash table, a power of two.', min: 1024, max: 2 ** 26 }),
    ngrams: integer({ doc: 'Longest run of words that is a feature.', min: 1, max: 4 }),
    characters: integer({ doc: 'Longest run of characters that is a feature; 0 = none.', min: 0, max: 6 }),
    passes: integer({ doc: 'Passes over the rows.', min: 1, max: 100 }),
    learningRate: number({ doc: 'Step size.', above: 0 }),
    alpha: number({ doc: 'Smoothing of the naive Bayes ratios.', above: 0 }),
    minRows: integer({ doc: 'Fewest training rows of an n-gram that counts.', min: 1 }),
  }),
});

export const train = section('The training job.', {
  script: string({
    doc: 'Job script for the spark and dataproc backends; the local backend has its own trainer.',
    default: 'code/sentiment_multimodel.py',
    format: 'uri',
    flag: 'script',
  }),
  ...job,
  track: boolean({
    doc: 'Record the run and register its models, in `mlflow.trackingUri`.',
    default: true,
    flag: 'track',
  }),
  params,
  grid: map(map(list(scalar, { minItems: 1 }), {}), {
    doc: 'Values that cross-validation and `tune` try, by model and parameter.',
    default: {
      logisticregression: { regParam: [0.01, 0.1], elasticNetParam: [0, 0.5] },
      randomforest: { numTrees: [5, 10], maxDepth: [3, 5] },
      linearsvc: { regParam: [0.01, 0.1], maxIter: [20, 30] },
    },
  }),
  select: section('How the best model is chosen.', {
    metric: named(METRICS, { doc: 'Metric to compare.', default: 'accuracy', open: 'metric' }),
    on: oneOf(['test', 'validation'], { doc: 'Rows to compare on.', default: 'test' }),
    mode: oneOf(['max', 'min'], { doc: 'Which end of the metric is best.', default: 'max' }),
    registerAs: string({
      doc: 'Name under which the best model is registered.',
      default: '${train.registeredModelName}-best',
    }),
  }),
  gate: section('What a model must reach; a bare number is the least value.', {
    accuracy: gate({ doc: 'Accuracy.', default: '>0.75', flag: 'min-accuracy' }),
    f1: gate({ doc: 'F1.' }),
    auc: gate({ doc: 'Area under the ROC curve.' }),
    precision: gate({ doc: 'Precision.' }),
    recall: gate({ doc: 'Recall.' }),
  }),
  variants: map(
    overlay('What differs from the section above.', {
      ...job,
      experiment: string({ doc: 'Experiment of this variant.' }),
      params,
    }),
    {
      doc: 'Named variations of the job: what each one sets differently.',
      keys: '^[A-Za-z][A-Za-z0-9_-]*$',
      keysDoc: 'letters, digits, hyphens and underscores, beginning with a letter',
      default: {
        full: {},
        cv: {
          enableCv: true,
          cvFolds: 2,
          sampleFraction: 0.3,
          numFeatures: 16384,
          experiment: 'sentiment-analysis-pipeline-cv',
        },
      },
    },
  ),
  spark: sparkSection('What the Spark job is given.', [], {
    'spark.executor.memory': '4g',
    'spark.executor.cores': '2',
  }),
  schedule: string({
    doc: 'When generated workflows train: a cron line or @weekly and the like.',
    default: '@weekly',
    format: 'cron',
  }),
});

function gate<const O extends { readonly doc: string; readonly default?: string; readonly flag?: string }>(options: O) {
  return union([string({ format: 'gate' }), number({})], options);
}
