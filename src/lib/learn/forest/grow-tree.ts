import { findSplits, type Wishes } from './find-splits.ts';
import type { Bag, GrowRules, Split, TreeNode } from './types.ts';

/** Chooses the columns that a node looks at, in ascending order. */
export type ColumnChoice = () => Int32Array;

/** Grows one tree level by level. */
export async function growTree(
  bag: Bag,
  rules: GrowRules,
  choose: ColumnChoice,
  rest: () => Promise<void>,
): Promise<TreeNode> {
  const root = makeRoot(bag, rules);
  let nodeOf = bag.draws.map(draws => (draws > 0 ? 0 : -1));
  let open = rules.maxDepth > 0 ? [root] : [];
  while (open.length > 0) {
    const splits = findSplits(bag, open, nodeOf, collectWishes(open.length, choose), rules);
    const next: TreeNode[] = [];
    const children = open.map((node, number) => divide(node, splits[number], rules, next));
    nodeOf = sendRows(bag, nodeOf, open, children);
    open = next;
    await rest();
  }
  return root;
}

function makeRoot({ labels, classes, draws, weights }: Bag, rules: GrowRules): TreeNode {
  const stats = new Float64Array(classes);
  let count = 0;
  for (let row = 0; row < labels.length; row++) {
    const drawn = draws[row] as number;
    const label = labels[row] as number;
    count += drawn;
    stats[label] = (stats[label] as number) + drawn * (weights ? (weights[row] as number) : 1);
  }
  return makeNode(0, stats, count, rules);
}

function makeNode(depth: number, stats: Float64Array, count: number, { impurity }: GrowRules): TreeNode {
  const total = stats.reduce((sum, weight) => sum + weight, 0);
  return { depth, stats, count, impurity: impurity(stats, 0, stats.length, total) };
}

function collectWishes(nodes: number, choose: ColumnChoice): Wishes {
  const chosen = Array.from({ length: nodes }, choose);
  const keys = new Float64Array(chosen.reduce((sum, columns) => sum + columns.length, 0));
  let at = 0;
  for (const [node, columns] of chosen.entries()) for (const column of columns) keys[at++] = column * nodes + node;
  keys.sort();
  return {
    columns: Int32Array.from(keys, key => Math.floor(key / nodes)),
    nodes: Int32Array.from(keys, key => key % nodes),
  };
}

/** Numbers of the children among the next open nodes; −1 for those that stay leaves. */
type Children = readonly [left: number, right: number];

/** Gives a node its children and lists those that may be split again. */
function divide(node: TreeNode, split: Split | undefined, rules: GrowRules, next: TreeNode[]): Children | undefined {
  if (!split) return undefined;
  const rightStats = node.stats.map((weight, klass) => weight - (split.leftStats[klass] as number));
  const left = makeNode(node.depth + 1, split.leftStats, split.leftCount, rules);
  const right = makeNode(node.depth + 1, rightStats, node.count - split.leftCount, rules);
  node.split = split;
  node.left = left;
  node.right = right;
  const enlist = (child: TreeNode) => {
    const isLeaf = child.depth >= rules.maxDepth || Math.abs(child.impurity) < Number.EPSILON;
    return isLeaf ? -1 : next.push(child) - 1;
  };
  return [enlist(left), enlist(right)];
}

/** The node of each row one level further down: first the side of the zeros for all, then the listed entries. */
function sendRows(
  { columns }: Bag,
  nodeOf: Int32Array,
  open: readonly TreeNode[],
  children: readonly (Children | undefined)[],
): Int32Array<ArrayBuffer> {
  const zeroSide = Int32Array.from(open, ({ split }, number) => {
    const [left, right] = children[number] ?? [-1, -1];
    return split && (columns.zeroBins[split.column] as number) <= split.index ? left : right;
  });
  const next = new Int32Array(nodeOf.length);
  for (let row = 0; row < nodeOf.length; row++) {
    const node = nodeOf[row] as number;
    next[row] = node < 0 ? -1 : (zeroSide[node] as number);
  }
  for (const [number, { split }] of open.entries()) {
    if (!split) continue;
    const [left, right] = children[number] ?? [-1, -1];
    const end = columns.starts[split.column + 1] as number;
    for (let entry = columns.starts[split.column] as number; entry < end; entry++) {
      const row = columns.rows[entry] as number;
      if (nodeOf[row] === number) next[row] = (columns.bins[entry] as number) <= split.index ? left : right;
    }
  }
  return next;
}
