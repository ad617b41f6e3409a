import { assignFolds } from '../../learn/folds.ts';
import { fitPlatt, type PlattScaling } from '../../learn/platt.ts';
import type { LabelledRows, Parameters } from '../../learn/types.ts';
import { fitAll } from './fit-all.ts';
import { shareInts } from './share-rows.ts';
import type { FitRun, FitTask } from './types.ts';

export interface CalibrationRequest {
  readonly trainer: string;
  readonly params: Parameters;
  readonly seed: number;
  readonly folds?: number;
}

/**
 * Probabilities for a classifier of two classes that has none: each row is judged by a fit that has not seen it, and a
 * sigmoid is laid through these margins.
 */
export async function calibrateByFolds(
  rows: LabelledRows,
  { trainer, params, seed, folds = 3 }: CalibrationRequest,
  run: FitRun,
): Promise<PlattScaling> {
  const assigned = shareInts(assignFolds(rows.labels, { folds, seed, stratified: true }));
  const tasks = Array.from(
    { length: folds },
    (_, fold): FitTask => ({ trainer, params, seed, leaveOut: { fold, assigned } }),
  );
  const margins = new Float64Array(rows.labels.length);
  for (const { heldOut } of await fitAll(tasks, rows, run)) {
    for (const [place, row] of heldOut?.rows.entries() ?? []) margins[row] = heldOut?.scores.raw[2 * place + 1] ?? 0;
  }
  return fitPlatt(margins, rows.labels);
}
