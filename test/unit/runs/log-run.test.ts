import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportRuns } from '../../../src/lib/runs/export-runs.ts';
import { logRun } from '../../../src/lib/runs/log-run.ts';
import { makeRunsStore, type RunsStore } from './runs-store.ts';

let store: RunsStore;
beforeEach(async () => {
  store = await makeRunsStore();
});
afterEach(() => store.remove());

const log = (more: Partial<Parameters<typeof logRun>[0]> = {}) =>
  logRun({ ...store.base, env: { USER: 'ann' }, metrics: [], params: [], tags: [], dryRun: false, ...more });
const get = (id: string | null) => store.use(tracker => tracker.runs.get(id ?? ''));
const history = (id: string | null, key: string) =>
  store.use(async tracker => (await tracker.runs.history(id ?? '', key, { limit: 100 })).items);

describe('logRun', () => {
  test('makes a run with everything that it is told', async () => {
    const made = await log({
      experiment: 'reviews',
      name: 'nightly',
      metrics: ['accuracy=0.9', 'loss=0.5@1', 'loss=0.4@2'],
      params: ['seed=42'],
      tags: ['team=nlp'],
      status: 'FINISHED',
    });
    expect(made).toMatchObject({ created: true, name: 'nightly', metrics: 3, params: 1, tags: 1, status: 'FINISHED' });
    const run = await get(made.runId);
    expect(run).toMatchObject({ name: 'nightly', status: 'FINISHED', userId: 'ann', params: { seed: '42' } });
    expect(run?.tags).toMatchObject({ team: 'nlp', 'mlflow.user': 'ann', 'mlflow.source.type': 'LOCAL' });
    expect(run?.endTime).not.toBe(null);
    expect((await history(made.runId, 'loss')).map(({ step, value }) => [step, value])).toEqual([
      [1, 0.5],
      [2, 0.4],
    ]);
    const experiment = await store.use(tracker => tracker.experiments.find('reviews'));
    expect(run?.experimentId).toBe(experiment?.experimentId);
  });

  test('adds to a run that is there, and nests a new one in it', async () => {
    const { runId } = await log({ name: 'parent' });
    expect(await log({ run: 'parent', metrics: ['f1=1'] })).toMatchObject({ runId, created: false, status: null });
    const child = await get((await log({ name: 'child', parent: 'last' })).runId);
    expect(child?.tags['mlflow.parentRunId']).toBe(runId);
    expect((await get(runId))?.status).toBe('RUNNING');
    await expect(log({ run: 'parent', name: 'x' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a dry run reads everything and writes nothing', async () => {
    const made = await log({ name: 'x', metrics: ['f1=1'], dryRun: true });
    expect(made).toMatchObject({ runId: null, metrics: 1, dryRun: true });
    expect(fs.existsSync(path.join(store.dir, '.sentops'))).toBe(false);
    await expect(log({ metrics: ['f1'], dryRun: true })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('a parameter that would change is refused, and a run that was made for it has failed', async () => {
    const { runId } = await log({ name: 'a', params: ['seed=1'] });
    await expect(log({ run: 'a', params: ['seed=2'] })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await get(runId))?.status).toBe('RUNNING');
    fs.writeFileSync(path.join(store.dir, 'in.jsonl'), '{"params":{"n":1}}\n{"params":{"n":2}\n');
    await expect(log({ name: 'b', input: 'in.jsonl' })).rejects.toMatchObject({ message: 'line 2: it is not JSON' });
    const found = await store.use(tracker => tracker.runs.search({ experimentIds: ['1'], limit: 10 }));
    expect(found.items.find(({ name }) => name === 'b')).toMatchObject({ status: 'FAILED', params: { n: '1' } });
  });

  test('lines are recorded as they come, however they are cut', async () => {
    const stdin = new PassThrough();
    const { runId } = await log({ name: 'a' });
    const logging = log({ run: 'a', input: '-', status: 'FINISHED', stdin });
    stdin.write('{"metrics":{"loss":1},"step":1}\n{"metrics":{"lo');
    await expect.poll(async () => (await history(runId, 'loss')).length, { timeout: 10_000 }).toBe(1);
    expect((await get(runId))?.status).toBe('RUNNING');
    stdin.write('ss":0.5},"step":2}\n\n');
    stdin.end('{"tags":{"größe":"ä"}}');
    expect(await logging).toMatchObject({ metrics: 2, tags: 1, status: 'FINISHED' });
    expect((await get(runId))?.tags['größe']).toBe('ä');
  });

  test('what was exported can be read back', async () => {
    const id = await store.add({ name: 'from', metrics: { loss: [1, Number.NaN, -1 / 0, 1 / 0] }, params: { a: 'b' } });
    await exportRuns({ ...store.base, runs: [id], output: 'run.jsonl', dryRun: false });
    const kept = fs.readFileSync(path.join(store.dir, 'run.jsonl'), 'utf8').split('\n');
    // The name of a run is a tag too, and another run has another one.
    fs.writeFileSync(path.join(store.dir, 'run.jsonl'), kept.filter(line => !line.includes('mlflow.')).join('\n'));
    const { runId } = await log({ name: 'to', input: 'run.jsonl' });
    expect(await history(runId, 'loss')).toEqual(await history(id, 'loss'));
    expect((await get(runId))?.params).toEqual({ a: 'b' });
  });

  test('a file that is not there is told so', async () => {
    await expect(log({ input: 'no.jsonl' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
