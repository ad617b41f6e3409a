import { describe, expect, test } from 'vitest';
import { argmax, decideByThresholds, softmax } from '../../../../src/lib/model/compile/classifiers/decide.ts';
import { compileClassifier } from '../../../../src/lib/model/compile/compile-classifier.ts';
import { mathOf } from '../../../../src/lib/model/compile/hotspot-math.ts';
import type { ClassifierStage, GBTStage, Matrix, NaiveBayesStage, Trees } from '../../../../src/lib/model/stages.ts';
import { classifierColumns, dense, logistic, rowMajor, svc } from './stages.ts';

const math = mathOf('hotspot-x64');

function classify(stage: ClassifierStage, values: Readonly<Record<number, number>>) {
  const classifier = compileClassifier(stage, math);
  const view = {
    count: Object.keys(values).length,
    indices: Int32Array.from(Object.keys(values), Number),
    values: Float64Array.from(Object.values(values)),
  };
  const raw = new Float64Array(classifier.classes + 1);
  const probabilities = new Float64Array(classifier.classes + 1);
  const prediction = classifier.classify(view, raw, probabilities, 1);
  return { prediction, raw: [...raw.subarray(1)], probabilities: [...probabilities.subarray(1)] };
}

describe('logistic regression', () => {
  test('binomial: the probability of class 0 is computed, that of class 1 is the rest', () => {
    const { prediction, raw, probabilities } = classify(logistic([0.1, 0.2, -3]), { 0: 3, 1: 1 });
    const margin = 3 * 0.1 + 0.2 + 0.25;
    expect(raw).toEqual([-margin, margin]);
    expect(probabilities).toEqual([1 / (1 + math.exp(margin)), 1 - 1 / (1 + math.exp(margin))]);
    expect(prediction).toBe(1);
  });

  test.each([
    [{ threshold: 0.5 }, 1],
    [{ threshold: 0.7 }, 0],
    [{ threshold: 1 }, 0],
    [{ threshold: 0 }, 1],
    // Two thresholds stand for 1 / (1 + t0 / t1).
    [{ thresholds: Float64Array.of(0.3, 0.7) }, 0],
    [{ thresholds: Float64Array.of(0.5, 0.5), threshold: 0.9 }, 1],
  ])('threshold %j gives class %i', (more, expected) => {
    expect(classify(logistic([0.5], more), { 0: 1 }).prediction).toBe(expected);
  });

  test('a margin of exactly the threshold is class 0', () => {
    expect(classify(logistic([-0.25]), { 0: 1 }).prediction).toBe(0);
  });

  const multinomial = (coefficients: Matrix, more = {}) =>
    logistic([], { multinomial: true, numClasses: 3, coefficients, intercepts: dense(0.1, 0.2, 0.3), ...more });
  // 0.1 + 0.2 + 0.3 depends on the order: 0.6000000000000001 from the left, 0.6 with the intercept last.
  const byRow = rowMajor(3, 0.2, 0.3, 0, 0, 1, 1);
  const byColumn: Matrix = {
    type: 'sparse',
    rows: 3,
    columns: 2,
    starts: Int32Array.of(0, 2, 4),
    indices: Int32Array.of(0, 2, 0, 2),
    values: Float64Array.of(0.2, 1, 0.3, 1),
    transposed: false,
  };

  test('a matrix by rows is summed first, one by columns is added to the intercepts', () => {
    expect(classify(multinomial(byRow), { 0: 1, 1: 1 }).raw).toEqual([0.2 + 0.3 + 0.1, 0.2, 1 + 1 + 0.3]);
    expect(classify(multinomial(byColumn), { 0: 1, 1: 1 }).raw).toEqual([0.1 + 0.2 + 0.3, 0.2, 0.3 + 1 + 1]);
    expect(0.1 + 0.2 + 0.3).not.toBe(0.2 + 0.3 + 0.1);
  });

  test.each<[string, Matrix]>([
    ['dense by columns', { ...byRow, transposed: false, values: Float64Array.of(0.2, 0, 1, 0.3, 0, 1) } as Matrix],
    [
      'sparse by rows',
      {
        ...byColumn,
        transposed: true,
        starts: Int32Array.of(0, 2, 2, 4),
        indices: Int32Array.of(0, 1, 0, 1),
        values: Float64Array.of(0.2, 0.3, 1, 1),
      } as Matrix,
    ],
  ])('the layout makes no other difference: %s', (_name, matrix) => {
    expect(classify(multinomial(matrix), { 0: 2, 1: 1 })).toEqual(classify(multinomial(byRow), { 0: 2, 1: 1 }));
  });

  test('thresholds decide by probability / threshold', () => {
    const more = { thresholds: Float64Array.of(0.01, 0.9, 0.9) };
    expect(classify(multinomial(byRow, more), { 0: 1, 1: 1 }).prediction).toBe(0);
    expect(classify(multinomial(byRow), { 0: 1, 1: 1 }).prediction).toBe(2);
  });
});

test('linear SVC: the margin against the threshold, no probability', () => {
  expect(classify(svc([1]), { 0: 1 })).toMatchObject({ prediction: 1, raw: [-0.5, 0.5] });
  expect(classify(svc([1], { threshold: 0.5 }), { 0: 1 }).prediction).toBe(0);
  const sparse = { type: 'sparse', size: 3, indices: Int32Array.of(2), values: Float64Array.of(2) } as const;
  expect(classify(svc([], { coefficients: sparse, numFeatures: 3 }), { 0: 9, 2: 1 }).raw).toEqual([-1.5, 1.5]);
  expect(compileClassifier(svc([1]), math).hasProbabilities).toBe(false);
});

function trees(more: Partial<Trees> = {}): Trees {
  const zeros = () => new Float64Array(4);
  return {
    starts: Int32Array.of(0, 3, 4),
    feature: Int32Array.of(1, -1, -1, -1),
    threshold: Float64Array.of(0.5, 0, 0, 0),
    left: Int32Array.of(1, -1, -1, -1),
    right: Int32Array.of(2, -1, -1, -1),
    prediction: Float64Array.of(0, -0.4, 0.3, 1),
    impurity: zeros(),
    gain: zeros(),
    rawCount: zeros(),
    stats: Float64Array.of(0, 0, 3, 1, 0, 3, 1, 2),
    statsPerNode: 2,
    categories: new Float64Array(),
    categoryStarts: new Int32Array(5),
    numCategories: new Int32Array(4).fill(-1),
    weights: Float64Array.of(1, 0.1),
    ...more,
  };
}
const forest = (more: Partial<Trees> = {}, thresholds: Float64Array | null = null): ClassifierStage => ({
  ...classifierColumns,
  kind: 'RandomForest',
  uid: 'rf',
  numClasses: 2,
  numFeatures: 2,
  trees: trees(more),
  thresholds,
});
const boosted = (thresholds: Float64Array | null = null): GBTStage => ({
  ...(forest() as GBTStage),
  kind: 'GBT',
  thresholds,
});

describe('trees', () => {
  test('a forest adds the shares of the leaves; a missing feature is 0 and goes left', () => {
    expect(classify(forest(), {})).toEqual({
      prediction: 0,
      raw: [0.75 + 1 / 3, 0.25 + 2 / 3],
      probabilities: [(0.75 + 1 / 3) / 2, (0.25 + 2 / 3) / 2],
    });
    expect(classify(forest(), { 1: 0.5 }).raw[0]).toBe(0.75 + 1 / 3);
    expect(classify(forest(), { 1: 0.6 }).raw).toEqual([1 / 3, 1 + 2 / 3]);
    expect(classify(forest({}, Float64Array.of(0.9, 0.1)), {}).prediction).toBe(1);
  });

  test('one row leaves nothing behind for the next', () => {
    const classifier = compileClassifier(forest(), math);
    const raw = new Float64Array(2);
    const row = { count: 1, indices: Int32Array.of(1), values: Float64Array.of(9) };
    classifier.classify(row, raw, new Float64Array(2), 0);
    classifier.classify({ ...row, count: 0 }, raw, new Float64Array(2), 0);
    expect([...raw]).toEqual([0.75 + 1 / 3, 0.25 + 2 / 3]);
  });

  test('a leaf without weight votes for nobody, nobody at all is class 0', () => {
    expect(classify(forest({ stats: new Float64Array(8) }), {})).toEqual({
      prediction: 0,
      raw: [0, 0],
      probabilities: [0, 0],
    });
  });

  test('boosted trees: weighted sum, probability by twice the margin', () => {
    const margin = -0.4 * 1 + 1 * 0.1;
    const negative = 1 / (1 + math.exp(2 * margin));
    expect(classify(boosted(), {})).toEqual({
      prediction: 0,
      raw: [-margin, margin],
      probabilities: [negative, 1 - negative],
    });
    expect(classify(boosted(), { 1: 1 }).prediction).toBe(1);
    expect(classify(boosted(Float64Array.of(0.9, 0.1)), {}).prediction).toBe(1);
  });

  test.each([
    // Left {0}: the smaller side is kept, an unknown category goes right.
    [[0], 0, 'left'],
    [[0], 2, 'right'],
    [[0], 7, 'right'],
    // Left {0, 1} of three: the right side is kept, an unknown category goes left.
    [[0, 1], 1, 'left'],
    [[0, 1], 2, 'right'],
    [[0, 1], 7, 'left'],
    [[0, 1], 1.5, 'left'],
  ])('categories %j on the left: %d goes %s', (categories, value, side) => {
    const split = forest({
      numCategories: Int32Array.of(3, -1, -1, -1),
      categories: Float64Array.from(categories),
      categoryStarts: Int32Array.of(0, categories.length, categories.length, categories.length, categories.length),
    });
    expect(classify(split, { 1: value }).raw[0]).toBe(side === 'left' ? 0.75 + 1 / 3 : 0 + 1 / 3);
  });

  test.each([
    ['a child that points back', { left: Int32Array.of(0, -1, -1, -1) }],
    ['a child in another tree', { right: Int32Array.of(3, -1, -1, -1) }],
    ['a feature beyond the vector', { feature: Int32Array.of(2, -1, -1, -1) }],
  ])('damaged trees are refused: %s', (_name, more) => {
    expect(() => compileClassifier(forest(more), math)).toThrow(/node 0 of tree 0 is damaged/);
  });

  test('a tree without nodes is refused', () => {
    expect(() => compileClassifier(forest({ starts: Int32Array.of(0, 4, 4) }), math)).toThrow(/tree 1 has no nodes/);
  });
});

describe('naive Bayes', () => {
  const bayes = (more: Partial<NaiveBayesStage>): NaiveBayesStage => ({
    ...classifierColumns,
    kind: 'NaiveBayes',
    uid: 'nb',
    numClasses: 2,
    numFeatures: 2,
    modelType: 'multinomial',
    pi: dense(-0.5, -1),
    theta: rowMajor(2, -0.1, -2, -3, -0.2),
    sigma: null,
    ...more,
  });

  test('multinomial: θ·x + π', () => {
    const { raw, prediction } = classify(bayes({}), { 0: 2, 1: 1 });
    expect(raw).toEqual([2 * -0.1 + -2 + -0.5, 2 * -3 + -0.2 + -1]);
    expect(prediction).toBe(0);
  });

  test('complement: normalised in the logarithm, without π', () => {
    const { raw } = classify(bayes({ modelType: 'complement' }), { 0: 1 });
    expect(raw[0]).toBeCloseTo(-0.1 - Math.log(Math.exp(-0.1) + Math.exp(-3)), 14);
    expect(Math.exp(raw[0] as number) + Math.exp(raw[1] as number)).toBeCloseTo(1, 14);
  });

  test('Bernoulli: what is absent counts too; features are 0 or 1', () => {
    const { raw } = classify(bayes({ modelType: 'bernoulli' }), { 1: 1 });
    expect(raw[0]).toBeCloseTo(-0.5 + -2 + Math.log(1 - Math.exp(-0.1)), 13);
    expect(() => classify(bayes({ modelType: 'bernoulli' }), { 1: 2 })).toThrow(/features of 0 or 1, not 2/);
  });

  test('Gaussian: every feature counts, zeros too', () => {
    const sigma = rowMajor(2, 1, 2, 3, 4);
    const { raw } = classify(bayes({ modelType: 'gaussian', sigma }), { 1: 1 });
    expect(raw[0]).toBeCloseTo(-0.5 - (0.01 / 1 + 9 / 2 + Math.log(1) + Math.log(2)) / 2, 13);
    expect(() => compileClassifier(bayes({ modelType: 'gaussian' }), math)).toThrow(/lacks the variances/);
  });

  test('thresholds', () => {
    expect(classify(bayes({ thresholds: Float64Array.of(1, 1e-9) }), { 0: 2 }).prediction).toBe(1);
  });
});

test('one against the rest: the raw scores of the models, the first largest wins', () => {
  const { thresholds: _t, probabilityCol: _p, ...columns } = classifierColumns;
  const models = [svc([0]), logistic([1]), svc([1], { intercept: 0.25 })];
  const stage: ClassifierStage = { ...columns, kind: 'OneVsRest', uid: 'ovr', numClasses: 3, numFeatures: 1, models };
  expect(classify(stage, { 0: 1 })).toMatchObject({ raw: [-0.5, 1.25, 1.25], prediction: 1 });
  expect(() => compileClassifier({ ...stage, models: [] }, math)).toThrow(/one model of two classes/);
  const other = [svc([0]), svc([0, 1])];
  expect(() => compileClassifier({ ...stage, models: other }, math)).toThrow(/one model of two classes/);
});

describe('decisions', () => {
  test('argmax takes the first of equals', () => {
    expect(argmax(Float64Array.of(9, 1, 3, 3), 1, 3)).toBe(1);
  });

  test('a threshold of 0 wins unless its probability is 0', () => {
    expect(decideByThresholds(Float64Array.of(0.1, 0.9), 0, Float64Array.of(0, 0.5))).toBe(0);
    expect(decideByThresholds(Float64Array.of(0, 0.9), 0, Float64Array.of(0, 0.5))).toBe(1);
  });

  test('softmax of an infinite score', () => {
    const out = new Float64Array(2);
    softmax(Float64Array.of(Number.POSITIVE_INFINITY, 3), out, 0, 2, Math.exp);
    expect([...out]).toEqual([1, 0]);
  });
});
