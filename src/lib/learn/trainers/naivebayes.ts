import { checkRows } from '../check-rows.ts';
import { readParams } from '../params.ts';
import { toClassifier } from '../score/classifier.ts';
import type { LabelledRows, Trainer } from '../types.ts';

const DEFAULTS = { smoothing: 1, modelType: 'multinomial' };
const MODEL_TYPES = ['multinomial', 'bernoulli', 'complement'];

/**
 * Naive Bayes over counts (McCallum & Nigam 1998; complement: Rennie et al. 2003), smoothed as Spark's NaiveBayes
 * does: priors too.
 */
export default function createNaiveBayes(): Trainer {
  return {
    params: DEFAULTS,
    async fit(rows, options) {
      const rules = { smoothing: { min: 0 }, modelType: { oneOf: MODEL_TYPES } };
      const params = readParams('naivebayes', DEFAULTS, rules, options.params);
      checkRows('naivebayes', rows);
      checkValues(rows.features.values, rows.features.starts.at(-1) ?? 0, params.modelType);
      options.signal.throwIfAborted();
      const { sums, counts } = sumByClass(rows);
      const pi = logPriors(counts, params.smoothing);
      const theta = logShares(sums, counts, params);
      options.progress?.(1, 1);
      return toClassifier({
        type: 'naivebayes',
        params: { ...params, numClasses: rows.classes, numFeatures: rows.features.columns },
        arrays: { pi, theta },
      });
    },
  };
}

function checkValues(values: Float64Array, end: number, modelType: string): void {
  for (let entry = 0; entry < end; entry++) {
    const value = values[entry] as number;
    if (modelType === 'bernoulli' ? value !== 0 && value !== 1 : value < 0) {
      const allowed = modelType === 'bernoulli' ? '0 and 1' : 'values of at least 0';
      throw new RangeError(`naivebayes: modelType ${modelType} takes ${allowed}, but a feature value is ${value}`);
    }
  }
}

/** Sum of each column, and weight of the rows, for each class. */
function sumByClass({ features, labels, classes, weights }: LabelledRows) {
  const { starts, indices, values, columns } = features;
  const sums = new Float64Array(classes * columns);
  const counts = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    const weight = weights ? (weights[row] as number) : 1;
    counts[label] = (counts[label] as number) + weight;
    for (let entry = starts[row] as number, end = starts[row + 1] as number; entry < end; entry++) {
      const at = label * columns + (indices[entry] as number);
      sums[at] = (sums[at] as number) + weight * (values[entry] as number);
    }
  }
  return { sums, counts };
}

function logPriors(counts: Float64Array, smoothing: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const denominator = Math.log(total + counts.length * smoothing);
  return counts.map(count => Math.log(count + smoothing) - denominator);
}

function logShares(sums: Float64Array, counts: Float64Array, { smoothing, modelType }: typeof DEFAULTS): Float64Array {
  const columns = sums.length / counts.length;
  const theta = modelType === 'complement' ? complement(sums, counts.length) : sums;
  for (const [klass, count] of counts.entries()) {
    const own = theta.subarray(klass * columns, (klass + 1) * columns);
    const total =
      modelType === 'bernoulli'
        ? count + 2 * smoothing
        : own.reduce((sum, value) => sum + value, 0) + columns * smoothing;
    const denominator = Math.log(total);
    const sign = modelType === 'complement' ? -1 : 1;
    for (let column = 0; column < columns; column++) {
      own[column] = sign * (Math.log((own[column] as number) + smoothing) - denominator);
    }
  }
  return theta;
}

/** What all other classes have of each column. */
function complement(sums: Float64Array, classes: number): Float64Array {
  const columns = sums.length / classes;
  const totals = new Float64Array(columns);
  for (let at = 0; at < sums.length; at++) {
    totals[at % columns] = (totals[at % columns] as number) + (sums[at] as number);
  }
  return sums.map((sum, at) => (totals[at % columns] as number) - sum);
}
