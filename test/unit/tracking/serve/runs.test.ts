import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer();
});
afterAll(() => store.stop());

async function createRun(more: object = {}): Promise<Json> {
  const { run } = await store.want('POST', 'runs/create', { experiment_id: '0', ...more });
  return run?.info as Json;
}

async function getRun(runId: unknown): Promise<Json> {
  return (await store.want('GET', 'runs/get', { run_id: runId })).run as Json;
}

const pairs = (list: Json | undefined) => Object.fromEntries((list ?? []).map(({ key, value }) => [key, value]));

describe('a run', () => {
  test('is made with what the client says, and answered as MLflow does', async () => {
    const tags = [
      { key: 'mlflow.runName', value: 'first' },
      { key: 'mlflow.parentRunId', value: 'f'.repeat(32) },
    ];
    const info = await createRun({ run_name: 'first', user_id: 'ann', start_time: 1234, tags });
    expect(info).toEqual({
      run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      run_uuid: info.run_id,
      run_name: 'first',
      experiment_id: '0',
      user_id: 'ann',
      status: 'RUNNING',
      start_time: 1234,
      artifact_uri: `mlflow-artifacts:/0/${info.run_id}/artifacts`,
      lifecycle_stage: 'active',
    });
    const { data } = await getRun(info.run_id);
    expect(pairs(data?.tags)).toMatchObject({ 'mlflow.runName': 'first', 'mlflow.parentRunId': 'f'.repeat(32) });
    expect(data).not.toHaveProperty('metrics');
    expect(data).not.toHaveProperty('params');
  });

  test('without a name gets one, and one without a start starts now, not in 1970', async () => {
    const before = Date.now();
    const info = await createRun();
    expect(info.run_name).toMatch(/^\w+-\w+-\d+$/);
    expect(info.start_time).toBeGreaterThanOrEqual(before);
  });

  test('with two names is refused', async () => {
    const tags = [{ key: 'mlflow.runName', value: 'other' }];
    const { status, json } = await store.call('POST', 'runs/create', { experiment_id: '0', run_name: 'one', tags });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  test.each([
    [{}, 400],
    [{ experiment_id: 0 }, 400],
    [{ experiment_id: '777' }, 404],
    [{ experiment_id: '0', start_time: 'yesterday' }, 400],
  ])('cannot be made from %o', async (body, code) => {
    expect((await store.call('POST', 'runs/create', body)).status).toBe(code);
  });

  test('cannot be made in a deleted experiment', async () => {
    const { experiment_id } = await store.want('POST', 'experiments/create', { name: 'gone' });
    await store.want('POST', 'experiments/delete', { experiment_id });
    const { status, json } = await store.call('POST', 'runs/create', { experiment_id });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  test('is found by its old name of the parameter too', async () => {
    const { run_id } = await createRun();
    const { run } = await store.want('GET', 'runs/get', { run_uuid: run_id });
    expect(run?.info?.run_id).toBe(run_id);
  });

  test('that is not there is 404', async () => {
    const { status, json } = await store.call('GET', 'runs/get', { run_id: '0'.repeat(32) });
    expect([status, json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test('ends, and the answer is its info', async () => {
    const { run_id } = await createRun();
    const body = { run_id, status: 'FINISHED', end_time: 5000, run_name: 'renamed' };
    const { run_info } = await store.want('POST', 'runs/update', body);
    expect(run_info).toMatchObject({ run_id, status: 'FINISHED', end_time: 5000, run_name: 'renamed' });
    expect(run_info?.artifact_uri).toMatch(/^mlflow-artifacts:/);
    expect(pairs((await getRun(run_id)).data?.tags)).toMatchObject({ 'mlflow.runName': 'renamed' });
  });

  test('does not take a status that there is not, where MLflow keeps quiet', async () => {
    const { run_id } = await createRun();
    const { status, json } = await store.call('POST', 'runs/update', { run_id, status: 'DONE' });
    expect(status).toBe(400);
    expect(json.message).toMatch(/"DONE".*RUNNING, SCHEDULED, FINISHED/);
    expect((await getRun(run_id)).info?.status).toBe('RUNNING');
  });

  test('is deleted and restored as often as one likes; while deleted nothing is logged to it', async () => {
    const { run_id } = await createRun();
    for (const _ of [1, 2]) await store.want('POST', 'runs/delete', { run_id });
    const logged = await store.call('POST', 'runs/set-tag', { run_id, key: 'k', value: 'v' });
    for (const _ of [1, 2]) await store.want('POST', 'runs/restore', { run_id });
    await store.want('POST', 'runs/set-tag', { run_id, key: 'k', value: 'v' });
    expect([logged.status, logged.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect((await getRun(run_id)).info?.lifecycle_stage).toBe('active');
  });

  test('has tags that are written over and removed once', async () => {
    const { run_id } = await createRun();
    for (const value of ['a', 'b']) await store.want('POST', 'runs/set-tag', { run_id, key: '__proto__', value });
    expect(Object.entries(pairs((await getRun(run_id)).data?.tags))).toContainEqual(['__proto__', 'b']);
    await store.want('POST', 'runs/delete-tag', { run_id, key: '__proto__' });
    const { status, json } = await store.call('POST', 'runs/delete-tag', { run_id, key: '__proto__' });
    expect([status, json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });
});

describe('what a run read and made', () => {
  const dataset = { name: 'reviews', digest: 'abc', source_type: 'local', source: '{"uri":"a.csv"}', schema: '{}' };
  const tags = [{ key: 'mlflow.data.context', value: 'training' }];

  test('datasets, models that went in, models that came out', async () => {
    const { run_id } = await createRun();
    const model = (await store.want('POST', 'logged-models', { experiment_id: '0', name: 'm', source_run_id: run_id }))
      .model?.info?.model_id;
    await store.want('POST', 'runs/log-inputs', {
      run_id,
      datasets: [{ dataset, tags }],
      models: [{ model_id: model }],
    });
    await store.want('POST', 'runs/outputs', { run_id, models: [{ model_id: model, step: 3 }] });
    const run = await getRun(run_id);
    expect(run.inputs).toEqual({ dataset_inputs: [{ dataset, tags }], model_inputs: [{ model_id: model }] });
    expect(run.outputs).toEqual({ model_outputs: [{ model_id: model, step: 3 }] });
  });

  test('the same dataset again changes nothing', async () => {
    const { run_id } = await createRun();
    for (const _ of [1, 2]) await store.want('POST', 'runs/log-inputs', { run_id, datasets: [{ dataset, tags }] });
    expect((await getRun(run_id)).inputs?.dataset_inputs).toHaveLength(1);
  });

  test('a dataset without a digest is refused, and the message says which', async () => {
    const { run_id } = await createRun();
    const body = { run_id, datasets: [{ dataset, tags }, { dataset: { name: 'x' } }] };
    const { status, json } = await store.call('POST', 'runs/log-inputs', body);
    expect(status).toBe(400);
    expect(json.message).toMatch(/datasets\[1\]\.dataset\.digest/);
    expect((await getRun(run_id)).inputs).toEqual({});
  });
});

describe('a search of runs', () => {
  let experiment: string;
  beforeAll(async () => {
    experiment = (await store.want('POST', 'experiments/create', { name: 'searched' })).experiment_id as string;
    for (const [name, f1] of [
      ['a', 0.3],
      ['b', 'NaN'],
      ['c', 0.9],
      ['d', null],
    ] as const) {
      const { run_id } = await createRun({ experiment_id: experiment, run_name: name });
      if (f1 !== null) await store.want('POST', 'runs/log-metric', { run_id, key: 'f1', value: f1, timestamp: 1 });
      await store.want('POST', 'runs/log-parameter', { run_id, key: 'name', value: name });
    }
  });
  const search = (more: object) => store.want('POST', 'runs/search', { experiment_ids: [experiment], ...more });
  const names = ({ runs }: Json) => (runs ?? []).map(({ info }) => info?.run_name);

  test('orders with NaN and then the missing ones at the end, page after page', async () => {
    const query = { order_by: ['metrics.f1 DESC'], max_results: 3 };
    const first = await search(query);
    const rest = await search({ ...query, page_token: first.next_page_token });
    expect([names(first), names(rest)]).toEqual([['c', 'a', 'b'], ['d']]);
    expect(rest).not.toHaveProperty('next_page_token');
  });

  test('filters, and answers nothing with an empty object', async () => {
    expect(names(await search({ filter: "metrics.f1 > 0.2 and params.name != 'a'" }))).toEqual(['c']);
    expect(await search({ filter: "params.name = 'z'" })).toEqual({});
    expect(await store.want('POST', 'runs/search', { experiment_ids: [] })).toEqual({});
    expect(await store.want('POST', 'runs/search', { experiment_ids: ['4711'] })).toEqual({});
  });

  test('a wrong filter is 400 and says the column', async () => {
    const { status, json } = await store.call('POST', 'runs/search', {
      experiment_ids: ['0'],
      filter: 'metrics.f1 >> 1',
    });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(/column 12/);
  });

  test('deleted runs are found where they are asked for', async () => {
    const { run_id } = await createRun({ experiment_id: experiment, run_name: 'deleted' });
    await store.want('POST', 'runs/delete', { run_id });
    expect(names(await search({ run_view_type: 'DELETED_ONLY' }))).toEqual(['deleted']);
    expect(names(await search({ run_view_type: 'ALL' }))).toHaveLength(5);
    expect(names(await search({}))).toHaveLength(4);
  });
});
