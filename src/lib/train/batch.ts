import type { FieldColumn } from '../data/rows.ts';

/** What a row is used for. */
export const PART = { train: 0, validation: 1, test: 2, left: 255 } as const;
export type PartName = 'train' | 'validation' | 'test';

/** Some texts of the training file as they are read; overwritten by the next batch. */
export interface TextBatch {
  readonly rows: number;
  readonly texts: FieldColumn;
  /** Number of the label as written (in the order of first sight): which class it is gets known at the end of the file. */
  readonly labelIds: Int32Array;
  /** PART of each row; rows that are left out (sampled away, without text or label) must be skipped. */
  readonly parts: Uint8Array;
}

/** Scores of the rows of one part, row after row, with the class that each row belongs to. */
export interface PartScores {
  readonly rows: number;
  readonly classes: number;
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
  /** Raw scores: margins or log-odds, one for each row and class. */
  readonly raw: Float64Array;
  /** Null where the model gives none. */
  readonly probabilities: Float64Array | null;
}
