import { argmax } from '../score/arrays.ts';
import type { TreeNode } from './types.ts';

/** Trees side by side as Spark numbers their nodes: pre-order within the tree, leaves with −1 for gain and children. */
export interface FlatTrees {
  readonly starts: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly prediction: Float64Array;
  readonly impurity: Float64Array;
  readonly gain: Float64Array;
  readonly rawCount: Float64Array;
  readonly stats: Float64Array;
}

export function flattenTrees(roots: readonly TreeNode[], classes: number): FlatTrees {
  const lists = roots.map(listNodes);
  const starts = new Int32Array(roots.length + 1);
  for (const [tree, nodes] of lists.entries()) starts[tree + 1] = (starts[tree] as number) + nodes.length;
  const all = lists.flat();
  const stats = new Float64Array(all.length * classes);
  for (const [at, { node }] of all.entries()) stats.set(node.stats, at * classes);
  return {
    starts,
    stats,
    feature: Int32Array.from(all, ({ node, left }) => (left < 0 ? -1 : (node.split?.column ?? -1))),
    threshold: Float64Array.from(all, ({ node, left }) => (left < 0 ? 0 : (node.split?.threshold ?? 0))),
    left: Int32Array.from(all, ({ left }) => left),
    right: Int32Array.from(all, ({ right }) => right),
    prediction: Float64Array.from(all, ({ node }) => argmax(node.stats, 0, classes)),
    impurity: Float64Array.from(all, ({ node }) => node.impurity),
    gain: Float64Array.from(all, ({ node, left }) => (left < 0 ? -1 : (node.split?.gain ?? -1))),
    rawCount: Float64Array.from(all, ({ node }) => node.count),
  };
}

interface ListedNode {
  readonly node: TreeNode;
  left: number;
  right: number;
}

function listNodes(root: TreeNode): ListedNode[] {
  const list: ListedNode[] = [];
  const kept = keptChildren(root);
  const visit = (node: TreeNode): number => {
    const listed: ListedNode = { node, left: -1, right: -1 };
    const number = list.push(listed) - 1;
    if (kept.has(node) && node.left && node.right) {
      listed.left = visit(node.left);
      listed.right = visit(node.right);
    }
    return number;
  };
  visit(root);
  return list;
}

/** The nodes that stay inner ones: a split into two leaves that predict the same says nothing and is taken back. */
function keptChildren(root: TreeNode): ReadonlySet<TreeNode> {
  const kept = new Set<TreeNode>();
  const visit = (node: TreeNode): void => {
    if (!node.left || !node.right) return;
    visit(node.left);
    visit(node.right);
    const leaves = !kept.has(node.left) && !kept.has(node.right);
    if (!leaves || predict(node.left) !== predict(node.right)) kept.add(node);
  };
  visit(root);
  return kept;
}

function predict({ stats }: TreeNode): number {
  return argmax(stats, 0, stats.length);
}
