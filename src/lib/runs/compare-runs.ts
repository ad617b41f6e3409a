import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { Run } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { compareRows, type RunComparison } from './compare-rows.ts';
import { findRun } from './find-run.ts';
import { type RunSelection, selectRuns } from './list-runs.ts';
import { checkPlotFile, plotRuns } from './plot-runs.ts';
import { toRunRows } from './run-row.ts';
import { listExperiments, searchRuns } from './search-runs.ts';

export interface CompareRunsRequest extends World, RunSelection {
  readonly project: TrackingProject;
  /** Ids or names; the newest of the selection where none is named. */
  readonly runs: readonly string[];
  readonly orderBy?: readonly string[] | undefined;
  readonly limit: number;
  readonly all: boolean;
  readonly tags: boolean;
  /** Only these metrics. */
  readonly metrics: readonly string[];
  readonly plot?: string | undefined;
}

export async function compareRuns(request: CompareRunsRequest): Promise<RunComparison> {
  const { runs: named, metrics, plot } = request;
  if (plot !== undefined) checkPlotFile(plot);
  if (named.length === 1)
    throw new SentopsError('USAGE', 'one run cannot be compared', {
      hint: `name a second one, or look at it with: sentops run describe ${named[0]}`,
    });
  return withTracker(request.project, request, 'read', async tracker => {
    const found = named.length > 0 ? await findAll(tracker, request) : await searchAll(tracker, request);
    if (found.length < 2)
      throw new SentopsError(
        'NOT_FOUND',
        `there are not two runs to compare${found.length === 1 ? ', only one' : ''}`,
        {
          hint: 'look at what there is with: sentops run list',
        },
      );
    const rows = toRunRows(found, await listExperiments(tracker, 'all'));
    checkMetrics(rows, metrics);
    const compared = compareRows(rows, request);
    const isShown = ({ kind, key }: RunComparison['values'][number]) => kind !== 'metric' || metrics.includes(key);
    const values = metrics.length === 0 ? compared.values : compared.values.filter(isShown);
    const file =
      plot === undefined ? null : await plotRuns(tracker, rows, { values }, { file: plot, cwd: request.cwd, metrics });
    return { ...compared, values, plot: file };
  });
}

async function findAll(tracker: Tracker, { runs, experiments, view }: CompareRunsRequest): Promise<Run[]> {
  const found = new Map<string, Run>();
  for (const name of runs) {
    const run = await findRun(tracker, name, { experiment: experiments[0], view });
    found.set(run.runId, run);
  }
  return [...found.values()];
}

async function searchAll(tracker: Tracker, request: CompareRunsRequest): Promise<readonly Run[]> {
  const { experiments, filter } = await selectRuns(tracker, request, request.project.config.mlflow.experiment);
  const { items } = await searchRuns(tracker, {
    experiments,
    // Parents are left out below.
    limit: request.limit * 2,
    view: request.view ?? 'active',
    ...(filter === undefined ? {} : { filter }),
    ...(request.orderBy === undefined ? {} : { orderBy: request.orderBy }),
  });
  // A run that only holds others together has nothing to compare with them.
  const parents = new Set(items.map(({ tags }) => tags['mlflow.parentRunId']));
  const telling = items.filter(
    run => !parents.has(run.runId) && (run.metrics.length > 0 || Object.keys(run.params).length > 0),
  );
  return (telling.length >= 2 ? telling : items).slice(0, request.limit);
}

function checkMetrics(
  rows: readonly { readonly metrics: Readonly<Record<string, unknown>> }[],
  metrics: readonly string[],
): void {
  const known = [...new Set(rows.flatMap(row => Object.keys(row.metrics)))];
  const unknown = metrics.find(metric => !known.includes(metric));
  if (unknown === undefined) return;
  throw new SentopsError('NOT_FOUND', `none of the runs has the metric ${JSON.stringify(unknown)}`, {
    hint: known.length === 0 ? 'they have none' : `they have ${known.join(', ')}`,
    details: { metric: unknown, known },
  });
}
