import type { FittedStage, SparseRows } from '../types.ts';
import { argmaxOfRows, doublesOf, integersOf, numberOf } from './arrays.ts';
import type { RowScores } from './types.ts';

export function scoreForest(stage: FittedStage, features: SparseRows): RowScores {
  const classes = numberOf(stage, 'numClasses');
  const rows = features.starts.length - 1;
  const raw = new Float64Array(rows * classes);
  const findLeaf = leafFinder(stage);
  const shares = leafShares(doublesOf(stage, 'stats'), classes);
  const trees = integersOf(stage, 'starts');
  const dense = new Float64Array(features.columns);
  for (let row = 0; row < rows; row++) {
    const entries = { from: features.starts[row] as number, to: features.starts[row + 1] as number };
    for (let at = entries.from; at < entries.to; at++) {
      dense[features.indices[at] as number] = features.values[at] as number;
    }
    for (let tree = 0; tree + 1 < trees.length; tree++) {
      const leaf = findLeaf(trees[tree] as number, dense) * classes;
      for (let klass = 0; klass < classes; klass++) {
        const at = row * classes + klass;
        raw[at] = (raw[at] as number) + (shares[leaf + klass] as number);
      }
    }
    for (let at = entries.from; at < entries.to; at++) dense[features.indices[at] as number] = 0;
  }
  const votes = trees.length - 1;
  return {
    rows,
    classes,
    predictions: argmaxOfRows(raw, classes),
    raw,
    probabilities: raw.map(value => value / votes),
  };
}

function leafFinder(stage: FittedStage): (root: number, dense: Float64Array) => number {
  const left = integersOf(stage, 'left');
  const right = integersOf(stage, 'right');
  const feature = integersOf(stage, 'feature');
  const threshold = doublesOf(stage, 'threshold');
  return (root, dense) => {
    let node = root;
    while ((left[node] as number) !== -1) {
      const goesLeft = (dense[feature[node] as number] as number) <= (threshold[node] as number);
      node = root + ((goesLeft ? left[node] : right[node]) as number);
    }
    return node;
  };
}

/** The class weights of each node as shares of one. */
function leafShares(stats: Float64Array, classes: number): Float64Array {
  const shares = new Float64Array(stats.length);
  for (let from = 0; from < stats.length; from += classes) {
    let total = 0;
    for (let at = from; at < from + classes; at++) total += stats[at] as number;
    if (total === 0) continue;
    for (let at = from; at < from + classes; at++) shares[at] = (stats[at] as number) / total;
  }
  return shares;
}
