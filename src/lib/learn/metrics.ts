import type { ClassEvaluation, Evaluation } from './evaluation.ts';
import { areaUnderRoc, type Ranking, rankScores } from './ranking.ts';

/** Scores of labelled rows, row after row. */
export interface ScoredRows {
  readonly rows: number;
  readonly classes: number;
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
  readonly raw: Float64Array;
  readonly probabilities: Float64Array | null;
}

/** The least probability that counts in the log-loss: that of Spark's evaluator. */
const LEAST_PROBABILITY = 1e-15;

/**
 * Two classes: precision, recall and F1 of the positive one (1), which is what people mean by them and what the training
 * job for Spark reports (templates/jobs/sentiment_multimodel.py): a model must not change its numbers with the backend.
 * More classes: weighted by the rows of each. Throws RangeError where there are no rows.
 */
export function evaluate(scored: ScoredRows): Evaluation {
  const { rows, classes } = scored;
  if (rows === 0) throw new RangeError('there are no rows to evaluate on');
  const confusion = countPairs(scored);
  const perClass = Array.from({ length: classes }, (_, klass) => evaluateClass(scored, confusion, klass));
  const averages = classes === 2 ? (perClass[1] as ClassEvaluation) : weighByRows(perClass, rows);
  return {
    rows,
    classes,
    accuracy: perClass.reduce((hits, _, klass) => hits + (confusion[klass * classes + klass] as number), 0) / rows,
    precision: averages.precision,
    recall: averages.recall,
    f1: averages.f1,
    auc: classes === 2 ? (perClass[1]?.auc ?? null) : meanOf(perClass.map(part => part.auc)),
    logLoss: logLoss(scored),
    confusion,
    perClass,
  };
}

/** The ranking that curves of a class are drawn from; the positive class (1) where none is named. */
export function rankClass({ labels, classes, raw, probabilities }: ScoredRows, klass = 1): Ranking {
  // Raw scores of many classes cannot be compared from row to row, probabilities can. Of two classes the distance can,
  // and it is finer: log-likelihoods of naive Bayes grow with the text, their difference does not.
  if (classes === 2) return rankScores(labels, klass, distances(raw, klass), 1, 0);
  return rankScores(labels, klass, probabilities ?? raw, classes, klass);
}

function distances(raw: Float64Array, klass: number): Float64Array {
  const other = 1 - klass;
  return Float64Array.from(
    { length: raw.length / 2 },
    (_, row) => (raw[2 * row + klass] as number) - (raw[2 * row + other] as number),
  );
}

interface Averages {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Each class counts as much as it has rows: the averages of Spark's MulticlassClassificationEvaluator. */
export function weightedAverages({ perClass, rows }: Evaluation): Averages {
  return weighByRows(perClass, rows);
}

function weighByRows(perClass: readonly ClassEvaluation[], rows: number): Averages {
  const weighted = (pick: (part: ClassEvaluation) => number) =>
    perClass.reduce((sum, part) => sum + (part.support / rows) * pick(part), 0);
  return {
    precision: weighted(part => part.precision),
    recall: weighted(part => part.recall),
    f1: weighted(part => part.f1),
  };
}

/** Precision, recall and F1 with every class counting the same. */
export function macroAverages({ perClass }: Evaluation): Averages {
  const mean = (pick: (part: ClassEvaluation) => number) =>
    perClass.reduce((sum, part) => sum + pick(part), 0) / perClass.length;
  return { precision: mean(part => part.precision), recall: mean(part => part.recall), f1: mean(part => part.f1) };
}

function countPairs({ classes, labels, predictions }: ScoredRows): Float64Array {
  const confusion = new Float64Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    const cell = (labels[row] as number) * classes + (predictions[row] as number);
    confusion[cell] = (confusion[cell] as number) + 1;
  }
  return confusion;
}

function evaluateClass(scored: ScoredRows, confusion: Float64Array, klass: number): ClassEvaluation {
  const { classes } = scored;
  const hits = confusion[klass * classes + klass] as number;
  let support = 0;
  let predicted = 0;
  for (let other = 0; other < classes; other++) {
    support += confusion[klass * classes + other] as number;
    predicted += confusion[other * classes + klass] as number;
  }
  const precision = predicted === 0 ? 0 : hits / predicted;
  const recall = support === 0 ? 0 : hits / support;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { support, predicted, precision, recall, f1, auc: areaUnderRoc(rankClass(scored, klass)) };
}

function logLoss({ rows, classes, labels, probabilities }: ScoredRows): number | null {
  if (!probabilities) return null;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    sum -= Math.log(Math.max(probabilities[row * classes + (labels[row] as number)] as number, LEAST_PROBABILITY));
  }
  return sum / rows;
}

function meanOf(areas: readonly (number | null)[]): number | null {
  const known = areas.filter(area => area !== null);
  return known.length === areas.length ? known.reduce((sum, area) => sum + area, 0) / known.length : null;
}
