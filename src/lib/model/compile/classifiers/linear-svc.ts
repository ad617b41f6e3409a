import { denseVector } from '../../dense-numbers.ts';
import type { LinearSVCStage } from '../../stages.ts';
import { dot } from './numbers.ts';
import type { CompiledClassifier } from './types.ts';

/** Spark's LinearSVCModel: m = w·x + b, raw = [−m, m], class 1 where m is above the threshold; no probability. */
export function compileLinearSVC(stage: LinearSVCStage): CompiledClassifier {
  const weights = denseVector(stage.coefficients);
  const { intercept, threshold } = stage;
  return {
    classes: 2,
    columns: weights.length,
    hasProbabilities: false,
    classify: (features, raw, _probabilities, at) => {
      const margin = dot(features, weights) + intercept;
      raw[at] = -margin;
      raw[at + 1] = margin;
      return margin > threshold ? 1 : 0;
    },
    linearForm: () => ({ weight: index => weights[index] as number, intercept }),
  };
}
