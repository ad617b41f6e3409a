import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer();
});
afterAll(() => store.stop());

async function create(more: object = {}): Promise<string> {
  const { model } = await store.want('POST', 'logged-models', { experiment_id: '0', ...more });
  return model?.info?.model_id as string;
}
const get = async (id: string): Promise<Json> => (await store.want('GET', `logged-models/${id}`)).model as Json;

describe('a logged model', () => {
  test('is pending until it is said that its files are there', async () => {
    const params = [{ key: 'depth', value: '3' }];
    const tags = [{ key: 'team', value: 'a' }];
    const id = await create({ name: 'tiny', model_type: 'agent', params, tags });
    const { info, data } = await get(id);
    expect(id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(info).toMatchObject({
      name: 'tiny',
      experiment_id: '0',
      model_type: 'agent',
      status: 'LOGGED_MODEL_PENDING',
      artifact_uri: `mlflow-artifacts:/0/models/${id}/artifacts`,
      tags,
    });
    expect(data?.params).toEqual(params);
    const body = { model_id: id, status: 'LOGGED_MODEL_READY' };
    const { model } = await store.want('PATCH', `logged-models/${id}`, body);
    expect(model?.info?.status).toBe('LOGGED_MODEL_READY');
    expect((await get(id)).info?.status).toBe('LOGGED_MODEL_READY');
  });

  test('without a name gets one', async () => {
    expect((await get(await create())).info?.name).toMatch(/^\w+-\w+-\d+$/);
  });

  test.each(['LOGGED_MODEL_PENDING', 'READY', 2, undefined])('is not finished as %s', async status => {
    const id = await create();
    const answer = await store.call('PATCH', `logged-models/${id}`, { model_id: id, status });
    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  test('has tags and parameters that can be added', async () => {
    const id = await create({ tags: [{ key: 'a', value: '1' }], params: [{ key: 'p', value: '1' }] });
    await store.want('PATCH', `logged-models/${id}/tags`, { model_id: id, tags: [{ key: 'a b/ä', value: '2' }] });
    await store.want('POST', `logged-models/${id}/params`, { model_id: id, params: [{ key: 'q', value: '2' }] });
    await store.want('DELETE', `logged-models/${id}/tags/a`);
    const { info, data } = await get(id);
    expect(info?.tags).toEqual([{ key: 'a b/ä', value: '2' }]);
    expect(data?.params?.map(({ key }) => key).sort()).toEqual(['p', 'q']);
    await store.want('DELETE', `logged-models/${id}/tags/${encodeURIComponent('a b/ä')}`);
    expect((await get(id)).info).not.toHaveProperty('tags');
  });

  test('shows the metrics that were measured on it', async () => {
    const id = await create();
    const run_id = (await store.want('POST', 'runs/create', { experiment_id: '0' })).run?.info?.run_id;
    const metric = { run_id, key: 'f1', value: 0.8, timestamp: 5, step: 1, model_id: id };
    await store.want('POST', 'runs/log-metric', metric);
    expect((await get(id)).data?.metrics).toMatchObject([{ key: 'f1', value: 0.8, run_id, model_id: id }]);
  });

  test('is gone once it is deleted', async () => {
    const id = await create();
    await store.want('DELETE', `logged-models/${id}`);
    const { status, json } = await store.call('GET', `logged-models/${id}`);
    expect([status, json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test('lists its files with paths from its root', async () => {
    const id = await create();
    const folder = path.join(store.artifacts, '0/models', id, 'artifacts/data');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'a.bin'), 'abc');
    const list = (at?: string) =>
      store.want(
        'GET',
        `logged-models/${id}/artifacts/directories`,
        at === undefined ? {} : { artifact_directory_path: at },
      );
    expect(await list()).toEqual({
      root_uri: `mlflow-artifacts:/0/models/${id}/artifacts`,
      files: [{ path: 'data', is_dir: true }],
    });
    expect((await list('data')).files).toEqual([{ path: 'data/a.bin', is_dir: false, file_size: 3 }]);
    const url = `${store.url}/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?artifact_file_path=data/a.bin`;
    expect(await (await fetch(url)).text()).toBe('abc');
  });
});

describe('a search of logged models', () => {
  let experiment: string;
  beforeAll(async () => {
    experiment = (await store.want('POST', 'experiments/create', { name: 'models' })).experiment_id as string;
    const run_id = (await store.want('POST', 'runs/create', { experiment_id: experiment })).run?.info?.run_id;
    for (const [name, value] of [
      ['a', 0.2],
      ['b', 0.9],
      ['c', 0.5],
    ] as const) {
      const id = await create({ experiment_id: experiment, name });
      await store.want('POST', 'runs/log-metric', { run_id, key: 'f1 score', value, timestamp: 1, model_id: id });
    }
  });
  const search = (more: object) =>
    store.want('POST', 'logged-models/search', { experiment_ids: [experiment], ...more });
  const names = ({ models }: Json) => models?.map(({ info }) => info?.name);

  test('orders as asked, page after page', async () => {
    const query = { order_by: [{ field_name: 'metrics.f1 score', ascending: false }], max_results: 2 };
    const first = await search(query);
    const second = await search({ ...query, page_token: first.next_page_token });
    expect([names(first), names(second)]).toEqual([['b', 'c'], ['a']]);
    expect(names(await search({ order_by: [{ field_name: 'name' }] }))).toEqual(['a', 'b', 'c']);
  });

  test('filters; of no experiments it is empty', async () => {
    expect(names(await search({ filter: "name != 'b'", order_by: [{ field_name: 'name' }] }))).toEqual(['a', 'c']);
    expect(await store.want('POST', 'logged-models/search', { experiment_ids: [] })).toEqual({});
  });

  test.each([
    [{ order_by: [{ ascending: true }] }, /order_by\[0\]\.field_name/],
    [{ order_by: [{ field_name: 'metrics.f1', dataset_name: 'd' }] }, /by dataset/],
    [{ datasets: [{ dataset_name: 'd' }] }, /by dataset/],
    [{ max_results: -1 }, /max_results/],
  ])('%o is refused rather than done half', async (more, why) => {
    const { status, json } = await store.call('POST', 'logged-models/search', {
      experiment_ids: [experiment],
      ...more,
    });
    expect(status).toBe(400);
    expect(json.message).toMatch(why);
  });
});
