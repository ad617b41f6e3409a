import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ridgePenalty } from '../../../../src/lib/learn/linear/l2.ts';
import { hingeLoss, logisticLoss, marginObjective } from '../../../../src/lib/learn/linear/margin-loss.ts';
import { softmaxObjective } from '../../../../src/lib/learn/linear/softmax-loss.ts';
import { scaleSpace } from '../../../../src/lib/learn/linear/space.ts';
import type { Objective } from '../../../../src/lib/learn/optimise/types.ts';
import { scoreStage } from '../../../../src/lib/learn/score/classifier.ts';
import createLinearSvc from '../../../../src/lib/learn/trainers/linearsvc.ts';
import createLogisticRegression from '../../../../src/lib/learn/trainers/logisticregression.ts';
import { makeRows } from '../made-rows.ts';
import { labelled, options } from '../sparse.ts';

const TWO = makeRows({ seed: 11, rows: 80, columns: 12, classes: 2, weighted: true });
const THREE = makeRows({ seed: 12, rows: 80, columns: 9, classes: 3, weighted: true });

/** Compares the gradient with differences of the value on both sides. */
function checkGradient(objective: Objective, point: readonly number[]): void {
  const x = Float64Array.from({ length: objective.size }, (_, at) => point[at % point.length] ?? 0);
  const gradient = new Float64Array(objective.size);
  objective.evaluate(x, gradient);
  const spare = new Float64Array(objective.size);
  for (let at = 0; at < x.length; at++) {
    const [above, below] = [x.slice(), x.slice()];
    above[at] = (x[at] ?? 0) + 1e-6;
    below[at] = (x[at] ?? 0) - 1e-6;
    const slope = (objective.evaluate(above, spare) - objective.evaluate(below, spare)) / 2e-6;
    expect(gradient[at]).toBeCloseTo(slope, 5);
  }
}

const points = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 5, maxLength: 40 });

describe('the gradient of each objective is its slope', () => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('logistic and softmax; intercept %s, standardization %s', (fitIntercept, standardize) => {
    const two = scaleSpace(TWO, fitIntercept);
    const three = scaleSpace(THREE, fitIntercept);
    const logistic = marginObjective(two, logisticLoss(), ridgePenalty(two, 0.3, standardize, 1));
    const softmax = softmaxObjective(three, 3, ridgePenalty(three, 0.3, standardize, 3));
    fc.assert(
      fc.property(points, point => {
        checkGradient(logistic, point);
        checkGradient(softmax, point);
      }),
      { numRuns: 20 },
    );
  });

  test('hinge, away from its kinks', () => {
    const space = scaleSpace(TWO, true);
    checkGradient(marginObjective(space, hingeLoss(), ridgePenalty(space, 0.2, true, 1)), [0.31, -0.17, 0.43, 0.05]);
  });

  test('margins of any size give a finite loss', () => {
    const loss = logisticLoss();
    expect(loss.of(800, 0)).toBe(800);
    expect(loss.slope).toBe(1);
    expect(loss.of(-800, 0)).toBe(0);
    expect(loss.of(-800, 1)).toBe(800);
    expect(loss.slope).toBe(-1);
  });
});

describe('logistic regression', () => {
  test('a softmax of two classes is the binomial model, split in halves', async () => {
    const params = { maxIter: 300, tol: 1e-12, regParam: 0.1 };
    const binomial = await createLogisticRegression().fit(TWO, options(params));
    // Half the weight on either side is penalised half as much: λ must be doubled for the same minimum.
    const softmax = await createLogisticRegression().fit(
      TWO,
      options({ ...params, regParam: 0.2, family: 'multinomial' }),
    );
    const one = binomial.stage.arrays['coefficients'] ?? [];
    const both = softmax.stage.arrays['coefficients'] ?? [];
    for (const [column, weight] of one.entries()) {
      expect((both[one.length + column] ?? 0) - (both[column] ?? 0)).toBeCloseTo(weight, 5);
    }
  });

  test('rows that weigh two count as two rows', async () => {
    const table = [
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 1],
      [0, 3],
    ];
    const labels = [0, 1, 0, 1, 1];
    const rows = labelled(table, labels);
    const twice = labelled([...table, ...table.slice(0, 2)], [...labels, ...labels.slice(0, 2)]);
    // Without standardization: the unbiased variance knows weights from rows.
    const params = options({ regParam: 0.1, standardization: false, tol: 1e-12, maxIter: 200 });
    const weighted = await createLogisticRegression().fit({ ...rows, weights: Float64Array.of(2, 2, 1, 1, 1) }, params);
    const repeated = await createLogisticRegression().fit(twice, params);
    for (const [at, weight] of weighted.stage.arrays['coefficients']?.entries() ?? []) {
      expect(weight).toBeCloseTo(repeated.stage.arrays['coefficients']?.[at] ?? Number.NaN, 6);
    }
  });

  test('a column that says nothing gets no weight, and does no harm', async () => {
    const table = [
      [1, 5],
      [0, 5],
      [1, 5],
      [0, 5],
    ];
    const { stage } = await createLogisticRegression().fit(labelled(table, [0, 1, 0, 1]), options({ regParam: 0.1 }));
    expect(stage.arrays['coefficients']?.[1]).toBe(0);
    expect(stage.arrays['coefficients']?.[0]).toBeLessThan(-1);
  });

  test('unpenalised softmax weights have mean zero in every column', async () => {
    const { stage } = await createLogisticRegression().fit(THREE, options({ maxIter: 30 }));
    const weights = stage.arrays['coefficients'] ?? new Float64Array();
    for (let column = 0; column < 9; column++) {
      expect((weights[column] ?? 0) + (weights[9 + column] ?? 0) + (weights[18 + column] ?? 0)).toBeCloseTo(0, 10);
    }
  });

  test('probabilities add up to one and follow the raw scores', async () => {
    const classifier = await createLogisticRegression().fit(TWO, options({ regParam: 0.1 }));
    const probabilities = classifier.predict(TWO.features);
    const { raw, predictions } = scoreStage(classifier.stage, TWO.features);
    expect(classifier.probabilistic).toBe(true);
    for (const [row, prediction] of predictions.entries()) {
      const [none = 0, some = 0] = probabilities.subarray(2 * row, 2 * row + 2);
      expect(none + some).toBe(1);
      expect(some > none).toBe((raw[2 * row + 1] ?? 0) > 0);
      expect(prediction).toBe(some > none ? 1 : 0);
    }
  });

  test('a higher threshold names fewer rows positive', async () => {
    const count = async (threshold: number) => {
      const { stage } = await createLogisticRegression().fit(TWO, options({ regParam: 0.1, threshold }));
      return scoreStage(stage, TWO.features).predictions.reduce((sum, prediction) => sum + prediction, 0);
    };
    expect([await count(0), await count(1)]).toEqual([80, 0]);
    expect(await count(0.7)).toBeLessThan(await count(0.3));
  });

  test('says how far it is', async () => {
    const seen: number[] = [];
    await createLogisticRegression().fit(TWO, {
      ...options({ maxIter: 3, tol: 0 }),
      progress: done => seen.push(done),
    });
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a support vector machine', () => {
  test('separates what can be separated, with a margin of one', async () => {
    const table = [
      [2, 0],
      [3, 0],
      [0, 2],
      [0, 3],
    ];
    const classifier = await createLinearSvc().fit(labelled(table, [0, 0, 1, 1]), options({ regParam: 1e-4 }));
    const raw = classifier.predict(labelled(table, [0, 0, 1, 1]).features);
    expect(classifier.probabilistic).toBe(false);
    for (const row of [0, 1]) expect(raw[2 * row]).toBeGreaterThan(0.9);
    for (const row of [2, 3]) expect(raw[2 * row + 1]).toBeGreaterThan(0.9);
  });
});
