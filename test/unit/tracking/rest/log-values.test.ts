import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Metric, RunStatus, Stage } from '../../../../src/lib/tracking/entities.ts';
import { batchesOf } from '../../../../src/lib/tracking/rest/log-values.ts';
import type { RunValues, Tracker } from '../../../../src/lib/tracking/types.ts';
import { errorOf, withRest } from './stand-in.ts';

const metric = (step: number, more: Partial<Metric> = {}): Metric => ({
  key: 'm',
  value: 1,
  timestamp: 1,
  step,
  ...more,
});
const texts = (count: number, size = 5) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x'.repeat(size)]));

describe('values in batches', () => {
  test('keep to the limits, and nothing is lost or moved', () => {
    const counts = fc.record({
      metrics: fc.nat(3500),
      params: fc.nat(350),
      tags: fc.nat(350),
      size: fc.constantFrom(1, 100, 6000),
    });
    fc.assert(
      fc.property(counts, ({ metrics, params, tags, size }) => {
        const values = {
          metrics: Array.from({ length: metrics }, (_, index) => metric(index)),
          params: texts(params, size),
          tags: texts(tags, size),
        };
        const batches = batchesOf(values);
        for (const batch of batches) {
          expect(batch.params.length).toBeLessThanOrEqual(100);
          expect(batch.tags.length).toBeLessThanOrEqual(100);
          expect(batch.params.length + batch.tags.length + batch.metrics.length).toBeLessThanOrEqual(1000);
          expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(1_000_100);
        }
        const pairs = (kind: 'params' | 'tags') =>
          Object.fromEntries(batches.flatMap(batch => batch[kind].map(({ key, value }) => [key, value])));
        expect(batches.flatMap(batch => batch.metrics.map(({ step }) => step))).toEqual(
          values.metrics.map(({ step }) => step),
        );
        expect([pairs('params'), pairs('tags')]).toEqual([values.params, values.tags]);
      }),
      { numRuns: 40 },
    );
  });

  test('are as few as can be', () => {
    expect(batchesOf({})).toEqual([]);
    expect(batchesOf({ metrics: [metric(0)], params: { a: '1' }, tags: { b: '2' } })).toHaveLength(1);
    expect(batchesOf({ metrics: Array.from({ length: 1000 }, (_, step) => metric(step)) })).toHaveLength(1);
    expect(batchesOf({ metrics: Array.from({ length: 1001 }, (_, step) => metric(step)) })).toHaveLength(2);
    expect(batchesOf({ params: texts(101) })).toHaveLength(2);
  });

  test('bring parameters before metrics: one that is refused leaves no metric behind', () => {
    const metrics = Array.from({ length: 2000 }, (_, step) => metric(step));
    const [first] = batchesOf({ metrics, params: { a: '1' } });
    expect(first?.params).toEqual([{ key: 'a', value: '1' }]);
  });

  test('stay below a megabyte', () => {
    const batches = batchesOf({ tags: texts(250, 8000), params: texts(250, 6000) });
    for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(1_000_000);
  });
});

test('numbers that JSON does not know go as texts', async () => {
  await withRest(
    () => ({}),
    async (tracker, { requests }) => {
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5];
      await tracker.runs.log('r1', { metrics: values.map((value, step) => metric(step, { value })) });
      const sent = requests[0]?.json['metrics'] as { value: unknown }[];
      expect(sent.map(({ value }) => value)).toEqual(['NaN', 'Infinity', '-Infinity', -0.5]);
    },
  );
});

describe('what the server would take and spoil is refused before anything is sent', () => {
  const log = (values: RunValues) => (tracker: Tracker) => tracker.runs.log('r1', values);
  test.each<[string, (tracker: Tracker) => Promise<unknown>]>([
    ['a step that is no whole number', log({ metrics: [metric(0), metric(1.5)] })],
    ['a step that is none', log({ metrics: [metric(Number.NaN)] })],
    ['a time before 1970', log({ metrics: [metric(0, { timestamp: -1 })] })],
    ['a key with a sign', log({ metrics: [metric(0, { key: 'a$' })] })],
    ['a parameter that would be cut', log({ params: { long: 'x'.repeat(6001) } })],
    ['a tag that would be cut', log({ tags: { long: 'x'.repeat(8001) } })],
    ['a status that is none', tracker => tracker.runs.update('r1', { status: 'DONE' as RunStatus })],
    ['an end that is no time', tracker => tracker.runs.update('r1', { endTime: 1.5 })],
    ['a start that is no time', tracker => tracker.runs.create({ experimentId: '1', startTime: Number.NaN })],
    ['a search in no experiment', tracker => tracker.runs.search({ experimentIds: [], limit: 5 })],
    ['a search for models in no experiment', tracker => tracker.loggedModels.search({ experimentIds: [], limit: 5 })],
    ['an empty page', tracker => tracker.experiments.search({ limit: 0 })],
    ['a stage that is none', tracker => tracker.models.transition('m', 1, 'Prod' as Stage, { archiveExisting: true })],
    ['a model name with a slash', tracker => tracker.models.create({ name: 'a/b' })],
    ['a reserved alias', tracker => tracker.models.setAlias('m', 'latest', 1)],
    ['a tag of a logged model that no path can hold', tracker => tracker.loggedModels.deleteTag('m-1', 'a/b')],
    ['an empty experiment name', tracker => tracker.experiments.create({ name: '' })],
    ['a page token of somebody else', tracker => tracker.runs.history('r', 'm', { limit: 5, pageToken: 'eyJ9' })],
  ])('%s', async (_, work) => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        expect((await errorOf(work(tracker))).code).toBe('FLAG_INVALID');
        expect(requests).toEqual([]);
      },
    );
  });

  test('characters count, not code units: 6000 of the long ones fit', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.runs.log('r1', { params: { long: '😀'.repeat(6000) } });
        expect(requests).toHaveLength(1);
      },
    );
  });
});

describe('what MLflow does not fill in is always sent', () => {
  const run = { run: { info: { run_id: 'r1', experiment_id: '1', status: 'RUNNING' } } };

  test('the start and the user of a run', async () => {
    await withRest(
      () => run,
      async (tracker, { requests }) => {
        const before = Date.now();
        await tracker.runs.create({ experimentId: '1', parentRunId: 'p' });
        const { start_time: start, ...json } = requests[0]?.json ?? {};
        expect(start).toBeGreaterThanOrEqual(before);
        expect(json).toMatchObject({
          experiment_id: '1',
          user_id: '',
          tags: [{ key: 'mlflow.parentRunId', value: 'p' }, {}],
        });
        expect(json).not.toHaveProperty('run_name');
      },
    );
  });

  test.each<[RunStatus, boolean]>([
    ['FINISHED', true],
    ['FAILED', true],
    ['KILLED', true],
    ['RUNNING', false],
    ['SCHEDULED', false],
  ])('the end of a run that is %s: %s', async (status, ends) => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.runs.update('r1', { status });
        expect(Object.hasOwn(requests[0]?.json ?? {}, 'end_time')).toBe(ends);
        await tracker.runs.update('r1', { status, endTime: 5 });
        expect(requests[1]?.json['end_time']).toBe(5);
      },
    );
  });

  test('nothing is asked where there is nothing to say', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.runs.log('r1', {});
        await tracker.runs.logInputs('r1', []);
        await tracker.runs.logOutputs('r1', []);
        await tracker.runs.logModelInputs('r1', []);
        expect(requests).toEqual([]);
      },
    );
  });
});
