import { beforeEach, describe, expect, test } from 'vitest';
import { findRun } from '../../../src/lib/runs/find-run.ts';
import { createFakeTracker, type FakeTracker } from '../../helpers/fake-tracker.ts';

let tracker: FakeTracker;
let ids: Record<string, string>;

async function add(name: string, experimentId: string, startTime: number, parentRunId?: string): Promise<string> {
  const run = await tracker.runs.create({ experimentId, name, startTime, ...(parentRunId ? { parentRunId } : {}) });
  return run.runId;
}

beforeEach(async () => {
  tracker = createFakeTracker();
  await tracker.experiments.create({ name: 'Default' });
  const other = await tracker.experiments.create({ name: 'reviews' });
  const parent = await add('sentiment_multi_model_experiment', other, 300);
  ids = {
    parent,
    child: await add('LogisticRegression', other, 400, parent),
    first: await add('trial', '0', 100),
    second: await add('trial', '0', 200),
    quoted: await add(`it's "quoted"`, '0', 50),
    gone: await add('gone', '0', 60),
  };
  await tracker.runs.delete(ids['gone'] ?? '');
});

describe('findRun', () => {
  test('finds by full id with one call, whatever the experiment', async () => {
    tracker.calls.length = 0;
    const run = await findRun(tracker, ids['child'] ?? '', { experiment: 'Default' });
    expect(run.name).toBe('LogisticRegression');
    expect(tracker.calls).toEqual(['runs.get']);
  });

  test('finds by the first digits of the id', async () => {
    expect((await findRun(tracker, (ids['first'] ?? '').slice(0, 8))).runId).toBe(ids['first']);
    expect((await findRun(tracker, (ids['first'] ?? '').slice(0, 31))).runId).toBe(ids['first']);
  });

  test('digits that begin several ids are a conflict that lists them', async () => {
    await expect(findRun(tracker, 'abc0')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`${ids['second']} trial`),
    });
  });

  test('three digits are no id', async () => {
    await expect(findRun(tracker, 'abc')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('finds by name, quotes of both kinds included', async () => {
    expect((await findRun(tracker, 'LogisticRegression')).runId).toBe(ids['child']);
    expect((await findRun(tracker, `it's "quoted"`)).runId).toBe(ids['quoted']);
  });

  test('a name that several runs have lists them, the newest first', async () => {
    const failure = findRun(tracker, 'trial');
    await expect(failure).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining(`${ids['second']} (the newest)`),
      details: { runs: [{ runId: ids['second'] }, { runId: ids['first'] }] },
    });
  });

  test('an experiment narrows the search', async () => {
    await expect(findRun(tracker, 'trial', { experiment: 'reviews' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(findRun(tracker, 'trial', { experiment: 'revews' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('reviews'),
    });
  });

  test('last is the newest run that is not nested in another', async () => {
    expect((await findRun(tracker, 'last')).runId).toBe(ids['parent']);
    expect((await findRun(tracker, 'last', { experiment: 'Default' })).runId).toBe(ids['second']);
  });

  test('a run that is called last is that one', async () => {
    const named = await add('last', '0', 1);
    expect((await findRun(tracker, 'last')).runId).toBe(named);
  });

  test('a deleted run is found by its id, and by name only where deleted ones are asked for', async () => {
    expect((await findRun(tracker, ids['gone'] ?? '')).lifecycle).toBe('deleted');
    await expect(findRun(tracker, 'gone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await findRun(tracker, 'gone', { view: 'deleted' })).runId).toBe(ids['gone']);
  });

  test('what is not there is told with the name that comes near', async () => {
    await expect(findRun(tracker, 'LogisticRegresion')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'did you mean LogisticRegression?',
    });
    await expect(findRun(tracker, 'f'.repeat(32))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'list them with: sentops run list',
    });
  });

  test('a store without runs says how to get one', async () => {
    await expect(findRun(createFakeTracker(), 'last')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no run in memory:',
      hint: expect.stringContaining('sentops train'),
    });
  });
});
