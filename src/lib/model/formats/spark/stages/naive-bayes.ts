import type { Matrix, NaiveBayesStage } from '../../../stages.ts';
import { matrixField, vectorField } from '../fields.ts';
import { double, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { classifierValues, PROBABILISTIC, readProbabilistic } from './common.ts';

const NONE: Matrix = { type: 'dense', rows: 0, columns: 0, values: new Float64Array(0), transposed: false };

/**
 * ```
 * metadata/part-00000   paramMap: columns, thresholds, modelType, smoothing
 * data/part-*.parquet   one row: pi vector, theta matrix (classes × features), and since Spark 3.0 sigma matrix,
 *                       0 × 0 but for gaussian models
 * ```
 */
export const naiveBayes: StageFormat<NaiveBayesStage> = {
  kind: 'NaiveBayes',
  className: 'org.apache.spark.ml.classification.NaiveBayesModel',
  params: { ...PROBABILISTIC, modelType: text('multinomial'), smoothing: double(1), weightCol: text() },
  async read({ folder, metadata, params }) {
    const data = await folder.table('data');
    data.expectOneRow();
    const pi = data.vector('pi');
    const theta = data.matrix('theta');
    const modelType = params.text('modelType') as NaiveBayesStage['modelType'];
    return {
      kind: 'NaiveBayes',
      uid: metadata.uid,
      ...readProbabilistic(params),
      numClasses: pi.type === 'dense' ? pi.values.length : pi.size,
      numFeatures: theta.columns,
      modelType,
      pi,
      theta,
      sigma: modelType === 'gaussian' ? data.matrix('sigma') : null,
      ...params.rest(),
    };
  },
  write(stage) {
    const fields = [
      vectorField('pi', stage.pi),
      matrixField('theta', stage.theta),
      matrixField('sigma', stage.sigma ?? NONE),
    ];
    return {
      params: { ...classifierValues(stage), modelType: stage.modelType },
      data: [{ folder: 'data', rows: 1, fields }],
    };
  },
};
