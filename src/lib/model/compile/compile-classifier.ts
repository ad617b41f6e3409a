import { SentopsError } from '../../core/errors.ts';
import type { BinaryClassifierStage, ClassifierStage, Stage } from '../stages.ts';
import { compileGBT } from './classifiers/gbt.ts';
import { compileLinearSVC } from './classifiers/linear-svc.ts';
import { compileLogisticRegression } from './classifiers/logistic-regression.ts';
import { compileNaiveBayes } from './classifiers/naive-bayes.ts';
import { compileOneVsRest } from './classifiers/one-vs-rest.ts';
import { compileRandomForest } from './classifiers/random-forest.ts';
import type { CompiledClassifier } from './classifiers/types.ts';
import type { ModelMath } from './hotspot-math.ts';

const SUPPORTED = 'LogisticRegression, LinearSVC, RandomForest, GBT, NaiveBayes and OneVsRest';

export function compileClassifier(stage: ClassifierStage, math: ModelMath): CompiledClassifier {
  if (stage.kind === 'Plugin') {
    throw new SentopsError('DATA_INVALID', `stage ${stage.uid} was made by the trainer ${stage.trainer} of a plugin`, {
      hint: `only that plugin can score it; scored here are ${SUPPORTED}`,
    });
  }
  if (stage.kind === 'OneVsRest') {
    return compileOneVsRest(
      stage,
      stage.models.map(model => compileBinary(model, math)),
    );
  }
  return compileBinary(stage, math);
}

function compileBinary(stage: BinaryClassifierStage, math: ModelMath): CompiledClassifier {
  switch (stage.kind) {
    case 'LogisticRegression':
      return compileLogisticRegression(stage, math);
    case 'LinearSVC':
      return compileLinearSVC(stage);
    case 'RandomForest':
      return compileRandomForest(stage);
    case 'GBT':
      return compileGBT(stage, math);
    case 'NaiveBayes':
      return compileNaiveBayes(stage, math);
  }
}

export function isClassifier(stage: Stage): stage is ClassifierStage {
  return 'featuresCol' in stage;
}
