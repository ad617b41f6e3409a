import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/lib/tracking/embedded/store.ts';
import type { Metric } from '../../../../src/lib/tracking/entities.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { failure, metric, openTemp } from './stores.ts';

async function newRun(tracker: Tracker): Promise<string> {
  return (await tracker.runs.create({ experimentId: '0', name: 'r' })).runId;
}

async function rows(store: Store, table: string, columns: string): Promise<unknown[]> {
  return store.read(() => store.all(`SELECT ${columns} FROM ${table} ORDER BY ${columns}`));
}

describe('metrics', () => {
  test('are written as MLflow writes them: no NaN, no infinity, a mark for what is not a number', async () => {
    const { tracker, store } = await openTemp();
    const runId = await newRun(tracker);
    await tracker.runs.log(runId, {
      metrics: [
        metric('nan', Number.NaN),
        metric('up', Number.POSITIVE_INFINITY),
        metric('down', Number.NEGATIVE_INFINITY),
        metric('tiny', 5e-324),
        metric('third', 1 / 3, { step: -4 }),
      ],
    });
    expect(await rows(store, 'metrics', 'key, value, is_nan, typeof(step), typeof(timestamp), step')).toEqual(
      [
        ['down', -Number.MAX_VALUE, 0, 0],
        ['nan', 0, 1, 0],
        ['third', 1 / 3, 0, -4],
        ['tiny', 5e-324, 0, 0],
        ['up', Number.MAX_VALUE, 0, 0],
      ].map(([key, value, is_nan, step]) => ({
        key,
        value,
        is_nan,
        'typeof(step)': 'integer',
        'typeof(timestamp)': 'integer',
        step,
      })),
    );
    expect((await tracker.runs.get(runId))?.metrics.map(({ key, value }) => [key, value])).toEqual([
      ['down', -Number.MAX_VALUE],
      ['nan', Number.NaN],
      ['third', 1 / 3],
      ['tiny', 5e-324],
      ['up', Number.MAX_VALUE],
    ]);
  });

  test('are there once, however often they are sent', async () => {
    const { tracker, store } = await openTemp();
    const runId = await newRun(tracker);
    const metrics = [metric('a', 1), metric('a', Number.NaN), metric('a', 1), metric('b', 1)];
    await tracker.runs.log(runId, { metrics });
    await tracker.runs.log(runId, { metrics });
    expect(await rows(store, 'metrics', 'key, value, is_nan')).toEqual([
      { key: 'a', value: 0, is_nan: 1 },
      { key: 'a', value: 1, is_nan: 0 },
      { key: 'b', value: 1, is_nan: 0 },
    ]);
  });

  test('have as their latest the greatest by step, time and value, in whatever pieces and order they come', async () => {
    const { tracker } = await openTemp();
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY));
    const small = fc.integer({ min: 0, max: 2 });
    const point = fc
      .record({ key: fc.constantFrom('a', 'b'), value, timestamp: small, step: fc.integer({ min: -1, max: 1 }) })
      .map((given): Metric => given);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(point, { maxLength: 4 }), { maxLength: 4 }), async batches => {
        const runId = await newRun(tracker);
        for (const metrics of batches) await tracker.runs.log(runId, { metrics });
        const read = (await tracker.runs.get(runId))?.metrics ?? [];
        for (const key of ['a', 'b']) {
          const expected = latestOf(batches.flat().filter(given => given.key === key));
          const found = read.find(given => given.key === key);
          expect(found && { ...found, value: stored(found.value) }).toEqual(expected);
          const { items } = await tracker.runs.history(runId, key, { limit: 1000 });
          expect(items.length).toBe(
            new Set(
              batches
                .flat()
                .filter(given => given.key === key)
                .map(identity),
            ).size,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  function stored(value: number): number {
    return Number.isNaN(value) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)) + 0;
  }

  function latestOf(points: readonly Metric[]): Metric | undefined {
    const sorted = points
      .map(point => ({ ...point, value: stored(point.value) }))
      .sort((a, b) => a.step - b.step || a.timestamp - b.timestamp || a.value - b.value);
    return sorted.at(-1);
  }

  function identity({ value, timestamp, step }: Metric): string {
    return [stored(value), Number.isNaN(value), timestamp, step].join();
  }

  test('have a history in the order of their steps, page by page', async () => {
    const { tracker } = await openTemp();
    const runId = await newRun(tracker);
    const steps = [5, -1, 3, 0, 4, 2, 1];
    await tracker.runs.log(runId, {
      metrics: steps.map(step => metric('a', step * 10, { step, timestamp: 100 - step })),
    });
    const seen: number[] = [];
    let pageToken: string | undefined;
    do {
      const page = await tracker.runs.history(runId, 'a', {
        limit: 3,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      seen.push(...page.items.map(({ step }) => step));
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    expect(seen).toEqual([-1, 0, 1, 2, 3, 4, 5]);
    await expect(tracker.runs.history('nobody', 'a', { limit: 1 })).rejects.toMatchObject(failure('NOT_FOUND'));
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(tracker.runs.history(runId, 'a', { limit })).rejects.toMatchObject(failure('FLAG_INVALID'));
  });

  test('and times that others wrote beyond what JavaScript counts exactly can be read', async () => {
    const { tracker, store } = await openTemp();
    const runId = await newRun(tracker);
    await store.write(() => {
      const huge = '9223372036854775807';
      store.run(
        `INSERT INTO metrics (key, value, timestamp, run_uuid, step) VALUES ('a', 1, ${huge}, ?, ${huge})`,
        runId,
      );
      store.run(
        `INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('a', 1, ${huge}, ${huge}, 0, ?)`,
        runId,
      );
      store.run(`UPDATE runs SET start_time = ${huge}, end_time = -${huge} WHERE run_uuid = ?`, runId);
      store.run(`UPDATE experiments SET creation_time = ${huge}, last_update_time = NULL`);
    });
    expect(await tracker.runs.get(runId)).toMatchObject({
      startTime: 2 ** 63,
      endTime: -(2 ** 63),
      metrics: [{ timestamp: 2 ** 63, step: 2 ** 63 }],
    });
    expect((await tracker.runs.history(runId, 'a', { limit: 1 })).items).toMatchObject([{ step: 2 ** 63 }]);
    expect(await tracker.experiments.get('0')).toMatchObject({ createdAt: 2 ** 63, updatedAt: null });
  });
});

describe('a batch', () => {
  test('with a parameter that would change is refused wholly', async () => {
    const { tracker, store } = await openTemp();
    const runId = await newRun(tracker);
    await tracker.runs.log(runId, { params: { lr: '0.1' } });
    await expect(
      tracker.runs.log(runId, {
        metrics: [metric('a', 1)],
        params: { first: 'x', lr: '0.2' },
        tags: { t: 'u', 'mlflow.runName': 'other' },
      }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { key: 'lr', value: '0.1', refused: '0.2', errorCode: 'INVALID_PARAMETER_VALUE' },
    });
    expect(await tracker.runs.get(runId)).toMatchObject({ name: 'r', params: { lr: '0.1' }, metrics: [] });
    expect(await rows(store, 'params', 'key')).toEqual([{ key: 'lr' }]);
    await tracker.runs.log(runId, { params: { lr: '0.1', other: '' } });
    expect((await tracker.runs.get(runId))?.params).toEqual({ lr: '0.1', other: '' });
  });

  test('with one value that cannot be leaves nothing behind either', async () => {
    const { tracker } = await openTemp();
    const runId = await newRun(tracker);
    for (const values of [
      { metrics: [metric('a', 1), metric('a', 1, { step: 1.5 })], params: { p: 'v' } },
      { params: { p: 'v', 'q,': 'v' } },
      { params: { p: 'v'.repeat(6001) } },
      { tags: { t: 'v', u: 'v'.repeat(8001) } },
      { tags: { t: 'v', 'mlflow.runName': ' ' } },
    ])
      await expect(tracker.runs.log(runId, values)).rejects.toMatchObject(failure('FLAG_INVALID'));
    expect(await tracker.runs.get(runId)).toMatchObject({ params: {}, metrics: [], tags: { 'mlflow.runName': 'r' } });
  });

  test('takes names and values of every script, quotes and the names of JavaScript itself', async () => {
    const { tracker } = await openTemp();
    const runId = await newRun(tracker);
    const texts = Object.fromEntries([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['größe', `it's "quoted" \\ \n \0 😀`],
      ['1', 'number'],
    ]);
    await tracker.runs.log(runId, { params: texts, tags: texts });
    const run = await tracker.runs.get(runId);
    expect(Object.entries(run?.params ?? {}).sort()).toEqual(Object.entries(texts).sort());
    expect(Object.entries(run?.tags ?? {}).sort()).toEqual([...Object.entries(texts), ['mlflow.runName', 'r']].sort());
  });

  test('that names the run renames it in both places', async () => {
    const { tracker, store } = await openTemp();
    const runId = await newRun(tracker);
    await tracker.runs.log(runId, { tags: { 'mlflow.runName': 'new' } });
    expect(await tracker.runs.get(runId)).toMatchObject({ name: 'new', tags: { 'mlflow.runName': 'new' } });
    await tracker.runs.update(runId, { name: 'newer' });
    expect(await rows(store, 'tags', 'key, value')).toEqual([{ key: 'mlflow.runName', value: 'newer' }]);
  });
});

describe('a metric of a logged model', () => {
  test('is the run’s and the model’s, with the dataset that it was measured on', async () => {
    const { tracker } = await openTemp();
    const runId = await newRun(tracker);
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'm' });
    const metrics = [metric('f1', 0.9, { modelId, datasetName: 'reviews', datasetDigest: 'abc' }), metric('loss', 2)];
    await tracker.runs.log(runId, { metrics });
    await tracker.runs.log(runId, { metrics });
    expect((await tracker.loggedModels.get(modelId))?.metrics).toEqual([{ ...metrics[0], runId }]);
    expect((await tracker.runs.get(runId))?.metrics.map(({ key }) => key)).toEqual(['f1', 'loss']);
  });

  test('that is not there is NOT_FOUND, and the run has not got it either', async () => {
    const { tracker } = await openTemp();
    const runId = await newRun(tracker);
    await expect(tracker.runs.log(runId, { metrics: [metric('f1', 1, { modelId: 'm-1' })] })).rejects.toMatchObject(
      failure('NOT_FOUND'),
    );
    expect((await tracker.runs.get(runId))?.metrics).toEqual([]);
  });
});

test('a history is looked up by its run, however many runs have the metric', async () => {
  const { store, tracker } = await openTemp();
  const { runId } = await tracker.runs.create({ experimentId: '0' });
  const plans: string[] = [];
  const all = store.all.bind(store);
  Object.assign(store, {
    all: (sql: string, ...values: string[]) => {
      for (const { detail } of all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)) plans.push(detail);
      return all(sql, ...values);
    },
  });
  await tracker.runs.history(runId, 'a', { limit: 1 });
  expect(plans[0]).toMatch(/^SEARCH metrics USING INDEX \S+ \(run_uuid=\?\)$/);
});
