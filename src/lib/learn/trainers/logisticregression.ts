import { checkRows } from '../check-rows.ts';
import { ridgePenalty } from '../linear/l2.ts';
import { logisticLoss, marginObjective } from '../linear/margin-loss.ts';
import { softmaxObjective } from '../linear/softmax-loss.ts';
import { type LinearSolution, leaveSpace, type ScaledSpace, scaleSpace } from '../linear/space.ts';
import { minimiseSmooth } from '../optimise/lbfgs.ts';
import { minimiseWithL1 } from '../optimise/owlqn.ts';
import type { Optimum } from '../optimise/types.ts';
import { readParams } from '../params.ts';
import { toClassifier } from '../score/classifier.ts';
import type { FitOptions, LabelledRows, Trainer } from '../types.ts';

const DEFAULTS = {
  maxIter: 100,
  regParam: 0,
  elasticNetParam: 0,
  tol: 1e-6,
  fitIntercept: true,
  standardization: true,
  threshold: 0.5,
  family: 'auto',
};
type LogisticParams = typeof DEFAULTS;

/** Logistic regression with the objective, the start and the steps of Spark's LogisticRegression. */
export default function createLogisticRegression(): Trainer {
  return {
    params: DEFAULTS,
    async fit(rows, options) {
      const params = readLogisticParams(options, rows);
      checkRows('logisticregression', rows);
      const multinomial = params.family === 'multinomial' || (params.family === 'auto' && rows.classes > 2);
      const sets = multinomial ? rows.classes : 1;
      const space = scaleSpace(rows, params.fitIntercept);
      const optimum = await optimise(space, params, sets, options);
      const solution = leaveSpace(space, optimum.x, sets);
      if (multinomial) centre(solution, params);
      return toClassifier({
        type: 'logisticregression',
        params: {
          ...params,
          numClasses: rows.classes,
          numFeatures: rows.features.columns,
          isMultinomial: multinomial,
          iterations: optimum.iterations,
        },
        arrays: { ...solution, objectiveHistory: Float64Array.from(optimum.history) },
      });
    },
  };
}

function readLogisticParams(options: FitOptions, rows: LabelledRows): LogisticParams {
  const params = readParams(
    'logisticregression',
    DEFAULTS,
    {
      maxIter: { min: 1, integer: true },
      regParam: { min: 0 },
      elasticNetParam: { min: 0, max: 1 },
      tol: { min: 0 },
      threshold: { min: 0, max: 1 },
      family: { oneOf: ['auto', 'binomial', 'multinomial'] },
    },
    options.params,
  );
  if (params.family === 'binomial' && rows.classes > 2) {
    throw new RangeError(`logisticregression: family binomial is for two classes, not for ${rows.classes}`);
  }
  return params;
}

function optimise(space: ScaledSpace, params: LogisticParams, sets: number, options: FitOptions): Promise<Optimum> {
  const { regParam, elasticNetParam, standardization } = params;
  const penalty = ridgePenalty(space, (1 - elasticNetParam) * regParam, standardization, sets);
  const objective =
    sets === 1 ? marginObjective(space, logisticLoss(), penalty) : softmaxObjective(space, sets, penalty);
  const start = startOf(space, sets, objective.size);
  const l1 = elasticNetParam * regParam;
  if (l1 === 0) return minimiseSmooth(objective, start, params, options);
  const weights = new Float64Array(objective.size);
  for (let at = 0; at < space.inverse.length * sets; at++) {
    weights[at] = standardization ? l1 : l1 * (space.inverse[Math.floor(at / sets)] as number);
  }
  return minimiseWithL1(objective, start, weights, params, options);
}

/** Weights of zero, and the intercepts that would be right if no feature said anything. */
function startOf(space: ScaledSpace, sets: number, size: number): Float64Array {
  const start = new Float64Array(size);
  if (!space.fitIntercept) return start;
  const { labels, weights, classes } = space.rows;
  const counts = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    counts[label] = (counts[label] as number) + (weights ? (weights[row] as number) : 1);
  }
  if (sets === 1) {
    start[size - 1] = Math.log((counts[1] as number) / (counts[0] as number));
    return start;
  }
  const logarithms = counts.map(Math.log1p);
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / classes;
  start.set(
    logarithms.map(value => value - mean),
    size - classes,
  );
  return start;
}

/**
 * Adding the same to the weights of all classes changes nothing, so the ones with mean zero are chosen (Friedman,
 * Hastie & Tibshirani, Regularization paths for generalized linear models, 2010); a penalty chooses by itself.
 */
function centre({ coefficients, intercepts }: LinearSolution, { regParam, fitIntercept }: LogisticParams): void {
  const sets = intercepts.length;
  const columns = coefficients.length / sets;
  if (fitIntercept) subtractMean(intercepts, 0, 1, sets);
  if (regParam !== 0) return;
  for (let column = 0; column < columns; column++) subtractMean(coefficients, column, columns, sets);
}

function subtractMean(values: Float64Array, from: number, stride: number, count: number): void {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[from + index * stride] as number;
  for (let index = 0; index < count; index++) {
    values[from + index * stride] = (values[from + index * stride] as number) - sum / count;
  }
}
