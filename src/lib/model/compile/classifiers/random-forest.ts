import type { RandomForestStage } from '../../stages.ts';
import { argmax, decideByThresholds } from './decide.ts';
import { compileTrees } from './trees.ts';
import type { CompiledClassifier } from './types.ts';

/**
 * Spark's RandomForestClassificationModel: each tree adds the class shares of its leaf (weight of the class / weight of
 * the leaf), in the order of the trees; probabilities are the votes divided by their sum.
 */
export function compileRandomForest(stage: RandomForestStage): CompiledClassifier {
  const { trees, thresholds, numFeatures } = stage;
  const classes = trees.statsPerNode;
  const walker = compileTrees(trees, numFeatures, stage.uid);
  const shares = shareLeaves(trees.stats, classes);
  const leaves = new Int32Array(walker.trees);
  return {
    classes,
    columns: numFeatures,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      walker.walk(features, leaves);
      raw.fill(0, at, at + classes);
      for (let tree = 0; tree < leaves.length; tree++) {
        const leaf = (leaves[tree] as number) * classes;
        for (let cls = 0; cls < classes; cls++)
          raw[at + cls] = (raw[at + cls] as number) + (shares[leaf + cls] as number);
      }
      normalise(raw, probabilities, at, classes);
      return thresholds ? decideByThresholds(probabilities, at, thresholds) : argmax(raw, at, classes);
    },
    linearForm: () => null,
  };
}

/** A leaf without rows votes for nobody. */
function shareLeaves(stats: Float64Array, classes: number): Float64Array {
  const shares = new Float64Array(stats.length);
  for (let node = 0; node < stats.length; node += classes) {
    let total = 0;
    for (let cls = 0; cls < classes; cls++) total += stats[node + cls] as number;
    if (total === 0) continue;
    for (let cls = 0; cls < classes; cls++) shares[node + cls] = (stats[node + cls] as number) / total;
  }
  return shares;
}

function normalise(raw: Float64Array, probabilities: Float64Array, at: number, classes: number): void {
  let sum = 0;
  for (let cls = 0; cls < classes; cls++) sum += raw[at + cls] as number;
  for (let cls = 0; cls < classes; cls++) {
    const vote = raw[at + cls] as number;
    probabilities[at + cls] = sum === 0 ? vote : vote / sum;
  }
}
