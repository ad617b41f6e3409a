import { describe, expect, test } from 'vitest';
import { friendlyName } from '../../../../src/lib/tracking/embedded/friendly-name.ts';
import { failure, metric, openTemp } from './stores.ts';

const DATASET = {
  name: 'reviews',
  digest: 'abc',
  sourceType: 'local',
  source: '{"uri":"reviews.csv"}',
  schema: null,
  profile: '{"num_rows":2}',
  tags: { 'mlflow.data.context': 'training' },
};

describe('a new run', () => {
  test('is a row as MLflow writes it, with its folder below that of its experiment', async () => {
    const { tracker, store } = await openTemp();
    const before = Date.now();
    const run = await tracker.runs.create({ experimentId: '0', userId: 'ann', parentRunId: 'p', tags: { team: 'x' } });
    expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
    expect(run.name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
    expect(run).toMatchObject({ status: 'RUNNING', userId: 'ann', endTime: null, lifecycle: 'active' });
    expect(run.startTime).toBeGreaterThanOrEqual(before);
    expect(run.tags).toEqual({
      'mlflow.runName': run.name,
      'mlflow.user': 'ann',
      'mlflow.parentRunId': 'p',
      team: 'x',
    });
    const root = (await tracker.experiments.get('0'))?.artifactLocation;
    expect(run.artifactUri).toBe(`${root}/${run.runId}/artifacts`);
    expect(
      await store.read(() =>
        store.get('SELECT typeof(start_time) AS t, source_type, source_name, entry_point_name, deleted_time FROM runs'),
      ),
    ).toEqual({ t: 'integer', source_type: 'UNKNOWN', source_name: '', entry_point_name: '', deleted_time: null });
  });

  test('takes its name, user and parent from tags that say them', async () => {
    const { tracker } = await openTemp();
    const tags = { 'mlflow.runName': 'n', 'mlflow.user': 'bob', 'mlflow.parentRunId': 'p' };
    expect(await tracker.runs.create({ experimentId: '0', tags })).toMatchObject({ name: 'n', userId: 'bob', tags });
    expect(await tracker.runs.create({ experimentId: '0', tags, name: 'n', userId: 'ann' })).toMatchObject({
      userId: 'ann',
      tags,
    });
  });

  test.each([
    { name: 'a', tags: { 'mlflow.runName': 'b' } },
    { parentRunId: 'a', tags: { 'mlflow.parentRunId': 'b' } },
    { startTime: 1.5 },
    { name: 'n'.repeat(251) },
    { tags: { 'a,b': 'c' } },
  ])('that contradicts itself or cannot be is refused: %j', async given => {
    const { tracker } = await openTemp();
    await expect(tracker.runs.create({ experimentId: '0', ...given })).rejects.toMatchObject(failure('FLAG_INVALID'));
    expect((await tracker.runs.search({ experimentIds: ['0'], limit: 9, view: 'all' })).items).toEqual([]);
  });

  test('needs an experiment that is there and not deleted', async () => {
    const { tracker } = await openTemp();
    for (const experimentId of ['7', 'x', '', '-1', '1e3', '99999999999999999999'])
      await expect(tracker.runs.create({ experimentId })).rejects.toMatchObject(failure('NOT_FOUND'));
    const experimentId = await tracker.experiments.create({ name: 'gone' });
    await tracker.experiments.delete(experimentId);
    await expect(tracker.runs.create({ experimentId })).rejects.toMatchObject(
      failure('CONFLICT', 'INVALID_PARAMETER_VALUE'),
    );
  });

  test('that nobody names is hardly ever called as another one', () => {
    const names = new Set(Array.from({ length: 100 }, friendlyName));
    expect(names.size).toBeGreaterThan(90);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(30);
  });
});

describe('a run', () => {
  test('ends when it is told so, now or at the time given, and keeps what is not changed', async () => {
    const { tracker } = await openTemp();
    const { runId } = await tracker.runs.create({ experimentId: '0', name: 'n' });
    await tracker.runs.update(runId, { status: 'SCHEDULED' });
    expect(await tracker.runs.get(runId)).toMatchObject({ status: 'SCHEDULED', endTime: null, name: 'n' });
    await tracker.runs.update(runId, { status: 'FAILED', endTime: 5 });
    await tracker.runs.update(runId, { name: 'new' });
    expect(await tracker.runs.get(runId)).toMatchObject({ status: 'FAILED', endTime: 5, name: 'new' });
    const before = Date.now();
    await tracker.runs.update(runId, { status: 'FINISHED' });
    expect((await tracker.runs.get(runId))?.endTime).toBeGreaterThanOrEqual(before);
  });

  test.each([{ status: JSON.parse('"DONE"') }, { endTime: 1.5 }, { name: '' }])('cannot become %j', async change => {
    const { tracker } = await openTemp();
    const { runId } = await tracker.runs.create({ experimentId: '0' });
    await expect(tracker.runs.update(runId, change)).rejects.toMatchObject(failure('FLAG_INVALID'));
  });

  test('that is deleted takes nothing, keeps everything, and comes back as it was', async () => {
    const { tracker, store } = await openTemp();
    const { runId } = await tracker.runs.create({ experimentId: '0' });
    await tracker.runs.log(runId, { params: { p: 'v' } });
    await tracker.runs.delete(runId);
    const deletedAt = await store.read(() => store.get('SELECT deleted_time AS t FROM runs'));
    expect(deletedAt).toMatchObject({ t: expect.any(Number) });
    await tracker.runs.delete(runId);
    expect(await store.read(() => store.get('SELECT deleted_time AS t FROM runs'))).toEqual(deletedAt);
    for (const work of [
      () => tracker.runs.log(runId, { tags: { a: 'b' } }),
      () => tracker.runs.update(runId, { name: 'x' }),
      () => tracker.runs.deleteTag(runId, 'mlflow.runName'),
      () => tracker.runs.logInputs(runId, [DATASET]),
      () => tracker.runs.logOutputs(runId, []),
      () => tracker.runs.logModelInputs(runId, []),
    ])
      await expect(work()).rejects.toMatchObject(failure('CONFLICT', 'INVALID_PARAMETER_VALUE'));
    expect(await tracker.runs.get(runId)).toMatchObject({ lifecycle: 'deleted', params: { p: 'v' } });
    await tracker.runs.restore(runId);
    await tracker.runs.restore(runId);
    expect(await store.read(() => store.get('SELECT deleted_time AS t FROM runs'))).toEqual({ t: null });
    await tracker.runs.log(runId, { tags: { a: 'b' } });
  });

  test('that is not there is null when asked for and NOT_FOUND when worked on', async () => {
    const { tracker } = await openTemp();
    expect(await tracker.runs.get('x')).toBeNull();
    for (const work of [
      () => tracker.runs.log('x', {}),
      () => tracker.runs.update('x', {}),
      () => tracker.runs.delete('x'),
      () => tracker.runs.restore('x'),
      () => tracker.runs.deleteTag('x', 'a'),
      () => tracker.runs.logInputs('x', []),
    ])
      await expect(work()).rejects.toMatchObject(failure('NOT_FOUND'));
  });

  test('goes with its experiment and comes back with it', async () => {
    const { tracker, store } = await openTemp();
    const experimentId = await tracker.experiments.create({ name: 'e' });
    const one = await tracker.runs.create({ experimentId });
    const other = await tracker.runs.create({ experimentId: '0' });
    await tracker.experiments.delete(experimentId);
    expect(await tracker.runs.get(one.runId)).toMatchObject({ lifecycle: 'deleted' });
    expect(await tracker.runs.get(other.runId)).toMatchObject({ lifecycle: 'active' });
    await tracker.experiments.restore(experimentId);
    expect(await tracker.runs.get(one.runId)).toMatchObject({ lifecycle: 'active' });
    expect(await store.read(() => store.get('SELECT count(deleted_time) AS n FROM runs'))).toEqual({ n: 0 });
  });
});

describe('what a run read and made', () => {
  test('datasets are known once to an experiment, whichever runs read them', async () => {
    const { tracker, store } = await openTemp();
    const one = await tracker.runs.create({ experimentId: '0' });
    const two = await tracker.runs.create({ experimentId: '0' });
    const other = { ...DATASET, digest: 'def', tags: {}, schema: '{}' };
    await tracker.runs.logInputs(one.runId, [DATASET, other]);
    await tracker.runs.logInputs(one.runId, [DATASET]);
    await tracker.runs.logInputs(two.runId, [{ ...DATASET, tags: { 'mlflow.data.context': 'testing' } }]);
    expect((await tracker.runs.get(one.runId))?.inputs).toEqual([DATASET, other]);
    expect((await tracker.runs.get(two.runId))?.inputs).toMatchObject([{ tags: { 'mlflow.data.context': 'testing' } }]);
    expect(await store.read(() => store.get('SELECT count(*) AS n FROM datasets'))).toEqual({ n: 2 });
    expect(await store.read(() => store.get('SELECT count(*) AS n FROM inputs'))).toEqual({ n: 3 });
    expect(
      await store.read(() => store.get('SELECT source_type, destination_type, destination_id, step FROM inputs')),
    ).toEqual({ source_type: 'DATASET', destination_type: 'RUN', destination_id: one.runId, step: 0 });
  });

  test('a dataset that cannot be stored leaves the others out, too', async () => {
    const { tracker } = await openTemp();
    const { runId } = await tracker.runs.create({ experimentId: '0' });
    await expect(
      tracker.runs.logInputs(runId, [DATASET, { ...DATASET, digest: 'x'.repeat(37) }]),
    ).rejects.toMatchObject(failure('FLAG_INVALID'));
    expect((await tracker.runs.get(runId))?.inputs).toEqual([]);
  });

  test('models, by their ids', async () => {
    const { tracker, store } = await openTemp();
    const { runId } = await tracker.runs.create({ experimentId: '0' });
    await tracker.runs.logOutputs(runId, [
      { modelId: 'm-1', step: 1 },
      { modelId: 'm-2', step: 0 },
    ]);
    await tracker.runs.logOutputs(runId, [{ modelId: 'm-1', step: 5 }]);
    await tracker.runs.logModelInputs(runId, ['m-3', 'm-3']);
    expect(await tracker.runs.get(runId)).toMatchObject({
      outputs: [
        { modelId: 'm-1', step: 5 },
        { modelId: 'm-2', step: 0 },
      ],
      modelInputs: ['m-3'],
    });
    expect(
      await store.read(() => store.all('SELECT DISTINCT source_type, destination_type FROM inputs ORDER BY 1')),
    ).toEqual([
      { source_type: 'RUN_INPUT', destination_type: 'MODEL_INPUT' },
      { source_type: 'RUN_OUTPUT', destination_type: 'MODEL_OUTPUT' },
    ]);
    await expect(tracker.runs.logOutputs(runId, [{ modelId: 'm-1', step: 0.5 }])).rejects.toMatchObject(
      failure('FLAG_INVALID'),
    );
  });
});

describe('a list of runs', () => {
  test('is loaded whole by a number of queries that does not grow with it', async () => {
    const { tracker, store } = await openTemp();
    for (let i = 0; i < 30; i += 1) {
      const { runId } = await tracker.runs.create({ experimentId: '0', name: `r${i}`, startTime: i });
      await tracker.runs.log(runId, { metrics: [metric('m', i)], params: { p: `${i}` } });
      await tracker.runs.logInputs(runId, [DATASET]);
    }
    const queries: string[] = [];
    const all = store.all.bind(store);
    store.all = (sql, ...values) => {
      queries.push(sql);
      return all(sql, ...values);
    };
    const { items } = await tracker.runs.search({ experimentIds: ['0'], limit: 100 });
    expect(items.map(({ name }) => name)).toEqual(Array.from({ length: 30 }, (_, i) => `r${29 - i}`));
    for (const [i, run] of items.entries()) {
      expect(run.params).toEqual({ p: `${29 - i}` });
      expect(run.metrics).toMatchObject([{ key: 'm', value: 29 - i }]);
      expect(run.inputs).toEqual([DATASET]);
    }
    expect(queries.length).toBeLessThan(10);
  });

  test('has runs of MLflow 1, whose name is in a tag and which say little else', async () => {
    const { tracker, store } = await openTemp();
    await store.write(() => {
      store.run(
        "INSERT INTO runs (run_uuid, status, lifecycle_stage, experiment_id) VALUES ('old', 'FINISHED', 'active', 0)",
      );
      store.run("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', 'from a tag', 'old')");
      store.run("INSERT INTO tags (key, value, run_uuid) VALUES ('empty', NULL, 'old')");
    });
    expect((await tracker.runs.search({ experimentIds: ['0'], limit: 1 })).items).toEqual([
      {
        runId: 'old',
        experimentId: '0',
        name: 'from a tag',
        status: 'FINISHED',
        userId: '',
        startTime: 0,
        endTime: null,
        lifecycle: 'active',
        artifactUri: '',
        params: {},
        metrics: [],
        tags: { 'mlflow.runName': 'from a tag', empty: '' },
        inputs: [],
        outputs: [],
      },
    ]);
  });

  test('of no experiment is a mistake', async () => {
    const { tracker } = await openTemp();
    await expect(tracker.runs.search({ experimentIds: [], limit: 1 })).rejects.toMatchObject(failure('FLAG_INVALID'));
  });
});
