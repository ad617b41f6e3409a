import { describe, expect, test } from 'vitest';
import { chooseExperiments, searchRuns } from '../../../src/lib/runs/search-runs.ts';
import { allOf, childrenOf, searchKey, searchText } from '../../../src/lib/runs/search-terms.ts';
import { createFakeTracker } from '../../helpers/fake-tracker.ts';

describe('pieces of the filter language', () => {
  test('keys that are no plain words are quoted', () => {
    expect(searchKey('metrics', 'f1')).toBe('metrics.f1');
    expect(searchKey('metrics', 'val loss')).toBe('metrics.`val loss`');
    expect(searchKey('tags', 'mlflow.user')).toBe('tags.`mlflow.user`');
    expect(searchKey('params', 'a`b')).toBe('params."a`b"');
  });

  test('texts are quoted with what they do not hold', () => {
    expect(searchText('a')).toBe("'a'");
    expect(searchText("it's")).toBe(`"it's"`);
    expect(searchText(`it's "so"`)).toBe(null);
  });

  test('conditions are joined, empty ones left out', () => {
    expect(allOf(['a = 1', undefined, ' ', 'b = 2'])).toBe('a = 1 and b = 2');
    expect(allOf([undefined, ''])).toBe(undefined);
    expect(childrenOf('x')).toBe("tags.`mlflow.parentRunId` = 'x'");
  });
});

describe('searchRuns', () => {
  async function seed(count: number) {
    const tracker = createFakeTracker();
    const experimentId = await tracker.experiments.create({ name: 'a' });
    for (let index = 0; index < count; index += 1) await tracker.runs.create({ experimentId, startTime: index });
    tracker.calls.length = 0;
    return { tracker, experiments: [{ experimentId }] };
  }

  test('a thousand runs are one call', async () => {
    const { tracker, experiments } = await seed(1000);
    const { items, nextPageToken } = await searchRuns(tracker, { experiments, limit: 1000 });
    expect([items.length, nextPageToken, tracker.calls]).toEqual([1000, null, ['runs.search']]);
  });

  test('many are read page by page, and no more than asked for', async () => {
    const { tracker, experiments } = await seed(5003);
    const all = await searchRuns(tracker, { experiments, limit: 6000 });
    expect([all.items.length, all.nextPageToken, tracker.calls.length]).toEqual([5003, null, 2]);
    expect(new Set(all.items.map(({ runId }) => runId)).size).toBe(5003);
    const some = await searchRuns(tracker, { experiments, limit: 5001 });
    expect([some.items.length, some.nextPageToken]).toEqual([5001, '5001']);
    const rest = await searchRuns(tracker, { experiments, limit: 10, pageToken: '5001' });
    expect(rest.items.map(({ startTime }) => startTime)).toEqual([1, 0]);
  });

  test('no experiment is no run, and nobody is asked', async () => {
    const { tracker } = await seed(1);
    expect(await searchRuns(tracker, { experiments: [], limit: 10 })).toEqual({ items: [], nextPageToken: null });
    expect(tracker.calls).toEqual([]);
  });
});

test('an experiment that is named twice is searched once', async () => {
  const tracker = createFakeTracker();
  await tracker.experiments.create({ name: 'a' });
  await tracker.experiments.create({ name: 'b' });
  expect((await chooseExperiments(tracker, ['a', '0', 'a'])).map(({ name }) => name)).toEqual(['a']);
  expect((await chooseExperiments(tracker, [])).map(({ name }) => name)).toEqual(['b', 'a']);
  await tracker.experiments.delete('0');
  expect((await chooseExperiments(tracker, [])).map(({ name }) => name)).toEqual(['b']);
});
