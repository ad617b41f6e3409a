/** Feature vectors in compressed sparse rows: row r owns the entries from starts[r] to starts[r + 1]. */
export interface SparseRows {
  readonly columns: number;
  /** One longer than there are rows. */
  readonly starts: Int32Array;
  /** Column of each entry, ascending within a row. */
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export interface LabelledRows {
  readonly features: SparseRows;
  /** Class number of each row, from 0. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** How much each row counts; one where absent. */
  readonly weights?: Float64Array;
}

export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** One step of a fitted pipeline as data: what a model format stores and what can be sent to a worker. */
export interface FittedStage {
  /** Name of the algorithm: `logisticregression`. */
  readonly type: string;
  readonly params: Parameters;
  readonly arrays: Readonly<Record<string, Float64Array | Int32Array>>;
}

/** An algorithm that learns classes from feature vectors. */
export interface Trainer {
  /** Every parameter that it takes, with its default. */
  readonly params: Parameters;
  /** The same rows, parameters and seed give the same result. */
  fit(rows: LabelledRows, options: FitOptions): Promise<Classifier>;
}

export interface FitOptions {
  readonly params: Parameters;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** `objective` is what the fit makes small, after so many steps, where there is such a number. */
  progress?(done: number, total: number, objective?: number): void;
}

export interface Classifier {
  readonly stage: FittedStage;
  /** One score for each row and class, row after row; the largest one names the class. */
  predict(features: SparseRows): Float64Array;
  /** Whether the scores are probabilities that add up to one. */
  readonly probabilistic: boolean;
}
