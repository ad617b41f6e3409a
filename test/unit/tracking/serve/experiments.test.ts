import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer();
});
afterAll(() => store.stop());

let made = 0;
async function create(more: object = {}): Promise<{ id: string; name: string }> {
  made += 1;
  const name = `experiment ${made}`;
  const json = await store.want('POST', 'experiments/create', { name, ...more });
  return { id: json['experiment_id'] as string, name };
}

describe('experiments', () => {
  test('one that was made is found by id and by name, with an address that a client anywhere can use', async () => {
    const { id, name } = await create({ tags: [{ key: 'team', value: 'a' }] });
    const byId = await store.want('GET', 'experiments/get', { experiment_id: id });
    const byName = await store.want('GET', 'experiments/get-by-name', { experiment_name: name });
    expect(byName).toEqual(byId);
    expect(byId.experiment).toEqual({
      experiment_id: id,
      name,
      artifact_location: `mlflow-artifacts:/${id}`,
      lifecycle_stage: 'active',
      creation_time: expect.any(Number),
      last_update_time: expect.any(Number),
      tags: [{ key: 'team', value: 'a' }],
    });
    expect((await store.tracker.experiments.get(id))?.artifactLocation).toMatch(/^file:\/\/\/.*\/artifacts\/\d+$/);
  });

  test('a name that is taken, also by a deleted one, is 400 RESOURCE_ALREADY_EXISTS', async () => {
    const { id, name } = await create();
    await store.want('POST', 'experiments/delete', { experiment_id: id });
    const { status, json } = await store.call('POST', 'experiments/create', { name });
    expect([status, json.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
  });

  test('six clients that make the same one at once: one does, five are told', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => store.call('POST', 'experiments/create', { name: 'same' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });

  test.each([
    ['get', { experiment_id: '999' }],
    ['get-by-name', { experiment_name: 'nobody' }],
  ])('%s of what is not there is 404 RESOURCE_DOES_NOT_EXIST', async (route, query) => {
    const { status, json } = await store.call('GET', `experiments/${route}`, query);
    expect([status, json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test.each([
    ['POST', 'create', {}, /'name'/],
    ['POST', 'create', { name: 1 }, /'name'.*a text/],
    ['POST', 'create', { name: 'x', tags: 'a' }, /'tags'.*a list/],
    ['POST', 'create', { name: 'x', tags: [{ value: 'a' }] }, /tags\[0\]\.key/],
    ['GET', 'get', {}, /'experiment_id'/],
    ['GET', 'get', { experiment_id: 'abc' }, /abc/],
    ['POST', 'get-by-name', { experiment_name: 'x' }, /POST is not for/],
    ['GET', 'search', {}, /'max_results'/],
    ['GET', 'search', { max_results: 0 }, /between 1 and 50000/],
    ['POST', 'search', { max_results: 50_001 }, /between 1 and 50000/],
    ['POST', 'search', { max_results: 1.5 }, /a whole number/],
    ['POST', 'search', { max_results: 1, view_type: 'SOME' }, /ACTIVE_ONLY/],
    ['POST', 'search', { max_results: 1, page_token: 'rubbish' }, /token/],
    ['POST', 'search', { max_results: 1, filter: 'nme = 1' }, /nme/],
    ['POST', 'search', { max_results: 1, order_by: [1] }, /a list of texts/],
  ])('%s %s %o is refused, and says why', async (method, route, body, why) => {
    const { status, json } = await store.call(method, `experiments/${route}`, body);
    expect(Math.floor(status / 100)).toBe(4);
    expect(json.message).toMatch(why);
    expect(json.error_code).toMatch(/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/);
  });

  test('search goes by GET and by POST, page after page, in the order asked for, and leaves an empty list out', async () => {
    const filter = "name LIKE 'paged%'";
    for (const name of ['paged b', 'paged a', 'paged c']) await store.want('POST', 'experiments/create', { name });
    const query = { filter, max_results: 2, order_by: ['name ASC'] };
    const first = await store.want('GET', 'experiments/search', query);
    const second = await store.want('POST', 'experiments/search', { ...query, page_token: first.next_page_token });
    const names = [first, second].map(page => page.experiments?.map(({ name }) => name));
    expect(names).toEqual([['paged a', 'paged b'], ['paged c']]);
    expect(second.next_page_token).toBeUndefined();
    expect(await store.want('POST', 'experiments/search', { filter: "name = 'none'", max_results: 1 })).toEqual({});
  });

  test('rename, tags, delete and restore; the second delete is 404', async () => {
    const { id } = await create();
    await store.want('POST', 'experiments/update', { experiment_id: id, new_name: 'renamed' });
    await store.want('POST', 'experiments/set-experiment-tag', { experiment_id: id, key: 'k', value: 'v' });
    await store.want('POST', 'experiments/set-experiment-tag', { experiment_id: id, key: 'empty', value: '' });
    await store.want('POST', 'experiments/delete-experiment-tag', { experiment_id: id, key: 'k' });
    await store.want('POST', 'experiments/delete', { experiment_id: id });
    const again = await store.call('POST', 'experiments/delete', { experiment_id: id });
    const deleted = await store.want('GET', 'experiments/search', { max_results: 9, view_type: 'DELETED_ONLY' });
    await store.want('POST', 'experiments/restore', { experiment_id: id });
    const { experiment } = await store.want('GET', 'experiments/get', { experiment_id: id });
    expect(again.status).toBe(404);
    expect(deleted.experiments?.map(one => one.experiment_id)).toContain(id);
    expect(experiment).toMatchObject({
      name: 'renamed',
      lifecycle_stage: 'active',
      tags: [{ key: 'empty', value: '' }],
    });
  });

  test('a location below the artifact folder is kept as a folder of this machine and told as before', async () => {
    const { id } = await create({ artifact_location: 'mlflow-artifacts:/team/space and ä' });
    const { experiment } = await store.want('GET', 'experiments/get', { experiment_id: id });
    expect(experiment?.artifact_location).toBe('mlflow-artifacts:/team/space and ä');
    const kept = (await store.tracker.experiments.get(id))?.artifactLocation ?? '';
    expect(new URL(kept).protocol).toBe('file:');
    expect(decodeURIComponent(kept)).toContain('/artifacts/team/space and ä');
  });

  test('a bucket is kept as it is', async () => {
    const { id } = await create({ artifact_location: 'gs://bucket/runs' });
    const { experiment } = await store.want('GET', 'experiments/get', { experiment_id: id });
    expect(experiment?.artifact_location).toBe('gs://bucket/runs');
  });

  test.each([
    'file:///etc',
    '/etc',
    './here',
    'relative',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/%2e%2e/%2e%2e/etc',
    'mlflow-artifacts:/%252e%252e/etc',
    'mlflow-artifacts:/..%2fetc',
    'mlflow-artifacts:/a\\..\\b',
    'mlflow-artifacts:/a%00b',
    'mlflow-artifacts://elsewhere:5000/1',
    'mlflow-artifacts:/',
    'http://127.0.0.1:1/api/2.0/mlflow-artifacts/artifacts/1',
    'gs://bucket/../other',
  ])('a location that would let a client read other files is refused: %s', async location => {
    const body = { name: `bad ${location}`, artifact_location: location };
    const { status, json } = await store.call('POST', 'experiments/create', body);
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(/artifact_location/);
  });

  test('an experiment whose files lie elsewhere by the will of this machine keeps its address', async () => {
    const id = await store.tracker.experiments.create({ name: 'elsewhere', artifactLocation: 'file:///mnt/runs' });
    const { experiment } = await store.want('GET', 'experiments/get', { experiment_id: id });
    expect(experiment?.artifact_location).toBe('file:///mnt/runs');
  });
});
