import type { FittedStage, SparseRows } from '../types.ts';
import { argmaxOfRows, doublesOf, numberOf, softmaxOfRows } from './arrays.ts';
import type { RowScores } from './types.ts';

/** Margins of every row: one for each set of weights (a set is `columns` weights), plus what the set starts with. */
export function linearMargins(
  features: SparseRows,
  coefficients: Float64Array,
  intercepts: Float64Array,
): Float64Array {
  const { starts, indices, values, columns } = features;
  const sets = intercepts.length;
  const rows = starts.length - 1;
  const margins = new Float64Array(rows * sets);
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1] as number;
    for (let set = 0; set < sets; set++) {
      const base = set * columns;
      let sum = 0;
      for (let entry = starts[row] as number; entry < end; entry++) {
        sum += (values[entry] as number) * (coefficients[base + (indices[entry] as number)] as number);
      }
      margins[row * sets + set] = sum + (intercepts[set] as number);
    }
  }
  return margins;
}

export function scoreLogistic(stage: FittedStage, features: SparseRows): RowScores {
  const intercepts = doublesOf(stage, 'intercepts');
  const margins = linearMargins(features, doublesOf(stage, 'coefficients'), intercepts);
  const rows = features.starts.length - 1;
  if (intercepts.length > 1) {
    const classes = intercepts.length;
    const predictions = argmaxOfRows(margins, classes);
    return { rows, classes, predictions, raw: margins, probabilities: softmaxOfRows(margins, classes) };
  }
  const threshold = numberOf(stage, 'threshold');
  const probabilities = new Float64Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const negative = 1 / (1 + Math.exp(margins[row] as number));
    probabilities[2 * row] = negative;
    probabilities[2 * row + 1] = 1 - negative;
  }
  return { ...twoSided(margins, Math.log(threshold / (1 - threshold))), probabilities };
}

export function scoreLinearSvc(stage: FittedStage, features: SparseRows): RowScores {
  const margins = linearMargins(features, doublesOf(stage, 'coefficients'), doublesOf(stage, 'intercepts'));
  return { ...twoSided(margins, numberOf(stage, 'threshold')), probabilities: null };
}

function twoSided(margins: Float64Array, limit: number) {
  const rows = margins.length;
  const raw = new Float64Array(rows * 2);
  const predictions = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const margin = margins[row] as number;
    raw[2 * row] = -margin;
    raw[2 * row + 1] = margin;
    predictions[row] = margin > limit ? 1 : 0;
  }
  return { rows, classes: 2, predictions, raw };
}
