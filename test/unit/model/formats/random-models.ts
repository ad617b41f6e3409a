import fc from 'fast-check';
import type {
  BinaryClassifierStage,
  ClassifierStage,
  FeatureStage,
  Matrix,
  Stage,
  Trees,
  Vector,
} from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';

/** Models of every kind of stage with random contents; what a stage means is of no interest here. */

const name = fc.nat(1e6).map(value => `column_${value.toString(36)}`);
const awkward = fc
  .array(fc.constantFrom(...'ab \'"\\/$`{}', 'é', '😀', '\u2028', '\n', 'İ', 'ẞ'), { minLength: 1, maxLength: 8 })
  .map(parts => parts.join(''));
const double = fc.double({ noNaN: true });
const number = fc.nat(2 ** 31 - 1);
const column = { inputCol: name, outputCol: awkward };
const doubles = (length: number, value = double) =>
  fc.array(value, { minLength: length, maxLength: length }).map(values => Float64Array.from(values));

/** Plain objects, as models are made of. */
const record: typeof fc.record = ((model: never, options: object = {}) =>
  fc.record(model, { noNullPrototype: true, ...options } as never)) as never;

function uid<K extends string>(kind: K): fc.Arbitrary<string> {
  return number.map(value => `${kind}_${value.toString(16).padStart(12, '0')}`);
}

const featureStage: fc.Arbitrary<FeatureStage> = fc.oneof(
  record({ kind: fc.constant('Tokenizer' as const), uid: uid('Tokenizer'), ...column }),
  record({
    kind: fc.constant('RegexTokenizer' as const),
    uid: uid('RegexTokenizer'),
    ...column,
    pattern: awkward,
    gaps: fc.boolean(),
    minTokenLength: fc.nat(9),
    toLowercase: fc.boolean(),
  }),
  record({
    kind: fc.constant('StopWordsRemover' as const),
    uid: uid('StopWordsRemover'),
    ...column,
    stopWords: fc.array(awkward, { maxLength: 5 }),
    caseSensitive: fc.boolean(),
    locale: fc.constantFrom('en', 'en_US', 'tr'),
  }),
  record({ kind: fc.constant('NGram' as const), uid: uid('NGram'), ...column, n: fc.integer({ min: 1, max: 5 }) }),
  record({
    kind: fc.constant('ConcatTokens' as const),
    uid: uid('SQLTransformer'),
    inputCols: fc.array(fc.oneof(name, fc.constantFrom('a b', 'x`y', 'größe', 'a.b')), { minLength: 1, maxLength: 4 }),
    outputCol: fc.oneof(name, fc.constant('to gether')),
  }),
  record({
    kind: fc.constant('HashingTF' as const),
    uid: uid('HashingTF'),
    ...column,
    numFeatures: fc.integer({ min: 1, max: 2 ** 20 }),
    binary: fc.boolean(),
    hash: fc.constantFrom('spark2' as const, 'spark3' as const),
  }),
  record({
    kind: fc.constant('CountVectorizer' as const),
    uid: uid('CountVectorizer'),
    ...column,
    vocabulary: fc.array(fc.oneof(awkward, fc.constant('\ufeffmark')), { maxLength: 6 }),
    minTF: fc.constantFrom(1, 0.25, 3),
    binary: fc.boolean(),
  }),
  fc.nat(5).chain(size =>
    record({
      kind: fc.constant('IDF' as const),
      uid: uid('IDF'),
      ...column,
      idf: doubles(size),
      docFreq: doubles(
        size,
        fc.nat(1000).map(value => value),
      ),
      numDocs: fc.integer({ min: 1, max: 2 ** 40 }),
    }),
  ),
  record({
    kind: fc.constant('IDF' as const),
    uid: uid('IDF'),
    ...column,
    idf: doubles(3),
    docFreq: fc.constant(null),
    numDocs: fc.constant(0),
  }),
  record({
    kind: fc.constant('VectorAssembler' as const),
    uid: uid('VectorAssembler'),
    inputCols: fc.array(name, { maxLength: 3 }),
    outputCol: name,
    handleInvalid: fc.constantFrom('error' as const, 'keep' as const, 'skip' as const),
  }),
);

function vector(size: number): fc.Arbitrary<Vector> {
  const dense = doubles(size).map((values): Vector => ({ type: 'dense', values }));
  const sparse = fc.uniqueArray(fc.nat(Math.max(0, size - 1)), { maxLength: size }).chain(places => {
    const indices = Int32Array.from(places.toSorted((a, b) => a - b));
    return doubles(places.length).map((values): Vector => ({ type: 'sparse', size, indices, values }));
  });
  return fc.oneof(dense, sparse);
}

function matrix(rows: number, columns: number): fc.Arbitrary<Matrix> {
  return fc.boolean().chain(transposed => {
    const shape = { rows, columns, transposed };
    const dense = doubles(rows * columns).map((values): Matrix => ({ type: 'dense', ...shape, values }));
    const lines = transposed ? rows : columns;
    const width = transposed ? columns : rows;
    const line = fc.uniqueArray(fc.nat(Math.max(0, width - 1)), { maxLength: width });
    const sparse = fc.array(line, { minLength: lines, maxLength: lines }).chain(all => {
      const indices = Int32Array.from(all.flatMap(each => each.toSorted((a, b) => a - b)));
      const starts = Int32Array.from([0, ...all.map((_, index) => all.slice(0, index + 1).flat().length)]);
      return doubles(indices.length).map((values): Matrix => ({ type: 'sparse', ...shape, starts, indices, values }));
    });
    return fc.oneof(dense, sparse);
  });
}

/** Each node has both children behind it or none. */
function trees(features: number, statsPerNode: number): fc.Arbitrary<Trees> {
  const sizes = fc.array(
    fc.nat(3).map(splits => 2 * splits + 1),
    { minLength: 1, maxLength: 3 },
  );
  return fc.tuple(sizes, fc.array(fc.boolean(), { minLength: 21, maxLength: 21 })).chain(([counts, categorical]) => {
    const nodes = counts.reduce((sum, count) => sum + count, 0);
    const starts = Int32Array.from([
      0,
      ...counts.map((_, index) => counts.slice(0, index + 1).reduce((a, b) => a + b)),
    ]);
    const left = new Int32Array(nodes).fill(-1);
    const right = new Int32Array(nodes).fill(-1);
    // A chain: node 0 splits into 1 and 2, node 2 into 3 and 4 …
    for (const [tree, count] of counts.entries()) {
      for (let node = 0; node + 2 < count; node += 2) {
        left[(starts[tree] ?? 0) + node] = node + 1;
        right[(starts[tree] ?? 0) + node] = node + 2;
      }
    }
    const inner = (node: number) => left[node] !== -1;
    const byCategory = (node: number) => inner(node) && categorical[node % categorical.length] === true;
    const kinds = Int32Array.from({ length: nodes }, (_, node) => (byCategory(node) ? 4 : -1));
    const categories = Array.from({ length: nodes }, (_, node) => (byCategory(node) ? [0, 3] : []));
    return record({
      starts: fc.constant(starts),
      feature: fc.constant(Int32Array.from(left, (child, node) => (child === -1 ? -1 : node % features))),
      threshold: doubles(nodes).map(all => all.map((value, node) => (inner(node) && !byCategory(node) ? value : 0))),
      left: fc.constant(left),
      right: fc.constant(right),
      prediction: doubles(nodes),
      impurity: doubles(nodes),
      gain: doubles(nodes),
      rawCount: doubles(
        nodes,
        fc.integer({ min: -1, max: 2 ** 40 }).map(value => value),
      ),
      stats: doubles(nodes * statsPerNode),
      statsPerNode: fc.constant(statsPerNode),
      categories: fc.constant(Float64Array.from(categories.flat())),
      categoryStarts: fc.constant(
        Int32Array.from([0, ...categories.map((_, node) => categories.slice(0, node + 1).flat().length)]),
      ),
      numCategories: fc.constant(kinds),
      weights: doubles(counts.length),
    });
  });
}

const names = { featuresCol: name, labelCol: name, predictionCol: name, rawPredictionCol: name };

function probable(classes: number, features: number) {
  return {
    ...names,
    probabilityCol: name,
    thresholds: fc.constant<Float64Array | null>(null),
    numClasses: fc.constant(classes),
    numFeatures: fc.constant(features),
  };
}

function binary(features: number): fc.Arbitrary<BinaryClassifierStage> {
  return fc.oneof(
    record({
      kind: fc.constant('LogisticRegression' as const),
      uid: uid('LogisticRegression'),
      ...probable(2, features),
      multinomial: fc.constant(false),
      coefficients: matrix(1, features),
      intercepts: vector(1),
      threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    record({
      kind: fc.constant('LinearSVC' as const),
      uid: uid('LinearSVC'),
      ...names,
      numClasses: fc.constant(2),
      numFeatures: fc.constant(features),
      coefficients: vector(features),
      intercept: double,
      threshold: double,
    }),
    record({
      kind: fc.constant('GBT' as const),
      uid: uid('GBTClassifier'),
      ...probable(2, features),
      trees: trees(features, 3),
    }),
    record({
      kind: fc.constant('RandomForest' as const),
      uid: uid('RandomForestClassifier'),
      ...probable(2, features),
      trees: trees(features, 2),
    }),
    record({
      kind: fc.constant('NaiveBayes' as const),
      uid: uid('NaiveBayes'),
      ...probable(2, features),
      modelType: fc.constantFrom('multinomial' as const, 'bernoulli' as const, 'complement' as const),
      pi: vector(2),
      theta: matrix(2, features),
      sigma: fc.constant(null),
    }),
  );
}

const classifierStage: fc.Arbitrary<ClassifierStage> = fc.integer({ min: 1, max: 5 }).chain(features => {
  const classes = 3;
  const thresholds = doubles(classes, fc.double({ min: 0.1, max: 1, noNaN: true }));
  return fc.oneof(
    { weight: 4, arbitrary: binary(features) },
    record({
      kind: fc.constant('LogisticRegression' as const),
      uid: uid('LogisticRegression'),
      ...probable(classes, features),
      thresholds: fc.oneof(fc.constant(null), thresholds),
      multinomial: fc.constant(true),
      coefficients: matrix(classes, features),
      intercepts: vector(classes),
      threshold: fc.constant(0.5),
    }),
    record({
      kind: fc.constant('RandomForest' as const),
      uid: uid('RandomForestClassifier'),
      ...probable(classes, features),
      thresholds: fc.oneof(fc.constant(null), thresholds),
      trees: trees(features, classes),
    }),
    record({
      kind: fc.constant('NaiveBayes' as const),
      uid: uid('NaiveBayes'),
      ...probable(classes, features),
      modelType: fc.constant('gaussian' as const),
      pi: vector(classes),
      theta: matrix(classes, features),
      sigma: matrix(classes, features),
    }),
    fc.array(binary(features), { minLength: classes, maxLength: classes }).chain(models =>
      record({
        kind: fc.constant('OneVsRest' as const),
        uid: uid('OneVsRest'),
        ...names,
        numClasses: fc.constant(classes),
        numFeatures: fc.constant(features),
        models: fc.constant(models),
      }),
    ),
  );
});

export const anyModel: fc.Arbitrary<FittedModel> = fc
  .tuple(fc.uniqueArray(featureStage, { maxLength: 11, selector: stage => stage.uid }), classifierStage)
  .chain(([before, last]) =>
    record(
      {
        stages: fc.constant<readonly Stage[]>([...before, last]),
        labels: fc.array(awkward, { minLength: last.numClasses, maxLength: last.numClasses }),
        about: record(
          {
            name: awkward,
            createdAt: fc
              .date({ min: new Date(0), max: new Date(2e12), noInvalidDate: true })
              .map(date => date.toISOString()),
            labelMapping: fc.dictionary(
              fc.oneof(awkward, fc.constant('$array'), fc.constant('__proto__')),
              fc.option(awkward, { nil: null }),
              { maxKeys: 3, noNullPrototype: true },
            ),
            seed: fc.integer(),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
        calibration: record({ slope: double, offset: double }),
      },
      { requiredKeys: ['stages', 'labels', 'about'], noNullPrototype: true },
    ),
  );

/** A stage without what does not change its scores: Spark adds defaults to it. */
export function bare(model: FittedModel): FittedModel {
  return { ...model, stages: model.stages.map(strip) };
}

function strip(stage: Stage): Stage {
  const { extras: _, ...rest } = stage;
  if (rest.kind !== 'OneVsRest') return rest;
  return { ...rest, models: rest.models.map(each => strip(each) as BinaryClassifierStage) };
}
