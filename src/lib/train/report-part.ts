import { precisionRecallCurve, rocCurve } from '../learn/curves.ts';
import type { Evaluation } from '../learn/evaluation.ts';
import { rankClass } from '../learn/metrics.ts';
import { measureReliability } from '../learn/reliability.ts';
import type { ClassCurves, ReportedPart, ScoreHistogram } from '../report/types.ts';
import type { PartScores } from './batch.ts';

const BINS = 40;
/** Curves of more classes than these tell nothing in one picture. */
const MOST_CURVES = 12;

/** What the report of a model shows of one part of the rows. */
export function describePart(part: ReportedPart['part'], scores: PartScores, evaluation: Evaluation): ReportedPart {
  const isBinary = scores.classes === 2;
  return {
    part,
    evaluation,
    curves: drawCurves(scores),
    scores: isBinary ? countScores(scores) : null,
    calibration: isBinary && scores.probabilities ? calibrate(scores.labels, scores.probabilities) : null,
  };
}

function calibrate(labels: Int32Array, probabilities: Float64Array): ReportedPart['calibration'] {
  return measureReliability(labels, probabilities).bins.flatMap(({ rows, meanProbability, positiveShare }) =>
    meanProbability === null || positiveShare === null
      ? []
      : [{ rows, predicted: meanProbability, observed: positiveShare }],
  );
}

export function drawCurves(scores: PartScores): ClassCurves[] {
  return chooseClasses(scores).map(label => {
    const ranking = rankClass(scores, label);
    return { label, roc: rocCurve(ranking), pr: precisionRecallCurve(ranking) };
  });
}

/** The positive class of two; of many those with the most rows, in their order. */
function chooseClasses({ classes, labels }: PartScores): number[] {
  if (classes === 2) return [1];
  const rows = new Int32Array(classes);
  for (const label of labels) rows[label] = (rows[label] ?? 0) + 1;
  const byRows = [...rows.keys()].sort((a, b) => (rows[b] ?? 0) - (rows[a] ?? 0) || a - b);
  return byRows.slice(0, MOST_CURVES).sort((a, b) => a - b);
}

/** Probabilities of the positive class where there are any, margins where there are none. */
function countScores({ raw, probabilities, labels }: PartScores): ScoreHistogram {
  const values = positives(probabilities ?? raw);
  const [least, most] = probabilities ? [0, 1] : rangeOf(values);
  const width = (most - least) / BINS || 1;
  const counts = [new Int32Array(BINS), new Int32Array(BINS)];
  for (const [row, value] of values.entries()) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - least) / width)));
    const ofClass = counts[labels[row] ?? 0];
    if (ofClass) ofClass[bin] = (ofClass[bin] ?? 0) + 1;
  }
  return {
    score: probabilities ? 'Probability of positive' : 'Margin',
    edges: Float64Array.from({ length: BINS + 1 }, (_, index) => least + index * width),
    counts,
  };
}

function positives(scores: Float64Array): Float64Array {
  return Float64Array.from({ length: scores.length / 2 }, (_, row) => scores[2 * row + 1] ?? 0);
}

function rangeOf(values: Float64Array): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : [0, 1];
}
