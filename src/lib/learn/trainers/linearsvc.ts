import { checkRows } from '../check-rows.ts';
import { ridgePenalty } from '../linear/l2.ts';
import { hingeLoss, marginObjective } from '../linear/margin-loss.ts';
import { leaveSpace, scaleSpace } from '../linear/space.ts';
import { minimiseWithL1 } from '../optimise/owlqn.ts';
import { readParams } from '../params.ts';
import { toClassifier } from '../score/classifier.ts';
import type { Trainer } from '../types.ts';

const DEFAULTS = { maxIter: 100, regParam: 0, tol: 1e-6, fitIntercept: true, standardization: true, threshold: 0 };

/** A linear support vector machine for two classes, with the objective and the steps of Spark's LinearSVC. */
export default function createLinearSvc(): Trainer {
  return {
    params: DEFAULTS,
    async fit(rows, options) {
      const rules = { maxIter: { min: 1, integer: true }, regParam: { min: 0 }, tol: { min: 0 } };
      const params = readParams('linearsvc', DEFAULTS, rules, options.params);
      if (rows.classes !== 2) {
        throw new RangeError(
          `linearsvc tells two classes apart, not ${rows.classes}; logisticregression takes any number`,
        );
      }
      checkRows('linearsvc', rows);
      const space = scaleSpace(rows, params.fitIntercept);
      const penalty = ridgePenalty(space, params.regParam, params.standardization, 1);
      const objective = marginObjective(space, hingeLoss(), penalty);
      // Spark runs OWL-QN with penalties of zero here; its line search suits the kinks of the hinge.
      const free = new Float64Array(objective.size);
      const optimum = await minimiseWithL1(objective, new Float64Array(objective.size), free, params, options);
      return toClassifier({
        type: 'linearsvc',
        params: { ...params, numClasses: 2, numFeatures: rows.features.columns, iterations: optimum.iterations },
        arrays: {
          ...leaveSpace(space, optimum.x, 1),
          objectiveHistory: Float64Array.from(optimum.history),
        },
      });
    },
  };
}
