import { SentopsError } from '../../core/errors.ts';
import { allPages } from '../all-pages.ts';
import type { Metric } from '../entities.ts';
import type { Tracker } from '../types.ts';
import { doubleToWire, metricToWire } from '../wire/metric.ts';
import type { Handler } from './call.ts';
import { pageRange, pageToWire } from './queries.ts';
import { findRun, runIdOf } from './runs.ts';

/** As in MLflow's server. */
const MOST = 25_000;
const MOST_RUNS = 100;
const MOST_SAMPLES = 2500;

/** All of it where no page is asked for: clients of older versions know no pages here. */
export const getHistory: Handler = async (service, { args }) => {
  const runId = runIdOf(args);
  const key = args.text('metric_key');
  await findRun(service, runId);
  if (args.maybeInteger('max_results') === undefined)
    return pageToWire('metrics', (await allOf(service.tracker, runId, key)).map(metricToWire), null);
  const page = await service.tracker.runs.history(runId, key, pageRange(args, { most: MOST }));
  return pageToWire('metrics', page.items.map(metricToWire), page.nextPageToken);
};

/** For charts: one metric of several runs. */
export const getHistoryBulk: Handler = async ({ tracker }, { args }) => {
  const runIds = checkRuns(args.texts('run_id'), 'run_id');
  const key = args.text('metric_key');
  const { limit } = pageRange(args, { usual: MOST, most: Number.MAX_SAFE_INTEGER });
  const most = Math.min(limit, MOST);
  const metrics: object[] = [];
  for (const runId of runIds.toSorted()) {
    if (metrics.length >= most) break;
    const values = await allOf(tracker, runId, key, most - metrics.length);
    metrics.push(...values.map(value => withRun(value, runId)));
  }
  return { metrics };
};

/** As above, thinned out to steps that lie evenly between the first and the last one. */
export const getHistoryBulkInterval: Handler = async ({ tracker }, { args }) => {
  const runIds = checkRuns(args.texts('run_ids'), 'run_ids');
  const key = args.text('metric_key');
  const { limit } = pageRange(args, { usual: MOST_SAMPLES, most: MOST_SAMPLES });
  const [from, to] = readInterval(args.maybeInteger('start_step'), args.maybeInteger('end_step'));
  const metrics: object[] = [];
  for (const runId of runIds) {
    const values = (await allOf(tracker, runId, key)).filter(({ step }) => step >= from && step <= to);
    const kept = sampleSteps(values, limit);
    for (const value of values) if (kept.has(value.step)) metrics.push(withRun(value, runId));
  }
  return pageToWire('metrics', metrics, null);
};

function allOf(tracker: Tracker, runId: string, key: string, most?: number): Promise<Metric[]> {
  const next = (pageToken: string | undefined) =>
    tracker.runs.history(runId, key, { limit: MOST, ...(pageToken === undefined ? {} : { pageToken }) });
  return allPages(next, most);
}

/** Values come by step. The first and the last step are always kept. */
export function sampleSteps(values: readonly Metric[], most: number): ReadonlySet<number> {
  const steps = [...new Set(values.map(({ step }) => step))];
  if (steps.length <= most) return new Set(steps);
  const picked = Array.from({ length: most }, (_, index) => steps[Math.floor((index * steps.length) / most)] ?? 0);
  return new Set([...picked, steps.at(-1) ?? 0]);
}

function withRun(metric: Metric, runId: string): object {
  const { key, value, timestamp, step } = metric;
  return { key, value: doubleToWire(value), timestamp, step, run_id: runId };
}

function checkRuns(runIds: readonly string[], name: string): readonly string[] {
  if (runIds.length > 0 && runIds.length <= MOST_RUNS) return runIds;
  throw new SentopsError(
    'FLAG_INVALID',
    `${name} has to be given 1 to ${MOST_RUNS} times; it was ${runIds.length} times`,
  );
}

function readInterval(start: number | undefined, end: number | undefined): readonly [number, number] {
  if (start === undefined && end === undefined) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (start === undefined || end === undefined)
    throw new SentopsError('FLAG_INVALID', 'start_step and end_step go together: one of them is missing');
  if (start <= end) return [start, end];
  throw new SentopsError('FLAG_INVALID', `end_step must not be less than start_step: ${end} < ${start}`);
}
