import { describe, expect, test } from 'vitest';
import { allPages } from '../../../src/lib/tracking/all-pages.ts';
import type { Metric, RunStatus } from '../../../src/lib/tracking/entities.ts';
import type { RunValues } from '../../../src/lib/tracking/types.ts';
import { codeOf, newExperiment, newRun, type Open, readRun } from './opened.ts';

const metric = (key: string, value: number, step = 0, timestamp = 1_700_000_000_000): Metric => ({
  key,
  value,
  step,
  timestamp,
});

export function describeRuns(open: Open): void {
  describe('runs', () => {
    test('a run is what it was told to be', async () => {
      const tracker = open();
      const experimentId = await newExperiment(tracker);
      const parent = await newRun(tracker, experimentId);
      const made = await tracker.runs.create({
        experimentId,
        name: 'LogisticRegression',
        userId: 'ada',
        startTime: 1_700_000_000_123,
        parentRunId: parent.runId,
        tags: { team: 'a b' },
      });
      expect(made).toMatchObject({
        experimentId,
        name: 'LogisticRegression',
        status: 'RUNNING',
        userId: 'ada',
        startTime: 1_700_000_000_123,
        endTime: null,
        lifecycle: 'active',
        params: {},
        metrics: [],
        inputs: [],
        outputs: [],
      });
      expect(made.runId).toMatch(/^[0-9a-f]{32}$/);
      expect(made.artifactUri).toContain(made.runId);
      expect(made.tags).toMatchObject({
        team: 'a b',
        'mlflow.runName': 'LogisticRegression',
        'mlflow.parentRunId': parent.runId,
      });
      expect(await readRun(tracker, made.runId)).toEqual(made);
    });

    test('a run that is told nothing has a name and began now', async () => {
      const before = Date.now();
      const run = await newRun(open());
      expect(run.name).not.toBe('');
      expect(run.tags['mlflow.runName']).toBe(run.name);
      expect(run.startTime).toBeGreaterThanOrEqual(before - 5000);
      expect(run.startTime).toBeLessThanOrEqual(Date.now() + 5000);
    });

    test('nothing is done with what is not there', async () => {
      const { runs } = open();
      const nobody = 'f'.repeat(32);
      expect(await runs.get(nobody)).toBeNull();
      expect(await codeOf(runs.create({ experimentId: '987654321' }))).toBe('NOT_FOUND');
      expect(await codeOf(runs.update(nobody, { status: 'FINISHED' }))).toBe('NOT_FOUND');
      expect(await codeOf(runs.log(nobody, { params: { a: 'b' } }))).toBe('NOT_FOUND');
      expect(await codeOf(runs.delete(nobody))).toBe('NOT_FOUND');
    });

    test('it ends, and is renamed', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const before = Date.now();
      await tracker.runs.update(runId, { status: 'FINISHED', name: 'other' });
      const ended = await readRun(tracker, runId);
      expect(ended).toMatchObject({ status: 'FINISHED', name: 'other' });
      expect(ended.tags['mlflow.runName']).toBe('other');
      expect(ended.endTime).toBeGreaterThanOrEqual(before - 5000);
      await tracker.runs.update(runId, { status: 'KILLED', endTime: 1_700_000_000_999 });
      expect(await readRun(tracker, runId)).toMatchObject({ status: 'KILLED', endTime: 1_700_000_000_999 });
      const odd = 'DONE' as RunStatus;
      expect(await codeOf(tracker.runs.update(runId, { status: odd }))).toBe('FLAG_INVALID');
      expect(await readRun(tracker, runId)).toMatchObject({ status: 'KILLED' });
    });

    test('a parameter is written once, and a batch that would change one leaves nothing', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      await tracker.runs.log(runId, { params: { maxIter: '20', empty: '', 'a b/c.d-e:f': 'ünï' } });
      await tracker.runs.log(runId, { params: { maxIter: '20' } });
      const changed = tracker.runs.log(runId, { params: { maxIter: '21', other: '1' }, metrics: [metric('m', 1)] });
      expect(await codeOf(changed)).toBe('CONFLICT');
      const run = await readRun(tracker, runId);
      expect(run.params).toEqual({ maxIter: '20', empty: '', 'a b/c.d-e:f': 'ünï' });
      expect(run.metrics).toEqual([]);
    });

    test('a metric keeps its history, and the latest is that of the greatest step', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const values = [metric('loss', 0.5, 2), metric('loss', 0.9, 0), metric('loss', 0.7, 1), metric('auc', 0.8)];
      await tracker.runs.log(runId, { metrics: values });
      await tracker.runs.log(runId, { metrics: [metric('loss', 0.7, 1), metric('loss', 0.71, 1, 1_700_000_000_001)] });
      const { items, nextPageToken } = await tracker.runs.history(runId, 'loss', { limit: 100 });
      expect(items.map(({ step, value }) => [step, value])).toEqual([
        [0, 0.9],
        [1, 0.7],
        [1, 0.71],
        [2, 0.5],
      ]);
      expect(nextPageToken).toBeNull();
      const { metrics } = await readRun(tracker, runId);
      expect(metrics).toEqual([metric('auc', 0.8), metric('loss', 0.5, 2)]);
      expect((await tracker.runs.history(runId, 'nobody', { limit: 10 })).items).toEqual([]);
    });

    test('numbers that are none, and numbers without end', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.1, 5e-324];
      await tracker.runs.log(runId, { metrics: values.map((value, index) => metric(`m${index}`, value)) });
      const { metrics } = await readRun(tracker, runId);
      expect(metrics.map(({ value }) => value)).toEqual([
        Number.NaN,
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        -0.1,
        5e-324,
      ]);
      const { items } = await tracker.runs.history(runId, 'm0', { limit: 10 });
      expect(items).toEqual([metric('m0', Number.NaN)]);
    });

    test.each<[string, RunValues]>([
      ['a step that is no whole number', { metrics: [metric('m', 1, 1.5)] }],
      ['a time that is no whole number', { metrics: [metric('m', 1, 0, 1.5)] }],
      ['a key with a sign that is not allowed', { metrics: [metric('a$b', 1)] }],
      ['a key that leaves its folder', { params: { '../a': '1' } }],
      ['an empty key', { tags: { '': '1' } }],
      ['a parameter that is too long', { params: { long: 'x'.repeat(6001) } }],
      ['a tag that is too long', { tags: { long: 'x'.repeat(8001) } }],
    ])('refuses %s, and keeps nothing of the call', async (_, values) => {
      const tracker = open();
      const { runId, tags } = await newRun(tracker);
      expect(await codeOf(tracker.runs.log(runId, { ...values, tags: { ...values.tags, first: 'x' } }))).toBe(
        'FLAG_INVALID',
      );
      expect(await readRun(tracker, runId)).toMatchObject({ metrics: [], params: {}, tags });
    });

    test('a call takes any number of values', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const texts = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, `${index}`.repeat(50)]));
      const values = Array.from({ length: 2500 }, (_, step) => metric('loss', 1 / (step + 1), step));
      await tracker.runs.log(runId, { metrics: values, params: texts, tags: { ...texts, k1: 'x'.repeat(8000) } });
      const run = await readRun(tracker, runId);
      expect(run.params).toEqual(texts);
      expect(run.tags).toMatchObject({ ...texts, k1: 'x'.repeat(8000) });
      expect(run.metrics).toEqual([metric('loss', 1 / 2500, 2499)]);
      const history = await allPages(pageToken =>
        tracker.runs.history(runId, 'loss', { limit: 1000, ...(pageToken === undefined ? {} : { pageToken }) }),
      );
      expect(history).toEqual(values);
    });

    test('tags are written over and taken away', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      await tracker.runs.log(runId, { tags: { a: '1', b: '1' } });
      await tracker.runs.log(runId, { tags: { a: '2' } });
      await tracker.runs.deleteTag(runId, 'b');
      const { tags } = await readRun(tracker, runId);
      expect(tags['a']).toBe('2');
      expect(Object.keys(tags)).not.toContain('b');
      expect(await codeOf(tracker.runs.deleteTag(runId, 'b'))).toBe('NOT_FOUND');
    });

    test('nothing is logged to a deleted run, and deleting twice is no error', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      await tracker.runs.delete(runId);
      await tracker.runs.delete(runId);
      expect(await readRun(tracker, runId)).toMatchObject({ lifecycle: 'deleted' });
      expect(await codeOf(tracker.runs.log(runId, { metrics: [metric('m', 1)] }))).toBe('CONFLICT');
      await tracker.runs.restore(runId);
      await tracker.runs.restore(runId);
      await tracker.runs.log(runId, { metrics: [metric('m', 1)] });
      expect(await readRun(tracker, runId)).toMatchObject({ lifecycle: 'active', metrics: [metric('m', 1)] });
    });

    test('it says what it read, however often that is told', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const input = {
        name: 'reviews.csv',
        digest: 'a1b2c3d4',
        sourceType: 'local',
        source: '{"uri":"reviews.csv"}',
        schema: '{"mlflow_colspec":[]}',
        profile: '{"num_rows":7}',
        tags: { 'mlflow.data.context': 'training' },
      };
      const plain = { ...input, digest: 'ffff', schema: null, profile: null, tags: {} };
      await tracker.runs.logInputs(runId, [input, plain]);
      await tracker.runs.logInputs(runId, [input]);
      const { inputs } = await readRun(tracker, runId);
      expect(inputs.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))).toEqual([input, plain]);
    });

    test('many write at once and nothing is lost', async () => {
      const tracker = open();
      const { runId } = await newRun(tracker);
      const writers = Array.from({ length: 8 }, (_, writer) =>
        tracker.runs.log(runId, {
          metrics: Array.from({ length: 50 }, (_, step) => metric(`w${writer}`, step, step)),
          params: { [`p${writer}`]: String(writer) },
        }),
      );
      await Promise.all(writers);
      const run = await readRun(tracker, runId);
      expect(Object.keys(run.params)).toHaveLength(8);
      expect(run.metrics.map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => 49));
    });
  });
}
