import { SentopsError } from '../../../core/errors.ts';
import { denseRows, denseVector } from '../../dense-numbers.ts';
import type { LogisticRegressionStage } from '../../stages.ts';
import type { ModelMath } from '../hotspot-math.ts';
import { argmax, decideByThresholds, softmax } from './decide.ts';
import { compileAffineMap, dot } from './numbers.ts';
import type { CompiledClassifier } from './types.ts';

export function compileLogisticRegression(stage: LogisticRegressionStage, math: ModelMath): CompiledClassifier {
  return stage.multinomial ? compileMultinomial(stage, math) : compileBinomial(stage, math);
}

/**
 * Spark's LogisticRegressionModel with one row of coefficients: m = w·x + b, raw = [−m, m], p₀ = 1 / (1 + exp(m)),
 * p₁ = 1 − p₀; class 1 where m > log(t / (1 − t)).
 */
function compileBinomial(stage: LogisticRegressionStage, { exp, log }: ModelMath): CompiledClassifier {
  const weights = denseRows(stage.coefficients)[0];
  const intercept = denseVector(stage.intercepts)[0];
  if (!weights || intercept === undefined) {
    throw new SentopsError('DATA_INVALID', `stage ${stage.uid} (LogisticRegression) has no coefficients`);
  }
  const limit = rawThreshold(stage, log);
  return {
    classes: 2,
    columns: weights.length,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      const margin = dot(features, weights) + intercept;
      raw[at] = -margin;
      raw[at + 1] = margin;
      const negative = 1 / (1 + exp(margin));
      probabilities[at] = negative;
      probabilities[at + 1] = 1 - negative;
      return margin > limit ? 1 : 0;
    },
    linearForm: () => ({ weight: index => weights[index] as number, intercept }),
  };
}

/** Two `thresholds` t₀, t₁ stand for the one threshold 1 / (1 + t₀ / t₁). */
function rawThreshold({ threshold, thresholds }: LogisticRegressionStage, log: (x: number) => number): number {
  const t = thresholds ? 1 / (1 + (thresholds[0] as number) / (thresholds[1] as number)) : threshold;
  if (t === 0) return Number.NEGATIVE_INFINITY;
  return t === 1 ? Number.POSITIVE_INFINITY : log(t / (1 - t));
}

/** One row of coefficients for each class: raw = W·x + b, probabilities by softmax. */
function compileMultinomial(stage: LogisticRegressionStage, { exp }: ModelMath): CompiledClassifier {
  const { coefficients, thresholds, uid } = stage;
  const intercepts = denseVector(stage.intercepts);
  const margins = compileAffineMap(coefficients, intercepts, uid);
  const classes = coefficients.rows;
  let rows: Float64Array[] | undefined;
  return {
    classes,
    columns: coefficients.columns,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      margins(features, raw, at);
      softmax(raw, probabilities, at, classes, exp);
      return thresholds ? decideByThresholds(probabilities, at, thresholds) : argmax(raw, at, classes);
    },
    linearForm: cls => {
      rows ??= denseRows(coefficients);
      return rowForm(rows, intercepts, cls);
    },
  };
}

/** The score of a class; with two classes what the second has over the first. */
export function rowForm(rows: readonly Float64Array[], intercepts: Float64Array, cls: number) {
  const own = rows[rows.length === 2 ? 1 : cls] as Float64Array;
  const intercept = intercepts[rows.length === 2 ? 1 : cls] as number;
  if (rows.length !== 2) return { weight: (index: number) => own[index] as number, intercept };
  const other = rows[0] as Float64Array;
  return {
    weight: (index: number) => (own[index] as number) - (other[index] as number),
    intercept: intercept - (intercepts[0] as number),
  };
}
