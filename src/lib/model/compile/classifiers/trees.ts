import { SentopsError } from '../../../core/errors.ts';
import type { Trees } from '../../stages.ts';
import type { SparseView } from '../types.ts';

/** Trees side by side, their nodes counted through; for one row after the other. */
export interface TreeWalker {
  readonly trees: number;
  /** Node of the leaf that each tree leads to, into `leaves`. */
  walk(features: SparseView, leaves: Int32Array): void;
}

/**
 * Spark's trees: a continuous split sends value ≤ threshold to the left; a feature that a sparse vector does not hold
 * is 0. `nodes` are laid out so that a leaf has feature −1.
 */
export function compileTrees(trees: Trees, columns: number, uid: string): TreeWalker {
  const count = trees.starts.length - 1;
  const nodes = layOut(trees, columns, uid);
  const isCategorical = trees.numCategories.some(
    (categories, node) => categories >= 0 && (trees.feature[node] as number) >= 0,
  );
  const goesLeft = isCategorical ? compileCategories(trees) : null;
  const dense = new Float64Array(columns);
  const walkTree = (root: number): number => {
    const { feature, threshold, left, right } = nodes;
    let node = root;
    for (let index = feature[node] as number; index >= 0; index = feature[node] as number) {
      const value = dense[index] as number;
      const toLeft = goesLeft?.(node, value) ?? value <= (threshold[node] as number);
      node = (toLeft ? left[node] : right[node]) as number;
    }
    return node;
  };
  return {
    trees: count,
    walk: (features, leaves) => {
      const entries = features.count;
      for (let at = 0; at < entries; at++) dense[features.indices[at] as number] = features.values[at] as number;
      for (let tree = 0; tree < count; tree++) leaves[tree] = walkTree(trees.starts[tree] as number);
      for (let at = 0; at < entries; at++) dense[features.indices[at] as number] = 0;
    },
  };
}

/** Children by their number among all nodes; checks that every walk ends. */
function layOut(trees: Trees, columns: number, uid: string) {
  const { starts, feature, threshold } = trees;
  const left = new Int32Array(feature.length);
  const right = new Int32Array(feature.length);
  for (let tree = 0; tree + 1 < starts.length; tree++) {
    const first = starts[tree] as number;
    const end = starts[tree + 1] as number;
    for (let node = first; node < end; node++) {
      if ((feature[node] as number) < 0) continue;
      left[node] = first + (trees.left[node] as number);
      right[node] = first + (trees.right[node] as number);
      const ahead = [left[node], right[node]].every(child => (child as number) > node && (child as number) < end);
      if (!ahead || (feature[node] as number) >= columns) {
        throw new SentopsError('DATA_INVALID', `stage ${uid}: node ${node - first} of tree ${tree} is damaged`);
      }
    }
    if (first >= end) throw new SentopsError('DATA_INVALID', `stage ${uid}: tree ${tree} has no nodes`);
  }
  return { feature, threshold, left, right };
}

/**
 * CategoricalSplit.shouldGoLeft: Spark keeps the smaller side as a set, so a category that neither side knows goes
 * right where the left set is kept and left where the right one is. Undefined for continuous splits.
 */
function compileCategories(trees: Trees): (node: number, value: number) => boolean | undefined {
  const lefts = Array.from({ length: trees.feature.length }, (_, node) => {
    const categories = trees.numCategories[node] as number;
    if (categories < 0 || (trees.feature[node] as number) < 0) return undefined;
    return new Set(trees.categories.subarray(trees.categoryStarts[node], trees.categoryStarts[node + 1]));
  });
  return (node, value) => {
    const left = lefts[node];
    if (!left) return undefined;
    if (left.has(value)) return true;
    const categories = trees.numCategories[node] as number;
    const known = Number.isInteger(value) && value >= 0 && value < categories;
    return !known && left.size > categories / 2;
  };
}
