import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer();
});
afterAll(() => store.stop());

let made = 0;
async function createModel(more: object = {}): Promise<string> {
  made += 1;
  const name = `model ${made}`;
  await store.want('POST', 'registered-models/create', { name, ...more });
  return name;
}
const source = 'mlflow-artifacts:/0/abc/artifacts/model';
async function createVersion(name: string, more: object = {}): Promise<Json> {
  return (await store.want('POST', 'model-versions/create', { name, source, ...more })).model_version as Json;
}
const getModel = async (name: string): Promise<Json> =>
  (await store.want('GET', 'registered-models/get', { name })).registered_model as Json;
const getVersion = async (name: string, version: unknown): Promise<Json> =>
  (await store.want('GET', 'model-versions/get', { name, version })).model_version as Json;

describe('registered models', () => {
  test('are made, described, tagged, renamed, deleted', async () => {
    const name = await createModel({ description: 'first', tags: [{ key: 'team', value: 'a' }] });
    expect(await getModel(name)).toEqual({
      name,
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      description: 'first',
      tags: [{ key: 'team', value: 'a' }],
    });
    const updated = await store.want('PATCH', 'registered-models/update', { name, description: 'second' });
    expect(updated.registered_model?.description).toBe('second');
    await store.want('POST', 'registered-models/set-tag', { name, key: 'k', value: 'v' });
    for (const _ of [1, 2]) await store.want('DELETE', 'registered-models/delete-tag', { name, key: 'team' });
    const renamed = await store.want('POST', 'registered-models/rename', { name, new_name: `${name} new` });
    expect(renamed.registered_model).toMatchObject({ name: `${name} new`, tags: [{ key: 'k', value: 'v' }] });
    await store.want('DELETE', 'registered-models/delete', { name: `${name} new` });
    const again = await store.call('DELETE', 'registered-models/delete', { name: `${name} new` });
    expect([again.status, again.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test('a name that is taken is 400 RESOURCE_ALREADY_EXISTS, one with a slash INVALID_PARAMETER_VALUE', async () => {
    const name = await createModel();
    const taken = await store.call('POST', 'registered-models/create', { name });
    const slash = await store.call('POST', 'registered-models/create', { name: 'a/b' });
    expect([taken.status, taken.json.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    expect([slash.status, slash.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  test('are searched by GET, page after page', async () => {
    for (const name of ['paged b', 'paged a', 'paged c'])
      await store.want('POST', 'registered-models/create', { name });
    const query = { filter: "name LIKE 'paged%'", max_results: 2, order_by: ['name DESC'] };
    const first = await store.want('GET', 'registered-models/search', query);
    const second = await store.want('GET', 'registered-models/search', { ...query, page_token: first.next_page_token });
    const names = [first, second].map(page => page.registered_models?.map(({ name }) => name));
    expect(names).toEqual([['paged c', 'paged b'], ['paged a']]);
    expect((await store.call('GET', 'registered-models/search', { max_results: 1001 })).status).toBe(400);
  });
});

describe('versions', () => {
  test('are numbered in order, whoever asks at the same time, and a number is never given again', async () => {
    const name = await createModel();
    const versions = await Promise.all(Array.from({ length: 8 }, () => createVersion(name)));
    expect(versions.map(({ version }) => version).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    await store.want('DELETE', 'model-versions/delete', { name, version: '8' });
    expect((await createVersion(name)).version).toBe('9');
    expect((await store.call('GET', 'model-versions/get', { name, version: '8' })).status).toBe(404);
  });

  test('tell where their files are, as a client can reach them', async () => {
    const name = await createModel();
    const version = await createVersion(name, { description: 'd', tags: [{ key: 'k', value: 'v' }] });
    expect(version).toMatchObject({
      name,
      version: '1',
      source,
      status: 'READY',
      current_stage: 'None',
      description: 'd',
    });
    expect(version.tags).toEqual([{ key: 'k', value: 'v' }]);
    expect(await store.want('GET', 'model-versions/get-download-uri', { name, version: 1 })).toEqual({
      artifact_uri: source,
    });
    const kept = await store.tracker.models.find(name, { version: 1 });
    expect(kept?.source).toMatch(/^file:\/\/\/.*\/artifacts\/0\/abc\/artifacts\/model$/);
  });

  test('of a run are found where the run has them', async () => {
    const name = await createModel();
    const info = (await store.want('POST', 'runs/create', { experiment_id: '0' })).run?.info;
    const run_id = info?.run_id as string;
    const version = await createVersion(name, { source: `runs:/${run_id}/model`, run_id });
    const { artifact_uri } = await store.want('GET', 'model-versions/get-download-uri', { name, version: 1 });
    expect([version.source, version.run_id]).toEqual([`runs:/${run_id}/model`, run_id]);
    expect(artifact_uri).toBe(`${info?.artifact_uri}/model`);
  });

  test('copied by an alias stand for the version that it meant then', async () => {
    const [from, to] = [await createModel(), await createModel()];
    await createVersion(from);
    await createVersion(from, { source: 'mlflow-artifacts:/0/def/artifacts/model' });
    await store.want('POST', 'registered-models/alias', { name: from, alias: 'champion', version: '1' });
    await store.want('POST', 'model-versions/transition-stage', { name: from, version: '2', stage: 'staging' });
    const sources = [
      `models:/${from}@champion`,
      `models:/${from}/Staging`,
      `models:/${from}/latest`,
      `models:/${from}/1`,
    ];
    for (const one of sources) await createVersion(to, { source: one });
    await store.want('POST', 'registered-models/alias', { name: from, alias: 'champion', version: '2' });
    const found = await Promise.all([1, 2, 3, 4].map(version => getVersion(to, version)));
    expect(found.map(version => version.source)).toEqual([1, 2, 2, 1].map(version => `models:/${from}/${version}`));
    const uri = await store.want('GET', 'model-versions/get-download-uri', { name: to, version: 2 });
    expect(uri.artifact_uri).toBe('mlflow-artifacts:/0/def/artifacts/model');
    const none = await store.call('POST', 'model-versions/create', { name: to, source: `models:/${from}@nobody` });
    expect(none.status).toBe(404);
  });

  test('made with the key of our own client are made once', async () => {
    const name = await createModel();
    const tags = [{ key: 'sentops.key', value: 'abc' }];
    const twice = [await createVersion(name, { tags }), await createVersion(name, { tags })];
    expect(twice.map(({ version }) => version)).toEqual(['1', '1']);
    expect(twice[0]?.tags).toEqual(tags);
    const plain = await createVersion(name);
    expect([plain.version, plain.tags]).toEqual(['2', undefined]);
  });

  test.each([
    'file:///etc/passwd',
    '/etc/passwd',
    'relative/model',
    '../model',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/0/%2e%2e/%2e%2e/etc',
    'mlflow-artifacts://other:5000/0/abc',
    'https://example.com/model',
    'runs://other/abc/model',
    'runs:/abc/../../model',
    'models:/a/../b',
    'gs://bucket/%2e%2e/other',
    'mlflow-artifacts:/0/a%00b',
    'file:///C:\\Windows',
  ])('cannot have a source that leads elsewhere: %s', async bad => {
    const name = await createModel();
    const { status, json } = await store.call('POST', 'model-versions/create', { name, source: bad });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(/source/);
    expect(await getModel(name)).not.toHaveProperty('latest_versions');
  });

  test.each(['gs://bucket/model', 's3://bucket/a/b', 'dummy-source'])('can have the source %s', async good => {
    const name = await createModel();
    expect((await createVersion(name, { source: good })).source).toBe(good);
  });

  test('of a model that is not there are 404, without a source 400', async () => {
    const [absent, empty] = [
      await store.call('POST', 'model-versions/create', { name: 'nobody', source }),
      await store.call('POST', 'model-versions/create', { name: await createModel() }),
    ];
    expect([absent.status, empty.status]).toEqual([404, 400]);
  });

  test('are described, tagged, searched', async () => {
    const name = await createModel();
    await createVersion(name);
    await createVersion(name);
    const updated = await store.want('PATCH', 'model-versions/update', { name, version: '2', description: 'better' });
    expect(updated.model_version?.description).toBe('better');
    await store.want('POST', 'model-versions/set-tag', { name, version: '2', key: 'k', value: 'v' });
    const found = await store.want('GET', 'model-versions/search', { filter: `name = '${name}' and tags.k = 'v'` });
    expect(found.model_versions?.map(({ version }) => version)).toEqual(['2']);
    await store.want('DELETE', 'model-versions/delete-tag', { name, version: '2', key: 'k' });
    expect(await store.want('GET', 'model-versions/search', { filter: `name = '${name}' and tags.k = 'v'` })).toEqual(
      {},
    );
    const query = { filter: `name = '${name}'`, order_by: ['version_number ASC'], max_results: 1 };
    const first = await store.want('GET', 'model-versions/search', query);
    const second = await store.want('GET', 'model-versions/search', { ...query, page_token: first.next_page_token });
    expect([first, second].map(page => page.model_versions?.map(({ version }) => version))).toEqual([['1'], ['2']]);
  });
});

describe('stages', () => {
  test('are taken in any case, told as MLflow writes them, and can send the older one to the archive', async () => {
    const name = await createModel();
    for (const version of ['1', '2']) {
      await createVersion(name);
      const body = { name, version, stage: 'PRODUCTION', archive_existing_versions: true };
      const { model_version } = await store.want('POST', 'model-versions/transition-stage', body);
      expect(model_version?.current_stage).toBe('Production');
    }
    expect((await getVersion(name, 1)).current_stage).toBe('Archived');
    const latest = (method: string, stages?: string[]) =>
      store.want(method, 'registered-models/get-latest-versions', { name, ...(stages ? { stages } : {}) });
    for (const method of ['GET', 'POST']) {
      expect((await latest(method, ['production'])).model_versions?.map(({ version }) => version)).toEqual(['2']);
      expect((await latest(method)).model_versions?.map(({ version }) => version).sort()).toEqual(['1', '2']);
      expect(await latest(method, ['Staging'])).toEqual({});
    }
  });

  test('that there are not are refused', async () => {
    const name = await createModel();
    await createVersion(name);
    const body = { name, version: '1', stage: 'Live' };
    const { status, json } = await store.call('POST', 'model-versions/transition-stage', body);
    expect(status).toBe(400);
    expect(json.message).toMatch(/None, Staging, Production, Archived/);
    expect(
      (await store.call('POST', 'model-versions/transition-stage', { ...body, version: '9', stage: 'None' })).status,
    ).toBe(404);
  });
});

describe('aliases', () => {
  const alias = (method: string, name: string, more: object) =>
    store.call(method, 'registered-models/alias', { name, ...more });

  test('move, are told by model and version, and are removed as often as one likes', async () => {
    const name = await createModel();
    for (const version of ['1', '2']) {
      await createVersion(name);
      await alias('POST', name, { alias: 'champion', version });
    }
    const { json } = await alias('GET', name, { alias: 'champion' });
    expect(json.model_version).toMatchObject({ version: '2', aliases: ['champion'] });
    expect(await getModel(name)).toMatchObject({ aliases: [{ alias: 'champion', version: '2' }] });
    for (const _ of [1, 2]) expect((await alias('DELETE', name, { alias: 'champion' })).status).toBe(200);
    expect(await getModel(name)).not.toHaveProperty('aliases');
  });

  test('that are not there are 400 INVALID_PARAMETER_VALUE, as clients know it; of no model 404', async () => {
    const name = await createModel();
    const unknown = await alias('GET', name, { alias: 'nobody' });
    const absent = await alias('GET', 'no model', { alias: 'nobody' });
    expect([unknown.status, unknown.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(unknown.json.message).toBe('Registered model alias nobody not found.');
    expect([absent.status, absent.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test.each(['latest', 'v3', 'a b', 'a/b'])('cannot be called %s', async name => {
    const model = await createModel();
    await createVersion(model);
    expect((await alias('POST', model, { alias: name, version: '1' })).status).toBe(400);
  });

  test('point at a version that there is', async () => {
    const name = await createModel();
    expect((await alias('POST', name, { alias: 'champion', version: '1' })).status).toBe(404);
  });
});
