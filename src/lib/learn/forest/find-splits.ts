import type { Bag, GrowRules, Split, TreeNode } from './types.ts';

/** Which columns each of the open nodes looks at: sorted by column, then by node. */
export interface Wishes {
  readonly columns: Int32Array;
  readonly nodes: Int32Array;
}

/**
 * The best split of each open node. Goes over the entries of every wanted column once and fills the histograms of all
 * nodes that want it; rows without an entry are what is left of the node's total. The first of equal gains stays.
 */
export function findSplits(
  bag: Bag,
  open: readonly TreeNode[],
  nodeOf: Int32Array,
  wishes: Wishes,
  rules: GrowRules,
): (Split | undefined)[] {
  const best: (Split | undefined)[] = open.map(() => undefined);
  const histogram = createHistogram(bag, open, nodeOf);
  for (let from = 0; from < wishes.columns.length; ) {
    const column = wishes.columns[from] as number;
    let to = from;
    while (to < wishes.columns.length && wishes.columns[to] === column) to += 1;
    const wanting = wishes.nodes.subarray(from, to);
    from = to;
    const { splitStarts } = bag.columns;
    if (splitStarts[column] === splitStarts[column + 1]) continue;
    const { weights, counts, bins } = histogram.fill(column, wanting);
    for (let slot = 0; slot < wanting.length; slot++) {
      const number = wanting[slot] as number;
      const found = bestInColumn(open[number] as TreeNode, best[number]?.gain, rules, {
        weights: weights.subarray(slot * bins * bag.classes, (slot + 1) * bins * bag.classes),
        counts: counts.subarray(slot * bins, (slot + 1) * bins),
      });
      if (!found) continue;
      const threshold = bag.columns.thresholds[(splitStarts[column] as number) + found.index] as number;
      best[number] = { ...found, column, threshold };
    }
  }
  return best;
}

function createHistogram(
  { columns, labels, classes, draws, weights }: Bag,
  open: readonly TreeNode[],
  nodeOf: Int32Array,
) {
  const slotOf = new Int32Array(open.length).fill(-1);
  let sums = new Float64Array(0);
  let counts = new Float64Array(0);
  const prepare = (cells: number) => {
    if (counts.length < cells) {
      sums = new Float64Array(cells * classes);
      counts = new Float64Array(cells);
    } else {
      sums.fill(0, 0, cells * classes);
      counts.fill(0, 0, cells);
    }
  };
  const addEntries = (column: number, bins: number) => {
    for (let entry = columns.starts[column] as number; entry < (columns.starts[column + 1] as number); entry++) {
      const row = columns.rows[entry] as number;
      const node = nodeOf[row] as number;
      if (node < 0) continue;
      const slot = slotOf[node] as number;
      if (slot < 0) continue;
      const cell = slot * bins + (columns.bins[entry] as number);
      const drawn = draws[row] as number;
      const at = cell * classes + (labels[row] as number);
      counts[cell] = (counts[cell] as number) + drawn;
      sums[at] = (sums[at] as number) + drawn * (weights ? (weights[row] as number) : 1);
    }
  };
  const addZeros = (column: number, bins: number, slot: number, node: TreeNode) => {
    const zero = slot * bins + (columns.zeroBins[column] as number);
    let rest = node.count;
    for (let cell = slot * bins; cell < (slot + 1) * bins; cell++) rest -= counts[cell] as number;
    if (rest === 0) return;
    counts[zero] = (counts[zero] as number) + rest;
    for (let klass = 0; klass < classes; klass++) {
      let left = node.stats[klass] as number;
      for (let cell = slot * bins; cell < (slot + 1) * bins; cell++) left -= sums[cell * classes + klass] as number;
      sums[zero * classes + klass] = (sums[zero * classes + klass] as number) + Math.max(left, 0);
    }
  };
  return {
    fill(column: number, wanting: Int32Array) {
      const bins = (columns.splitStarts[column + 1] as number) - (columns.splitStarts[column] as number) + 1;
      prepare(wanting.length * bins);
      for (let slot = 0; slot < wanting.length; slot++) slotOf[wanting[slot] as number] = slot;
      addEntries(column, bins);
      for (let slot = 0; slot < wanting.length; slot++) {
        const node = wanting[slot] as number;
        slotOf[node] = -1;
        addZeros(column, bins, slot, open[node] as TreeNode);
      }
      return { weights: sums, counts, bins };
    },
  };
}

interface ColumnHistogram {
  readonly weights: Float64Array;
  readonly counts: Float64Array;
}

function bestInColumn(
  node: TreeNode,
  beaten: number | undefined,
  rules: GrowRules,
  { weights, counts }: ColumnHistogram,
): Omit<Split, 'column' | 'threshold'> | undefined {
  const classes = node.stats.length;
  const left = new Float64Array(classes);
  let leftCount = 0;
  let best: Omit<Split, 'column' | 'threshold'> | undefined;
  for (let index = 0; index + 1 < counts.length; index++) {
    leftCount += counts[index] as number;
    for (let klass = 0; klass < classes; klass++) {
      left[klass] = (left[klass] as number) + (weights[index * classes + klass] as number);
    }
    const rightCount = node.count - leftCount;
    if (leftCount < rules.minInstancesPerNode || rightCount < rules.minInstancesPerNode) continue;
    const gain = gainOf(node, left, rules);
    if (gain < rules.minInfoGain || gain <= (best?.gain ?? beaten ?? 0)) continue;
    best = { index, gain, leftStats: left.slice(), leftCount };
  }
  return best;
}

function gainOf(node: TreeNode, left: Float64Array, { impurity, minWeightPerNode }: GrowRules): number {
  const classes = left.length;
  const right = node.stats.map((weight, klass) => weight - (left[klass] as number));
  const leftWeight = sum(left);
  const rightWeight = sum(right);
  if (leftWeight < minWeightPerNode || rightWeight < minWeightPerNode) return Number.NEGATIVE_INFINITY;
  const total = leftWeight + rightWeight;
  return (
    node.impurity -
    (leftWeight / total) * impurity(left, 0, classes, leftWeight) -
    (rightWeight / total) * impurity(right, 0, classes, rightWeight)
  );
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
