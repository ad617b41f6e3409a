import { selectRows } from '../../learn/folds.ts';
import { argmaxOfRows } from '../../learn/score/arrays.ts';
import { scoreStage } from '../../learn/score/classifier.ts';
import type { RowScores } from '../../learn/score/types.ts';
import type { Classifier, LabelledRows, Parameters, SparseRows, Trainer } from '../../learn/types.ts';
import { isOwnTrainer } from './trainers.ts';
import type { FitOutcome, Fold } from './types.ts';

export interface FitWork {
  readonly trainer: Trainer;
  readonly params: Parameters;
  readonly seed: number;
  readonly leaveOut: Fold | null;
  readonly signal: AbortSignal;
  progress?(done: number, total: number, objective?: number): void;
}

/** Fits in this thread, and scores the fold that was left out. */
export async function runFit(rows: LabelledRows, work: FitWork): Promise<FitOutcome> {
  const { trainer, leaveOut } = work;
  const seen = leaveOut ? selectRows(rows, row => leaveOut.assigned[row] !== leaveOut.fold) : rows;
  const start = performance.now();
  const classifier = await trainer.fit(seen, work);
  const seconds = (performance.now() - start) / 1000;
  const { stage } = classifier;
  const own = isOwnTrainer(stage.type) ? {} : { classifier };
  if (!leaveOut) return { stage, seconds, heldOut: null, ...own };
  const isOut = (row: number) => leaveOut.assigned[row] === leaveOut.fold;
  const unseen = selectRows(rows, isOut);
  const numbers = Int32Array.from([...rows.labels.keys()].filter(isOut));
  return { stage, seconds, heldOut: { rows: numbers, labels: unseen.labels, scores: scoresOf(classifier, unseen) } };
}

function scoresOf(classifier: Classifier, { features, classes }: LabelledRows): RowScores {
  if (isOwnTrainer(classifier.stage.type)) return scoreStage(classifier.stage, features);
  return pluginScores(classifier, features, classes);
}

/** A plugin's classifier gives one score for each row and class, and nothing else. */
export function pluginScores(classifier: Classifier, features: SparseRows, classes: number): RowScores {
  const raw = classifier.predict(features);
  const rows = features.starts.length - 1;
  if (raw.length !== rows * classes) {
    throw new RangeError(`${classifier.stage.type} gave ${raw.length} scores for ${rows} rows and ${classes} classes`);
  }
  const predictions = argmaxOfRows(raw, classes);
  return { rows, classes, predictions, raw, probabilities: classifier.probabilistic ? raw : null };
}
