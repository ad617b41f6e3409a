import type { SparseView } from '../types.ts';

/** A score that is a weighted sum: Σ value · weight(index) + intercept. */
interface LinearForm {
  weight(index: number): number;
  readonly intercept: number;
}

/** A classifier ready to run. */
export interface CompiledClassifier {
  readonly classes: number;
  /** Length of the vectors that it takes. */
  readonly columns: number;
  readonly hasProbabilities: boolean;
  /** Writes one raw score (and probability) for each class from `at` on; returns the class. */
  classify(features: SparseView, raw: Float64Array, probabilities: Float64Array, at: number): number;
  /** The score that speaks for a class, where it is a weighted sum; with two classes the log-odds (or margin) of the second. */
  linearForm(cls: number): LinearForm | null;
}
