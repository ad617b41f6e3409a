import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleSteps } from '../../../../src/lib/tracking/serve/history.ts';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
const runs: string[] = [];
beforeAll(async () => {
  store = await startStoreServer();
  for (const [index, length] of [50, 3].entries()) {
    const { run } = await store.want('POST', 'runs/create', { experiment_id: '0' });
    runs.push(run?.info?.run_id as string);
    const metrics = Array.from({ length }, (_, step) => ({
      key: 'loss',
      value: 1 / (step + 1),
      timestamp: index,
      step,
    }));
    await store.want('POST', 'runs/log-batch', { run_id: runs[index], metrics });
  }
});
afterAll(() => store.stop());

const get = (route: string, query: object) => store.call('GET', `metrics/${route}`, query);
const steps = (json: Json) => (json.metrics ?? []).map(({ step }) => step);

describe('the history of a metric', () => {
  test('is complete where no page is asked for', async () => {
    const { json } = await get('get-history', { run_id: runs[0], metric_key: 'loss' });
    expect(steps(json)).toEqual(Array.from({ length: 50 }, (_, step) => step));
    expect(json.next_page_token).toBeUndefined();
  });

  test('comes in pages where they are', async () => {
    const query = { run_id: runs[0], metric_key: 'loss', max_results: 30 };
    const first = await get('get-history', query);
    const second = await get('get-history', { ...query, page_token: first.json.next_page_token });
    expect([steps(first.json).length, steps(second.json).length]).toEqual([30, 20]);
    expect(second.json.next_page_token).toBeUndefined();
  });

  test('of a metric that the run does not have is empty, of a run that is not there 404', async () => {
    expect(await get('get-history', { run_id: runs[0], metric_key: 'none' })).toMatchObject({ status: 200, json: {} });
    expect(await get('get-history', { run_id: 'f'.repeat(32), metric_key: 'loss' })).toMatchObject({ status: 404 });
    expect(await get('get-history', { run_id: runs[0] })).toMatchObject({ status: 400 });
    expect(await get('get-history', { run_id: runs[0], metric_key: 'loss', max_results: 0 })).toMatchObject({
      status: 400,
    });
  });
});

test('the histories of several runs are read no further than they are sent', async () => {
  const wanted: number[] = [];
  const own = await startStoreServer({
    wrap: tracker => ({
      ...tracker,
      runs: {
        ...tracker.runs,
        history: (_runId, key, page) => {
          wanted.push(page.limit);
          return Promise.resolve({
            items: [1, 2, 3].map(step => ({ key, value: step, timestamp: 1, step })),
            nextPageToken: null,
          });
        },
      },
    }),
  });
  const query = { run_id: ['a', 'b', 'c', 'd'], metric_key: 'loss', max_results: 5 };
  const { json } = await own.call('GET', 'metrics/get-history-bulk', query);
  expect((json.metrics ?? []).map(({ run_id, step }) => `${run_id} ${step}`)).toEqual([
    'a 1',
    'a 2',
    'a 3',
    'b 1',
    'b 2',
  ]);
  expect(wanted).toHaveLength(2);
  await own.stop();
});

describe('the histories of several runs', () => {
  test('say the run with every value', async () => {
    const { json } = await get('get-history-bulk', { run_id: runs, metric_key: 'loss' });
    expect(json.metrics).toHaveLength(53);
    expect(new Set(json.metrics?.map(({ run_id }) => run_id as string))).toEqual(new Set(runs));
    const few = await get('get-history-bulk', { run_id: runs, metric_key: 'loss', max_results: 7 });
    expect(few.json.metrics).toHaveLength(7);
  });

  test('are thinned out, run by run, with the first and the last step kept', async () => {
    const query = { run_ids: runs, metric_key: 'loss', max_results: 5 };
    const { json } = await get('get-history-bulk-interval', query);
    const of = (run: string | undefined) =>
      json.metrics?.filter(({ run_id }) => run_id === run).map(({ step }) => step);
    expect(of(runs[0])).toEqual([0, 10, 20, 30, 40, 49]);
    expect(of(runs[1])).toEqual([0, 1, 2]);
  });

  test('can be those of some steps only', async () => {
    const query = { run_ids: runs, metric_key: 'loss', start_step: 2, end_step: 4 };
    expect(steps((await get('get-history-bulk-interval', query)).json)).toEqual([2, 3, 4, 2]);
  });

  test.each([
    ['get-history-bulk', { metric_key: 'loss' }, /run_id/],
    ['get-history-bulk', { run_id: 'a' }, /metric_key/],
    ['get-history-bulk-interval', { metric_key: 'loss' }, /run_ids/],
    ['get-history-bulk-interval', { run_ids: Array(101).fill('a'), metric_key: 'loss' }, /101/],
    ['get-history-bulk-interval', { run_ids: 'a', metric_key: 'loss', start_step: 1 }, /go together/],
    ['get-history-bulk-interval', { run_ids: 'a', metric_key: 'loss', start_step: 2, end_step: 1 }, /1 < 2/],
    ['get-history-bulk-interval', { run_ids: 'a', metric_key: 'loss', max_results: 2501 }, /2500/],
  ])('%s %o is refused', async (route, query, why) => {
    const { status, json } = await get(route, query);
    expect(status).toBe(400);
    expect(json.message).toMatch(why);
  });
});

test('a sample is no larger than asked for but by the last step, and lies within', () => {
  const values = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (all, most) => {
      const sorted = all.toSorted((a, b) => a - b);
      const metrics = sorted.map(step => ({ key: 'm', value: 0, timestamp: 0, step }));
      const sample = sampleSteps(metrics, most);
      expect(sample.size).toBeLessThanOrEqual(most + 1);
      expect(sample.size).toBeGreaterThanOrEqual(Math.min(all.length, most));
      expect([...sample].every(step => all.includes(step))).toBe(true);
      expect([sample.has(sorted[0] ?? 0), sample.has(sorted.at(-1) ?? 0)]).toEqual([true, true]);
    }),
  );
});
