import type { SparseRows } from './types.ts';

export interface ColumnStatistics {
  readonly mean: Float64Array;
  /** Square root of the unbiased variance; 0 for a constant column. */
  readonly deviation: Float64Array;
  readonly weightSum: number;
}

/**
 * Mean and standard deviation of each column over all rows, zeros included. One pass over the entries with the update
 * of West (1979), the zeros joined in at the end; for weights the reliability form n → Σw − Σw²/Σw.
 */
export function summariseColumns(features: SparseRows, weights?: Float64Array): ColumnStatistics {
  const { columns, starts, indices, values } = features;
  const rows = starts.length - 1;
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  const seen = new Float64Array(columns);
  let weightSum = 0;
  let weightSquares = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    weightSum += weight;
    weightSquares += weight * weight;
    if (weight === 0) continue;
    for (let entry = starts[row] as number, end = starts[row + 1] as number; entry < end; entry++) {
      const column = indices[entry] as number;
      const value = values[entry] as number;
      if (value === 0) continue;
      const before = mean[column] as number;
      const total = (seen[column] as number) + weight;
      const after = before + (weight * (value - before)) / total;
      mean[column] = after;
      deviation[column] = (deviation[column] as number) + weight * (value - after) * (value - before);
      seen[column] = total;
    }
  }
  const degrees = weightSum - weightSquares / weightSum;
  for (let column = 0; column < columns; column++) {
    const share = (seen[column] as number) / weightSum;
    const average = mean[column] as number;
    const spread = (deviation[column] as number) + average * average * (seen[column] as number) * (1 - share);
    mean[column] = average * share;
    deviation[column] = degrees > 0 ? Math.sqrt(Math.max(spread / degrees, 0)) : 0;
  }
  return { mean, deviation, weightSum };
}
