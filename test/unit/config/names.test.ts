import { describe, expect, it } from 'vitest';
import {
  camelCase,
  envName,
  fieldAt,
  listFields,
  pathForEnv,
  pathForFlag,
  suggestKey,
} from '../../../src/lib/config/names.ts';

/** Flags and variables of the command line itself; a field of that name would be shadowed. */
const GLOBAL_FLAGS = [
  'config',
  'target',
  'profile',
  'set',
  'var',
  'json',
  'format',
  'columns',
  'sort',
  'limit',
  'filter',
];
const GLOBAL_ENV = ['SENTOPS_CONFIG', 'SENTOPS_TARGET', 'SENTOPS_PROFILE', 'SENTOPS_VERSION', 'SENTOPS_HOME'];

describe('names of a field', () => {
  it.each([
    ['train.numFeatures', 'SENTOPS_TRAIN_NUM_FEATURES'],
    ['serve.reloadIntervalSeconds', 'SENTOPS_SERVE_RELOAD_INTERVAL_SECONDS'],
    ['buckets.streaming-input', 'SENTOPS_BUCKETS_STREAMING_INPUT'],
    ['monitor.slo.latencyP95Ms', 'SENTOPS_MONITOR_SLO_LATENCY_P95_MS'],
    ['rollout.rollback.p99IncreaseMs', 'SENTOPS_ROLLOUT_ROLLBACK_P99_INCREASE_MS'],
    ['train.params.randomforest.maxDepth', 'SENTOPS_TRAIN_PARAMS_RANDOMFOREST_MAX_DEPTH'],
    ['backend', 'SENTOPS_BACKEND'],
  ])('%s is %s in the environment', (path, name) => {
    expect(envName(path)).toBe(name);
    expect(pathForEnv(name)).toBe(path);
  });

  it('every field has an environment name of its own, and back', () => {
    const settable = listFields().filter(({ field }) => !field.meta.fileOnly);
    expect(settable.length).toBeGreaterThan(150);
    for (const { path } of settable) expect(pathForEnv(envName(path))).toBe(path);
  });

  it('the structure of the file is not set by the environment: SENTOPS_VERSION may mean the program', () => {
    for (const name of [
      'SENTOPS_VERSION',
      'SENTOPS_TARGETS',
      'SENTOPS_SECRETS',
      'SENTOPS_VARIABLES',
      'SENTOPS_INCLUDE',
    ]) {
      expect(pathForEnv(name)).toBeUndefined();
    }
  });

  it('no field takes a name of the command line itself', () => {
    for (const { path, field } of listFields()) {
      expect(GLOBAL_FLAGS).not.toContain(field.meta.flag);
      if (!field.meta.fileOnly) expect(GLOBAL_ENV).not.toContain(envName(path));
    }
  });

  it.each([
    ['MLFLOW_TRACKING_URI', 'mlflow.trackingUri'],
    ['MLFLOW_TRACKING_TOKEN', 'mlflow.auth.token'],
    ['MLFLOW_TRACKING_USERNAME', 'mlflow.auth.username'],
    ['MLFLOW_TRACKING_PASSWORD', 'mlflow.auth.password'],
    ['KAFKA_BOOTSTRAP_SERVERS', 'kafka.bootstrap'],
    ['GOOGLE_CLOUD_PROJECT', 'cluster.project'],
  ])('%s of the ecosystem sets %s', (name, path) => {
    expect(pathForEnv(name)).toBe(path);
  });

  it('an unknown environment name has no path', () => {
    expect(pathForEnv('SENTOPS_TRAIN_NUM_FEATURE')).toBeUndefined();
    expect(pathForEnv('PATH')).toBeUndefined();
    expect(pathForEnv('__proto__')).toBeUndefined();
  });

  it('finds the path of a flag, with and without dashes', () => {
    expect(pathForFlag('num-features')).toBe('train.numFeatures');
    expect(pathForFlag('--write-kafka')).toBe('serve.writeKafka');
    expect(pathForFlag('--mlflow-uri', 'train')).toBe('mlflow.trackingUri');
    expect(pathForFlag('--min-accuracy', 'train.gate')).toBe('train.gate.accuracy');
    expect(pathForFlag('--min-accuracy', 'rollout.promotion')).toBe('rollout.promotion.minAccuracy');
    expect(pathForFlag('no-such-flag')).toBeUndefined();
  });

  it('every flag is in kebab case and belongs to one field of its section', () => {
    const flagged = listFields().filter(({ field }) => field.meta.flag !== undefined);
    const flags = flagged.map(({ field }) => field.meta.flag ?? '');
    const within = flagged.map(({ path, field }) => `${path.replace(/[^.]*$/, '')}${field.meta.flag}`);
    expect(within.filter((flag, at) => within.indexOf(flag) !== at)).toEqual([]);
    for (const flag of flags) expect(flag).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });
});

describe('camelCase', () => {
  it.each([
    ['num-features', 'numFeatures'],
    ['num_features', 'numFeatures'],
    ['numFeatures', 'numFeatures'],
    ['max_failures_per-hour', 'maxFailuresPerHour'],
    ['latency-p95-ms', 'latencyP95Ms'],
  ])('%s → %s', (key, name) => {
    expect(camelCase(key)).toBe(name);
  });
});

describe('fieldAt', () => {
  it.each([
    ['train.numFeatures', 'integer'],
    ['targets.production.train.numFeatures', 'integer'],
    ['targets.production.default', 'boolean'],
    ['train.variants.cv.enableCv', 'boolean'],
    ['cluster.properties."spark:spark.executor.memory"', 'union'],
    ['notify.0.webhook', 'string'],
    ['train.models.2', 'enum'],
    ['variables.region.env.0', 'string'],
    ['secrets.mlflow_token.file', 'string'],
    ['cluster.api.gceClusterConfig.tags', 'any'],
    ['train.params.mytrainer.depth', 'any'],
    ['train.grid.linearsvc.maxIter.0', 'union'],
  ])('%s is of the type %s', (path, kind) => {
    const field = fieldAt(path);
    expect(field?.node === 'field' && field.type.kind).toBe(kind);
  });

  it('a section is found too', () => {
    expect(fieldAt('train.params.randomforest')?.node).toBe('section');
    expect(fieldAt('targets.x.serve.http')?.node).toBe('section');
    expect(fieldAt([])?.node).toBe('section');
  });

  it.each([
    'nosuch',
    'train.numFeature',
    'train.numFeatures.x',
    'notify.first',
    'constructor',
    'train.__proto__',
    'targets.x.targets',
  ])('%s is not in the table', path => {
    expect(fieldAt(path)).toBeUndefined();
  });

  it('takes a path as keys, where a key may hold dots', () => {
    expect(fieldAt(['cluster', 'properties', 'spark:spark.executor.memory'])?.node).toBe('field');
  });
});

describe('suggestKey', () => {
  it('names the key that was probably meant', () => {
    expect(suggestKey('numFeature', ['numFeatures', 'maxRows'])).toBe('numFeatures');
    expect(suggestKey('zebra', ['numFeatures', 'maxRows'])).toBeUndefined();
  });
});
