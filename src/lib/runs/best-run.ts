import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { World } from '../extend/world.ts';
import type { Run } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { type RunSelection, selectRuns } from './list-runs.ts';
import { betterWay, compareMetrics } from './metric-order.ts';
import { type RunRow, toRunRow } from './run-row.ts';
import { type RunSearch, searchRuns } from './search-runs.ts';
import { searchKey } from './search-terms.ts';

export interface BestRunRequest extends World, RunSelection {
  readonly project: TrackingProject;
  readonly metric: string;
  /** Which end is best; by the name of the metric where absent. */
  readonly mode?: 'max' | 'min' | undefined;
  /** Numbers, as they were typed. */
  readonly min?: string | undefined;
  readonly max?: string | undefined;
}

export interface BestRun {
  metric: string;
  mode: 'max' | 'min';
  value: number;
  run: RunRow;
  /** The next ones, the better first. */
  runnersUp: { runId: string; name: string; value: number }[];
  /** Null where no bound was given. */
  gate: { met: boolean; min: number | null; max: number | null } | null;
}

/** So many are shown beside the best one. */
const RUNNERS_UP = 2;
/** So many runs are asked for metrics when none has the one. */
const LOOKED_AT = 200;

/**
 * The run with the best value. MLflow puts runs whose value is NaN, and then those that do not have the metric, behind
 * all others whichever the order, and gives them where there is nothing else: they are no answer.
 */
export async function findBestRun(request: BestRunRequest): Promise<BestRun> {
  const { project, metric } = request;
  const mode = request.mode ?? (betterWay(metric) === 'less' ? 'min' : 'max');
  const bounds = { min: readBound(request.min, '--min'), max: readBound(request.max, '--max') };
  return withTracker(project, request, 'read', async tracker => {
    const selected = await selectRuns(tracker, request, project.config.mlflow.experiment);
    const where = {
      experiments: selected.experiments,
      view: request.view ?? 'active',
      ...(selected.filter === undefined ? {} : { filter: selected.filter }),
    } as const;
    const orderBy = [`${searchKey('metrics', metric)} ${mode === 'max' ? 'DESC' : 'ASC'}`];
    const { items } = await searchRuns(tracker, { ...where, orderBy, limit: 1 + RUNNERS_UP });
    const ranked = items.flatMap(run => {
      const value = numberOf(run, metric);
      return value === undefined ? [] : [{ run, value }];
    });
    const [best, ...others] = ranked;
    if (best === undefined) throw await explainNone(tracker, metric, where);
    const experiment = selected.experiments.find(({ experimentId }) => experimentId === best.run.experimentId);
    return {
      metric,
      mode,
      value: best.value,
      run: toRunRow(best.run, experiment?.name ?? best.run.experimentId),
      runnersUp: others.map(({ run, value }) => ({ runId: run.runId, name: run.name, value })),
      gate: judge(best.value, bounds),
    };
  });
}

function numberOf(run: Run, metric: string): number | undefined {
  const value = run.metrics.find(({ key }) => key === metric)?.value;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function readBound(text: string | undefined, flag: string): number | null {
  if (text === undefined) return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new SentopsError('FLAG_INVALID', `${flag}: ${JSON.stringify(text)} is not a number`, {
    hint: 'write a number such as 0.75',
    details: { flag, value: text },
  });
}

function judge(value: number, { min, max }: { min: number | null; max: number | null }): BestRun['gate'] {
  if (min === null && max === null) return null;
  const met = value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
  return { met, min, max };
}

async function explainNone(tracker: Tracker, metric: string, where: Omit<RunSearch, 'limit'>): Promise<SentopsError> {
  const { items } = await searchRuns(tracker, { ...where, limit: LOOKED_AT });
  const metrics = items.flatMap(run => run.metrics.map(({ key }) => key));
  const known = [...new Set(metrics)].filter(key => key !== metric).sort(compareMetrics);
  const near = suggest(metric, known);
  const list = known.length > 0 ? `they have ${known.slice(0, 20).join(', ')}` : 'look at them with: sentops run list';
  const what = metrics.includes(metric) ? 'a value of the metric that is a number,' : 'the metric';
  return new SentopsError(
    'NOT_FOUND',
    items.length === 0 ? 'no run matches' : `no run that matches has ${what} ${JSON.stringify(metric)}`,
    { hint: near === undefined ? list : `did you mean ${near}?`, details: { metric, known: known.slice(0, 100) } },
  );
}
