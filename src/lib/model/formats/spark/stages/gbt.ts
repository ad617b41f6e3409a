import type { GBTStage } from '../../../stages.ts';
import { double, integer, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { classifierValues, PROBABILISTIC, readProbabilistic } from './common.ts';
import { TREE, treeMetadata } from './tree-params.ts';
import { readTrees, writeTrees } from './trees.ts';

const REGRESSION = {
  ...TREE,
  featuresCol: text('features'),
  labelCol: text('label'),
  predictionCol: text('prediction'),
  impurity: text('variance'),
};

/**
 * ```
 * metadata/part-00000   paramMap: columns, thresholds, lossType …; beside it numFeatures, numTrees
 * data, treesMetadata   see trees.ts; regression trees: impurityStats holds count, sum and sum of squares
 * ```
 */
export const gbt: StageFormat<GBTStage> = {
  kind: 'GBT',
  className: 'org.apache.spark.ml.classification.GBTClassificationModel',
  params: {
    ...REGRESSION,
    ...PROBABILISTIC,
    lossType: text('logistic'),
    maxIter: integer(20),
    stepSize: double(0.1),
    featureSubsetStrategy: text('all'),
    subsamplingRate: double(1),
    validationTol: double(0.01),
    validationIndicatorCol: text(),
  },
  async read({ folder, metadata, params, complain }) {
    const trees = await readTrees(folder, complain);
    if (metadata.top['numTrees'] !== trees.weights.length) {
      throw complain(`speaks of ${String(metadata.top['numTrees'])} trees, ${trees.weights.length} are there`);
    }
    return {
      kind: 'GBT',
      uid: metadata.uid,
      ...readProbabilistic(params),
      numClasses: 2,
      numFeatures: Number(metadata.top['numFeatures']),
      trees,
      ...params.rest(),
    };
  },
  write(stage, timestamp) {
    const { numFeatures, trees, uid } = stage;
    const values = classifierValues(stage);
    const className = 'org.apache.spark.ml.regression.DecisionTreeRegressionModel';
    const metadata = treeMetadata({ className, prefix: 'dtr', params: REGRESSION, values, uid, timestamp });
    return {
      params: values,
      extra: { numFeatures, numTrees: trees.weights.length },
      data: writeTrees(trees, metadata),
    };
  },
};
