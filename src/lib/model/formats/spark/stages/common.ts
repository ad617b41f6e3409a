import type { ClassifierStage, Stage } from '../../../stages.ts';
import { doubles, type Params, text, type Values } from '../params.ts';

export const INPUT = { inputCol: text(), outputCol: text() };

export function readColumns(params: Params) {
  return { inputCol: params.text('inputCol'), outputCol: params.text('outputCol') };
}

export const CLASSIFIER = {
  featuresCol: text('features'),
  labelCol: text('label'),
  predictionCol: text('prediction'),
  rawPredictionCol: text('rawPrediction'),
};
export const PROBABILISTIC = { ...CLASSIFIER, probabilityCol: text('probability'), thresholds: doubles() };

export function readClassifier(params: Params) {
  return {
    featuresCol: params.text('featuresCol'),
    labelCol: params.text('labelCol'),
    predictionCol: params.text('predictionCol'),
    rawPredictionCol: params.text('rawPredictionCol'),
  };
}

export function readProbabilistic(params: Params) {
  return {
    ...readClassifier(params),
    probabilityCol: params.text('probabilityCol'),
    thresholds: params.doublesOrNull('thresholds'),
  };
}

/** Parameters that only training knows, then those of a classifier. */
export function classifierValues(stage: ClassifierStage): Values {
  const { featuresCol, labelCol, predictionCol, rawPredictionCol } = stage;
  const both = { ...stage.extras, featuresCol, labelCol, predictionCol, rawPredictionCol };
  if (!('probabilityCol' in stage)) return both;
  const { probabilityCol, thresholds } = stage;
  return { ...both, probabilityCol, ...(thresholds === null ? {} : { thresholds }) };
}

export function columnValues(stage: Stage & { readonly inputCol: string; readonly outputCol: string }): Values {
  return { ...stage.extras, inputCol: stage.inputCol, outputCol: stage.outputCol };
}
