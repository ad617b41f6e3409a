import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { errorFromWire, errorToWire, isWireErrorCode, WIRE_STATUS } from '../../../../src/lib/tracking/wire/error.ts';
import { experimentFromWire } from '../../../../src/lib/tracking/wire/experiment.ts';
import { fieldsOf } from '../../../../src/lib/tracking/wire/fields.ts';
import { artifactFileFromWire } from '../../../../src/lib/tracking/wire/file.ts';
import { loggedModelFromWire } from '../../../../src/lib/tracking/wire/logged-model.ts';
import { doubleToWire, metricFromWire, metricToWire } from '../../../../src/lib/tracking/wire/metric.ts';
import { modelVersionFromWire, registeredModelFromWire } from '../../../../src/lib/tracking/wire/registry.ts';
import { runFromWire } from '../../../../src/lib/tracking/wire/run.ts';
import { pairFromWire, textsToWire } from '../../../../src/lib/tracking/wire/texts.ts';

const misfit = (work: () => unknown): string => {
  try {
    return `no error but ${JSON.stringify(work())}`;
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    expect(error.code).toBe('DATA_INVALID');
    return error.message;
  }
};

describe('what a real server sends is understood', () => {
  // As MLflow 3.17.2 answered runs/create.
  const run = {
    info: {
      run_uuid: '6883c055f666436c954760c79764ea47',
      experiment_id: '1',
      run_name: 'enchanting-cub-903',
      user_id: 'u',
      status: 'RUNNING',
      start_time: 5,
      artifact_uri: 'mlflow-artifacts:/1/6883c055f666436c954760c79764ea47/artifacts',
      lifecycle_stage: 'active',
      run_id: '6883c055f666436c954760c79764ea47',
    },
    data: { tags: [{ key: 'mlflow.runName', value: 'enchanting-cub-903' }] },
    inputs: {},
  };

  test('a run without anything', () => {
    expect(runFromWire(run)).toEqual({
      runId: '6883c055f666436c954760c79764ea47',
      experimentId: '1',
      name: 'enchanting-cub-903',
      status: 'RUNNING',
      userId: 'u',
      startTime: 5,
      endTime: null,
      lifecycle: 'active',
      artifactUri: 'mlflow-artifacts:/1/6883c055f666436c954760c79764ea47/artifacts',
      params: {},
      metrics: [],
      tags: { 'mlflow.runName': 'enchanting-cub-903' },
      inputs: [],
      outputs: [],
    });
  });

  test('metrics come by key, whatever order the server has', () => {
    const metrics = ['b', 'a', 'B'].map(key => ({ key, value: 1, timestamp: 1, step: 0 }));
    expect(runFromWire({ ...run, data: { metrics } }).metrics.map(({ key }) => key)).toEqual(['B', 'a', 'b']);
  });

  test('a logged model with an empty type has none', () => {
    const info = { model_id: 'm-1', experiment_id: '1', name: 'lm', status: 'LOGGED_MODEL_PENDING', model_type: '' };
    expect(loggedModelFromWire({ info })).toMatchObject({
      status: 'PENDING',
      modelType: null,
      params: {},
      metrics: [],
    });
  });

  test('a version with an empty run has none, and its number is a number', () => {
    const version = { name: 'm', version: '12', run_id: '', source: 's', status: 'READY', run_link: '', tags: [] };
    expect(modelVersionFromWire(version)).toMatchObject({ version: 12, runId: null, stage: 'None', artifactUri: 's' });
  });

  test('the versions of a model get its aliases, by name', () => {
    const model = registeredModelFromWire({
      name: 'm',
      aliases: [
        { alias: 'z', version: '1' },
        { alias: 'a', version: 1 },
        { alias: 'other', version: '2' },
      ],
      latest_versions: [{ name: 'm', version: '1', source: 's' }],
    });
    expect(model.aliases).toEqual({ z: 1, a: 1, other: 2 });
    expect(model.latest[0]?.aliases).toEqual(['a', 'z']);
  });

  test('members that nobody here knows are left alone, and null is nothing', () => {
    const experiment = experimentFromWire({
      experiment_id: '1',
      name: 'e',
      workspace: 'w',
      tags: null,
      creation_time: null,
    });
    expect(experiment).toMatchObject({ tags: {}, createdAt: null, lifecycle: 'active', artifactLocation: '' });
  });

  test.each([
    [0.5, 0.5],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1.5e3', 1500],
  ])('the value %j is %d', (value, expected) => {
    expect(metricFromWire({ key: 'm', value, timestamp: '7' })).toEqual({
      key: 'm',
      value: expected,
      timestamp: 7,
      step: 0,
    });
  });

  test('a time in nanoseconds, written by mistake, can still be read', () => {
    expect(metricFromWire({ key: 'm', value: 1, timestamp: '1795282099937000000' }).timestamp).toBe(
      1795282099937000000,
    );
  });

  test('a size of a file may be absent or a text', () => {
    expect(artifactFileFromWire({ path: 'a' })).toEqual({ path: 'a', isFolder: false, bytes: 0 });
    expect(artifactFileFromWire({ path: 'a', file_size: '9' }).bytes).toBe(9);
    expect(artifactFileFromWire({ path: 'a', is_dir: true, file_size: 4096 }).bytes).toBeNull();
  });
});

describe('nonsense is refused with the name of the member', () => {
  test.each<[string, () => unknown]>([
    ['run has to be an object; it is null', () => runFromWire(null)],
    ['run has to be an object; it is []', () => runFromWire([])],
    ['run.info.run_id has to be a text; it is missing', () => runFromWire({})],
    ['experiment.experiment_id has to be a text; it is 1', () => experimentFromWire({ experiment_id: 1 })],
    [
      'experiment.lifecycle_stage has to be one of active, deleted; it is "gone"',
      () => experimentFromWire({ experiment_id: '1', name: 'a', lifecycle_stage: 'gone' }),
    ],
    [
      'experiment.tags has to be a list; it is {}',
      () => experimentFromWire({ experiment_id: '1', name: 'a', tags: {} }),
    ],
    [
      'experiment.tags[1].key has to be a text; it is missing',
      () => experimentFromWire({ experiment_id: '1', name: 'a', tags: [{ key: 'a' }, {}] }),
    ],
    ['metric.value has to be a number; it is missing', () => metricFromWire({ key: 'a', value: null, timestamp: 1 })],
    ['metric.value has to be a number; it is "high"', () => metricFromWire({ key: 'a', value: 'high', timestamp: 1 })],
    ['metric.value has to be a number; it is ""', () => metricFromWire({ key: 'a', value: '', timestamp: 1 })],
    [
      'metric.timestamp has to be a whole number; it is 1.5',
      () => metricFromWire({ key: 'a', value: 1, timestamp: 1.5 }),
    ],
    [
      'metric.step has to be a whole number; it is "1x"',
      () => metricFromWire({ key: 'a', value: 1, timestamp: 1, step: '1x' }),
    ],
    ['file.is_dir has to be true or false; it is "yes"', () => artifactFileFromWire({ path: 'a', is_dir: 'yes' })],
    [
      'model version.version has to be a whole number; it is "latest"',
      () => modelVersionFromWire({ name: 'm', version: 'latest' }),
    ],
    ['tag.value has to be a text; it is 3', () => pairFromWire({ key: 'a', value: 3 })],
  ])('%s', (message, work) => {
    expect(misfit(work)).toBe(message);
  });

  test('what is long is cut in the message', () => {
    expect(misfit(() => pairFromWire({ key: ['x'.repeat(5000)] })).length).toBeLessThan(200);
  });

  test('what is too deep to be shown is told all the same', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(misfit(() => fieldsOf({ a: deep }, 'x').text('a'))).toContain('x.a has to be a text; it is [[…');
    expect(misfit(() => fieldsOf({ a: { deep } }, 'x').text('a'))).toContain('x.a has to be a text; it is {…');
  });

  test('members of the prototype are not members', () => {
    expect(misfit(() => fieldsOf({}, 'x').text('toString'))).toContain('x.toString has to be a text');
  });
});

test('-0 is a 0, and steps of strings are numbers', () => {
  expect(Object.is(metricFromWire({ key: 'a', value: 1, timestamp: -0, step: '-0' }).step, 0)).toBe(true);
  expect(metricFromWire({ key: 'a', value: 1, timestamp: 1, step: '-3' }).step).toBe(-3);
});

test('doubles that JSON does not know are texts', () => {
  expect([0.1, Number.NaN, 1 / 0, -1 / 0].map(doubleToWire)).toEqual([0.1, 'NaN', 'Infinity', '-Infinity']);
  expect(JSON.stringify(metricToWire({ key: 'm', value: Number.NaN, timestamp: 1, step: 2 }))).toBe(
    '{"key":"m","value":"NaN","timestamp":1,"step":2}',
  );
});

test('tags are pairs, and an empty value may be absent', () => {
  expect(textsToWire({ a: '', b: '2' })).toEqual([
    { key: 'a', value: '' },
    { key: 'b', value: '2' },
  ]);
  expect(pairFromWire({ key: 'a' })).toEqual(['a', '']);
});

describe('errors', () => {
  test.each(Object.entries(WIRE_STATUS))('%s has the status %i', (code, status) => {
    expect(isWireErrorCode(code)).toBe(true);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  test('are told from other JSON', () => {
    expect(errorFromWire(errorToWire('NOT_FOUND', 'no'))).toEqual({ error_code: 'NOT_FOUND', message: 'no' });
    expect(errorFromWire({ error_code: 'X' })).toEqual({ error_code: 'X', message: '' });
    for (const json of [null, 'text', [], {}, { error_code: 500 }, { detail: 'no' }])
      expect(errorFromWire(json)).toBeNull();
    expect(isWireErrorCode('toString')).toBe(false);
  });
});
