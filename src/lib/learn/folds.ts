import { createRandom, type Random, shuffle } from './random.ts';
import type { LabelledRows } from './types.ts';

export interface FoldOptions {
  readonly folds: number;
  readonly seed: number;
  /** Every fold gets about the same share of each class. */
  readonly stratified?: boolean;
}

/** The fold of each row: sizes differ by at most one (within each class, where stratified). */
export function assignFolds(labels: Int32Array, { folds, seed, stratified = false }: FoldOptions): Int32Array {
  if (!Number.isInteger(folds) || folds < 2)
    throw new RangeError(`cross-validation needs at least 2 folds, not ${folds}`);
  if (folds > labels.length) {
    throw new RangeError(`cross-validation with ${folds} folds needs as many rows; there are ${labels.length}`);
  }
  const order = shuffledRows(labels.length, createRandom(seed));
  // Sorting is stable, so the rows of a class keep their random order; dealing goes on from class to class.
  if (stratified) order.sort((a, b) => (labels[a] as number) - (labels[b] as number));
  const assigned = new Int32Array(labels.length);
  for (let place = 0; place < order.length; place++) assigned[order[place] as number] = place % folds;
  return assigned;
}

function shuffledRows(count: number, random: Random): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  shuffle(rows, random);
  return rows;
}

/** A copy of the rows that are wanted, in their order. */
export function selectRows(rows: LabelledRows, isWanted: (row: number) => boolean): LabelledRows {
  const { starts, indices, values, columns } = rows.features;
  const chosen: number[] = [];
  let entries = 0;
  for (let row = 0; row < rows.labels.length; row++) {
    if (!isWanted(row)) continue;
    chosen.push(row);
    entries += (starts[row + 1] as number) - (starts[row] as number);
  }
  const features = {
    columns,
    starts: new Int32Array(chosen.length + 1),
    indices: new Int32Array(entries),
    values: new Float64Array(entries),
  };
  for (const [place, row] of chosen.entries()) {
    const [from, to, at] = [starts[row] as number, starts[row + 1] as number, features.starts[place] as number];
    features.indices.set(indices.subarray(from, to), at);
    features.values.set(values.subarray(from, to), at);
    features.starts[place + 1] = at + to - from;
  }
  const pick = (row: number) => rows.weights?.[row] ?? 1;
  return {
    features,
    labels: Int32Array.from(chosen, row => rows.labels[row] as number),
    classes: rows.classes,
    ...(rows.weights && { weights: Float64Array.from(chosen, pick) }),
  };
}
