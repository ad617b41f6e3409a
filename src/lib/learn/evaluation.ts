/** What is known of a classifier after it was tried on labelled rows. */
export interface Evaluation {
  readonly rows: number;
  readonly classes: number;
  readonly accuracy: number;
  /** Of the positive class (1) where there are two classes, weighted by the rows of each class where there are more. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Area under the ROC curve of the positive class; the mean over classes (one against the rest) for more; null where one class has no rows. */
  readonly auc: number | null;
  /** Null where the model gives no probabilities. */
  readonly logLoss: number | null;
  /** Rows of class a that were taken for class b at [a · classes + b]. */
  readonly confusion: Float64Array;
  readonly perClass: readonly ClassEvaluation[];
}

export interface ClassEvaluation {
  readonly support: number;
  readonly predicted: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly auc: number | null;
}

/** Points of a curve from left to right, thinned to what a plot can show. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly area: number;
}
