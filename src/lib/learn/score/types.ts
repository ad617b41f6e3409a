/** What a classifier says of some rows, row after row. */
export interface RowScores {
  readonly rows: number;
  readonly classes: number;
  /** Class of each row, thresholds applied. */
  readonly predictions: Int32Array;
  /** One raw score (margin, log-odds, votes) for each row and class. */
  readonly raw: Float64Array;
  /** Null where the classifier gives none. */
  readonly probabilities: Float64Array | null;
}
