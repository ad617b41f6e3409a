import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { API, type Came, errorOf, sendError, withRest } from './stand-in.ts';

type Pair = { key: string; value: string };

/** An MLflow that stores what it is told, as far as these calls go, and whose answers can be lost on the way. */
function memoryServer(lost: (came: Came) => boolean) {
  const things: Record<string, { tags: Pair[]; body: Came['json']; id: string }[]> = {};
  const add = (kind: string, body: Came['json']) => {
    const made = { tags: (body['tags'] ?? []) as Pair[], body, id: String((things[kind]?.length ?? 0) + 1) };
    things[kind] = [...(things[kind] ?? []), made];
    return made;
  };
  const found = (kind: string, filter: string) => {
    const value = /tags\.`sentops\.key` = '([^']+)'/.exec(filter)?.[1];
    return (things[kind] ?? []).filter(({ tags }) =>
      tags.some(tag => tag.key === 'sentops.key' && tag.value === value),
    );
  };
  type Thing = ReturnType<typeof add>;
  const run = ({ id, tags }: Thing) => ({
    info: { run_id: id, experiment_id: '7', status: 'RUNNING' },
    data: { tags },
  });
  const model = ({ id, tags, body }: Thing) => ({
    info: { model_id: `m-${id}`, experiment_id: '7', name: body['name'], status: 'LOGGED_MODEL_PENDING', tags },
  });
  const version = ({ id, tags, body }: Thing) => ({ name: body['name'], version: id, source: body['source'], tags });
  const experiment = ({ id, tags, body }: Thing) => ({ experiment_id: id, name: body['name'], tags });
  const routes: Record<string, (came: Came, response: ServerResponse) => unknown> = {
    'runs/create': ({ json }) => ({ run: run(add('runs', json)) }),
    'runs/search': ({ json }) => ({ runs: found('runs', String(json['filter'])).map(run) }),
    'logged-models': ({ json }) => ({ model: model(add('models', json)) }),
    'logged-models/search': ({ json }) => ({ models: found('models', String(json['filter'])).map(model) }),
    'model-versions/create': ({ json }) => ({ model_version: version(add('versions', json)) }),
    'model-versions/search': ({ query }) => ({
      model_versions: found('versions', String(query.get('filter'))).map(version),
    }),
    'model-versions/get': ({ query }) => {
      const one = things['versions']?.find(({ id }) => id === query.get('version'));
      return { model_version: { ...(one && version(one)), aliases: ['b', 'a'] } };
    },
    'experiments/create': ({ json }, response) => {
      const taken = things['experiments']?.some(({ body }) => body['name'] === json['name']);
      if (taken) return sendError(response, 400, 'RESOURCE_ALREADY_EXISTS', 'Experiment already exists.');
      return { experiment_id: add('experiments', json).id };
    },
    'experiments/get-by-name': ({ query }, response) => {
      const one = things['experiments']?.find(({ body }) => body['name'] === query.get('experiment_name'));
      if (one === undefined) return sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'nothing');
      return { experiment: experiment(one) };
    },
  };
  const answer = async (came: Came, response: ServerResponse) => {
    const value = await routes[came.path.slice(API.length)]?.(came, response);
    if (!lost(came)) return value;
    response.destroy();
    return undefined;
  };
  return { things, answer };
}

/** The first answer to such a path is lost. */
function firstOf(path: string): (came: Came) => boolean {
  let seen = 0;
  return came => came.path === `${API}${path}` && seen++ === 0;
}

describe('an answer that is lost does not make a second one', () => {
  test('of a run', async () => {
    const { things, answer } = memoryServer(firstOf('runs/create'));
    await withRest(answer, async tracker => {
      expect(await tracker.runs.create({ experimentId: '7' })).toMatchObject({ runId: '1', experimentId: '7' });
      expect(things['runs']).toHaveLength(1);
    });
  });

  test('of an experiment', async () => {
    const { things, answer } = memoryServer(firstOf('experiments/create'));
    await withRest(answer, async tracker => {
      expect(await tracker.experiments.create({ name: 'e' })).toBe('1');
      expect(things['experiments']).toHaveLength(1);
    });
  });

  test('of a logged model', async () => {
    const { things, answer } = memoryServer(firstOf('logged-models'));
    await withRest(answer, async tracker => {
      expect(await tracker.loggedModels.create({ experimentId: '7', name: 'lr' })).toMatchObject({ modelId: 'm-1' });
      expect(things['models']).toHaveLength(1);
    });
  });

  test('of a version', async () => {
    const { things, answer } = memoryServer(firstOf('model-versions/create'));
    await withRest(answer, async tracker => {
      const version = await tracker.models.createVersion({ name: 'm', source: 'gs://b/m', key: 'k1' });
      expect(version).toMatchObject({ version: 1, source: 'gs://b/m', artifactUri: 'gs://b/m' });
      expect(things['versions']).toHaveLength(1);
    });
  });
});

test('a call that never came through is made again', async () => {
  let calls = 0;
  const { things, answer } = memoryServer(() => false);
  await withRest(
    (came, response) => {
      if (came.path === `${API}runs/create` && calls++ === 0) return void response.destroy();
      return answer(came, response);
    },
    async tracker => {
      await tracker.runs.create({ experimentId: '7' });
      expect([calls, things['runs']?.length]).toEqual([2, 1]);
    },
  );
});

test('a run that comes late, when it was made once more already, is taken back', async () => {
  const { things, answer } = memoryServer(() => false);
  const late: Came[] = [];
  const deleted: unknown[] = [];
  await withRest(
    async (came, response) => {
      if (came.path === `${API}runs/delete`) return deleted.push(came.json['run_id']) && {};
      if (came.path !== `${API}runs/create`) return answer(came, response);
      // The proxy gives up on the first one; the server behind it does not.
      if (late.push(came) === 1) return void response.writeHead(504).end();
      await answer(late[0] as Came, response);
      return answer(came, response);
    },
    async tracker => {
      expect(await tracker.runs.create({ experimentId: '7' })).toMatchObject({ runId: '2' });
      expect(things['runs']).toHaveLength(2);
      expect(deleted).toEqual(['1']);
    },
  );
});

test('the search for a lost run may be lost, too', async () => {
  const created = firstOf('runs/create');
  const searched = firstOf('runs/search');
  const { things, answer } = memoryServer(came => created(came) || searched(came));
  await withRest(answer, async tracker => {
    expect(await tracker.runs.create({ experimentId: '7' })).toMatchObject({ runId: '1' });
    expect(things['runs']).toHaveLength(1);
  });
});

test('two runs have two keys, and nobody sees them', async () => {
  const { things, answer } = memoryServer(() => false);
  await withRest(answer, async tracker => {
    const runs = [
      await tracker.runs.create({ experimentId: '7', tags: { a: 'b' } }),
      await tracker.runs.create({ experimentId: '7' }),
    ];
    expect(runs.map(({ tags }) => tags)).toEqual([{ a: 'b' }, {}]);
    const keys = things['runs']?.flatMap(({ tags }) => tags.filter(({ key }) => key === 'sentops.key'));
    expect(new Set(keys?.map(({ value }) => value)).size).toBe(2);
  });
});

test('an experiment of another one with the same name stays a conflict', async () => {
  const { answer } = memoryServer(() => false);
  await withRest(answer, async tracker => {
    await tracker.experiments.create({ name: 'taken' });
    expect((await errorOf(tracker.experiments.create({ name: 'taken' }))).code).toBe('CONFLICT');
  });
});

test('an experiment that somebody else made meanwhile is not taken for ours', async () => {
  let calls = 0;
  const { answer } = memoryServer(() => false);
  await withRest(
    async (came, response) => {
      if (came.path !== `${API}experiments/create` || calls++ > 0) return answer(came, response);
      const json = { ...came.json, tags: [{ key: 'sentops.key', value: 'of another' }] };
      await answer({ ...came, json }, response);
      response.destroy();
      return undefined;
    },
    async tracker => {
      expect((await errorOf(tracker.experiments.create({ name: 'both' }))).code).toBe('CONFLICT');
      expect(calls).toBe(2);
    },
  );
});

test('the same key gives the same version, also days later', async () => {
  const { things, answer } = memoryServer(() => false);
  await withRest(answer, async tracker => {
    const request = { name: 'm', source: 'gs://b/m', key: "it's" };
    const first = await tracker.models.createVersion({ ...request, key: 'k' });
    const again = await tracker.models.createVersion({ ...request, key: 'k' });
    expect([first.version, again.version]).toEqual([1, 1]);
    expect(again.aliases).toEqual(['a', 'b']);
    expect(things['versions']).toHaveLength(1);
    expect(await tracker.models.createVersion({ ...request, key: 'other' })).toMatchObject({ version: 2 });
  });
});

test('a copy of a version under another name is not taken for it', async () => {
  const { answer } = memoryServer(() => false);
  await withRest(answer, async tracker => {
    await tracker.models.createVersion({ name: 'one', source: 'gs://b/m', key: 'k' });
    expect(await tracker.models.createVersion({ name: 'two', source: 'gs://b/m', key: 'k' })).toMatchObject({
      name: 'two',
    });
  });
});

test('of two that asked at once with one key, the one who came second takes its version back', async () => {
  const deleted: unknown[] = [];
  const tags = [{ key: 'sentops.key', value: 'k' }];
  const versions = [
    { name: 'm', version: '4', source: 's', tags },
    { name: 'm', version: '3', source: 's', tags },
  ];
  let searches = 0;
  await withRest(
    ({ path, json }) => {
      if (path.endsWith('/search')) return searches++ === 0 ? {} : { model_versions: versions };
      if (path.endsWith('/create')) return { model_version: versions[0] };
      if (path.endsWith('/get')) return { model_version: versions[1] };
      deleted.push(json);
      return {};
    },
    async tracker => {
      const made = await tracker.models.createVersion({ name: 'm', source: 's', key: 'k' });
      expect(made.version).toBe(3);
      expect(deleted).toEqual([{ name: 'm', version: '4' }]);
    },
  );
});

test.each(['', `both ' and "`])('%j is no key', async key => {
  await withRest(
    () => ({}),
    async (tracker, { requests }) => {
      const work = tracker.models.createVersion({ name: 'm', source: 's', key });
      expect((await errorOf(work)).code).toBe('FLAG_INVALID');
      expect(requests).toHaveLength(0);
    },
  );
});
