import { type ColumnStatistics, summariseColumns } from '../column-statistics.ts';
import type { LabelledRows } from '../types.ts';

/**
 * The space in which linear models are fitted: each column divided by its deviation and, where there is an intercept,
 * centred. Neither is done to the entries: weights are scaled on the way in and the shift goes into the offset, so
 * rows stay sparse and are not copied.
 */
export interface ScaledSpace {
  readonly rows: LabelledRows;
  readonly deviation: Float64Array;
  /** 1 / deviation, 0 for a constant column. */
  readonly inverse: Float64Array;
  /** mean / deviation; all zero without an intercept. */
  readonly shift: Float64Array;
  readonly weightSum: number;
  readonly fitIntercept: boolean;
}

export function scaleSpace(rows: LabelledRows, fitIntercept: boolean): ScaledSpace {
  const { mean, deviation, weightSum }: ColumnStatistics = summariseColumns(rows.features, rows.weights);
  const inverse = deviation.map(value => (value === 0 ? 0 : 1 / value));
  const shift = fitIntercept
    ? mean.map((value, column) => value * (inverse[column] as number))
    : new Float64Array(mean.length);
  return { rows, deviation, inverse, shift, weightSum, fitIntercept };
}

/** Weights in the space of the rows, class after class, and intercepts. */
export interface LinearSolution {
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
}

/** Takes a solution (weights of a column side by side, intercepts last) back to the space of the rows. */
export function leaveSpace(space: ScaledSpace, solution: Float64Array, sets: number): LinearSolution {
  const columns = space.inverse.length;
  const coefficients = new Float64Array(sets * columns);
  const intercepts = new Float64Array(sets);
  if (space.fitIntercept) intercepts.set(solution.subarray(columns * sets));
  for (let column = 0; column < columns; column++) {
    const deviation = space.deviation[column] as number;
    if (deviation === 0) continue;
    for (let set = 0; set < sets; set++) {
      const weight = solution[column * sets + set] as number;
      coefficients[set * columns + column] = weight / deviation;
      intercepts[set] = (intercepts[set] as number) - weight * (space.shift[column] as number);
    }
  }
  return { coefficients, intercepts };
}
