import { allPages } from '../tracking/all-pages.ts';
import type { Metric, Run } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';

const PAGE = 10_000;
/** Histories are asked for at the same time, but never so many that a server suffers. */
const AT_ONCE = 8;

export interface MetricHistory {
  readonly key: string;
  readonly points: readonly Metric[];
}

/** Every value of a metric. */
export function readHistory(tracker: Tracker, runId: string, key: string): Promise<Metric[]> {
  return allPages(pageToken =>
    tracker.runs.history(runId, key, { limit: PAGE, ...(pageToken === undefined ? {} : { pageToken }) }),
  );
}

/** The histories of some metrics of a run, in their order. */
export async function readHistories(
  tracker: Tracker,
  runId: string,
  keys: readonly string[],
): Promise<MetricHistory[]> {
  const histories: MetricHistory[] = [];
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const some = keys.slice(start, start + AT_ONCE);
    const read = some.map(async key => ({ key, points: await readHistory(tracker, runId, key) }));
    histories.push(...(await Promise.all(read)));
  }
  return histories;
}

/** Metrics whose latest value has a step behind it: only they can have a history worth asking for. */
export function steppedMetrics(run: Run): string[] {
  return run.metrics.filter(({ step }) => step > 0).map(({ key }) => key);
}
