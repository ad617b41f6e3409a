import type { Folder } from './fold.ts';
import { PackedReader } from './packed-rows.ts';
import { modelsOf } from './rates.ts';

export interface LinearModel {
  /** Of each model, one after the other. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
  /** Class of each label, −1 for rows to drop. */
  readonly classOf: Int32Array;
}

export interface Margins {
  /** Rows so far. */
  rows: number;
  readonly labels: Int32Array;
  /** One number for each row and model. */
  readonly values: Float64Array;
}

/** Adds the rows of one block: sums over ascending features, the intercept added at the end, as Spark does. */
export function addMargins(bytes: Uint8Array, folder: Folder, model: LinearModel, margins: Margins): void {
  const { coefficients, intercepts, classOf } = model;
  const { labels, values } = margins;
  const models = intercepts.length;
  const numFeatures = coefficients.length / models;
  const reader = new PackedReader();
  reader.open(bytes);
  while (reader.next()) {
    const label = classOf[reader.label] ?? -1;
    if (label < 0) continue;
    const count = folder.fold(reader.features, reader.count);
    for (let number = 0; number < models; number++) {
      const sum = sumUp(coefficients, number * numFeatures, reader.features, count);
      values[margins.rows * models + number] = sum + (intercepts[number] as number);
    }
    labels[margins.rows++] = label;
  }
}

function sumUp(coefficients: Float64Array, base: number, features: Int32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += coefficients[base + (features[i] as number)] as number;
  return sum;
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
