import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareStages } from '../../../src/lib/model/compare-stages.ts';
import { toDense } from '../../../src/lib/model/dense-numbers.ts';
import { describeStage, partsOf } from '../../../src/lib/model/describe-stage.ts';
import type { LinearSVCStage, Matrix, RandomForestStage, Stage } from '../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const sample = (name: string) => sampleModels()[name] as FittedModel;
const last = (name: string) => sample(name).stages.at(-1) as Stage;
const columns = { featuresCol: 'f', labelCol: 'l', predictionCol: 'p', rawPredictionCol: 'r' };

function svc(values: readonly number[], more: object = {}): LinearSVCStage {
  const coefficients = { type: 'dense', values: Float64Array.from(values) } as const;
  return {
    kind: 'LinearSVC',
    uid: 's',
    ...columns,
    numClasses: 2,
    numFeatures: values.length,
    coefficients,
    intercept: 0.5,
    threshold: 0,
    ...more,
  };
}

describe('facts about a stage', () => {
  test.each(Object.keys(sampleModels()))('every part of a model has one name: %s', name => {
    for (const [index, stage] of sample(name).stages.entries()) {
      const facts = describeStage(stage, index);
      expect(facts).toMatchObject({ index, kind: stage.kind, uid: stage.uid });
      const names = partsOf(stage).map(part => part.name);
      expect(new Set(names).size).toBe(names.length);
      expect(facts.arrays.length + Object.keys(facts.params).length).toBe(names.length);
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    }
  });

  test('trees are told by their arrays', () => {
    const forest = last('forest') as RandomForestStage;
    const { arrays, params } = describeStage(forest, 4);
    const nodes = forest.trees.feature.length;
    expect(arrays.find(({ name }) => name === 'trees.threshold')).toMatchObject({ length: nodes });
    expect(arrays.find(({ name }) => name === 'trees.starts')?.length).toBe(13);
    expect(arrays.find(({ name }) => name === 'trees.weights')).toEqual({
      name: 'trees.weights',
      length: 12,
      nonzero: 12,
    });
    expect(params).toMatchObject({ 'trees.statsPerNode': 2, thresholds: null });
  });

  test('a sparse vector is as long as it is, with the numbers that are not zero', () => {
    const coefficients = {
      type: 'sparse',
      size: 9,
      indices: Int32Array.of(1, 4),
      values: Float64Array.of(0, 2),
    } as const;
    expect(describeStage(svc([], { coefficients }), 0).arrays).toEqual([
      { name: 'coefficients', length: 9, nonzero: 1, sparse: true },
    ]);
  });

  test('what training knew stands among the parameters, lists as lists, lists within lists by their places', () => {
    const stage = svc([1], { extras: { regParam: 0.1, note: null, bounds: [[1, 2], 'x'] } });
    expect(describeStage(stage, 0).params).toMatchObject({
      regParam: 0.1,
      note: null,
      'bounds.0': [1, 2],
      'bounds.1': 'x',
      intercept: 0.5,
    });
  });

  test('a vocabulary is an array, names of columns are not', () => {
    const counter: Stage = {
      kind: 'CountVectorizer',
      uid: 'c',
      inputCol: 'a',
      outputCol: 'b',
      vocabulary: [],
      minTF: 1,
      binary: true,
    };
    expect(describeStage(counter, 0).arrays).toEqual([{ name: 'vocabulary', length: 0, nonzero: null }]);
    const joined: Stage = { kind: 'ConcatTokens', uid: 'c', inputCols: ['a', 'b'], outputCol: 'c' };
    expect(describeStage(joined, 0)).toMatchObject({ params: { inputCols: ['a', 'b'] }, arrays: [] });
  });
});

describe('distances of arrays', () => {
  const distance = (from: readonly number[], to: readonly number[]) =>
    compareStages([svc(from)], [svc(to)])[0]?.arrays[0];

  test('are the largest difference and the length of all of them beside the first', () => {
    expect(distance([3, 4], [3, 4])).toBeUndefined();
    expect(distance([3, 4, 0], [3.5, 3, 0])).toMatchObject({
      changed: 2,
      maxDifference: 1,
      relativeDistance: expect.closeTo(Math.sqrt(1.25) / 5, 12),
    });
    expect(distance([0, 0], [0, 1])).toMatchObject({ changed: 1, maxDifference: 1, relativeDistance: null });
  });

  test('of a zero and a minus zero are none, but they differ', () => {
    expect(distance([0, 1], [-0, 1])).toMatchObject({ changed: 1, maxDifference: 0, relativeDistance: 0 });
  });

  test('with what is no number are no numbers: a coefficient that became NaN was zero away', () => {
    expect(distance([1, 2], [Number.NaN, 5])).toMatchObject({
      changed: 2,
      maxDifference: null,
      relativeDistance: null,
    });
    expect(distance([1, 2], [Infinity, 2])).toMatchObject({ changed: 1, maxDifference: null, relativeDistance: null });
    expect(distance([Number.NaN, 1], [Number.NaN, 1])).toBeUndefined();
  });

  test('thresholds that were not set, and then were, are an array that grew', () => {
    const before = last('forest') as RandomForestStage;
    const after = { ...before, thresholds: Float64Array.of(0.3, 0.7) };
    const grown = {
      name: 'thresholds',
      fromLength: 0,
      toLength: 2,
      changed: null,
      maxDifference: null,
      relativeDistance: null,
    };
    expect(compareStages([before], [after])).toMatchObject([{ params: [], arrays: [grown] }]);
    expect(compareStages([after], [before])).toMatchObject([{ arrays: [{ ...grown, fromLength: 2, toLength: 0 }] }]);
  });

  test('one word more, and the same words in another order', () => {
    const counter = (...vocabulary: string[]): Stage => ({
      kind: 'CountVectorizer',
      uid: 'c',
      inputCol: 'a',
      outputCol: 'b',
      vocabulary,
      minTF: 1,
      binary: true,
    });
    const change = (from: Stage, to: Stage) => compareStages([from], [to])[0]?.arrays[0];
    expect(change(counter('a', 'b'), counter('a', 'b', 'c'))).toMatchObject({ fromLength: 2, toLength: 3, changed: 1 });
    expect(change(counter('a', 'b', 'c'), counter('a', 'c', 'b'))).toMatchObject({ changed: 2 });
  });

  test('a model within a model is compared part by part', () => {
    const rest = last('one-vs-rest') as Stage & { models: Stage[] };
    const [first, ...others] = rest.models;
    const changed = { ...rest, models: [{ ...first, threshold: 0.75 }, ...others] } as Stage;
    expect(compareStages([rest], [changed])).toMatchObject([
      { params: [{ name: 'models.0.threshold', from: 0.5, to: 0.75 }], arrays: [] },
    ]);
    const fewer = { ...rest, models: others } as Stage;
    const names = compareStages([rest], [fewer])[0]?.arrays.map(({ name }) => name);
    expect(names).toContain('models.2.coefficients');
  });
});

test('any matrix is the same numbers in all four forms', () => {
  const shape = fc.record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 5 }) });
  const cells = fc.array(fc.oneof(fc.constant(0), fc.double({ noNaN: true })), { minLength: 25, maxLength: 25 });
  fc.assert(
    fc.property(shape, cells, ({ rows, columns }, numbers) => {
      const flat = Float64Array.from(numbers.slice(0, rows * columns));
      const cell = (row: number, column: number) => flat[row * columns + column] as number;
      for (const transposed of [true, false]) {
        const [lines, width] = transposed ? [rows, columns] : [columns, rows];
        const at = (line: number, place: number) => (transposed ? cell(line, place) : cell(place, line));
        const all = Array.from({ length: lines * width }, (_, index) => at(Math.floor(index / width), index % width));
        const starts = [0];
        const indices: number[] = [];
        const values: number[] = [];
        for (let line = 0; line < lines; line++) {
          for (let place = 0; place < width; place++) {
            if (Object.is(at(line, place), 0)) continue;
            indices.push(place);
            values.push(at(line, place));
          }
          starts.push(indices.length);
        }
        const dense: Matrix = { type: 'dense', rows, columns, values: Float64Array.from(all), transposed };
        const sparse: Matrix = {
          type: 'sparse',
          rows,
          columns,
          starts: Int32Array.from(starts),
          indices: Int32Array.from(indices),
          values: Float64Array.from(values),
          transposed,
        };
        expect(toDense(dense)).toEqual(flat);
        expect(toDense(sparse)).toEqual(flat);
      }
    }),
  );
});
