import type { Trees } from '../../src/lib/model/stages.ts';

interface TreeRules {
  readonly trees: number;
  readonly depth: number;
  readonly features: number;
  /** Classes of a classification tree; 0 for regression trees. */
  readonly classes: number;
  readonly random: () => number;
}

interface Node {
  readonly feature: number;
  readonly threshold: number;
  left: number;
  right: number;
  readonly stats: readonly number[];
  readonly prediction: number;
}

/** Trees with random splits and leaves, numbered in pre-order as Spark numbers them. */
export function sampleTrees(rules: TreeRules): Trees {
  const all: Node[] = [];
  const starts = [0];
  for (let tree = 0; tree < rules.trees; tree++) {
    all.push(...growTree(rules));
    starts.push(all.length);
  }
  const column = (pick: (node: Node) => number) => Float64Array.from(all, pick);
  const whole = (pick: (node: Node) => number) => Int32Array.from(all, pick);
  return {
    starts: Int32Array.from(starts),
    feature: whole(node => node.feature),
    threshold: column(node => node.threshold),
    left: whole(node => node.left),
    right: whole(node => node.right),
    prediction: column(node => node.prediction),
    impurity: column(() => 0.25),
    gain: column(node => (node.left < 0 ? -1 : 0.125)),
    rawCount: column(node => (rules.classes > 0 ? sum(node.stats) : (node.stats[0] as number))),
    stats: Float64Array.from(all.flatMap(node => node.stats)),
    statsPerNode: rules.classes > 0 ? rules.classes : 3,
    categories: new Float64Array(0),
    categoryStarts: new Int32Array(all.length + 1),
    numCategories: whole(() => -1),
    weights: Float64Array.from({ length: rules.trees }, (_, tree) => (rules.classes > 0 || tree === 0 ? 1 : 0.1)),
  };
}

function growTree(rules: TreeRules): Node[] {
  const nodes: Node[] = [];
  const grow = (depth: number): number => {
    const place = nodes.length;
    const isLeaf = depth === rules.depth || (depth > 0 && rules.random() < 0.2);
    nodes.push(makeNode(rules, isLeaf));
    const node = nodes[place] as Node;
    if (!isLeaf) {
      node.left = grow(depth + 1);
      node.right = grow(depth + 1);
    }
    return place;
  };
  grow(0);
  return nodes;
}

function makeNode({ features, classes, random }: TreeRules, isLeaf: boolean): Node {
  const counts = Array.from({ length: classes }, () => Math.floor(random() * 50) + 1);
  const mean = random() * 2 - 1;
  const stats = classes > 0 ? counts : [40, mean * 40, mean * mean * 60];
  return {
    feature: isLeaf ? -1 : Math.floor(random() * features),
    threshold: isLeaf ? 0 : random() * 2,
    left: -1,
    right: -1,
    stats,
    prediction: classes > 0 ? counts.indexOf(Math.max(...counts)) : mean,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
