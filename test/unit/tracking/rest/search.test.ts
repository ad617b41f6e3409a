import { describe, expect, test } from 'vitest';
import { allPages } from '../../../../src/lib/tracking/all-pages.ts';
import { API, errorOf, sendError, withRest } from './stand-in.ts';

describe('what a search sends', () => {
  test('always how many, never more than the server gives', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.experiments.search({ limit: 7 });
        await tracker.experiments.search({ limit: 1_000_000, view: 'all' });
        await tracker.runs.search({ experimentIds: ['1', '2'], limit: 1_000_000, view: 'deleted' });
        await tracker.models.search({ limit: 1_000_000 });
        await tracker.models.searchVersions({ limit: 1_000_000 });
        await tracker.loggedModels.search({ experimentIds: ['1'], limit: 1_000_000 });
        const most = requests.map(({ json, query }) => Number(json['max_results'] ?? query.get('max_results')));
        expect(most).toEqual([7, 50_000, 50_000, 1000, 200_000, 1000]);
        expect(requests[0]?.json).toEqual({ max_results: 7, view_type: 'ACTIVE_ONLY' });
        expect(requests[1]?.json['view_type']).toBe('ALL');
        expect(requests[2]?.json).toMatchObject({ experiment_ids: ['1', '2'], run_view_type: 'DELETED_ONLY' });
      },
    );
  });

  test('filter, order and page, as the kind of request needs them', async () => {
    const query = { filter: "name = 'a&b'", orderBy: ['name DESC', 'creation_time'], limit: 5, pageToken: 't==' };
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.experiments.search(query);
        await tracker.models.search(query);
        const { filter, orderBy: order } = query;
        expect(requests[0]?.json).toMatchObject({ filter, order_by: order, page_token: 't==' });
        expect(requests[1]?.method).toBe('GET');
        expect(requests[1]?.query.get('filter')).toBe(filter);
        expect(requests[1]?.query.getAll('order_by')).toEqual(order);
        expect(requests[1]?.query.get('page_token')).toBe('t==');
      },
    );
  });

  test('orders logged models in their own way', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        const orderBy = ['metrics.auc DESC', 'creation_timestamp asc', 'name', 'metrics.`a b` desc'];
        await tracker.loggedModels.search({ experimentIds: ['1'], orderBy, limit: 5 });
        expect(requests[0]?.json['order_by']).toEqual([
          { field_name: 'metrics.auc', ascending: false },
          { field_name: 'creation_timestamp', ascending: true },
          { field_name: 'name', ascending: true },
          { field_name: 'metrics.`a b`', ascending: false },
        ]);
      },
    );
  });
});

test('an empty page may have a page behind it, and the last one no token or an empty one', async () => {
  const experiment = (id: string) => ({ experiment_id: id, name: `e${id}` });
  const pages: Record<string, object> = {
    '': { experiments: [experiment('1')], next_page_token: 'a' },
    a: { next_page_token: 'b' },
    b: { experiments: [experiment('2')], next_page_token: '' },
  };
  await withRest(
    ({ json }) => pages[String(json['page_token'] ?? '')],
    async tracker => {
      const found = await allPages(pageToken =>
        tracker.experiments.search({ limit: 1, ...(pageToken === undefined ? {} : { pageToken }) }),
      );
      expect(found.map(({ experimentId }) => experimentId)).toEqual(['1', '2']);
    },
  );
});

test('a page that says it is followed by itself is no page: it would be asked for without end', async () => {
  await withRest(
    () => ({ next_page_token: 'same' }),
    async tracker => {
      const search = (pageToken: string) => tracker.experiments.search({ limit: 1, pageToken });
      expect(await search('other')).toEqual({ items: [], nextPageToken: 'same' });
      expect(await errorOf(search('same'))).toMatchObject({ code: 'DATA_INVALID', details: { pageToken: 'same' } });
    },
  );
});

describe('a filter that the server refuses', () => {
  const refuse = (message: string) => (_: unknown, response: import('node:http').ServerResponse) =>
    sendError(response, 400, 'INVALID_PARAMETER_VALUE', message);

  test('is told with the column where our own parser sees it, too', async () => {
    await withRest(refuse("Invalid comparator '>>'"), async tracker => {
      const work = tracker.runs.search({ experimentIds: ['1'], filter: 'metrics.f1 >> 0.4', limit: 5 });
      const error = await errorOf(work);
      expect(error).toMatchObject({ code: 'FLAG_INVALID', details: { errorCode: 'INVALID_PARAMETER_VALUE' } });
      expect(error.message).toMatch(/column 1[0-9]/);
      expect(JSON.stringify(error.details)).toContain("Invalid comparator '>>'");
    });
  });

  test('or with the order', async () => {
    await withRest(refuse('Invalid order_by'), async tracker => {
      const work = tracker.runs.search({ experimentIds: ['1'], orderBy: ['metrics.f1 DOWN'], limit: 5 });
      expect((await errorOf(work)).message).toMatch(/DOWN|column/);
    });
  });

  test('or in the words of the server where we see nothing wrong', async () => {
    await withRest(refuse('Something that only the server knows'), async tracker => {
      const work = tracker.runs.search({ experimentIds: ['1'], filter: 'metrics.f1 > 0.4', limit: 5 });
      expect((await errorOf(work)).message).toContain('Something that only the server knows');
    });
  });
});

describe('versions', () => {
  const version = (number: number, source: string, stage = 'None') => ({
    name: 'm',
    version: String(number),
    source,
    current_stage: stage,
    status: 'READY',
  });
  const model = {
    name: 'm',
    aliases: [
      { alias: 'champion', version: '2' },
      { alias: 'best', version: '2' },
    ],
    latest_versions: [version(1, 'runs:/r1/model', 'Archived'), version(2, 'models:/m-1', 'Production')],
  };
  const run = { info: { run_id: 'r1', experiment_id: '1', status: 'FINISHED', artifact_uri: 'gs://b/1/r1/artifacts' } };
  const logged = {
    info: { model_id: 'm-1', experiment_id: '1', name: 'lr', status: 'LOGGED_MODEL_READY', artifact_uri: 'gs://b/m-1' },
  };
  const answers: Record<string, unknown> = {
    [`${API}registered-models/get`]: { registered_model: model },
    [`${API}registered-models/search`]: { registered_models: [model] },
    [`${API}model-versions/search`]: { model_versions: [version(3, 'runs:/r1/a'), ...model.latest_versions] },
    [`${API}runs/get`]: { run },
    [`${API}logged-models/m-1`]: { model: logged },
  };

  test('have their aliases and their place whichever call they come from', async () => {
    await withRest(
      ({ path }) => answers[path] ?? {},
      async (tracker, { requests }) => {
        const { items } = await tracker.models.searchVersions({ limit: 10 });
        expect(items.map(item => [item.version, item.artifactUri, item.aliases])).toEqual([
          [3, 'gs://b/1/r1/artifacts/a', []],
          [1, 'gs://b/1/r1/artifacts/model', []],
          [2, 'gs://b/m-1', ['best', 'champion']],
        ]);
        const found = await tracker.models.find('m', { stage: 'Production' });
        expect(found).toMatchObject({ version: 2, artifactUri: 'gs://b/m-1', aliases: ['best', 'champion'] });
        expect(await tracker.models.find('m', { stage: 'Staging' })).toBeNull();
        const [listed] = (await tracker.models.search({ limit: 5 })).items;
        expect(listed?.latest.map(({ artifactUri }) => artifactUri)).toEqual([
          'gs://b/1/r1/artifacts/model',
          'gs://b/m-1',
        ]);
        const paths = requests.map(({ path }) => path.slice(API.length));
        // The model once for each call that needs it, a run and a logged model once at all.
        expect(paths.filter(path => path === 'registered-models/get')).toHaveLength(3);
        expect(paths.filter(path => path === 'runs/get')).toHaveLength(1);
        expect(paths.filter(path => path === 'logged-models/m-1')).toHaveLength(1);
      },
    );
  });

  test('that are copies of another version lie where the server says', async () => {
    const copy = version(5, 'models:/other/2');
    await withRest(
      ({ path }) =>
        path === `${API}model-versions/get` ? { model_version: copy } : { artifact_uri: 'runs:/r1/model', run },
      async (tracker, { requests }) => {
        const found = await tracker.models.find('m', { version: 5 });
        expect(found).toMatchObject({ source: 'models:/other/2', artifactUri: 'gs://b/1/r1/artifacts/model' });
        expect(requests[1]?.path).toBe(`${API}model-versions/get-download-uri`);
        expect(Object.fromEntries(requests[1]?.query ?? [])).toEqual({ name: 'm', version: '5' });
      },
    );
  });

  test('of a run that is gone keep the name of their source', async () => {
    await withRest(
      ({ path }, response) =>
        path === `${API}model-versions/get`
          ? { model_version: version(1, 'runs:/gone/model') }
          : sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'gone'),
      async tracker => {
        expect(await tracker.models.find('m', { version: 1 })).toMatchObject({ artifactUri: 'runs:/gone/model' });
      },
    );
  });

  test('move between stages with what the server answers', async () => {
    await withRest(
      () => ({ model_version: { ...version(3, 'gs://b/m', 'Production'), aliases: ['z', 'a'] } }),
      async (tracker, { requests }) => {
        const moved = await tracker.models.transition('m', 3, 'Production', { archiveExisting: true });
        expect(moved).toMatchObject({ version: 3, stage: 'Production', aliases: ['a', 'z'] });
        expect(requests[0]?.json).toEqual({
          name: 'm',
          version: '3',
          stage: 'Production',
          archive_existing_versions: true,
        });
      },
    );
  });
});

describe('parameters of a logged model', () => {
  const info = { model_id: 'm-1', experiment_id: '1', name: 'lr', status: 'LOGGED_MODEL_READY' };
  const answer = { model: { info, data: { params: [{ key: 'a', value: '1' }] } } };

  test('are sent where they are new', async () => {
    await withRest(
      () => answer,
      async (tracker, { requests }) => {
        await tracker.loggedModels.logParams('m-1', { a: '1', b: '2' });
        expect(requests[1]).toMatchObject({
          path: `${API}logged-models/m-1/params`,
          json: { params: [{ key: 'b', value: '2' }] },
        });
        await tracker.loggedModels.logParams('m-1', { a: '1' });
        expect(requests).toHaveLength(3);
      },
    );
  });

  test('of a model that is not there are NOT_FOUND, where the server speaks of foreign keys', async () => {
    await withRest(
      (_, response) => sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'nothing'),
      async tracker => {
        expect(await errorOf(tracker.loggedModels.logParams('m-9', { a: '1' }))).toMatchObject({
          code: 'NOT_FOUND',
          details: { modelId: 'm-9' },
        });
      },
    );
  });

  test('are not changed', async () => {
    await withRest(
      () => answer,
      async (tracker, { requests }) => {
        const error = await errorOf(tracker.loggedModels.logParams('m-1', { b: '2', a: '7' }));
        expect(error).toMatchObject({ code: 'CONFLICT', details: { key: 'a' } });
        expect(requests).toHaveLength(1);
      },
    );
  });
});

test('deletions and changes carry a body, as the server wants it of every method', async () => {
  await withRest(
    () => ({}),
    async (tracker, { requests }) => {
      const { models, experiments, runs, loggedModels } = tracker;
      await models.delete('m');
      await models.deleteTag('m', 'a');
      await models.deleteVersion('m', 3);
      await models.deleteVersionTag('m', 3, 'a');
      await models.deleteAlias('m', 'champion');
      await models.describe('m', 'what');
      await models.describeVersion('m', 3, 'what');
      await models.rename('m', 'n');
      await experiments.deleteTag('1', 'a');
      await runs.deleteTag('r', 'a');
      await loggedModels.finish('m-1', 'UPLOAD_FAILED');
      const sent = requests.map(({ method, path, json }) => [method, path.slice(API.length), json]);
      expect(sent).toEqual([
        ['DELETE', 'registered-models/delete', { name: 'm' }],
        ['DELETE', 'registered-models/delete-tag', { name: 'm', key: 'a' }],
        ['DELETE', 'model-versions/delete', { name: 'm', version: '3' }],
        ['DELETE', 'model-versions/delete-tag', { name: 'm', version: '3', key: 'a' }],
        ['DELETE', 'registered-models/alias', { name: 'm', alias: 'champion' }],
        ['PATCH', 'registered-models/update', { name: 'm', description: 'what' }],
        ['PATCH', 'model-versions/update', { name: 'm', version: '3', description: 'what' }],
        ['POST', 'registered-models/rename', { name: 'm', new_name: 'n' }],
        ['POST', 'experiments/delete-experiment-tag', { experiment_id: '1', key: 'a' }],
        ['POST', 'runs/delete-tag', { run_id: 'r', key: 'a' }],
        ['PATCH', 'logged-models/m-1', { model_id: 'm-1', status: 'LOGGED_MODEL_UPLOAD_FAILED' }],
      ]);
      expect(requests.every(({ query }) => query.size === 0)).toBe(true);
    },
  );
});

test('a name that is taken is a conflict also where the database says it in SQL', async () => {
  const experiment = { experiment_id: '2', name: 'taken' };
  await withRest(
    ({ path }, response) =>
      path === `${API}experiments/get-by-name`
        ? { experiment }
        : sendError(response, 400, 'BAD_REQUEST', '(sqlite3.IntegrityError) UNIQUE constraint failed'),
    async tracker => {
      const error = await errorOf(tracker.experiments.rename('1', 'taken'));
      expect(error).toMatchObject({ code: 'CONFLICT', details: { experimentId: '2' } });
      expect((await errorOf(tracker.experiments.rename('2', 'taken'))).code).toBe('FLAG_INVALID');
    },
  );
});
