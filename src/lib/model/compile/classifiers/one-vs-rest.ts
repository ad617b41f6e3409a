import { SentopsError } from '../../../core/errors.ts';
import type { OneVsRestStage } from '../../stages.ts';
import { argmax } from './decide.ts';
import type { CompiledClassifier } from './types.ts';

/** Spark's OneVsRestModel: the raw score of a class is the second one of its own model; the first largest wins. */
export function compileOneVsRest(stage: OneVsRestStage, models: readonly CompiledClassifier[]): CompiledClassifier {
  const classes = models.length;
  const first = models[0];
  if (!first || models.some(model => model.classes !== 2 || model.columns !== first.columns)) {
    throw new SentopsError(
      'DATA_INVALID',
      `stage ${stage.uid} (OneVsRest) needs one model of two classes for each class`,
    );
  }
  const pair = new Float64Array(2);
  const probabilities = new Float64Array(2);
  return {
    classes,
    columns: first.columns,
    hasProbabilities: false,
    classify: (features, raw, _probabilities, at) => {
      for (let cls = 0; cls < classes; cls++) {
        (models[cls] as CompiledClassifier).classify(features, pair, probabilities, 0);
        raw[at + cls] = pair[1] as number;
      }
      return argmax(raw, at, classes);
    },
    linearForm: cls => (models[classes === 2 ? 1 : cls] as CompiledClassifier).linearForm(1),
  };
}
