import { assignFolds } from '../../learn/folds.ts';
import { chooseBest } from '../../learn/grid.ts';
import { evaluate } from '../../learn/metrics.ts';
import type { LabelledRows, Parameters, Trainer } from '../../learn/types.ts';
import { fitAll } from './fit-all.ts';
import { shareInts, shareRows } from './share-rows.ts';
import type { FitOutcome, FitRun, FitTask, HeldOut } from './types.ts';

/** `areaUnderROC` is what Spark's BinaryClassificationEvaluator measures when it is told nothing. */
type SearchMetric = 'areaUnderROC' | 'accuracy' | 'f1';

export interface Search {
  readonly trainer: string | Trainer;
  /** Points of the grid, all parameters of each. */
  readonly points: readonly Parameters[];
  readonly folds: number;
  readonly seed: number;
  readonly metric?: SearchMetric;
  readonly stratified?: boolean;
}

export interface SearchResult {
  /** How each point did: the mean over the folds, and each fold. Null where a fold had one class only. */
  readonly points: readonly SearchPoint[];
  readonly best: number;
  /** The best point, fitted on all rows. */
  readonly outcome: FitOutcome;
}

/** What a search tells while it runs. */
export interface SearchRun extends FitRun {
  /** How a point of the grid did, as soon as its last fold is done. */
  judged?(point: number, metric: number): void;
  /** The objective of the last fit, the one of all rows, after so many steps. */
  improved?(step: number, objective: number): void;
}

interface SearchPoint {
  readonly params: Parameters;
  readonly metric: number | null;
  readonly folds: readonly (number | null)[];
}

/** Tries each point of a grid on each fold, folds side by side, and fits the best one on everything. */
export async function crossValidate(rows: LabelledRows, search: Search, run: SearchRun): Promise<SearchResult> {
  const { trainer, points, folds, seed, metric = 'areaUnderROC' } = search;
  const shared = shareRows(rows);
  const assigned = shareInts(assignFolds(rows.labels, search));
  const tasks = Array.from({ length: folds }, (_, fold) => fold).flatMap(fold =>
    points.map((params): FitTask => ({ trainer, params, seed, leaveOut: { fold, assigned } })),
  );
  const steps = tasks.length + 1;
  const judge = judgeEarly(search, metric, run);
  const outcomes = await fitAll(tasks, shared, { ...run, progress: countDone(steps, run), settled: judge.settled });
  const judged = points.map((params, point) => {
    const measured = Array.from({ length: folds }, (_, fold) => {
      const task = fold * points.length + point;
      return judge.known(task) ?? measure((outcomes[task] as FitOutcome).heldOut, metric);
    });
    return { params, folds: measured, metric: meanOf(measured) };
  });
  const best = chooseBest(judged.map(point => point.metric));
  const last = {
    ...run,
    progress: (_: number, done: number, total: number, objective?: number) => {
      run.progress?.(0, steps - 1 + done / total, steps);
      if (objective !== undefined) run.improved?.(done, objective);
    },
  };
  const [outcome] = await fitAll([{ trainer, params: points[best] ?? {}, seed }], shared, last);
  return { points: judged, best, outcome: outcome as FitOutcome };
}

/** Measures each fit when it ends, so that a point can be told before the others are done. */
function judgeEarly({ points, folds }: Search, metric: SearchMetric, { judged }: SearchRun) {
  const values = new Map<number, number | null>();
  const settled = (task: number, { heldOut }: FitOutcome): void => {
    try {
      values.set(task, measure(heldOut, metric));
    } catch {
      // It is measured again at the end, where it can be thrown.
      return;
    }
    const point = task % points.length;
    const ofPoint = Array.from({ length: folds }, (_, fold) => values.get(fold * points.length + point) ?? null);
    const mean = meanOf(ofPoint);
    if (mean !== null) judged?.(point, mean);
  };
  return { settled, known: (task: number) => values.get(task) };
}

/** The progress of many fits as one: the sum of the shares that are done. */
function countDone(steps: number, { progress }: FitRun): NonNullable<FitRun['progress']> {
  const shares = new Map<number, number>();
  return (task, done, total) => {
    shares.set(task, total > 0 ? done / total : 0);
    let sum = 0;
    for (const share of shares.values()) sum += share;
    progress?.(0, sum, steps);
  };
}

function measure(heldOut: HeldOut | null, metric: SearchMetric): number | null {
  if (!heldOut || heldOut.labels.length === 0) return null;
  const evaluation = evaluate({ ...heldOut.scores, labels: heldOut.labels });
  return metric === 'areaUnderROC' ? evaluation.auc : evaluation[metric];
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}
