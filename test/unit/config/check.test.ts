import { describe, expect, it } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import type { FindingCode } from '../../../src/lib/config/findings.ts';
import { check, onlyProblem } from './check-helpers.ts';

describe('a valid project', () => {
  it.each([
    ['nothing at all', undefined],
    ['an empty file', null],
    ['an empty map', {}],
    ['empty sections', { train: null, serve: {}, notify: null, targets: { local: null } }],
    [
      'null takes back a weaker value',
      { train: { seed: null, gate: { accuracy: null } }, targets: { a: { notify: null } } },
    ],
    ['references anywhere', { train: { numFeatures: '${var.n}', enableCv: '${var.cv}', trainRatio: 'x${var.r}' } }],
    [
      'references for whole lists and maps',
      { train: { models: '${var.models}' }, cluster: { properties: '${var.p}' } },
    ],
    ['references as items', { train: { models: ['${var.m}'] }, rollout: { canary: { steps: ['${var.s}', 100] } } }],
    [
      'secrets by reference',
      { mlflow: { auth: { token: '${secret.t:-}' } }, notify: [{ type: 'slack', webhook: '${secret.s}' }] },
    ],
    ['a secret from the environment', { kafka: { auth: { password: '${env.KAFKA_PASSWORD}' } } }],
    [
      'names of plugins',
      { dataset: { source: 'parquet-lake' }, backend: 'kubernetes', train: { models: ['fasttext'] } },
    ],
    [
      'numbers and booleans as properties',
      { cluster: { properties: { 'spark:a': 1, 'spark:b': true, 'spark:c': '' } } },
    ],
    ['a bare number as gate', { train: { gate: { accuracy: 0.75, f1: '>= 0.8', auc: '<1' } } }],
    [
      'raw API overlays',
      { cluster: { api: { gceClusterConfig: { tags: ['a'], deep: { er: [1, null, { x: true }] } } } } },
    ],
    [
      'short and long variables',
      { variables: { a: 'x', b: 1, c: true, d: [1, 'b'], e: { default: { x: 1 } }, f: { type: 'map' } } },
    ],
    ['one character of two code units between columns', { dataset: { format: { delimiter: '🎭' } } }],
    ['a tab between columns', { dataset: { format: { delimiter: '\t' } } }],
    ['unicode', { project: { name: 'Stimmung 🎭 分析' } }],
  ])('%s', (_, values) => {
    expect(check(values)).toEqual([]);
  });

  it('is what the project file of the documentation says', () => {
    const values = {
      version: 1,
      requires: '>=1 <2',
      project: { name: 'sentiment-project', id: 'sentiment', labels: { app: 'sentiment', owner: 'mlops' } },
      include: ['conf/*.yaml'],
      variables: {
        project_id: { description: 'GCP project', env: ['GCP_PROJECT_ID'] },
        region: { default: 'us-central1' },
      },
      profiles: { sa: { gcp: { auth: 'keyfile', keyfile: '${env.GOOGLE_APPLICATION_CREDENTIALS}' } } },
      secrets: {
        kafka_password: { env: 'KAFKA_PASSWORD' },
        mlflow_token: { file: 'secrets/mlflow_token.txt' },
        slack_webhook: { gcp: 'projects/${var.project_id}/secrets/slack/versions/latest' },
      },
      buckets: { raw: 'gs://${var.bucket}-raw', 'streaming-input': 'gs://${var.bucket}-streaming-input' },
      train: { schedule: '@weekly', spark: { properties: { 'spark.executor.memory': '4g' } } },
      serve: {
        spark: { packages: ['org.apache.spark:spark-sql-kafka-0-10_2.12:3.3.0', 'org.mlflow:mlflow-spark:2.8.1'] },
      },
      notify: [
        { type: 'slack', webhook: '${secret.slack_webhook:-}', on: ['job.failed', 'canary.rollback', 'drift.alert'] },
      ],
      targets: {
        local: { default: true, backend: 'local', serve: { modelFlavor: 'native' } },
        test: { mode: 'development', backend: 'dataproc', train: { maxRows: 1000 } },
        production: { mode: 'production', backend: 'dataproc', profile: 'ci', serve: { deployMode: 'production' } },
      },
    };
    expect(check(values)).toEqual([]);
  });
});

describe('unknown keys', () => {
  it.each([
    [{ trian: {} }, 'trian', 'train'],
    [{ train: { numFeature: 1 } }, 'train.numFeature', 'numFeatures'],
    [{ targets: { prod: { train: { maxRow: 1 } } } }, 'targets.prod.train.maxRow', 'maxRows'],
    [{ notify: [{ type: 'slack', webhok: '${secret.x}' }] }, 'notify.0.webhok', 'webhook'],
    [{ variables: { a: { defualt: 1 } } }, 'variables.a.defualt', 'default'],
    [{ train: { variants: { cv: { enableCV: true } } } }, 'train.variants.cv.enableCV', 'enableCv'],
    [{ buckets: { prediction: 'x' } }, 'buckets.prediction', 'predictions'],
  ])('%j: did you mean?', (values, path, meant) => {
    expect(onlyProblem(values)).toMatchObject({
      severity: 'error',
      code: 'KEY_UNKNOWN',
      path,
      at: 'key',
      hint: `did you mean ${meant}?`,
      place: null,
    });
  });

  it('without a near one the hint lists the keys of the section', () => {
    expect(onlyProblem({ retention: { zebra: 1 } }).hint).toBe('its keys are predictionsDays, logsDays');
  });

  it('in an open section are kept, and a near miss is only a warning', () => {
    expect(check({ train: { params: { mytrainer: { depth: 3 } } } })).toEqual([]);
    expect(onlyProblem({ train: { params: { randomforst: {} } } })).toMatchObject({
      severity: 'warning',
      code: 'KEY_UNKNOWN',
      hint: 'did you mean randomforest?',
    });
  });

  it('named like something of JavaScript do no harm', () => {
    const values = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{},"train":{"__proto__":1,"toString":2,"hasOwnProperty":3}}',
    );
    const paths = check(values).map(finding => `${finding.code} ${finding.path}`);
    expect(paths).toEqual([
      'KEY_UNKNOWN __proto__',
      'KEY_UNKNOWN constructor',
      'KEY_UNKNOWN train.__proto__',
      'KEY_UNKNOWN train.toString',
      'KEY_UNKNOWN train.hasOwnProperty',
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('__proto__ is no key of a free map either, while constructor is one', () => {
    const values = JSON.parse('{"train":{"spark":{"properties":{"__proto__":"x","constructor":"y"}}}}');
    expect(onlyProblem(values)).toMatchObject({ code: 'KEY_INVALID', path: 'train.spark.properties.__proto__' });
  });
});

describe('kebab and snake keys', () => {
  it.each([
    [{ train: { 'num-features': 5 } }, 'train.num-features', 'numFeatures'],
    [{ train: { num_features: 5 } }, 'train.num_features', 'numFeatures'],
    [{ buckets: { streamingInput: 'x' } }, 'buckets.streamingInput', 'streaming-input'],
    [{ buckets: { streaming_input: 'x' } }, 'buckets.streaming_input', 'streaming-input'],
  ])('%j is understood with a warning', (values, path, name) => {
    expect(onlyProblem(values)).toMatchObject({
      severity: 'warning',
      code: 'KEY_SPELLING',
      path,
      hint: `write ${name}`,
    });
  });

  it('their values are checked like those of the right key', () => {
    const codes = check({ train: { 'num-features': 'many' } }).map(finding => finding.code);
    expect(codes).toEqual(['KEY_SPELLING', 'TYPE_MISMATCH']);
  });

  it('beside the right key they are an error: one of the two would be lost', () => {
    expect(onlyProblem({ train: { numFeatures: 1, 'num-features': 2 } })).toMatchObject({
      severity: 'error',
      code: 'KEY_REPEATED',
      hint: 'keep numFeatures',
    });
  });
});

describe('wrong values', () => {
  it.each<[unknown, FindingCode, string]>([
    [
      { train: { numFeatures: 'abc' } },
      'TYPE_MISMATCH',
      'train.numFeatures must be an integer from 1 to 268435456, not the text "abc"',
    ],
    [
      { train: { numFeatures: 1.5 } },
      'TYPE_MISMATCH',
      'train.numFeatures must be an integer from 1 to 268435456, not the number 1.5',
    ],
    [
      { train: { numFeatures: 0 } },
      'OUT_OF_RANGE',
      'train.numFeatures must be an integer from 1 to 268435456, not the number 0',
    ],
    [
      { train: { numFeatures: [1] } },
      'TYPE_MISMATCH',
      'train.numFeatures must be an integer from 1 to 268435456, not a list',
    ],
    [
      { train: { numFeatures: {} } },
      'TYPE_MISMATCH',
      'train.numFeatures must be an integer from 1 to 268435456, not a map',
    ],
    [
      { train: { numFeatures: Number.NaN } },
      'TYPE_MISMATCH',
      'train.numFeatures must be an integer from 1 to 268435456, not the number NaN',
    ],
    [
      { train: { trainRatio: 0 } },
      'OUT_OF_RANGE',
      'train.trainRatio must be a number above 0 and at most 1, not the number 0',
    ],
    [
      { train: { trainRatio: 1.1 } },
      'OUT_OF_RANGE',
      'train.trainRatio must be a number above 0 and at most 1, not the number 1.1',
    ],
    [
      { train: { trainRatio: Number.POSITIVE_INFINITY } },
      'TYPE_MISMATCH',
      'train.trainRatio must be a number above 0 and at most 1, not the number Infinity',
    ],
    [{ train: { enableCv: 'yes' } }, 'TYPE_MISMATCH', 'train.enableCv must be true or false, not the text "yes"'],
    [{ train: { enableCv: 1 } }, 'TYPE_MISMATCH', 'train.enableCv must be true or false, not the number 1'],
    [{ project: { name: 123 } }, 'TYPE_MISMATCH', 'project.name must be a text, not the number 123'],
    [{ project: { name: '' } }, 'FORMAT_INVALID', 'project.name must be a text, not an empty text'],
    [{ project: { name: '  ' } }, 'FORMAT_INVALID', 'project.name must be a text, not the text "  "'],
    [
      { serve: { sourceType: 'kafak' } },
      'VALUE_UNKNOWN',
      'serve.sourceType must be one of file, kafka, stdin, not the text "kafak"',
    ],
    [{ serve: { sourceType: true } }, 'TYPE_MISMATCH', 'serve.sourceType must be one of file, kafka, stdin, not true'],
    [{ train: { models: 'linearsvc' } }, 'TYPE_MISMATCH', 'train.models must be a list, not the text "linearsvc"'],
    [{ train: { models: [] } }, 'OUT_OF_RANGE', 'train.models must have at least 1 item'],
    [
      { train: { models: ['linearsvc', 'linearsvc'] } },
      'ITEMS_REPEATED',
      'train.models lists the text "linearsvc" more than once',
    ],
    [
      { train: { models: [null] } },
      'TYPE_MISMATCH',
      'train.models.0 must be a name such as logisticregression, randomforest, linearsvc, naivebayes, ngram, lr, rf, svc, nb, not nothing',
    ],
    [{ train: [] }, 'TYPE_MISMATCH', 'train is a section and must be a map, not a list'],
    [{ train: '${var.train}' }, 'TYPE_MISMATCH', 'train is a section and must be a map, not the text "${var.train}"'],
    [{ targets: { a: 'x' } }, 'TYPE_MISMATCH', 'targets.a is a section and must be a map, not the text "x"'],
    [
      { targets: { '1a': {} } },
      'KEY_INVALID',
      '"1a" cannot be a key of targets: it needs letters, digits, hyphens and underscores, beginning with a letter',
    ],
    [
      { variables: { 'my-var': 1 } },
      'KEY_INVALID',
      '"my-var" cannot be a key of variables: it needs letters, digits and underscores, not beginning with a digit',
    ],
    [
      { project: { labels: { App: 'x' } } },
      'KEY_INVALID',
      '"App" cannot be a key of project.labels: it needs at most 63 lower-case letters, digits, hyphens and underscores, beginning with a letter',
    ],
    [
      { cluster: { maxIdle: '10 minutes' } },
      'FORMAT_INVALID',
      'cluster.maxIdle must be a duration such as 90s, 30m, 1h30m or 2d, not the text "10 minutes"',
    ],
    [
      { rollout: { rollback: { errorRateIncrease: '50' } } },
      'FORMAT_INVALID',
      'rollout.rollback.errorRateIncrease must be a percentage such as 50%, not the text "50"',
    ],
    [
      { kafka: { bootstrap: 'localhost' } },
      'FORMAT_INVALID',
      'kafka.bootstrap must be host:port, such as localhost:9092, not the text "localhost"',
    ],
    [
      { buckets: { raw: 'gs:/bucket' } },
      'FORMAT_INVALID',
      'buckets.raw must be a path or a URI such as gs://bucket/folder, not the text "gs:/bucket"',
    ],
    [{ requires: 'one' }, 'FORMAT_INVALID', 'requires must be a version range such as ">=1 <2", not the text "one"'],
    [
      { train: { gate: { f1: '=0.7' } } },
      'FORMAT_INVALID',
      'train.gate.f1 must be a comparison such as ">0.75", not the text "=0.7"',
    ],
    [
      { train: { gate: { f1: true } } },
      'TYPE_MISMATCH',
      'train.gate.f1 must be a comparison such as ">0.75" or a number, not true',
    ],
    [
      { train: { schedule: 'weekly' } },
      'FORMAT_INVALID',
      'train.schedule must be a cron line of five fields such as "0 0 * * 0", or @weekly and the like, not the text "weekly"',
    ],
    [{ version: 2 }, 'OUT_OF_RANGE', 'version must be an integer equal to 1, not the number 2'],
    [{ notify: [{ webhook: '${secret.x}' }] }, 'KEY_MISSING', 'notify.0 needs the key "type"'],
    [
      { secrets: { a: { env: 'A', file: 'b' } } },
      'INCONSISTENT',
      'secrets.a must have exactly one of env, file and gcp; it has env and file',
    ],
    [
      { secrets: { a: {} } },
      'INCONSISTENT',
      'secrets.a must have exactly one of env, file and gcp; it has none of them',
    ],
  ])('%j', (values, code, message) => {
    expect(onlyProblem(values)).toMatchObject({
      severity: 'error',
      code,
      message,
      at: code === 'KEY_INVALID' ? 'key' : 'value',
    });
  });

  it.each([
    [{ train: { seed: '42' } }, 'take the quotes away: 42'],
    [{ train: { enableCv: 'on' } }, 'write true, without quotes'],
    [{ train: { enableCv: 'No' } }, 'write false, without quotes'],
    [{ project: { name: 7 } }, 'put it in quotes: "7"'],
    [{ cluster: { maxIdle: 3600 } }, 'add a unit: 3600s'],
    [{ serve: { modelStage: 'production' } }, 'did you mean Production?'],
    [{ serve: { http: true } }, 'write its keys under it: enabled, host, port, …'],
    [{ train: { models: 'a' } }, 'write [a, b], or one item in a line, each with a hyphen'],
  ])('%j has a hint', (values, hint) => {
    expect(onlyProblem(values).hint).toBe(hint);
  });

  it('a name one letter away from one of ours is a warning where plugins may bring names', () => {
    expect(onlyProblem({ dataset: { source: 'kagle' } })).toMatchObject({
      severity: 'warning',
      code: 'NAME_MISTYPED',
      hint: 'did you mean kaggle?',
    });
    expect(checkValues({ dataset: { source: 'our-lake' } }, { stage: 'raw' })).toEqual([]);
  });

  it('where the work runs, a mistyped name is an error: the mistake would cost a cluster', () => {
    expect(onlyProblem({ backend: 'dataprok' })).toMatchObject({
      severity: 'error',
      code: 'NAME_MISTYPED',
      hint: 'did you mean dataproc?',
    });
    expect(onlyProblem({ backend: 'two words' })).toMatchObject({ severity: 'error', code: 'VALUE_UNKNOWN' });
  });

  it.each([[[]], ['text'], [3], [true]])('a project that is %j is one problem', values => {
    expect(onlyProblem(values)).toMatchObject({ code: 'TYPE_MISMATCH', path: '', segments: [] });
  });

  it('all of them are reported at once, each under its path', () => {
    const findings = check({
      train: { numFeatures: 'x', trainRatio: 2, modles: [] },
      serve: { sourceType: 'kafka', http: { port: 70000 } },
      notify: [{ type: 'slack' }, { type: 'slack', on: 'job.failed' }],
      cluster: { properties: { 'no-prefix': '1' } },
    });
    expect(findings.map(finding => finding.path)).toEqual([
      'train.numFeatures',
      'train.trainRatio',
      'train.modles',
      'serve.http.port',
      'notify.1.on',
      'cluster.properties.no-prefix',
    ]);
  });

  it('a key with dots stays one segment, and the path can be read back', () => {
    const finding = onlyProblem({ cluster: { properties: { 'spark:spark.executor.cores': [1] } } });
    expect(finding.segments).toEqual(['cluster', 'properties', 'spark:spark.executor.cores']);
    expect(finding.path).toBe('cluster.properties."spark:spark.executor.cores"');
  });

  it('a long text is cut in the message', () => {
    const { message } = onlyProblem({ train: { seed: 'x'.repeat(100_000) } });
    expect(message.length).toBeLessThan(120);
  });
});
