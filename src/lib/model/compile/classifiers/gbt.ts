import type { GBTStage } from '../../stages.ts';
import type { ModelMath } from '../hotspot-math.ts';
import { argmax, decideByThresholds } from './decide.ts';
import { compileTrees } from './trees.ts';
import type { CompiledClassifier } from './types.ts';

/**
 * Spark's GBTClassificationModel: m = Σ prediction of the tree · weight of the tree, raw = [−m, m]. Its log loss is
 * 2·log(1 + exp(−2·y·m)), so p₀ = 1 / (1 + exp(−2·raw₀)) and p₁ = 1 − p₀.
 */
export function compileGBT(stage: GBTStage, { exp }: ModelMath): CompiledClassifier {
  const { trees, thresholds, numFeatures } = stage;
  const walker = compileTrees(trees, numFeatures, stage.uid);
  const leaves = new Int32Array(walker.trees);
  return {
    classes: 2,
    columns: numFeatures,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      walker.walk(features, leaves);
      let margin = 0;
      for (let tree = 0; tree < leaves.length; tree++) {
        margin += (trees.prediction[leaves[tree] as number] as number) * (trees.weights[tree] as number);
      }
      raw[at] = -margin;
      raw[at + 1] = margin;
      const negative = 1 / (1 + exp(-2 * -margin));
      probabilities[at] = negative;
      probabilities[at + 1] = 1 - negative;
      return thresholds ? decideByThresholds(probabilities, at, thresholds) : argmax(raw, at, 2);
    },
    linearForm: () => null,
  };
}
