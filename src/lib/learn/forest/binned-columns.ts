import type { LabelledRows } from '../types.ts';
import { chooseSplits } from './choose-splits.ts';

/** Rows turned into columns, each value replaced by the number of its bin. Rows that are not listed hold a zero. */
export interface BinnedColumns {
  readonly count: number;
  /** Column c owns the entries from starts[c] to starts[c + 1]. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly bins: Uint16Array;
  /** Column c owns the thresholds from splitStarts[c] to splitStarts[c + 1]; values up to threshold i are in bins up to i. */
  readonly splitStarts: Int32Array;
  readonly thresholds: Float64Array;
  /** Bin of the rows that are not listed. */
  readonly zeroBins: Uint16Array;
}

export function binColumns({ features, weights }: LabelledRows, maxBins: number): BinnedColumns {
  const { starts, rows, values } = transpose(features);
  const count = features.columns;
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : features.starts.length - 1;
  const maxSplits = Math.min(maxBins, features.starts.length - 1) - 1;
  const bins = new Uint16Array(rows.length);
  const zeroBins = new Uint16Array(count);
  const splitStarts = new Int32Array(count + 1);
  const thresholds: number[] = [];
  for (let column = 0; column < count; column++) {
    const start = starts[column] as number;
    const end = starts[column + 1] as number;
    const shares = new Map<number, number>();
    for (let entry = start; entry < end; entry++) {
      const value = values[entry] as number;
      if (value === 0) continue;
      shares.set(value, (shares.get(value) ?? 0) + (weights ? (weights[rows[entry] as number] as number) : 1));
    }
    const splits = chooseSplits(shares, total, end - start, maxSplits);
    thresholds.push(...splits);
    splitStarts[column + 1] = thresholds.length;
    zeroBins[column] = binOf(0, splits);
    for (let entry = start; entry < end; entry++) bins[entry] = binOf(values[entry] as number, splits);
  }
  return { count, starts, rows, bins, splitStarts, thresholds: Float64Array.from(thresholds), zeroBins };
}

function transpose({ columns, starts, indices, values }: LabelledRows['features']) {
  const rows = starts.length - 1;
  const end = starts[rows] as number;
  const columnStarts = new Int32Array(columns + 1);
  for (let entry = 0; entry < end; entry++) {
    const next = (indices[entry] as number) + 1;
    columnStarts[next] = (columnStarts[next] as number) + 1;
  }
  for (let column = 0; column < columns; column++) {
    columnStarts[column + 1] = (columnStarts[column + 1] as number) + (columnStarts[column] as number);
  }
  const free = columnStarts.slice();
  const rowOf = new Int32Array(end);
  const turned = new Float64Array(end);
  for (let row = 0; row < rows; row++) {
    for (let entry = starts[row] as number, last = starts[row + 1] as number; entry < last; entry++) {
      const column = indices[entry] as number;
      const at = free[column] as number;
      free[column] = at + 1;
      rowOf[at] = row;
      turned[at] = values[entry] as number;
    }
  }
  return { starts: columnStarts, rows: rowOf, values: turned };
}

/** Number of the first threshold that is not below the value. */
function binOf(value: number, splits: readonly number[]): number {
  let low = 0;
  let high = splits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((splits[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
