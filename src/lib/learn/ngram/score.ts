import { modelsOf } from './rates.ts';
import type { RowBlock } from './row-block.ts';

export interface LinearModel {
  /** Of each model, one after the other. */
  readonly coefficients: Float32Array;
  readonly intercepts: Float64Array;
}

export interface Margins {
  /** Rows so far. */
  rows: number;
  readonly labels: Int32Array;
  /** One number for each row and model. */
  readonly values: Float64Array;
}

/** Adds the rows of one block: sums over ascending features, the intercept added at the end, as Spark does. */
export function addMargins(block: RowBlock, model: LinearModel, margins: Margins): void {
  const { coefficients, intercepts } = model;
  const models = intercepts.length;
  const numFeatures = coefficients.length / models;
  const sums = new Float64Array(block.rows * models);
  const slice = block.sliceOf(numFeatures);
  for (let end = slice; end <= numFeatures; end += slice) sumSlice(block, coefficients, models, end, sums);
  for (let row = 0; row < block.rows; row++) {
    const label = block.labels[row] as number;
    if (label < 0) continue;
    for (let number = 0; number < models; number++)
      margins.values[margins.rows * models + number] =
        (sums[row * models + number] as number) + (intercepts[number] as number);
    margins.labels[margins.rows++] = label;
  }
}

/** Goes on in every row up to the features from `limit` on. */
function sumSlice(
  block: RowBlock,
  coefficients: Float32Array,
  models: number,
  limit: number,
  sums: Float64Array,
): void {
  const { rows, starts, features, places } = block;
  const numFeatures = coefficients.length / models;
  for (let row = 0; row < rows; row++) {
    const from = places[row] as number;
    const end = starts[row + 1] as number;
    let at = from;
    for (let number = 0; number < models; number++) {
      const base = number * numFeatures;
      let sum = sums[row * models + number] as number;
      for (at = from; at < end; at++) {
        const feature = features[at] as number;
        if (feature >= limit) break;
        sum += coefficients[base + feature] as number;
      }
      sums[row * models + number] = sum;
    }
    places[row] = at;
  }
}

export interface Decisions {
  readonly predictions: Int32Array;
  readonly raw: Float64Array;
  readonly probabilities: Float64Array;
}

/**
 * Predictions and probabilities of margins, by the formulas and in the order of operations of Spark's
 * LogisticRegressionModel: binomial p₀ = 1 / (1 + exp(m)) and p₁ = 1 − p₀, multinomial softmax by a factor 1 / sum.
 */
export function decide(margins: Float64Array, classes: number, exp: (x: number) => number): Decisions {
  const models = modelsOf(classes);
  const rows = margins.length / models;
  const predictions = new Int32Array(rows);
  const raw = models === 1 ? new Float64Array(rows * 2) : margins;
  const probabilities = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++)
    if (models === 1) {
      const margin = margins[row] as number;
      raw[2 * row] = -margin;
      raw[2 * row + 1] = margin;
      predictions[row] = margin > 0 ? 1 : 0;
      probabilities[2 * row] = 1 / (1 + exp(margin));
      probabilities[2 * row + 1] = 1 - (probabilities[2 * row] as number);
    } else predictions[row] = softmaxRow(margins.subarray(row * classes, (row + 1) * classes), probabilities, row, exp);
  return { predictions, raw, probabilities };
}

/** Returns the first of the largest. */
function softmaxRow(margins: Float64Array, into: Float64Array, row: number, exp: (x: number) => number): number {
  const at = row * margins.length;
  let best = 0;
  for (let i = 1; i < margins.length; i++) if ((margins[i] as number) > (margins[best] as number)) best = i;
  const largest = margins[best] as number;
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    const power = exp((margins[i] as number) - largest);
    into[at + i] = power;
    sum += power;
  }
  const share = 1 / sum;
  for (let i = 0; i < margins.length; i++) into[at + i] = (into[at + i] as number) * share;
  return best;
}
