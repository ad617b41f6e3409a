import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Metric } from '../../../../src/lib/tracking/entities.ts';
import type { RunValues } from '../../../../src/lib/tracking/types.ts';
import { LiveMetrics } from '../../../../src/lib/train/track/live-metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs that keep what they are told, or do not take it. */
function fakeRuns() {
  const sent: [run: string, metrics: readonly Metric[]][] = [];
  const state = { down: false };
  const log = async (run: string, { metrics = [] }: RunValues) => {
    if (state.down) throw new Error('down');
    sent.push([run, metrics]);
  };
  return { sent, state, log };
}

const at = (step: number) => ({ key: 'objective' as const, value: 1 / step, step });

describe('metrics of a fit that runs', () => {
  test('go out together, some time after the first', async () => {
    const runs = fakeRuns();
    const live = new LiveMetrics(runs, () => 77);
    live.add('a', at(1));
    live.add('a', at(2));
    live.add('b', at(1));
    expect(runs.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs.sent).toEqual([
      [
        'a',
        [
          { ...at(1), timestamp: 77 },
          { ...at(2), timestamp: 77 },
        ],
      ],
      ['b', [{ ...at(1), timestamp: 77 }]],
    ]);
    live.add('a', at(3));
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs.sent).toHaveLength(3);
  });

  test('that could not be sent go out with the next ones', async () => {
    const runs = fakeRuns();
    const live = new LiveMetrics(runs);
    runs.state.down = true;
    live.add('a', at(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs.sent).toEqual([]);
    runs.state.down = false;
    live.add('a', at(2));
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs.sent.flatMap(([, metrics]) => metrics.map(({ step }) => step)).sort()).toEqual([1, 2]);
  });

  test('go out at the end without waiting, and the end hears of a failure', async () => {
    const runs = fakeRuns();
    const live = new LiveMetrics(runs);
    live.add('a', at(1));
    runs.state.down = true;
    await expect(live.flush()).rejects.toThrow('down');
    runs.state.down = false;
    await live.flush();
    expect(runs.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs.sent).toHaveLength(1);
  });

  test('are not sent after the log was closed', async () => {
    const runs = fakeRuns();
    const live = new LiveMetrics(runs);
    live.add('a', at(1));
    live.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs.sent).toEqual([]);
  });

  test('of one run that is gone do not hold up those of another', async () => {
    const sent: string[] = [];
    const live = new LiveMetrics({
      log: async run => {
        if (run === 'gone') throw new Error('deleted');
        sent.push(run);
      },
    });
    live.add('gone', at(1));
    live.add('here', at(1));
    await expect(live.flush()).rejects.toThrow('deleted');
    expect(sent).toEqual(['here']);
  });
});
