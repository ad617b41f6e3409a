import { describe, expect, test } from 'vitest';
import { summariseColumns } from '../../../src/lib/learn/column-statistics.ts';
import { minimiseSmooth } from '../../../src/lib/learn/optimise/lbfgs.ts';
import { minimiseWithL1 } from '../../../src/lib/learn/optimise/owlqn.ts';
import type { Objective } from '../../../src/lib/learn/optimise/types.ts';
import createLinearSvc from '../../../src/lib/learn/trainers/linearsvc.ts';
import createLogisticRegression from '../../../src/lib/learn/trainers/logisticregression.ts';
import type { LabelledRows, Parameters } from '../../../src/lib/learn/types.ts';
import { makeRows } from './made-rows.ts';
import { options } from './sparse.ts';

const WATCH = { signal: new AbortController().signal };

/** Rows as dense tables, so that nothing of the fast code is used to judge it. */
function denseOf({ features }: LabelledRows): number[][] {
  const { starts, indices, values, columns } = features;
  return Array.from({ length: starts.length - 1 }, (_, row) => {
    const dense = new Array<number>(columns).fill(0);
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
      dense[indices[at] as number] = values[at] as number;
    return dense;
  });
}

interface Weights {
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
}

/** The mean of a loss over weighted rows, by the book. */
function meanLoss(
  rows: LabelledRows,
  { coefficients, intercepts }: Weights,
  loss: (margins: number[], label: number) => number,
): number {
  const { columns } = rows.features;
  let [sum, total] = [0, 0];
  for (const [row, dense] of denseOf(rows).entries()) {
    const weight = rows.weights?.[row] ?? 1;
    const margins = intercepts.map((start, set) =>
      dense.reduce((margin, value, column) => margin + value * (coefficients[set * columns + column] as number), start),
    );
    sum += weight * loss(margins, rows.labels[row] as number);
    total += weight;
  }
  return sum / total;
}

const logistic = ([margin = 0]: number[], label: number) => Math.log1p(Math.exp(label === 1 ? -margin : margin));
const hinge = ([margin = 0]: number[], label: number) => Math.max(0, 1 - (2 * label - 1) * margin);
const softmax = (margins: number[], label: number) =>
  Math.log(margins.reduce((sum, margin) => sum + Math.exp(margin), 0)) - (margins[label] as number);

/** Spark's objective: the penalty is that of the weights in units of the deviation of their column. */
function objectiveOf(rows: LabelledRows, params: Parameters, loss: (margins: number[], label: number) => number) {
  const { regParam = 0, elasticNetParam = 0, standardization = true } = params as Record<string, number>;
  const { deviation } = summariseColumns(rows.features, rows.weights);
  const unit = (at: number) => (standardization ? (deviation[at % rows.features.columns] as number) : 1);
  return (weights: Weights) => {
    const l2 = weights.coefficients.reduce((sum, value, at) => sum + (value * unit(at)) ** 2, 0) / 2;
    const l1 = weights.coefficients.reduce((sum, value, at) => sum + Math.abs(value * unit(at)), 0);
    return meanLoss(rows, weights, loss) + regParam * ((1 - elasticNetParam) * l2 + elasticNetParam * l1);
  };
}

async function fitted(trainer: 'lr' | 'svc', rows: LabelledRows, params: Parameters): Promise<Weights> {
  const create = trainer === 'lr' ? createLogisticRegression : createLinearSvc;
  const { stage } = await create().fit(rows, options({ maxIter: 500, tol: 1e-12, ...params }));
  return {
    coefficients: [...(stage.arrays['coefficients'] ?? [])],
    intercepts: [...(stage.arrays['intercepts'] ?? [])],
  };
}

/** The slope of a function along every coordinate, by central differences. */
function slopes(value: (weights: Weights) => number, at: Weights, step = 1e-5) {
  const slope = (key: keyof Weights, index: number) => {
    const moved = (by: number) => ({
      ...at,
      [key]: at[key].map((number, place) => (place === index ? number + by : number)),
    });
    return (value(moved(step)) - value(moved(-step))) / (2 * step);
  };
  return {
    coefficients: at.coefficients.map((_, index) => slope('coefficients', index)),
    intercepts: at.intercepts.map((_, index) => slope('intercepts', index)),
  };
}

const TWO = makeRows({ seed: 5, rows: 120, columns: 9, classes: 2 });
const THREE = makeRows({ seed: 6, rows: 150, columns: 6, classes: 3 });
const WEIGHED = makeRows({ seed: 7, rows: 120, columns: 9, classes: 2, weighted: true });

describe('smooth fits end where the slope of the objective, written down anew, is nothing', () => {
  test.each([
    ['two classes', TWO, { regParam: 0.05 }, logistic],
    ['weighted rows', WEIGHED, { regParam: 0.05 }, logistic],
    ['without standardization', TWO, { regParam: 0.05, standardization: false }, logistic],
    ['without a penalty', TWO, { regParam: 0 }, logistic],
    ['three classes', THREE, { regParam: 0.03 }, softmax],
    ['three classes without standardization', THREE, { regParam: 0.03, standardization: false }, softmax],
  ] as const)('%s', async (_, rows, params, loss) => {
    const weights = await fitted('lr', rows, params);
    const { coefficients, intercepts } = slopes(objectiveOf(rows, params, loss), weights);
    for (const slope of [...coefficients, ...intercepts]) expect(Math.abs(slope)).toBeLessThan(2e-6);
  });

  test('without an intercept it is nothing for the weights, and there is none', async () => {
    const params = { regParam: 0.05, fitIntercept: false };
    const weights = await fitted('lr', TWO, params);
    expect(weights.intercepts).toEqual([0]);
    const { coefficients } = slopes(objectiveOf(TWO, params, logistic), weights);
    for (const slope of coefficients) expect(Math.abs(slope)).toBeLessThan(2e-6);
  });
});

describe('elastic net', () => {
  test.each([
    ['lasso', TWO, { regParam: 0.04, elasticNetParam: 1 }, logistic],
    ['half and half', WEIGHED, { regParam: 0.05, elasticNetParam: 0.5 }, logistic],
    ['without standardization', TWO, { regParam: 0.02, elasticNetParam: 1, standardization: false }, logistic],
    ['three classes', THREE, { regParam: 0.03, elasticNetParam: 0.8 }, softmax],
  ] as const)('meets the conditions of Karush, Kuhn and Tucker: %s', async (_, rows, params, loss) => {
    const weights = await fitted('lr', rows, params);
    const { regParam, elasticNetParam } = params;
    const bound = regParam * elasticNetParam;
    const { deviation } = summariseColumns(rows.features, rows.weights);
    const unit = (at: number) => ('standardization' in params ? 1 : (deviation[at % rows.features.columns] as number));
    // Without the part that has kinks.
    const smooth = objectiveOf(
      rows,
      { ...params, regParam: regParam * (1 - elasticNetParam), elasticNetParam: 0 },
      loss,
    );
    const { coefficients, intercepts } = slopes(smooth, weights);
    for (const slope of intercepts) expect(Math.abs(slope)).toBeLessThan(1e-5);
    for (const [at, slope] of coefficients.entries()) {
      const weight = weights.coefficients[at] as number;
      if (weight === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(bound * unit(at) + 1e-5);
      else expect(slope).toBeCloseTo(-Math.sign(weight) * bound * unit(at), 4);
    }
    expect(weights.coefficients.some(weight => weight === 0)).toBe(true);
    expect(weights.coefficients.some(weight => weight !== 0)).toBe(true);
  });

  test('a penalty that is large enough leaves nothing but the share of each class', async () => {
    const { coefficients, intercepts } = await fitted('lr', TWO, { regParam: 10, elasticNetParam: 1 });
    expect(coefficients.every(weight => weight === 0)).toBe(true);
    const positives = TWO.labels.reduce((sum, label) => sum + label, 0);
    expect(intercepts[0]).toBeCloseTo(Math.log(positives / (TWO.labels.length - positives)), 6);
  });
});

describe('a support vector machine', () => {
  test.each([
    ['', TWO, { regParam: 0.05 }],
    ['weighted', WEIGHED, { regParam: 0.05 }],
    ['without standardization', TWO, { regParam: 0.05, standardization: false }],
  ])('is near the least value that any walk from it finds %s', async (_, rows, params) => {
    const value = objectiveOf(rows, params, hinge);
    const weights = await fitted('svc', rows, params);
    let least = value(weights);
    let at = weights;
    // Coordinate by coordinate with ever smaller steps: slow, simple and blind to gradients.
    for (let step = 0.05; step > 1e-4; step /= 2) {
      for (const key of ['coefficients', 'intercepts'] as const) {
        for (const index of at[key].keys()) {
          for (const by of [step, -step]) {
            const moved = { ...at, [key]: at[key].map((number, place) => (place === index ? number + by : number)) };
            if (value(moved) < least) [at, least] = [moved, value(moved)];
          }
        }
      }
    }
    expect(value(weights) - least).toBeLessThan(0.002);
    expect(value(weights)).toBeLessThan(value({ coefficients: weights.coefficients.map(() => 0), intercepts: [0] }));
  });
});

describe('functions whose least value is known', () => {
  /** Σ scale · (x − centre)² / 2 */
  const bowl = (centre: readonly number[], scales: readonly number[]): Objective => ({
    size: centre.length,
    evaluate(x, gradient) {
      let value = 0;
      for (const [at, middle] of centre.entries()) {
        const distance = (x[at] as number) - middle;
        gradient[at] = (scales[at] as number) * distance;
        value += ((scales[at] as number) * distance * distance) / 2;
      }
      return value;
    },
  });

  test('a bowl a million times as steep in one direction as in another', async () => {
    const { x, value } = await minimiseSmooth(
      bowl([1, -2, 3], [1e6, 1, 1e3]),
      new Float64Array(3),
      { maxIter: 200, tol: 1e-14 },
      WATCH,
    );
    for (const [at, expected] of [1, -2, 3].entries()) expect(x[at]).toBeCloseTo(expected, 5);
    expect(value).toBeLessThan(1e-10);
  });

  test('soft thresholds: sign(c) · max(0, |c| − λ / scale), each coordinate with its own λ', async () => {
    const centre = [3, -3, 0.5, -0.5, 0, 1];
    const scales = [1, 2, 1, 4, 1, 1];
    const penalty = [1, 1, 1, 1, 1, 0];
    const { x } = await minimiseWithL1(
      bowl(centre, scales),
      new Float64Array(6),
      Float64Array.from(penalty),
      { maxIter: 200, tol: 1e-14 },
      WATCH,
    );
    for (const [at, middle] of centre.entries()) {
      const expected =
        Math.sign(middle) * Math.max(0, Math.abs(middle) - (penalty[at] as number) / (scales[at] as number));
      expect(x[at]).toBeCloseTo(expected, 6);
      if (expected === 0) expect(x[at]).toBe(0);
    }
  });

  test.each([2, 6, 10])('the valley of Rosenbrock in %i dimensions', async size => {
    const valley: Objective = {
      size,
      evaluate(x, gradient) {
        gradient.fill(0);
        let value = 0;
        for (let at = 0; at + 1 < size; at++) {
          const [here, next] = [x[at] as number, x[at + 1] as number];
          const bend = next - here * here;
          value += 100 * bend * bend + (1 - here) ** 2;
          gradient[at] = (gradient[at] as number) - 400 * here * bend - 2 * (1 - here);
          gradient[at + 1] = (gradient[at + 1] as number) + 200 * bend;
        }
        return value;
      },
    };
    const start = Float64Array.from({ length: size }, (_, at) => (at % 2 === 0 ? -1.2 : 1));
    const { x, history } = await minimiseSmooth(valley, start, { maxIter: 1000, tol: 1e-15 }, WATCH);
    for (const value of x) expect(value).toBeCloseTo(1, 4);
    for (const [at, value] of history.entries())
      expect(value).toBeLessThanOrEqual(history[at - 1] ?? Number.POSITIVE_INFINITY);
  });
});
