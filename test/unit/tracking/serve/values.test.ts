import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

/** Every answer of the store comes a little late, so that requests meet each other half-way. */
function slowed(tracker: Tracker): Tracker {
  const slow = (port: object) =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const result: unknown = await method.apply(target, args);
          await new Promise(resolve => setTimeout(resolve, 5));
          return result;
        };
      },
    });
  return { ...tracker, runs: slow(tracker.runs) as Tracker['runs'] };
}

let store: StoreServer;
let run_id: string;
beforeAll(async () => {
  store = await startStoreServer({ wrap: slowed });
});
afterAll(() => store.stop());
beforeEach(async () => {
  run_id = (await store.want('POST', 'runs/create', { experiment_id: '0' })).run?.info?.run_id as string;
});

const data = async (): Promise<Json> => (await store.want('GET', 'runs/get', { run_id })).run?.data as Json;
const history = async (key: string): Promise<Json> =>
  (await store.want('GET', 'metrics/get-history', { run_id, metric_key: key })).metrics as Json;

test('what is nested too deep to be told of is a wrong value, not a failure of the server', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const body of [`{"run_id":[${deep}]}`, `{"run_id":"${run_id}","metrics":[{"key":${deep}}]}`]) {
    const { status, json } = await store.call('POST', 'runs/log-batch', body);
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  }
});

describe('one metric', () => {
  test.each([
    [0.5, 0.5],
    ['0.25', 0.25],
    ['1e-3', 0.001],
    ['NaN', 'NaN'],
    ['Infinity', Number.MAX_VALUE],
    ['-Infinity', -Number.MAX_VALUE],
  ])('%o is kept and told as %o', async (value, told) => {
    await store.want('POST', 'runs/log-metric', { run_id, key: 'm', value, timestamp: 7 });
    expect((await data()).metrics).toEqual([{ key: 'm', value: told, timestamp: 7, step: 0 }]);
  });

  test('the same again stays one', async () => {
    const metric = { run_id, key: 'm', value: 1, timestamp: 7, step: 2 };
    for (const _ of [1, 2]) await store.want('POST', 'runs/log-metric', metric);
    expect(await history('m')).toEqual([{ key: 'm', value: 1, timestamp: 7, step: 2 }]);
  });

  test('numbers may come as texts, as protobuf sends them', async () => {
    await store.want('POST', 'runs/log-metric', { run_id, key: 'm', value: 1, timestamp: '1700000000000', step: '3' });
    expect(await history('m')).toEqual([{ key: 'm', value: 1, timestamp: 1_700_000_000_000, step: 3 }]);
  });

  test.each([
    ['a step of 1.5, which MLflow takes for 0', { key: 'm', value: 1, timestamp: 1, step: 1.5 }, /step.*1\.5/],
    ['no time', { key: 'm', value: 1 }, /timestamp/],
    ['no value', { key: 'm', timestamp: 1 }, /value/],
    ['null for a value, as JSON has no NaN', { key: 'm', value: null, timestamp: 1 }, /value/],
    ['a word for a value', { key: 'm', value: 'high', timestamp: 1 }, /value.*high/],
    ['no key', { value: 1, timestamp: 1 }, /key/],
    ['a key with a path in it', { key: '../m', value: 1, timestamp: 1 }, /m/],
  ])('refused: %s', async (_title, metric, why) => {
    const { status, json } = await store.call('POST', 'runs/log-metric', { run_id, ...metric });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(why);
    expect(await data()).not.toHaveProperty('metrics');
  });

  test('a bare NaN is no JSON, and is not taken for 0', async () => {
    const body = `{"run_id": "${run_id}", "key": "m", "timestamp": 1,\n "value": NaN}`;
    const { status, json } = await store.call('POST', 'runs/log-metric', body);
    expect([status, json.error_code]).toEqual([400, 'BAD_REQUEST']);
    expect(json.message).toMatch(/"NaN" at line 2, column 11.*as a string/);
  });
});

describe('parameters', () => {
  test('are written once: the same value again is fine, another one is refused', async () => {
    const log = (value: string) => store.call('POST', 'runs/log-parameter', { run_id, key: 'p', value });
    const answers = [await log('1'), await log('1'), await log('2')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(answers[2]?.json.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await data()).params).toEqual([{ key: 'p', value: '1' }]);
  });

  test('are texts', async () => {
    const { status, json } = await store.call('POST', 'runs/log-parameter', { run_id, key: 'p', value: 3 });
    expect(status).toBe(400);
    expect(json.message).toMatch(/'value'.*a text/);
  });
});

describe('a batch', () => {
  const metrics = (count: number) =>
    Array.from({ length: count }, (_, step) => ({ key: 'm', value: step / 3, timestamp: 1, step }));
  const batch = (body: object) => store.call('POST', 'runs/log-batch', { run_id, ...body });

  test('of a thousand metrics, twice, is a thousand metrics', async () => {
    for (const _ of [1, 2]) expect((await batch({ metrics: metrics(1000) })).status).toBe(200);
    expect(await history('m')).toHaveLength(1000);
    expect((await data()).metrics).toEqual([{ key: 'm', value: 333, timestamp: 1, step: 999 }]);
  });

  test.each([
    [{ metrics: 1001 }, /1000 metrics\. Got 1001/],
    [{ metrics: 1000, params: 1 }, /1000 metrics, params and tags\. Got 1001/],
    [{ params: 101 }, /100 params/],
    [{ tags: 101 }, /100 tags/],
  ])('of %o is too large, as it is for MLflow', async (counts, why) => {
    const body = Object.fromEntries(
      Object.entries(counts).map(([kind, count]) => [
        kind,
        kind === 'metrics' ? metrics(count) : Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: 'v' })),
      ]),
    );
    const { status, json } = await batch(body);
    expect(status).toBe(400);
    expect(json.message).toMatch(why);
  });

  test('is taken whole or not at all', async () => {
    await store.want('POST', 'runs/log-parameter', { run_id, key: 'p', value: '1' });
    const answers = [
      await batch({ metrics: metrics(1), tags: [{ key: 't', value: 'v' }], params: [{ key: 'p', value: '2' }] }),
      await batch({ metrics: [...metrics(1), { key: 'm', value: 1, timestamp: 1, step: 0.5 }] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers[1]?.json.message).toMatch(/metrics\[1\]\.step/);
    const { params, tags, metrics: none } = await data();
    expect(none).toBeUndefined();
    expect(params).toEqual([{ key: 'p', value: '1' }]);
    expect(tags?.map(({ key }) => key)).not.toContain('t');
  });

  test('that says two things of one parameter is refused', async () => {
    const { status, json } = await batch({
      params: [
        { key: 'p', value: '1' },
        { key: 'p', value: '2' },
      ],
    });
    expect(status).toBe(400);
    expect(json.message).toMatch(/"p" stands twice/);
  });

  test('with nothing in it is fine', async () => {
    expect((await batch({})).status).toBe(200);
  });

  test('eight clients with 500 metrics each at once: nothing is lost', async () => {
    const send = async (client: number) => {
      for (let part = 0; part < 5; part += 1)
        await batch({
          metrics: Array.from({ length: 100 }, (_, i) => ({
            key: 'm',
            value: client,
            timestamp: client,
            step: part * 100 + i,
          })),
        });
    };
    await Promise.all(Array.from({ length: 8 }, (_, client) => send(client)));
    expect(await history('m')).toHaveLength(4000);
  });
});

describe('the list of models that MLflow 2 reads', () => {
  const model = (name: string, more: object = {}) =>
    JSON.stringify({
      run_id,
      artifact_path: name,
      utc_time_created: 'now',
      flavors: { f: { config: 'c', d: 1 } },
      ...more,
    });
  const log = (model_json: string) => store.call('POST', 'runs/log-model', { run_id, model_json });
  const logged = async () => {
    const tag = (await data()).tags?.find(({ key }) => key === 'mlflow.log-model.history');
    return JSON.parse(tag?.value as string) as Json;
  };

  test('ten requests at once that each add one: ten are there', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `model-${index}`);
    const answers = await Promise.all(names.map(name => log(model(name))));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect((await logged()).map(({ artifact_path }) => artifact_path).sort()).toEqual(names);
  });

  test('keeps what finds a model, and not its configuration', async () => {
    await log(model('one', { model_uuid: 'u', signature: 'long' }));
    expect(await logged()).toEqual([
      { run_id, artifact_path: 'one', utc_time_created: 'now', model_uuid: 'u', flavors: { f: { d: 1 } } },
    ]);
  });

  test.each([
    ['{', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['{"run_id":"x"}', /artifact_path, utc_time_created, flavors/],
  ])('%s is no model', async (text, why) => {
    const { status, json } = await log(text);
    expect(status).toBe(400);
    expect(json.message).toMatch(why);
  });
});
