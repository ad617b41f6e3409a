import { SentopsError } from '../../core/errors.ts';
import type { FieldColumn } from '../../data/rows.ts';
import type { Calibration, FittedModel } from '../types.ts';
import type { CompiledClassifier } from './classifiers/types.ts';
import { compileClassifier, isClassifier } from './compile-classifier.ts';
import { explainRow } from './explain.ts';
import { compileFeatureColumn, type ExplainableFeatures } from './features.ts';
import { type ModelMath, mathOf } from './hotspot-math.ts';
import type { BatchScores, FeatureMaker, MathFlavor, Prediction, Scorer } from './types.ts';

export interface CompileOptions {
  /** hotspot-x64 where absent: the bits that Spark gives on x86-64. */
  readonly math?: MathFlavor;
}

/** Makes a fitted pipeline ready to score. Throws DATA_INVALID for a model that does not lead from one text to classes. */
export function compileModel(model: FittedModel, options: CompileOptions = {}): Scorer {
  const math = mathOf(options.math ?? 'hotspot-x64');
  const last = model.stages.at(-1);
  if (!last || !isClassifier(last)) {
    throw new SentopsError('DATA_INVALID', 'the model does not end in a classifier', {
      hint: 'score a whole pipeline: text, features and a classifier as its last stage',
      details: { stages: model.stages.map(stage => `${stage.kind} ${stage.uid}`) },
    });
  }
  const classifier = calibrate(compileClassifier(last, math), model.calibration, math);
  const features = compileFeatureColumn(last.featuresCol, model.stages.slice(0, -1));
  if (features.columns !== classifier.columns) {
    throw new SentopsError(
      'DATA_INVALID',
      `stage ${last.uid} (${last.kind}) takes ${classifier.columns} features, the stages before it make ${features.columns}`,
      { hint: 'the stages of this model were not fitted together' },
    );
  }
  return createScorer(model.labels, features, classifier);
}

function createScorer(
  labels: readonly string[],
  features: ExplainableFeatures,
  classifier: CompiledClassifier,
): Scorer {
  const { classes, hasProbabilities } = classifier;
  const unused = new Float64Array(classes);
  return {
    labels,
    columns: features.columns,
    hasProbabilities,
    score: (text): Prediction => {
      const raw = new Float64Array(classes);
      const probabilities = hasProbabilities ? new Float64Array(classes) : unused;
      const prediction = classifier.classify(features.fromText(text), raw, probabilities, 0);
      return { prediction, raw, probabilities: hasProbabilities ? probabilities : null };
    },
    scoreColumn: (column, rows) => scoreColumn(features, classifier, column, rows),
    explain: (text, limit) => explainRow(features, classifier, text, limit),
  };
}

function scoreColumn(
  features: FeatureMaker,
  classifier: CompiledClassifier,
  { bytes, starts, ends }: FieldColumn,
  rows: number,
): BatchScores {
  const { classes, hasProbabilities } = classifier;
  const predictions = new Float64Array(rows);
  const raw = new Float64Array(rows * classes);
  const probabilities = new Float64Array(hasProbabilities ? rows * classes : classes);
  for (let row = 0; row < rows; row++) {
    const start = starts[row] as number;
    const at = row * classes;
    if (start < 0) {
      predictions[row] = Number.NaN;
      raw.fill(Number.NaN, at, at + classes);
      if (hasProbabilities) probabilities.fill(Number.NaN, at, at + classes);
    } else
      predictions[row] = classifier.classify(
        features.fromBytes(bytes, start, ends[row] as number),
        raw,
        probabilities,
        at,
      );
  }
  return { rows, classes, predictions, raw, probabilities: hasProbabilities ? probabilities : null };
}

/** Platt's p = 1 / (1 + exp(slope · raw + offset)) of the second class, for a two-class model without probabilities. */
function calibrate(
  classifier: CompiledClassifier,
  calibration: Calibration | undefined,
  { exp }: ModelMath,
): CompiledClassifier {
  if (!calibration || classifier.hasProbabilities || classifier.classes !== 2) return classifier;
  const { slope, offset } = calibration;
  return {
    ...classifier,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      const prediction = classifier.classify(features, raw, probabilities, at);
      const positive = 1 / (1 + exp(slope * (raw[at + 1] as number) + offset));
      probabilities[at] = 1 - positive;
      probabilities[at + 1] = positive;
      return prediction;
    },
  };
}
