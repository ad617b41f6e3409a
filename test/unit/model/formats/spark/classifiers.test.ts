import { describe, expect, test } from 'vitest';
import {
  flagField,
  integerField,
  type longField,
  matrixField,
  vectorField,
} from '../../../../../src/lib/model/formats/spark/fields.ts';
import { readSpark } from '../../../../../src/lib/model/formats/spark/read.ts';
import type { Matrix } from '../../../../../src/lib/model/stages.ts';
import { type Node, pipelineOf, readClassifier, type StageRules, SVC, treeTables } from './hand-made.ts';

const COLUMNS = { inputCol: 'in', outputCol: 'out' };
const CLASSIFIER = { labelCol: 'label', predictionCol: 'prediction', rawPredictionCol: 'rawPrediction' };
const PROBABLE = { featuresCol: 'features', ...CLASSIFIER, probabilityCol: 'probability' };
const dense = (...values: number[]) => ({ type: 'dense' as const, values: Float64Array.from(values) });
const matrix = (rows: number, columns: number, ...values: number[]): Matrix => ({
  type: 'dense',
  rows,
  columns,
  values: Float64Array.from(values),
  transposed: true,
});

describe('classifiers', () => {
  const regression = (set: object, ...fields: ReturnType<typeof longField>[]): StageRules => ({
    className: 'classification.LogisticRegressionModel',
    set,
    defaults: { ...PROBABLE, threshold: 0.5, regParam: 0.0 },
    tables: { data: fields },
  });
  const binomial = [
    integerField('numClasses', Int32Array.of(2)),
    integerField('numFeatures', Int32Array.of(3)),
    vectorField('interceptVector', dense(0.5)),
    matrixField('coefficientMatrix', matrix(1, 3, 1, 2, 3)),
    flagField('isMultinomial', [false]),
  ];

  test('LogisticRegressionModel: names of columns, thresholds, numbers', async () => {
    const set = { thresholds: [0.3, '-Inf'], probabilityCol: 'p', threshold: 'NaN' };
    await expect(readClassifier(regression(set, ...binomial))).rejects.toThrow('threshold is not a number');
    const read = await readClassifier(regression({ ...set, threshold: 'Inf' }, ...binomial));
    expect(read).toStrictEqual({
      kind: 'LogisticRegression',
      uid: 'stage',
      ...PROBABLE,
      probabilityCol: 'p',
      thresholds: Float64Array.of(0.3, Number.NEGATIVE_INFINITY),
      threshold: Number.POSITIVE_INFINITY,
      numClasses: 2,
      numFeatures: 3,
      multinomial: false,
      coefficients: matrix(1, 3, 1, 2, 3),
      intercepts: dense(0.5),
      extras: { regParam: 0 },
    });
  });

  test('bounds of coefficients, which only training knew, are kept as JSON', async () => {
    const bounds = { type: 1, numRows: 1, numCols: 1, values: [0.5], isTransposed: false };
    const read = await readClassifier(regression({ lowerBoundsOnCoefficients: bounds }, ...binomial));
    expect(read.extras?.['lowerBoundsOnCoefficients']).toBe(JSON.stringify(bounds));
  });

  test('sparse coefficients in either direction', async () => {
    for (const transposed of [true, false]) {
      const sparse: Matrix = {
        type: 'sparse',
        rows: 1,
        columns: 3,
        starts: transposed ? Int32Array.of(0, 1) : Int32Array.of(0, 0, 1, 1),
        indices: Int32Array.of(transposed ? 1 : 0),
        values: Float64Array.of(7),
        transposed,
      };
      const fields = binomial.with(3, matrixField('coefficientMatrix', sparse));
      expect(await readClassifier(regression({}, ...fields))).toMatchObject({ coefficients: sparse });
    }
  });

  test('NaiveBayesModel: of each kind, and from before Spark 3.0, which had no sigma', async () => {
    const bayes = (modelType: string, hasSigma: boolean): StageRules => ({
      className: 'classification.NaiveBayesModel',
      set: { modelType },
      defaults: { ...PROBABLE, smoothing: 1.0 },
      tables: {
        data: [
          vectorField('pi', dense(-1, -2)),
          matrixField('theta', matrix(2, 2, 1, 2, 3, 4)),
          ...(hasSigma ? [matrixField('sigma', matrix(2, 2, 5, 6, 7, 8))] : []),
        ],
      },
    });
    for (const kind of ['multinomial', 'bernoulli', 'complement'])
      expect(await readClassifier(bayes(kind, false))).toMatchObject({ modelType: kind, sigma: null, numClasses: 2 });
    expect(await readClassifier(bayes('gaussian', true))).toMatchObject({ sigma: matrix(2, 2, 5, 6, 7, 8) });
    await expect(readClassifier(bayes('gaussian', false))).rejects.toThrow('no column sigma');
    await expect(readClassifier(bayes('poisson', true))).rejects.toThrow('modelType is not one of');
  });

  test('OneVsRestModel: as many models as classes, each of two classes', async () => {
    const rest = (top: object, inner: Record<string, StageRules>): StageRules => ({
      className: 'classification.OneVsRestModel',
      set: { featuresCol: 'features' },
      defaults: CLASSIFIER,
      top,
      inner,
    });
    const read = await readClassifier(
      rest({ numClasses: 2, labelMetadata: '{}' }, { model_0: SVC, model_1: SVC, classifier: SVC }),
    );
    expect(read).toMatchObject({
      kind: 'OneVsRest',
      numClasses: 2,
      numFeatures: 2,
      models: [{ uid: 'stage_model_0' }, { uid: 'stage_model_1' }],
    });
    await expect(readClassifier(rest({}, { model_0: SVC }))).rejects.toThrow('has no number of classes');
    await expect(readClassifier(rest({ numClasses: 1e9 }, { model_0: SVC }))).rejects.toThrow(
      'has no number of classes',
    );
    await expect(readClassifier(rest({ numClasses: 2 }, { model_0: SVC }))).rejects.toThrow(
      'speaks of model_1, which is not there',
    );
    const tokenizer = { className: 'feature.Tokenizer', set: COLUMNS };
    await expect(readClassifier(rest({ numClasses: 1 }, { model_0: tokenizer }))).rejects.toThrow(
      'model 0: the kind "Tokenizer" cannot be part of OneVsRest',
    );
    const nested = rest({ numClasses: 1 }, { model_0: rest({ numClasses: 1 }, { model_0: SVC }) });
    await expect(readClassifier(nested)).rejects.toThrow('the kind "OneVsRest" cannot be part of OneVsRest');
  });
});

describe('trees', () => {
  const stump: Node[] = [
    { tree: 0, id: 0, left: 1, right: 2, feature: 1, split: [0.75], stats: [3, 2] },
    { tree: 0, id: 1, stats: [3, 0] },
    { tree: 0, id: 2, stats: [0, 2] },
  ];
  const forest = (rules: Parameters<typeof treeTables>[0], top: object = {}): StageRules => ({
    className: 'classification.RandomForestClassificationModel',
    defaults: PROBABLE,
    top: { numFeatures: 4, numClasses: 2, numTrees: rules.weights?.length ?? 1, ...top },
    ...treeTables(rules),
  });

  test.each([true, false])('are read by the names of Spark 4 (%s) and those of before', async isFour => {
    const read = await readClassifier(forest({ nodes: stump, isFour, weights: [[0, 2.5]] }));
    expect(read).toMatchObject({
      trees: {
        starts: Int32Array.of(0, 3),
        feature: Int32Array.of(1, -1, -1),
        threshold: Float64Array.of(0.75, 0, 0),
        left: Int32Array.of(1, -1, -1),
        prediction: Float64Array.of(0, 0.1, 0.2),
        rawCount: Float64Array.of(5, 3, 2),
        stats: Float64Array.of(3, 2, 3, 0, 0, 2),
        statsPerNode: 2,
        weights: Float64Array.of(2.5),
      },
    });
  });

  test('of Spark 2 do not know how many rows came by', async () => {
    const read = await readClassifier(forest({ nodes: stump, hasRawCount: false }));
    expect(read).toMatchObject({ trees: { rawCount: Float64Array.of(-1, -1, -1) } });
  });

  test('in any order of nodes, splits by category among them', async () => {
    const second: Node[] = [
      { tree: 1, id: 0, left: 1, right: 2, feature: 3, split: [0, 2, 5], categories: 6, stats: [1, 4] },
      { tree: 1, id: 1, stats: [1, 0] },
      { tree: 1, id: 2, stats: [0, 4] },
    ];
    const nodes = [...second, ...stump].toReversed();
    const read = await readClassifier(
      forest({
        nodes,
        weights: [
          [1, 0.5],
          [0, 1],
        ],
      }),
    );
    expect(read).toMatchObject({
      trees: {
        starts: Int32Array.of(0, 3, 6),
        feature: Int32Array.of(1, -1, -1, 3, -1, -1),
        categories: Float64Array.of(0, 2, 5),
        categoryStarts: Int32Array.of(0, 0, 0, 0, 3, 3, 3),
        numCategories: Int32Array.of(-1, -1, -1, 6, -1, -1),
        threshold: Float64Array.of(0.75, 0, 0, 0, 0, 0),
        weights: Float64Array.of(1, 0.5),
      },
    });
  });

  test.each<[string, Parameters<typeof treeTables>[0], object, string]>([
    ['another number of trees than told', { nodes: stump }, { numTrees: 2 }, 'speaks of 2 trees, 1 are there'],
    ['a tree without a number', { nodes: stump.map(node => ({ ...node, tree: 1 })) }, {}, 'belongs to a tree 1 of 1'],
    ['a tree before the first', { nodes: stump.map(node => ({ ...node, tree: -1 })) }, {}, 'belongs to a tree -1 of 1'],
    ['a node twice', { nodes: [...stump, { tree: 0, id: 2, stats: [1, 1] }] }, {}, 'tree 0, whose node 3 is missing'],
    [
      'a weight twice, and so one tree without: it counted nothing',
      {
        nodes: stump,
        weights: [
          [0, 1],
          [0, 1],
        ],
      },
      {},
      'belongs to tree 1, which has no weight',
    ],
    [
      'a tree of no nodes',
      {
        nodes: stump,
        weights: [
          [0, 1],
          [1, 1],
        ],
      },
      {},
      'tree 1 is empty',
    ],
    ['unequal statistics', { nodes: [...stump.slice(0, 2), { tree: 0, id: 2, stats: [1] }] }, {}, 'unequal statistics'],
    [
      'statistics of three classes',
      { nodes: stump.map(node => ({ ...node, stats: [1, 2, 3] })) },
      {},
      'no number for each class',
    ],
    ['a feature out of range', { nodes: stump }, { numFeatures: 1 }, 'tree 0, node 0: feature 1 of 1'],
    ['a leaf with a split', { nodes: [{ tree: 0, id: 0, feature: 2, stats: [1, 1] }] }, {}, 'a leaf with a split'],
    ['no number of features', { nodes: stump }, { numFeatures: 'many' }, 'numFeatures is not an integer'],
  ])('%s: refused', async (_, rules, top, reason) => {
    await expect(readClassifier(forest(rules, top))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('boosted ones are regression trees with weights', async () => {
    const nodes: Node[] = [
      { tree: 0, id: 0, stats: [4, 1, 1] },
      { tree: 1, id: 0, stats: [4, 0, 1] },
    ];
    const gbt = (numTrees: number): StageRules => ({
      className: 'classification.GBTClassificationModel',
      defaults: PROBABLE,
      top: { numFeatures: 4, numTrees },
      ...treeTables({
        nodes,
        weights: [
          [0, 1],
          [1, 0.1],
        ],
      }),
    });
    expect(await readClassifier(gbt(2))).toMatchObject({
      kind: 'GBT',
      numClasses: 2,
      trees: { statsPerNode: 3, weights: Float64Array.of(1, 0.1) },
    });
    await expect(readClassifier(gbt(3))).rejects.toThrow('speaks of 3 trees, 2 are there');
  });
});

test('a pipeline within a pipeline within a pipeline has an end', async () => {
  const files = pipelineOf({ svc: SVC });
  for (let depth = 0; depth < 9; depth++) {
    const wrapped = pipelineOf({ inner: { className: 'PipelineModel' } });
    for (const file of [...wrapped.keys()]) if (file.startsWith('stages/')) wrapped.delete(file);
    for (const [file, bytes] of files) wrapped.set(`stages/0_inner/${file}`, bytes);
    files.clear();
    for (const [file, bytes] of wrapped) files.set(file, bytes);
  }
  await expect(readSpark(files)).rejects.toThrow('has too many stages');
});
