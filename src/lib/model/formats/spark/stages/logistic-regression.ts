import type { LogisticRegressionStage } from '../../../stages.ts';
import { compressRow } from '../compress.ts';
import { flagField, integerField, matrixField, vectorField } from '../fields.ts';
import { double, flag, integer, json, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { classifierValues, PROBABILISTIC, readProbabilistic } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: columns, threshold, thresholds, and what training knew
 * data/part-*.parquet   one row: numClasses, numFeatures int; interceptVector vector; coefficientMatrix matrix
 *                       (1 × numFeatures for two classes, else one row a class); isMultinomial boolean
 * ```
 */
export const logisticRegression: StageFormat<LogisticRegressionStage> = {
  kind: 'LogisticRegression',
  className: 'org.apache.spark.ml.classification.LogisticRegressionModel',
  params: {
    ...PROBABILISTIC,
    threshold: double(0.5),
    regParam: double(0),
    elasticNetParam: double(0),
    maxIter: integer(100),
    tol: double(1e-6),
    fitIntercept: flag(true),
    family: text('auto'),
    standardization: flag(true),
    aggregationDepth: integer(2),
    maxBlockSizeInMB: double(0),
    weightCol: text(),
    lowerBoundsOnCoefficients: json(),
    upperBoundsOnCoefficients: json(),
    lowerBoundsOnIntercepts: json(),
    upperBoundsOnIntercepts: json(),
  },
  async read({ folder, metadata, params }) {
    const data = await folder.table('data');
    data.expectOneRow();
    return {
      kind: 'LogisticRegression',
      uid: metadata.uid,
      ...readProbabilistic(params),
      numClasses: data.integer('numClasses'),
      numFeatures: data.integer('numFeatures'),
      multinomial: data.flag('isMultinomial'),
      coefficients: data.matrix('coefficientMatrix'),
      intercepts: data.vector('interceptVector'),
      threshold: params.double('threshold'),
      ...params.rest(),
    };
  },
  write(stage) {
    const { threshold, multinomial, coefficients } = stage;
    const fields = [
      integerField('numClasses', Int32Array.of(stage.numClasses)),
      integerField('numFeatures', Int32Array.of(stage.numFeatures)),
      vectorField('interceptVector', stage.intercepts),
      matrixField('coefficientMatrix', multinomial ? coefficients : compressRow(coefficients)),
      flagField('isMultinomial', [multinomial]),
    ];
    const values = classifierValues(stage);
    return {
      params: mayHaveThreshold(stage) ? { ...values, threshold } : values,
      data: [{ folder: 'data', rows: 1, fields }],
    };
  },
};

/** Spark refuses a model whose threshold contradicts its thresholds (LogisticRegressionParams.checkThresholdConsistency). */
function mayHaveThreshold({ threshold, thresholds }: LogisticRegressionStage): boolean {
  if (thresholds === null) return true;
  const [first = 0, second = 0] = thresholds;
  return thresholds.length === 2 && Math.abs(1 / (1 + first / second) - threshold) < 1e-5;
}
