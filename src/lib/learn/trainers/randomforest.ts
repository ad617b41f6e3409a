import { breathe } from '../breathe.ts';
import { checkRows } from '../check-rows.ts';
import { binColumns } from '../forest/binned-columns.ts';
import { flattenTrees } from '../forest/flatten.ts';
import { type ColumnChoice, growTree } from '../forest/grow-tree.ts';
import { IMPURITIES, type Impurity } from '../forest/impurity.ts';
import { subsetSize } from '../forest/subset-size.ts';
import type { Bag, GrowRules, TreeNode } from '../forest/types.ts';
import { readParams } from '../params.ts';
import { createRandom, type Random } from '../random.ts';
import { toClassifier } from '../score/classifier.ts';
import type { FitOptions, LabelledRows, Trainer } from '../types.ts';

const DEFAULTS = {
  numTrees: 20,
  maxDepth: 5,
  maxBins: 32,
  impurity: 'gini',
  featureSubsetStrategy: 'auto',
  minInstancesPerNode: 1,
  minInfoGain: 0,
  minWeightFractionPerNode: 0,
  subsamplingRate: 1,
  bootstrap: true,
};
type ForestParams = typeof DEFAULTS;

/**
 * Breiman's random forest (2001) on sparse columns, with the parameters, the split candidates, the impurities and the
 * pruning of Spark's RandomForestClassifier. What is drawn by chance differs from Spark, which draws by partition.
 */
export default function createRandomForest(): Trainer {
  return {
    params: DEFAULTS,
    async fit(rows, options) {
      const params = readForestParams(options);
      checkRows('randomforest', rows);
      const trees = await growForest(rows, params, options);
      const flat = flattenTrees(trees, rows.classes);
      return toClassifier({
        type: 'randomforest',
        params: { ...params, seed: options.seed, numClasses: rows.classes, numFeatures: rows.features.columns },
        arrays: { ...flat },
      });
    },
  };
}

function readForestParams(options: FitOptions): ForestParams {
  return readParams(
    'randomforest',
    DEFAULTS,
    {
      numTrees: { min: 1, integer: true },
      maxDepth: { min: 0, max: 30, integer: true },
      maxBins: { min: 2, max: 65_535, integer: true },
      impurity: { oneOf: Object.keys(IMPURITIES) },
      minInstancesPerNode: { min: 1, integer: true },
      minInfoGain: { min: 0 },
      minWeightFractionPerNode: { min: 0, max: 0.5 },
      subsamplingRate: { above: 0, max: 1 },
    },
    options.params,
  );
}

async function growForest(rows: LabelledRows, params: ForestParams, options: FitOptions): Promise<TreeNode[]> {
  const { features, labels, classes } = rows;
  const size = subsetSize(params.featureSubsetStrategy, features.columns, params.numTrees);
  const columns = binColumns(rows, params.maxBins);
  const weights = rows.weights ?? null;
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : labels.length;
  const rules: GrowRules = {
    ...params,
    minWeightPerNode: params.minWeightFractionPerNode * total,
    impurity: IMPURITIES[params.impurity] as Impurity,
  };
  const rest = breathe(options.signal);
  const trees: TreeNode[] = [];
  for (let tree = 0; tree < params.numTrees; tree++) {
    options.signal.throwIfAborted();
    // Each tree has a stream of its own, so that the first ten of twenty trees are the ten of a smaller forest.
    const random = createRandom(options.seed, tree + 1);
    const bag: Bag = { columns, labels, classes, weights, draws: drawRows(labels.length, params, random) };
    trees.push(await growTree(bag, rules, chooseColumns(features.columns, size, random), rest));
    options.progress?.(tree + 1, params.numTrees);
  }
  return trees;
}

function drawRows(rows: number, { bootstrap, subsamplingRate }: ForestParams, random: Random): Int32Array {
  const draw = () => {
    if (bootstrap) return random.poisson(subsamplingRate);
    return subsamplingRate === 1 || random.next() < subsamplingRate ? 1 : 0;
  };
  return new Int32Array(rows).map(draw);
}

/** Floyd's way to draw without replacement (Bentley & Floyd 1987), sorted. */
function chooseColumns(columns: number, size: number, random: Random): ColumnChoice {
  const all = Int32Array.from({ length: columns }, (_, column) => column);
  if (size >= columns) return () => all;
  return () => {
    const chosen = new Set<number>();
    for (let last = columns - size; last < columns; last++) {
      const column = random.below(last + 1);
      chosen.add(chosen.has(column) ? last : column);
    }
    return Int32Array.from(chosen).sort();
  };
}
