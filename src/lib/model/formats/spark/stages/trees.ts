import type { SentopsError } from '../../../../core/errors.ts';
import type { Trees } from '../../../stages.ts';
import { doubleField, doublesField, integerField, longField, structField, textField } from '../fields.ts';
import type { StageFolder } from '../folder.ts';
import type { DataTable } from '../stage-format.ts';
import type { SparkTable } from '../table.ts';

/**
 * Trees of forests and boosted trees (org.apache.spark.ml.tree.EnsembleModelReadWrite):
 * ```
 * data/part-*.parquet            one row a node, in any order: treeID int, nodeData struct of id int (pre-order),
 *                                prediction, impurity double, impurityStats array<double>, rawCount long (Spark 3.0
 *                                and later), gain double, leftChild, rightChild int (−1 in a leaf), split struct of
 *                                featureIndex int, leftCategoriesOrThreshold array<double>, numCategories int
 *                                (−1: continuous, then one number, the threshold)
 * treesMetadata/part-*.parquet   one row a tree: treeID int, metadata string (the JSON of a single tree), weights
 *                                double; Spark 4 names the columns _1, _2, _3, and reads both
 * ```
 */
export async function readTrees(folder: StageFolder, complain: (what: string) => SentopsError): Promise<Trees> {
  const nodes = await folder.table('data');
  const order = sortNodes(nodes, complain);
  const weights = readWeights(await folder.table('treesMetadata'), complain);
  const trees = nodes.integers('treeID');
  const starts = new Int32Array(weights.length + 1);
  for (const index of order) {
    const tree = trees[index] ?? -1;
    if (tree < 0 || tree >= weights.length) throw complain(`belongs to a tree ${tree} of ${weights.length}`);
    starts[tree + 1] = (starts[tree + 1] ?? 0) + 1;
  }
  for (let tree = 0; tree < weights.length; tree++) starts[tree + 1] = (starts[tree + 1] ?? 0) + (starts[tree] ?? 0);
  checkIds(nodes, order, starts, complain);
  return { starts, weights, ...readNodes(nodes, order, complain) };
}

function sortNodes(nodes: SparkTable, complain: (what: string) => SentopsError): Int32Array {
  const trees = nodes.integers('treeID');
  const ids = nodes.integers('nodeData.id');
  if (trees.length !== ids.length) throw complain('belongs to nodes without a number');
  const order = Int32Array.from(trees, (_, index) => index);
  return order.sort((a, b) => (trees[a] ?? 0) - (trees[b] ?? 0) || (ids[a] ?? 0) - (ids[b] ?? 0));
}

/** Ids count from 0 within each tree: a gap means that a part file is missing. */
function checkIds(
  nodes: SparkTable,
  order: Int32Array,
  starts: Int32Array,
  complain: (what: string) => SentopsError,
): void {
  const ids = nodes.integers('nodeData.id');
  for (let tree = 0; tree + 1 < starts.length; tree++) {
    const start = starts[tree] ?? 0;
    for (let at = start; at < (starts[tree + 1] ?? 0); at++) {
      if (ids[order[at] ?? 0] !== at - start)
        throw complain(`belongs to tree ${tree}, whose node ${at - start} is missing`);
    }
  }
}

function readWeights(table: SparkTable, complain: (what: string) => SentopsError): Float64Array {
  const old = table.has('treeID');
  const ids = table.integers(old ? 'treeID' : '_1');
  const stored = table.doubles(old ? 'weights' : '_3');
  const weights = new Float64Array(ids.length);
  const seen = new Set(ids);
  for (let id = 0; id < ids.length; id++)
    if (!seen.has(id)) throw complain(`belongs to tree ${id}, which has no weight`);
  for (const [index, id] of ids.entries()) weights[id] = stored[index] ?? 0;
  return weights;
}

function readNodes(nodes: SparkTable, order: Int32Array, complain: (what: string) => SentopsError) {
  const integers = (name: string) => {
    const values = nodes.integers(`nodeData.${name}`);
    return Int32Array.from(order, index => values[index] ?? 0);
  };
  const doubles = (values: Float64Array) => Float64Array.from(order, index => values[index] ?? 0);
  const left = integers('leftChild');
  const numCategories = integers('split.numCategories');
  const stats = pickLists(nodes.doubleLists('nodeData.impurityStats'), order);
  const statsPerNode = stats.values.length / order.length;
  for (let node = 0; node <= order.length; node++) {
    if (stats.starts[node] !== node * statsPerNode) throw complain('belongs to nodes with unequal statistics');
  }
  const splits = pickLists(nodes.doubleLists('nodeData.split.leftCategoriesOrThreshold'), order);
  const { threshold, categories, categoryStarts } = readSplits(splits, left, numCategories);
  const rawCount = nodes.has('nodeData.rawCount')
    ? doubles(nodes.longs('nodeData.rawCount'))
    : new Float64Array(order.length).fill(-1);
  return {
    feature: integers('split.featureIndex'),
    threshold,
    left,
    right: integers('rightChild'),
    prediction: doubles(nodes.doubles('nodeData.prediction')),
    impurity: doubles(nodes.doubles('nodeData.impurity')),
    gain: doubles(nodes.doubles('nodeData.gain')),
    rawCount,
    stats: stats.values,
    statsPerNode,
    categories,
    categoryStarts,
    numCategories,
  };
}

interface Lists {
  readonly values: Float64Array;
  readonly starts: Int32Array;
}

function pickLists(lists: Lists, order: Int32Array): Lists {
  const values = new Float64Array(lists.values.length);
  const starts = new Int32Array(order.length + 1);
  let at = 0;
  for (let node = 0; node < order.length; node++) {
    const index = order[node] ?? 0;
    const list = lists.values.subarray(lists.starts[index], lists.starts[index + 1]);
    values.set(list, at);
    at += list.length;
    starts[node + 1] = at;
  }
  return { values, starts };
}

function readSplits(splits: Lists, left: Int32Array, numCategories: Int32Array) {
  const threshold = new Float64Array(left.length);
  const categoryStarts = new Int32Array(left.length + 1);
  const categories: number[] = [];
  for (let node = 0; node < left.length; node++) {
    const list = splits.values.subarray(splits.starts[node], splits.starts[node + 1]);
    if (left[node] !== -1 && numCategories[node] === -1) threshold[node] = list[0] ?? 0;
    else if (left[node] !== -1) for (const category of list) categories.push(category);
    categoryStarts[node + 1] = categories.length;
  }
  return { threshold, categoryStarts, categories: Float64Array.from(categories) };
}

/** `metadata` makes the JSON of one tree. */
export function writeTrees(trees: Trees, metadata: (tree: number) => string): DataTable[] {
  const count = trees.weights.length;
  const treeIds = new Int32Array(trees.feature.length);
  const ids = new Int32Array(trees.feature.length);
  for (let tree = 0; tree < count; tree++) {
    const start = trees.starts[tree] ?? 0;
    const end = trees.starts[tree + 1] ?? 0;
    treeIds.fill(tree, start, end);
    for (let node = start; node < end; node++) ids[node] = node - start;
  }
  const numbers = Array.from({ length: count }, (_, tree) => tree);
  const about = [
    integerField('treeID', Int32Array.from(numbers)),
    textField('metadata', numbers.map(metadata)),
    doubleField('weights', trees.weights),
  ];
  return [
    { folder: 'data', rows: ids.length, fields: [integerField('treeID', treeIds), writeNodes(trees, ids)] },
    { folder: 'treesMetadata', rows: count, fields: about },
  ];
}

function writeNodes(trees: Trees, ids: Int32Array) {
  const { statsPerNode: width } = trees;
  const nodes = Array.from(ids, (_, node) => node);
  const split = (node: number) => {
    if (trees.left[node] === -1) return new Float64Array(0);
    if (trees.numCategories[node] === -1) return trees.threshold.subarray(node, node + 1);
    return trees.categories.subarray(trees.categoryStarts[node], trees.categoryStarts[node + 1]);
  };
  return structField('nodeData', [
    integerField('id', ids),
    doubleField('prediction', trees.prediction),
    doubleField('impurity', trees.impurity),
    doublesField(
      'impurityStats',
      nodes.map(node => trees.stats.subarray(node * width, (node + 1) * width)),
    ),
    longField(
      'rawCount',
      Array.from(trees.rawCount, count => BigInt(Math.trunc(count))),
    ),
    doubleField('gain', trees.gain),
    integerField('leftChild', trees.left),
    integerField('rightChild', trees.right),
    structField('split', [
      integerField('featureIndex', trees.feature),
      doublesField('leftCategoriesOrThreshold', nodes.map(split)),
      integerField('numCategories', trees.numCategories),
    ]),
  ]);
}
