import type { RandomForestStage } from '../../../stages.ts';
import { double, flag, integer, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { classifierValues, PROBABILISTIC, readProbabilistic } from './common.ts';
import { TREE, treeMetadata } from './tree-params.ts';
import { readTrees, writeTrees } from './trees.ts';

const SINGLE = { ...PROBABILISTIC, ...TREE, impurity: text('gini') };

/**
 * ```
 * metadata/part-00000   paramMap: columns, thresholds, impurity …; beside it numFeatures, numClasses, numTrees
 * data, treesMetadata   see trees.ts; impurityStats holds the weight of each class
 * ```
 */
export const randomForest: StageFormat<RandomForestStage> = {
  kind: 'RandomForest',
  className: 'org.apache.spark.ml.classification.RandomForestClassificationModel',
  params: {
    ...SINGLE,
    numTrees: integer(20),
    bootstrap: flag(true),
    featureSubsetStrategy: text('auto'),
    subsamplingRate: double(1),
  },
  async read({ folder, metadata, params, complain }) {
    const trees = await readTrees(folder, complain);
    if (metadata.top['numTrees'] !== trees.weights.length) {
      throw complain(`speaks of ${String(metadata.top['numTrees'])} trees, ${trees.weights.length} are there`);
    }
    return {
      kind: 'RandomForest',
      uid: metadata.uid,
      ...readProbabilistic(params),
      numClasses: Number(metadata.top['numClasses']),
      numFeatures: Number(metadata.top['numFeatures']),
      trees,
      ...params.rest(),
    };
  },
  write(stage, timestamp) {
    const { numFeatures, numClasses, trees, uid } = stage;
    const numTrees = trees.weights.length;
    const { thresholds: _, ...values } = classifierValues(stage);
    const className = 'org.apache.spark.ml.classification.DecisionTreeClassificationModel';
    const metadata = treeMetadata({ className, prefix: 'dtc', params: SINGLE, values, uid, timestamp });
    return {
      params: { ...classifierValues(stage), numTrees },
      extra: { numFeatures, numClasses, numTrees },
      data: writeTrees(trees, metadata),
    };
  },
};
