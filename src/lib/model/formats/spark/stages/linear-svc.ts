import type { LinearSVCStage } from '../../../stages.ts';
import { compressVector } from '../compress.ts';
import { doubleField, vectorField } from '../fields.ts';
import { double, flag, integer, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { CLASSIFIER, classifierValues, readClassifier } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: columns, threshold, and what training knew
 * data/part-*.parquet   one row: coefficients vector, intercept double
 * ```
 */
export const linearSVC: StageFormat<LinearSVCStage> = {
  kind: 'LinearSVC',
  className: 'org.apache.spark.ml.classification.LinearSVCModel',
  params: {
    ...CLASSIFIER,
    threshold: double(0),
    regParam: double(0),
    maxIter: integer(100),
    tol: double(1e-6),
    fitIntercept: flag(true),
    standardization: flag(true),
    aggregationDepth: integer(2),
    maxBlockSizeInMB: double(0),
    weightCol: text(),
  },
  async read({ folder, metadata, params }) {
    const data = await folder.table('data');
    data.expectOneRow();
    const coefficients = data.vector('coefficients');
    return {
      kind: 'LinearSVC',
      uid: metadata.uid,
      ...readClassifier(params),
      numClasses: 2,
      numFeatures: coefficients.type === 'dense' ? coefficients.values.length : coefficients.size,
      coefficients,
      intercept: data.double('intercept'),
      threshold: params.double('threshold'),
      ...params.rest(),
    };
  },
  write(stage) {
    const fields = [
      vectorField('coefficients', compressVector(stage.coefficients)),
      doubleField('intercept', Float64Array.of(stage.intercept)),
    ];
    return {
      params: { ...classifierValues(stage), threshold: stage.threshold },
      data: [{ folder: 'data', rows: 1, fields }],
    };
  },
};
