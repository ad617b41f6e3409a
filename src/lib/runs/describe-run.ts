import type { World } from '../extend/world.ts';
import type { Run } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker, View } from '../tracking/types.ts';
import { findRun } from './find-run.ts';
import { compareMetrics } from './metric-order.ts';
import { readHistories, steppedMetrics } from './run-history.ts';
import { type RunRow, toRunRow } from './run-row.ts';
import { searchRuns } from './search-runs.ts';
import { childrenOf } from './search-terms.ts';

export interface DescribeRunRequest extends World {
  readonly project: TrackingProject;
  readonly run: string;
  readonly experiment?: string | undefined;
}

export interface RunDescription {
  run: RunRow;
  /** Metrics that were recorded over steps, with the values thinned out evenly. */
  histories: { metric: string; points: number; first: number; last: number; values: (number | null)[] }[];
  /** Runs nested in it, the oldest first. */
  children: RunRow[];
  /** What lies at the top of its files; null where they cannot be looked at from here. */
  artifacts: { path: string; isFolder: boolean; bytes: number | null }[] | null;
  /** Ids of the logged models that it made. */
  models: string[];
}

/** More is a page of charts, and belongs to run compare --plot or run export. */
const MOST_HISTORIES = 24;
const SPARK_VALUES = 60;
const MOST_CHILDREN = 200;

export function describeRun(request: DescribeRunRequest): Promise<RunDescription> {
  return withTracker(request.project, request, 'read', async tracker => {
    const run = await findRun(tracker, request.run, { experiment: request.experiment });
    const [experiment, children, histories, artifacts] = await Promise.all([
      tracker.experiments.get(run.experimentId),
      findChildren(tracker, run),
      describeHistories(tracker, run),
      listTop(tracker, run, request),
    ]);
    const name = experiment?.name ?? run.experimentId;
    return {
      run: toRunRow(run, name),
      histories,
      children: children.map(child => toRunRow(child, name)),
      artifacts,
      models: run.outputs.map(({ modelId }) => modelId),
    };
  });
}

/** Runs nested in a run, as many as one cares to look at; they are in its experiment. */
export async function findChildren(
  tracker: Tracker,
  run: Run,
  view: View = 'active',
  limit = MOST_CHILDREN,
): Promise<Run[]> {
  const { items } = await searchRuns(tracker, {
    experiments: [run],
    filter: childrenOf(run.runId),
    view,
    orderBy: ['attributes.start_time ASC'],
    limit,
  });
  return [...items];
}

/** Every run nested in a run, however deep and however many. */
export async function findDescendants(tracker: Tracker, run: Run, view: View): Promise<Run[]> {
  const found = new Map([[run.runId, run]]);
  for (const one of found.values())
    for (const child of await findChildren(tracker, one, view, Number.MAX_SAFE_INTEGER))
      if (!found.has(child.runId)) found.set(child.runId, child);
  found.delete(run.runId);
  return [...found.values()];
}

async function describeHistories(tracker: Tracker, run: Run): Promise<RunDescription['histories']> {
  const keys = steppedMetrics(run).sort(compareMetrics).slice(0, MOST_HISTORIES);
  const histories = await readHistories(tracker, run.runId, keys);
  return histories.map(({ key, points }) => {
    const values = points.map(({ value }) => value);
    const finite = values.map(value => (Number.isFinite(value) ? value : null));
    return {
      metric: key,
      points: points.length,
      first: values[0] ?? 0,
      last: values.at(-1) ?? 0,
      values: thinOut(finite, SPARK_VALUES),
    };
  });
}

/** At most so many, evenly, the first and the last among them. */
export function thinOut<Value>(values: readonly Value[], most: number): Value[] {
  if (values.length <= most) return [...values];
  const step = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => values[Math.round(index * step)] as Value);
}

/** Files that lie on another machine are no reason to show nothing of a run. */
async function listTop(tracker: Tracker, run: Run, { report }: World): Promise<RunDescription['artifacts']> {
  try {
    const files = await tracker.artifacts.list(run.artifactUri);
    return files.map(({ path, isFolder, bytes }) => ({ path, isFolder, bytes }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report({ type: 'note', level: 'warn', message: `the artifacts cannot be listed: ${why}` });
    return null;
  }
}
