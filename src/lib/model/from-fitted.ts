import { createHash } from 'node:crypto';
import { doublesOf, integersOf, numberOf } from '../learn/score/arrays.ts';
import type { FittedStage } from '../learn/types.ts';
import type { ClassifierStage, ExtraValue, Matrix, Vector } from './stages.ts';

const COLUMNS = {
  featuresCol: 'features',
  labelCol: 'label',
  predictionCol: 'prediction',
  rawPredictionCol: 'rawPrediction',
};
const PROBABILISTIC = { ...COLUMNS, probabilityCol: 'probability', thresholds: null };

/** What the stage says of itself in fields of its own, or what no estimator of Spark takes. */
const NO_EXTRAS = ['numClasses', 'numFeatures', 'isMultinomial', 'iterations', 'threshold', 'modelType'];

/** What a trainer made as a stage of a pipeline; what no built-in type can say becomes a stage of its plugin. */
export function fromFitted(fitted: FittedStage, columns: number, classes: number): ClassifierStage {
  const make = Object.hasOwn(MAKERS, fitted.type) ? MAKERS[fitted.type] : undefined;
  if (make) return make(fitted);
  const uid = uidOf(fitted.type, fitted);
  return { kind: 'Plugin', uid, ...COLUMNS, numClasses: classes, numFeatures: columns, trainer: fitted.type, fitted };
}

const MAKERS: Readonly<Record<string, (fitted: FittedStage) => ClassifierStage>> = {
  logisticregression(fitted) {
    const intercepts = doublesOf(fitted, 'intercepts');
    const base = baseOf('LogisticRegression', fitted);
    return {
      kind: 'LogisticRegression',
      ...base,
      ...PROBABILISTIC,
      multinomial: fitted.params['isMultinomial'] === true,
      coefficients: compressMatrix(doublesOf(fitted, 'coefficients'), intercepts.length, base.numFeatures),
      intercepts: compressVector(intercepts),
      threshold: numberOf(fitted, 'threshold'),
    };
  },
  linearsvc: fitted => ({
    kind: 'LinearSVC',
    ...baseOf('LinearSVC', fitted),
    ...COLUMNS,
    coefficients: compressVector(doublesOf(fitted, 'coefficients')),
    intercept: doublesOf(fitted, 'intercepts')[0] ?? 0,
    threshold: numberOf(fitted, 'threshold'),
  }),
  naivebayes(fitted) {
    const base = baseOf('NaiveBayes', fitted);
    const values = doublesOf(fitted, 'theta');
    return {
      kind: 'NaiveBayes',
      ...base,
      ...PROBABILISTIC,
      modelType: readModelType(fitted),
      pi: { type: 'dense', values: doublesOf(fitted, 'pi') },
      theta: { type: 'dense', rows: base.numClasses, columns: base.numFeatures, values, transposed: true },
      sigma: null,
    };
  },
  randomforest(fitted) {
    const starts = integersOf(fitted, 'starts');
    const nodes = starts.at(-1) ?? 0;
    const base = baseOf('RandomForestClassifier', fitted);
    return {
      kind: 'RandomForest',
      ...base,
      ...PROBABILISTIC,
      trees: {
        starts,
        feature: integersOf(fitted, 'feature'),
        threshold: doublesOf(fitted, 'threshold'),
        left: integersOf(fitted, 'left'),
        right: integersOf(fitted, 'right'),
        prediction: doublesOf(fitted, 'prediction'),
        impurity: doublesOf(fitted, 'impurity'),
        gain: doublesOf(fitted, 'gain'),
        rawCount: doublesOf(fitted, 'rawCount'),
        stats: doublesOf(fitted, 'stats'),
        statsPerNode: base.numClasses,
        categories: new Float64Array(0),
        categoryStarts: new Int32Array(nodes + 1),
        numCategories: new Int32Array(nodes).fill(-1),
        weights: new Float64Array(starts.length - 1).fill(1),
      },
    };
  },
};

function baseOf(name: string, fitted: FittedStage) {
  const entries = Object.entries(fitted.params).filter(([param]) => !NO_EXTRAS.includes(param));
  const extras: Record<string, ExtraValue> = Object.fromEntries(entries);
  return {
    uid: uidOf(name, fitted),
    extras,
    numClasses: numberOf(fitted, 'numClasses'),
    numFeatures: numberOf(fitted, 'numFeatures'),
  };
}

/** Looks like one of Spark's, but depends on nothing but what was learned, so that a repeated training repeats it. */
function uidOf(name: string, { params, arrays }: FittedStage): string {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(params).sort()));
  for (const [key, array] of Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(key).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return `${name}_${hash.digest('hex').slice(0, 12)}`;
}

function readModelType({ params }: FittedStage): 'multinomial' | 'bernoulli' | 'complement' {
  const type = params['modelType'];
  if (type === 'multinomial' || type === 'bernoulli' || type === 'complement') return type;
  throw new RangeError(`a naivebayes model cannot be of the type ${String(type)}`);
}

/** As Spark stores it: sparse where that takes fewer bytes (Vector.compressed). */
function compressVector(values: Float64Array): Vector {
  const kept = nonZero(values);
  if (1.5 * (kept.length + 1) >= values.length) return { type: 'dense', values };
  return {
    type: 'sparse',
    size: values.length,
    indices: kept,
    values: Float64Array.from(kept, at => values[at] as number),
  };
}

/** Rows one after the other, the way Spark stores coefficients; sparse where that takes fewer bytes. */
function compressMatrix(values: Float64Array, rows: number, columns: number): Matrix {
  const kept = nonZero(values);
  const shape = { rows, columns, transposed: true };
  if (12 * kept.length + 4 * (rows + 1) >= 8 * values.length) return { type: 'dense', ...shape, values };
  const starts = new Int32Array(rows + 1);
  for (const at of kept) {
    const next = Math.floor(at / columns) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let row = 0; row < rows; row++) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  return {
    type: 'sparse',
    ...shape,
    starts,
    indices: kept.map(at => at % columns),
    values: Float64Array.from(kept, at => values[at] as number),
  };
}

function nonZero(values: Float64Array): Int32Array {
  const kept: number[] = [];
  for (let at = 0; at < values.length; at++) if (values[at] !== 0) kept.push(at);
  return Int32Array.from(kept);
}
