import type { FittedStage, SparseRows } from '../types.ts';
import { argmax, argmaxOfRows, doublesOf, softmaxOfRows } from './arrays.ts';
import { linearMargins } from './linear.ts';
import type { RowScores } from './types.ts';

export function scoreBayes(stage: FittedStage, features: SparseRows): RowScores {
  const pi = doublesOf(stage, 'pi');
  const theta = doublesOf(stage, 'theta');
  const raw = rawScores(String(stage.params['modelType']), pi, theta, features);
  const classes = pi.length;
  return {
    rows: features.starts.length - 1,
    classes,
    predictions: argmaxOfRows(raw, classes),
    raw,
    probabilities: softmaxOfRows(raw, classes),
  };
}

function rawScores(modelType: string, pi: Float64Array, theta: Float64Array, features: SparseRows): Float64Array {
  if (modelType === 'complement') {
    return logSoftmaxOfRows(linearMargins(features, theta, new Float64Array(pi.length)), pi.length);
  }
  if (modelType === 'bernoulli') {
    // log p(x) = Σ log(1 − θ) over all columns + Σ (log θ − log(1 − θ)) over those that are set.
    const absent = theta.map(value => Math.log1p(-Math.exp(value)));
    const start = pi.map(
      (prior, klass) =>
        absent
          .subarray(klass * features.columns, (klass + 1) * features.columns)
          .reduce((sum, value) => sum + value, 0) + prior,
    );
    const present = theta.map((value, at) => value - (absent[at] as number));
    return linearMargins(features, present, start);
  }
  return linearMargins(features, theta, pi);
}

/** Logarithms of probabilities; without a way over the probabilities, where the small ones would become zero. */
function logSoftmaxOfRows(raw: Float64Array, classes: number): Float64Array {
  const result = new Float64Array(raw.length);
  for (let from = 0; from < raw.length; from += classes) {
    const largest = raw[from + argmax(raw, from, classes)] as number;
    let sum = 0;
    for (let at = from; at < from + classes; at++) sum += Math.exp((raw[at] as number) - largest);
    const shift = Math.log(sum) + largest;
    for (let at = from; at < from + classes; at++) result[at] = (raw[at] as number) - shift;
  }
  return result;
}
