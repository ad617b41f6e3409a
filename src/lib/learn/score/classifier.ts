import type { Classifier, FittedStage, SparseRows } from '../types.ts';
import { scoreBayes } from './bayes.ts';
import { scoreForest } from './forest.ts';
import { scoreLinearSvc, scoreLogistic } from './linear.ts';
import type { RowScores } from './types.ts';

const SCORERS: Readonly<Record<string, (stage: FittedStage, features: SparseRows) => RowScores>> = {
  logisticregression: scoreLogistic,
  linearsvc: scoreLinearSvc,
  naivebayes: scoreBayes,
  randomforest: scoreForest,
};

/** Scores of rows by a stage that one of our trainers fitted. Throws RangeError for any other. */
export function scoreStage(stage: FittedStage, features: SparseRows): RowScores {
  const score = Object.hasOwn(SCORERS, stage.type) ? SCORERS[stage.type] : undefined;
  if (!score) throw new RangeError(`nothing here can score a fitted ${stage.type}`);
  return score(stage, features);
}

/** A fitted stage as the port wants it: probabilities where there are any, raw scores where there are none. */
export function toClassifier(stage: FittedStage): Classifier {
  return {
    stage,
    probabilistic: stage.type !== 'linearsvc',
    predict(features) {
      const { probabilities, raw } = scoreStage(stage, features);
      return probabilities ?? raw;
    },
  };
}
