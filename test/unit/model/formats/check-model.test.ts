import { describe, expect, test } from 'vitest';
import { checkModel } from '../../../../src/lib/model/formats/check-model.ts';
import type { RandomForestStage, Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;
const last = (name: string) => sample(name).stages.at(-1) as Stage;

function withLast(name: string, change: object): unknown {
  return { ...sample(name), stages: [...sample(name).stages.slice(0, -1), { ...last(name), ...change }] };
}

function withTrees(change: (trees: RandomForestStage['trees']) => object): unknown {
  const { trees } = last('forest') as RandomForestStage;
  return withLast('forest', { trees: { ...trees, ...change(trees) } });
}

function set(array: Int32Array, index: number, value: number): Int32Array {
  const copy = Int32Array.from(array);
  copy[index] = value;
  return copy;
}

test.each(Object.keys(samples))('a model of ours is in order: %s', name => {
  expect(checkModel(sample(name))).toBe(sample(name));
});

const sparse = { type: 'sparse', rows: 1, columns: 4, transposed: true, values: Float64Array.of(1, 2) };

describe('what does not fit together is refused with the stage', () => {
  test.each<[string, unknown, string]>([
    ['nothing', null, 'not an object'],
    ['no stages', { ...sample('svc'), stages: [] }, 'no stages'],
    ['labels that are numbers', { ...sample('svc'), labels: [0, 1] }, 'labels'],
    ['too few labels', { ...sample('svc'), labels: ['one'] }, '1 labels for 2 classes'],
    ['half a calibration', { ...sample('svc'), calibration: { slope: 1 } }, 'calibration'],
    ['no classifier', { ...sample('svc'), stages: sample('svc').stages.slice(0, 2) }, 'ends with a classifier'],
    ['a classifier in the middle', { ...sample('svc'), stages: [last('svc'), last('svc')] }, 'must be the last'],
    ['an unknown kind', withLast('svc', { kind: 'Oracle' }), '"Oracle" is not known'],
    ['a kind that every object has', withLast('svc', { kind: 'constructor' }), 'is not known'],
    ['a field that is missing', withLast('svc', { threshold: undefined }), 'threshold is not a number'],
    ['a plain array', withLast('svc', { coefficients: { type: 'dense', values: [1, 2] } }), 'not a vector'],
    [
      'a vector too short',
      withLast('svc', { coefficients: { type: 'dense', values: new Float64Array(3) } }),
      'numFeatures',
    ],
    [
      'indices out of order',
      withLast('svc', {
        coefficients: { type: 'sparse', size: 1024, indices: Int32Array.of(3, 2), values: new Float64Array(2) },
      }),
      'out of order',
    ],
    [
      'an index out of range',
      withLast('svc', {
        coefficients: { type: 'sparse', size: 1024, indices: Int32Array.of(1024), values: new Float64Array(1) },
      }),
      'out of range',
    ],
    ['rows that are not classes', withLast('logistic-three', { numClasses: 4 }), 'not 4'],
    ['three classes of a binomial model', withLast('logistic', { numClasses: 3 }), 'not 2'],
    ['three classes of a LinearSVC', withLast('svc', { numClasses: 3 }), 'it has 3 classes, not 2'],
    ['three classes of boosted trees', withLast('boosted', { numClasses: 3 }), 'it has 3 classes, not 2'],
    ['thresholds of boosted trees', withLast('boosted', { thresholds: new Float64Array(3) }), '3 thresholds for 2'],
    [
      'intercepts of other classes',
      withLast('logistic-three', { intercepts: { type: 'dense', values: new Float64Array(2) } }),
      'it has 2 intercepts, not 3',
    ],
    [
      'pi of other classes',
      withLast('bayes', { pi: { type: 'dense', values: new Float64Array(3) } }),
      'pi does not fit',
    ],
    [
      'a model within for other features',
      withLast('one-vs-rest', { models: [0, 1, 2].map(() => ({ ...last('svc'), numFeatures: 1023 })) }),
      'model 0: it does not have two classes and as many features as the others',
    ],
    ['too many features to be true', withLast('logistic', { numFeatures: 2 ** 40 }), 'numFeatures'],
    [
      'starts beyond the values',
      withLast('logistic', {
        numFeatures: 4,
        coefficients: { ...sparse, starts: Int32Array.of(0, 3), indices: Int32Array.of(0, 1) },
      }),
      'starts',
    ],
    [
      'a column out of range',
      withLast('logistic', {
        numFeatures: 4,
        coefficients: { ...sparse, starts: Int32Array.of(0, 2), indices: Int32Array.of(0, 4) },
      }),
      'out of range',
    ],
    ['thresholds for other classes', withLast('forest', { thresholds: Float64Array.of(1) }), 'thresholds'],
    ['theta of other features', withLast('bayes', { numFeatures: 7 }), 'theta'],
    ['gaussian without sigma', withLast('bayes', { modelType: 'gaussian' }), 'sigma'],
    ['one model for two classes', withLast('one-vs-rest', { models: [last('svc')] }), 'models for'],
    [
      'a stage within that is no classifier',
      withLast('one-vs-rest', { models: [{ kind: 'NGram' }, {}, {}] }),
      'OneVsRest',
    ],
  ])('%s', (_, model, reason) => {
    expect(() => checkModel(model)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});

describe('trees that nobody could walk are refused', () => {
  test.each<[string, unknown, string]>([
    ['a child that is its own parent', withTrees(({ left }) => ({ left: set(left, 0, 0) })), 'children'],
    ['a child of another tree', withTrees(({ right }) => ({ right: set(right, 0, 100_000) })), 'children'],
    ['half a split', withTrees(({ right }) => ({ right: set(right, 0, -1) })), 'children'],
    ['a feature out of range', withTrees(({ feature }) => ({ feature: set(feature, 0, 99_999) })), 'feature 99999'],
    ['a split without a feature', withTrees(({ feature }) => ({ feature: set(feature, 0, -1) })), 'feature -1'],
    ['statistics of other classes', withTrees(() => ({ statsPerNode: 3 })), 'class'],
    ['numbers that are missing', withTrees(({ gain }) => ({ gain: gain.slice(1) })), 'numbers'],
    ['no trees at all', withTrees(() => ({ weights: new Float64Array(0) })), 'no trees'],
    ['starts that go back', withTrees(({ starts }) => ({ starts: set(starts, 1, -5) })), 'add up'],
    [
      'categories beyond the end',
      withTrees(({ categoryStarts }) => ({ categoryStarts: set(categoryStarts, 1, 9) })),
      'categories',
    ],
  ])('%s', (_, model, reason) => {
    expect(() => checkModel(model)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});
