import { setTimeout as wait } from 'node:timers/promises';
import { parseDuration } from '../core/duration.ts';
import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { Metric, Run } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { labelRuns } from './compare-rows.ts';
import { findChildren, thinOut } from './describe-run.ts';
import { findRun } from './find-run.ts';
import { GrowingHistory } from './growing-history.ts';
import { compareMetrics } from './metric-order.ts';
import { type RunRow, toRunRow } from './run-row.ts';

export interface WatchRunRequest extends World, FollowRequest {
  readonly project: TrackingProject;
}

interface FollowRequest {
  readonly run: string;
  readonly experiment?: string | undefined;
  /** Only these metrics; all but those of the machine (`system/…`) where none is named. */
  readonly metrics: readonly string[];
  /** Time between two looks, such as 2s. */
  readonly interval: string;
  /** Looks once and does not wait for the end. */
  readonly once: boolean;
  /** Called after each look that found something new, the first one included. */
  readonly onChange: (state: WatchState, fresh: readonly FreshValue[]) => void | Promise<void>;
  /** A look failed and will be tried again. */
  readonly onTrouble: (message: string) => void;
  readonly signal: AbortSignal;
  /** Waits for the next look; a clock of one's own where given. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface WatchedSeries {
  readonly runId: string;
  /** Empty where only one run is watched. */
  readonly label: string;
  readonly metric: string;
  readonly points: readonly Metric[];
}

export interface WatchState {
  readonly run: RunRow;
  /** By metric, the most telling first, then by run. */
  readonly series: readonly WatchedSeries[];
  readonly ended: boolean;
}

export interface FreshValue {
  readonly runId: string;
  readonly label: string;
  readonly metric: string;
  readonly step: number;
  readonly value: number;
  readonly timestamp: number;
  /** It was there before the first look. */
  readonly old: boolean;
}

export interface WatchedRun {
  run: RunRow;
  ended: boolean;
  series: { runId: string; run: string; metric: string; points: number; last: number | null; values: WatchedValue[] }[];
}

interface WatchedValue {
  step: number;
  /** Null is NaN. */
  value: number | null;
}

const MOST_VALUES = 200;
/** Nobody sees more, and a server has other guests. */
const LEAST_INTERVAL_MS = 100;
const MOST_SERIES = 64;
/** Where nothing happens it is asked less and less often, up to so many intervals apart. */
const SLOWEST = 8;
/** A server that is gone so many looks in a row is not waited for any longer. */
const PATIENCE = 8;

/** Follows a run and those nested in it until it ends. */
export function watchRun(request: WatchRunRequest): Promise<WatchedRun> {
  return withTracker(request.project, request, 'read', tracker => followRun(tracker, request));
}

/** The same on a tracker that is open. */
export async function followRun(tracker: Tracker, request: FollowRequest): Promise<WatchedRun> {
  const run = await findRun(tracker, request.run, { experiment: request.experiment });
  const watcher = new RunWatcher(tracker, run.runId, request.metrics);
  const state = await follow(watcher, request);
  return {
    run: state.run,
    ended: state.ended,
    series: state.series.map(({ runId, label, metric, points }) => ({
      runId,
      run: label === '' ? state.run.name : label,
      metric,
      points: points.length,
      last: numberOrNull(points.at(-1)?.value),
      values: thinOut(points, MOST_VALUES).map(({ step, value }) => ({ step, value: numberOrNull(value) })),
    })),
  };
}

async function follow(watcher: RunWatcher, request: FollowRequest): Promise<WatchState> {
  const { once, signal, onChange, onTrouble, pause = sleep } = request;
  const intervalMs = Math.max(LEAST_INTERVAL_MS, parseDuration(request.interval, '--interval'));
  let failures = 0;
  let slower = 1;
  for (;;) {
    signal.throwIfAborted();
    try {
      const { state, fresh, changed } = await watcher.look();
      if (changed) await onChange(state, fresh);
      if (once || state.ended) return state;
      failures = 0;
      slower = changed ? 1 : Math.min(slower * 1.5, SLOWEST);
    } catch (error) {
      failures += 1;
      if (once || failures >= PATIENCE || !isPassing(error)) throw error;
      slower = Math.min(2 ** failures, SLOWEST);
      onTrouble(error.message);
    }
    await pause(intervalMs * slower, signal);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal });
}

function isPassing(error: unknown): error is SentopsError {
  return error instanceof SentopsError && ['REMOTE_UNAVAILABLE', 'TIMEOUT', 'LOCKED'].includes(error.code);
}

/** What is known of a run so far, brought up to date by each look. */
class RunWatcher {
  readonly #tracker: Tracker;
  readonly #runId: string;
  readonly #metrics: readonly string[];
  readonly #histories = new Map<string, GrowingHistory>();
  #experiment: string | undefined;
  #last = '';

  constructor(tracker: Tracker, runId: string, metrics: readonly string[]) {
    this.#tracker = tracker;
    this.#runId = runId;
    this.#metrics = metrics;
  }

  async look(): Promise<{ state: WatchState; fresh: FreshValue[]; changed: boolean }> {
    const run = await this.#tracker.runs.get(this.#runId);
    if (run === null || run.lifecycle === 'deleted')
      throw new SentopsError('NOT_FOUND', `run ${this.#runId} was deleted`, {
        hint: 'restore it: sentops run restore',
      });
    const isFirst = this.#experiment === undefined;
    this.#experiment ??= (await this.#tracker.experiments.get(run.experimentId))?.name ?? run.experimentId;
    const runs = [run, ...(await findChildren(this.#tracker, run))];
    const chosen = this.#choose(runs);
    const fresh: FreshValue[] = [];
    const series: WatchedSeries[] = [];
    for (const { run: owner, label, latest } of chosen) {
      const { runId } = owner;
      const id = `${runId} ${latest.key}`;
      const history = this.#histories.get(id) ?? new GrowingHistory(this.#tracker, runId, latest.key);
      this.#histories.set(id, history);
      for (const { step, value, timestamp } of await history.update(latest))
        fresh.push({ runId, label, metric: latest.key, step, value, timestamp, old: isFirst });
      series.push({ runId, label, metric: latest.key, points: history.points });
    }
    const mark = runs.map(({ runId, status, name }) => `${runId} ${status} ${name}`).join('\n');
    const changed = fresh.length > 0 || mark !== this.#last;
    this.#last = mark;
    const ended = run.status !== 'RUNNING' && run.status !== 'SCHEDULED';
    return { state: { run: toRunRow(run, this.#experiment), series, ended }, fresh, changed };
  }

  #choose(runs: readonly Run[]): { run: Run; label: string; latest: Metric }[] {
    const labels = labelRuns(runs);
    const all = runs.flatMap((run, index) =>
      run.metrics.map(latest => ({ run, latest, label: runs.length > 1 ? (labels[index] ?? '') : '' })),
    );
    const wanted = (key: string) => (this.#metrics.length > 0 ? this.#metrics.includes(key) : !/^system[/.]/.test(key));
    return all
      .filter(({ latest }) => wanted(latest.key))
      .sort((a, b) => compareMetrics(a.latest.key, b.latest.key))
      .slice(0, MOST_SERIES);
  }
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
