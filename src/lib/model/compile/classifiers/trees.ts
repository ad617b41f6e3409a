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
 * is 0. A row of text holds few of the features that the trees ask for, so a tree that asks for none of them is not
 * walked: its leaf is the one of a row of zeros.
 */
export function compileTrees(trees: Trees, columns: number, uid: string): TreeWalker {
  const count = trees.starts.length - 1;
  const nodes = layOut(trees, columns, uid);
  const { places, used } = placeFeatures(nodes.feature, columns);
  const askers = listAskers(trees.starts, nodes.feature, places, used);
  const asked = nodes.feature.map(index => (index < 0 ? index : (places[index] as number)));
  const values = new Float64Array(used);
  const walkTree = createWalk(trees, { ...nodes, asked }, values);
  const leavesOfZeros = Int32Array.from({ length: count }, (_, tree) => walkTree(trees.starts[tree] as number));
  return {
    trees: count,
    walk: ({ count: entries, indices, values: given }, leaves) => {
      let touched = 0;
      for (let at = 0; at < entries; at++) {
        const place = places[indices[at] as number] as number;
        values[place] = given[at] as number;
        touched |= askers[place] as number;
      }
      for (let tree = 0; tree < count; tree++) {
        leaves[tree] =
          ((touched >>> (tree & 31)) & 1) === 0
            ? (leavesOfZeros[tree] as number)
            : walkTree(trees.starts[tree] as number);
      }
      for (let at = 0; at < entries; at++) values[places[indices[at] as number] as number] = 0;
    },
  };
}

/** The leaf below a node for the values of a row. */
function createWalk(
  trees: Trees,
  { asked, threshold, left, right }: Nodes & { readonly asked: Int32Array },
  values: Float64Array,
): (root: number) => number {
  const isCategorical = trees.numCategories.some(
    (categories, node) => categories >= 0 && (trees.feature[node] as number) >= 0,
  );
  const goesLeft = isCategorical ? compileCategories(trees) : null;
  if (!goesLeft) {
    return root => {
      let node = root;
      for (let place = asked[node] as number; place >= 0; place = asked[node] as number) {
        node = ((values[place] as number) <= (threshold[node] as number) ? left[node] : right[node]) as number;
      }
      return node;
    };
  }
  return root => {
    let node = root;
    for (let place = asked[node] as number; place >= 0; place = asked[node] as number) {
      const value = values[place] as number;
      const toLeft = goesLeft(node, value) ?? value <= (threshold[node] as number);
      node = (toLeft ? left[node] : right[node]) as number;
    }
    return node;
  };
}

/** Numbers the features that any node asks for from 1; 0 is the place of all others. */
function placeFeatures(feature: Int32Array, columns: number) {
  const places = new Int32Array(columns);
  let used = 1;
  for (const index of feature) if (index >= 0 && places[index] === 0) places[index] = used++;
  return { places, used };
}

/** For each place one bit for each tree that asks for it; from the 33rd on trees share bits. */
function listAskers(starts: Int32Array, feature: Int32Array, places: Int32Array, used: number): Int32Array {
  const askers = new Int32Array(used);
  for (let tree = 0; tree + 1 < starts.length; tree++) {
    for (let node = starts[tree] as number; node < (starts[tree + 1] as number); node++) {
      const place = (feature[node] as number) < 0 ? 0 : (places[feature[node] as number] as number);
      if (place > 0) askers[place] = (askers[place] as number) | (1 << (tree & 31));
    }
  }
  return askers;
}

interface Nodes {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Children by their number among all nodes; checks that every walk ends. */
function layOut(trees: Trees, columns: number, uid: string): Nodes {
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
