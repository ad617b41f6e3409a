import type { FieldColumn } from '../../data/rows.ts';

/** A sparse vector that the next call overwrites: `count` entries, indices ascending. */
export interface SparseView {
  count: number;
  indices: Int32Array;
  values: Float64Array;
}

/** The feature stages of a pipeline, ready to run. One row at a time; not to be shared between workers. */
export interface FeatureMaker {
  /** Length of the vectors. */
  readonly columns: number;
  /** Features of a text. */
  fromText(text: string): SparseView;
  /** The same for the UTF-8 bytes from `start` to `end`: the fast path for ASCII, the same result for everything. */
  fromBytes(bytes: Uint8Array, start: number, end: number): SparseView;
  /** Names the tokens behind an index of the row that was made last, for explanations. */
  tokensOf(text: string): ReadonlyMap<number, readonly string[]>;
}

export interface Prediction {
  /** Number of the class. */
  readonly prediction: number;
  /** Spark's rawPrediction, one number for each class. */
  readonly raw: Float64Array;
  /** Null where the model has none and is not calibrated. */
  readonly probabilities: Float64Array | null;
}

/** Scores of many rows, row after row. */
export interface BatchScores {
  readonly rows: number;
  readonly classes: number;
  readonly predictions: Float64Array;
  readonly raw: Float64Array;
  readonly probabilities: Float64Array | null;
}

export interface TokenWeight {
  readonly token: string;
  /** What it added to the score of the class that was explained (log-odds of positive for two classes). */
  readonly weight: number;
  readonly count: number;
}

/** Which exp the probabilities are made with: that of the HotSpot JVM on x86-64, or fdlibm as V8 has it. */
export type MathFlavor = 'hotspot-x64' | 'fdlibm';

/** A pipeline ready to score. Holds scratch space: one for each thread. */
export interface Scorer {
  readonly labels: readonly string[];
  /** Length of the feature vectors. */
  readonly columns: number;
  readonly hasProbabilities: boolean;
  score(text: string): Prediction;
  /** Null fields (start −1) get NaN as prediction. */
  scoreColumn(column: FieldColumn, rows: number): BatchScores;
  /** The tokens that moved the score most, largest absolute weight first; for linear models and naive Bayes exact, for trees by leaving each token out. */
  explain(text: string, limit: number): readonly TokenWeight[];
}
