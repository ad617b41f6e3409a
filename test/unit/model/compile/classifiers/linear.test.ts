import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileClassifier } from '../../../../../src/lib/model/compile/compile-classifier.ts';
import type { LogisticRegressionStage } from '../../../../../src/lib/model/stages.ts';
import { dotSlowly } from '../reference.ts';
import { dense, logistic, rowMajor, svc } from '../stages.ts';
import { createRunner, math, run } from './run.ts';

const number = fc.double({ min: -30, max: 30, noNaN: true });
const weights = [0.1, 0.2, -0.3, 1e-3, 7, -11, 1 / 3, 0];
const row = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 7 }), number), { selector: ([index]) => index, maxLength: 8 })
  .map(entries => entries.sort(([a], [b]) => a - b));

describe('binomial logistic regression', () => {
  const score = createRunner(logistic(weights, { intercepts: dense(-0.7) }));

  test('is the logistic function of the sum, class by class', () => {
    fc.assert(
      fc.property(row, entries => {
        const margin = dotSlowly(entries, index => weights[index] as number) + -0.7;
        const negative = 1 / (1 + math.exp(margin));
        expect(score(entries)).toEqual({
          prediction: margin > 0 ? 1 : 0,
          raw: [-margin, margin],
          probabilities: [negative, 1 - negative],
        });
      }),
    );
  });

  test('without features the intercept decides', () => {
    expect(score([])).toMatchObject({ prediction: 0, raw: [0.7, -0.7] });
    expect(run(logistic([1], { intercepts: dense(0) }), [])).toEqual({
      prediction: 0,
      raw: [-0, 0],
      probabilities: [0.5, 0.5],
    });
  });

  test.each<[number, number[], number]>([
    [Number.POSITIVE_INFINITY, [0, 1], 1],
    [Number.NEGATIVE_INFINITY, [1, 0], 0],
    [800, [0, 1], 1],
    [-800, [1, 0], 0],
    [Number.NaN, [Number.NaN, Number.NaN], 0],
  ])('a margin of %d', (margin, probabilities, prediction) => {
    const stage = logistic([1], { intercepts: dense(0) });
    expect(run(stage, [[0, margin]])).toMatchObject({ probabilities, prediction });
  });

  test.each<[Partial<LogisticRegressionStage>, number]>([
    // log(t / (1 − t)): what the margin must be above.
    [{ threshold: 0.5 }, 0],
    [{ threshold: 0.75 }, Math.log(3)],
    [{ threshold: 0.2 }, Math.log(0.25)],
    [{ thresholds: Float64Array.of(0.25, 0.75) }, Math.log(3)],
    [{ thresholds: Float64Array.of(3, 1) }, -Math.log(3)],
  ])('%j', (more, limit) => {
    const score = createRunner(logistic([1], { intercepts: dense(0), ...more }));
    expect(score([[0, limit + 1e-9]]).prediction).toBe(1);
    expect(score([[0, limit - 1e-9]]).prediction).toBe(0);
  });

  test.each<[Partial<LogisticRegressionStage>, number, number]>([
    [{ threshold: 0 }, -1e300, 1],
    [{ threshold: 0 }, Number.NEGATIVE_INFINITY, 0],
    [{ threshold: 1 }, 1e300, 0],
    [{ threshold: 1 }, Number.POSITIVE_INFINITY, 0],
    [{ thresholds: Float64Array.of(0, 1) }, 1e300, 0],
    [{ thresholds: Float64Array.of(1, 0) }, -1e300, 1],
  ])('thresholds at the ends: %j, margin %d, class %i', (more, margin, prediction) => {
    expect(run(logistic([1], { intercepts: dense(0), ...more }), [[0, margin]]).prediction).toBe(prediction);
  });

  test.each<[string, Partial<LogisticRegressionStage>]>([
    ['no rows', { coefficients: { type: 'dense', rows: 0, columns: 3, values: new Float64Array(), transposed: true } }],
    ['no intercept', { intercepts: dense() }],
  ])('%s is refused', (_name, more) => {
    expect(() => compileClassifier(logistic([1], more), math)).toThrow(/lr \(LogisticRegression\) has no coefficients/);
  });
});

describe('multinomial logistic regression', () => {
  const rows = [
    [0.5, -1, 2],
    [0.25, 3, -0.125],
    [-7, 0.1, 0.2],
  ];
  const intercepts = [0.3, -0.2, 0.1];
  const stage = (more: Partial<LogisticRegressionStage> = {}) =>
    logistic([], {
      multinomial: true,
      numClasses: 3,
      numFeatures: 3,
      coefficients: rowMajor(3, ...rows.flat()),
      intercepts: dense(...intercepts),
      ...more,
    });
  const three = fc.tuple(number, number, number);

  test('is the softmax of the sums, by the reciprocal of their total', () => {
    const score = createRunner(stage());
    fc.assert(
      fc.property(three, values => {
        const entries = values.map((value, index) => [index, value] as const);
        const raw = rows.map(
          (own, cls) => dotSlowly(entries, index => own[index] as number) + (intercepts[cls] as number),
        );
        const most = Math.max(...raw);
        const powers = raw.map(one => math.exp(one - most));
        const scale = 1 / powers.reduce((sum, power) => sum + power, 0);
        expect(score(entries)).toEqual({
          prediction: raw.indexOf(most),
          raw,
          probabilities: powers.map(power => power * scale),
        });
      }),
    );
  });

  test('a threshold divides the probability of its class', () => {
    const thresholds = Float64Array.of(0.6, 0.3, 0.1);
    const [plain, score] = [createRunner(stage()), createRunner(stage({ thresholds }))];
    fc.assert(
      fc.property(three, values => {
        const entries = values.map((value, index) => [index, value / 10] as const);
        const scaled = (plain(entries).probabilities ?? []).map((one, cls) => one / (thresholds[cls] as number));
        expect(score(entries).prediction).toBe(scaled.indexOf(Math.max(...scaled)));
      }),
    );
  });

  test('equal classes: the first; an infinite score takes all', () => {
    const equal = createRunner(
      stage({ coefficients: rowMajor(3, 1, 0, 0, 1, 0, 0, 1, 0, 0), intercepts: dense(0, 0, 0) }),
    );
    expect(equal([[0, 3]])).toEqual({ prediction: 0, raw: [3, 3, 3], probabilities: Array(3).fill(1 * (1 / 3)) });
    expect(run(stage(), [[1, Number.POSITIVE_INFINITY]])).toMatchObject({ prediction: 1, probabilities: [0, 1, 0] });
  });

  test('explained by its own row; of two classes by the difference of the rows', () => {
    const form = compileClassifier(stage(), math).linearForm(2);
    expect([0, 1, 2].map(index => form?.weight(index))).toEqual(rows[2]);
    expect(form?.intercept).toBe(0.1);
    const two = stage({ numClasses: 2, coefficients: rowMajor(2, 1, 2, 3, 5, 7, 11), intercepts: dense(0.5, 0.75) });
    const both = compileClassifier(two, math).linearForm(1);
    expect([0, 1, 2].map(index => both?.weight(index))).toEqual([4, 5, 8]);
    expect(both?.intercept).toBe(0.25);
  });

  test('intercepts that do not fit are refused', () => {
    expect(() => compileClassifier(stage({ intercepts: dense(1, 2) }), math)).toThrow(/2 intercepts for 3 rows/);
  });
});

describe('linear SVC', () => {
  test('is the sum, against its threshold, without probabilities', () => {
    const score = createRunner(svc(weights, { intercept: 1.25, threshold: -2 }));
    fc.assert(
      fc.property(row, entries => {
        const margin = dotSlowly(entries, index => weights[index] as number) + 1.25;
        expect(score(entries)).toEqual({
          prediction: margin > -2 ? 1 : 0,
          raw: [-margin, margin],
          probabilities: null,
        });
      }),
    );
  });

  test.each<[number, number, number]>([
    [0, 0, 0],
    [1, 1, 0],
    [Number.NaN, 0, 0],
    [Number.POSITIVE_INFINITY, 1e308, 1],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0],
  ])('a margin of %d against %d is class %i', (margin, threshold, prediction) => {
    expect(run(svc([1], { intercept: 0, threshold }), [[0, margin]]).prediction).toBe(prediction);
  });
});
