import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { GrowingHistory } from '../../../src/lib/runs/growing-history.ts';
import { type FreshValue, followRun, type WatchState, watchRun } from '../../../src/lib/runs/watch-run.ts';
import type { Metric } from '../../../src/lib/tracking/entities.ts';
import { createFakeTracker } from '../../helpers/fake-tracker.ts';
import { makeRunsStore, type RunsStore } from './runs-store.ts';

const metric = (step: number, value = step / 10, key = 'loss'): Metric => ({
  key,
  value,
  step,
  timestamp: 1000 + step,
});

describe('GrowingHistory', () => {
  async function start(count: number) {
    const tracker = createFakeTracker();
    const experimentId = await tracker.experiments.create({ name: 'a' });
    const { runId } = await tracker.runs.create({ experimentId });
    const points = Array.from({ length: count }, (_, step) => metric(step));
    await tracker.runs.log(runId, { metrics: points });
    const asked = () => tracker.calls.filter(call => call === 'runs.history').length;
    return { tracker, runId, points, asked, history: new GrowingHistory(tracker, runId, 'loss') };
  }

  test('asks for nothing while the latest value is known', async () => {
    const { history, points, asked } = await start(3);
    expect(await history.update(metric(2))).toEqual(points);
    expect(await history.update(metric(2))).toEqual([]);
    expect(asked()).toBe(1);
  });

  test('asks for the last page again, not for the ones before it', async () => {
    const { tracker, runId, history, points, asked } = await start(2500);
    expect(await history.update(metric(2499))).toHaveLength(2500);
    expect(asked()).toBe(3);
    await tracker.runs.log(runId, { metrics: [metric(2500), metric(2501)] });
    expect(await history.update(metric(2501))).toEqual([metric(2500), metric(2501)]);
    expect(asked()).toBe(4);
    expect(history.points).toEqual([...points, metric(2500), metric(2501)]);
  });

  test('a value that comes late is found on the last page', async () => {
    const { tracker, runId, history } = await start(1);
    await history.update(metric(0));
    await tracker.runs.log(runId, { metrics: [metric(5)] });
    await history.update(metric(5));
    await tracker.runs.log(runId, { metrics: [metric(3), metric(6)] });
    expect(await history.update(metric(6))).toEqual([metric(3), metric(6)]);
    expect(history.points.map(({ step }) => step)).toEqual([0, 3, 5, 6]);
  });
});

describe('watchRun', () => {
  let store: RunsStore;
  beforeEach(async () => {
    store = await makeRunsStore();
  });
  afterEach(() => store.remove());

  interface Seen {
    readonly states: WatchState[];
    readonly fresh: FreshValue[];
    readonly troubles: string[];
  }

  function watch(run: string, seen: Seen, more: Partial<Parameters<typeof watchRun>[0]> = {}) {
    return watchRun({
      ...store.base,
      run,
      metrics: [],
      interval: '100ms',
      once: false,
      onChange: (state, fresh) => {
        seen.states.push(state);
        seen.fresh.push(...fresh);
      },
      onTrouble: message => void seen.troubles.push(message),
      ...more,
    });
  }
  const nothingSeen = (): Seen => ({ states: [], fresh: [], troubles: [] });

  test('follows a run and what is nested in it to its end', async () => {
    const parent = await store.add({ name: 'parent', metrics: { loss: [0.5] } });
    const seen = nothingSeen();
    const watching = watch('last', seen);
    await expect.poll(() => seen.states.length, { timeout: 10_000 }).toBe(1);
    const child = await store.add({ name: 'child', parent, metrics: { accuracy: 0.9, 'system/cpu': 5 } });
    await store.use(async tracker => {
      await tracker.runs.log(parent, { metrics: [metric(2)] });
      await tracker.runs.update(parent, { status: 'FINISHED' });
    });
    const result = await watching;
    expect(result).toMatchObject({ ended: true, run: { runId: parent, status: 'FINISHED' } });
    expect(result.series).toEqual([
      { runId: child, run: 'child', metric: 'accuracy', points: 1, last: 0.9, values: [{ step: 0, value: 0.9 }] },
      {
        runId: parent,
        run: 'parent',
        metric: 'loss',
        points: 2,
        last: 0.2,
        values: [
          { step: 1, value: 0.5 },
          { step: 2, value: 0.2 },
        ],
      },
    ]);
    expect(seen.fresh.map(({ metric: key, step, old }) => [key, step, old])).toEqual([
      ['loss', 1, true],
      ['accuracy', 0, false],
      ['loss', 2, false],
    ]);
  });

  test('once is enough where that is asked for', async () => {
    await store.add({ name: 'a', metrics: { loss: [1, Number.NaN], other: 1 } });
    const result = await watch('a', nothingSeen(), { once: true, metrics: ['loss'] });
    expect(result).toMatchObject({ ended: false, series: [{ metric: 'loss', points: 2, last: null }] });
  });

  test('an abort ends the watching', async () => {
    await store.add({ name: 'a' });
    const controller = new AbortController();
    const seen = nothingSeen();
    const watching = watch('a', seen, { signal: controller.signal });
    await expect.poll(() => seen.states.length, { timeout: 10_000 }).toBe(1);
    controller.abort(new SentopsError('INTERRUPTED'));
    await expect(watching).rejects.toThrow();
  });

  test('a run that is deleted meanwhile is told so', async () => {
    const id = await store.add({ name: 'a' });
    const seen = nothingSeen();
    const watching = watch('a', seen);
    watching.catch(() => {});
    await expect.poll(() => seen.states.length, { timeout: 10_000 }).toBe(1);
    await store.use(tracker => tracker.runs.delete(id));
    await expect(watching).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a wrong interval is told before anything is waited for', async () => {
    await store.add({ name: 'a' });
    await expect(watch('a', nothingSeen(), { interval: 'soon' })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });
});

describe('followRun', () => {
  /** A run in memory that ends with the third look; `fail` may break a look. */
  async function follow(fail: (look: number) => SentopsError | undefined, end = 3) {
    const tracker = createFakeTracker();
    const experimentId = await tracker.experiments.create({ name: 'a' });
    const { runId } = await tracker.runs.create({ experimentId, name: 'a' });
    let looks = 0;
    const get: typeof tracker.runs.get = async id => {
      looks += 1;
      const failure = fail(looks);
      if (failure) throw failure;
      if (looks >= end) await tracker.runs.update(runId, { status: 'FAILED' });
      return id === runId ? find(id) : null;
    };
    const find = tracker.runs.get.bind(tracker.runs);
    const runs = new Proxy(tracker.runs, { get: (port, key) => (key === 'get' ? get : Reflect.get(port, key)) });
    const troubles: string[] = [];
    const pauses: number[] = [];
    const watched = followRun(
      { ...tracker, runs },
      {
        run: 'a',
        metrics: [],
        interval: '1s',
        pause: async ms => void pauses.push(ms),
        once: false,
        signal: new AbortController().signal,
        onChange: () => {},
        onTrouble: message => void troubles.push(message),
      },
    );
    return { watched, troubles, pauses };
  }

  const gone = new SentopsError('REMOTE_UNAVAILABLE', 'the server is gone');

  test('a server that is gone for a moment is waited for', async () => {
    const { watched, troubles } = await follow(look => (look === 2 ? gone : undefined));
    expect(await watched).toMatchObject({ run: { status: 'FAILED' } });
    expect(troubles).toEqual(['the server is gone']);
  });

  test('a server that stays away is asked less and less often, and then given up', async () => {
    const { watched, troubles, pauses } = await follow(() => gone);
    await expect(watched).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
    expect(troubles).toHaveLength(7);
    expect(pauses).toEqual([2000, 4000, 8000, 8000, 8000, 8000, 8000]);
  });

  test('one that comes back now and then is never given up', async () => {
    const { watched, troubles } = await follow(look => (look % 2 === 0 ? gone : undefined), 31);
    expect(await watched).toMatchObject({ ended: true });
    expect(troubles).toHaveLength(15);
  });

  test('where nothing happens it is asked less often', async () => {
    const { watched, pauses } = await follow(() => undefined, 9);
    await watched;
    expect(pauses).toEqual([1000, 1500, 2250, 3375, 5062.5, 7593.75, 8000, 8000]);
  });

  test('what waiting does not mend is thrown at once', async () => {
    const { watched, troubles } = await follow(() => new SentopsError('AUTH_FAILED', 'no'));
    await expect(watched).rejects.toMatchObject({ code: 'AUTH_FAILED' });
    expect(troubles).toEqual([]);
  });
});
