import type { BinaryClassifierStage, OneVsRestStage } from '../../../stages.ts';
import { text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { CLASSIFIER, classifierValues, readClassifier } from './common.ts';

const MAX_MODELS = 100_000;
const ESTIMATORS: Readonly<Record<BinaryClassifierStage['kind'], string>> = {
  LogisticRegression: 'LogisticRegression',
  LinearSVC: 'LinearSVC',
  RandomForest: 'RandomForestClassifier',
  GBT: 'GBTClassifier',
  NaiveBayes: 'NaiveBayes',
};

/**
 * ```
 * metadata/part-00000   paramMap: columns; beside it labelMetadata (JSON as a text), numClasses
 * classifier/           the estimator that each model was fitted with; not looked at
 * model_0/, model_1/ …  a binary classifier for each class
 * ```
 */
export const oneVsRest: StageFormat<OneVsRestStage> = {
  kind: 'OneVsRest',
  className: 'org.apache.spark.ml.classification.OneVsRestModel',
  params: { ...CLASSIFIER, weightCol: text() },
  async read({ folder, metadata, params, complain, readInner }) {
    const count = metadata.top['numClasses'];
    if (typeof count !== 'number' || !(count >= 1 && count <= MAX_MODELS)) throw complain('has no number of classes');
    const models: BinaryClassifierStage[] = [];
    for (let index = 0; index < count; index++) {
      if (!folder.has(`model_${index}/metadata`)) throw complain(`speaks of model_${index}, which is not there`);
      models.push((await readInner(`model_${index}`)) as BinaryClassifierStage);
    }
    return {
      kind: 'OneVsRest',
      uid: metadata.uid,
      ...readClassifier(params),
      numClasses: count,
      numFeatures: models[0]?.numFeatures ?? 0,
      models,
      ...params.rest(),
    };
  },
  write(stage) {
    const [first] = stage.models;
    const output = {
      params: classifierValues(stage),
      extra: { labelMetadata: '{}', numClasses: stage.models.length },
      inner: stage.models.map((model, index) => ({ name: `model_${index}`, stage: model })),
    };
    if (first === undefined) return output;
    const className = `org.apache.spark.ml.classification.${ESTIMATORS[first.kind]}`;
    return { ...output, estimator: { name: 'classifier', className, stage: first } };
  },
};
