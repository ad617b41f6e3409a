import type { RowBatch } from '../data/rows.ts';
import type { ByteWriter } from '../data/write/byte-writer.ts';
import type { BatchScores, TokenWeight } from '../model/compile/types.ts';

/** One text with its prediction. Columns of the input stand beside these; one of the same name as `input_<name>`. */
export interface ScoredRow {
  text: string | null;
  /** Number of the class; null where there was no text. */
  prediction: number | null;
  /** Name of the class. */
  sentiment: string | null;
  /** Of positive where there are two classes, else of the class predicted; null for a model without probabilities. */
  probability: number | null;
  /** The largest probability. */
  confidence: number | null;
  model_version: string | null;
  rawPrediction?: number[] | null;
  probabilities?: number[] | null;
  tokens?: TokenWeight[];
  /** Why there is no prediction. */
  error?: string;
  [column: string]: unknown;
}

export interface ScoreSummary {
  rows: number;
  scored: number;
  /** Rows without a text: they are in the output, with an error. */
  withoutText: number;
  /** Rows that could not be read: they are not in the output. */
  badRows: number;
  badExamples: { line: number; reason: string }[];
  /** Rows of each class predicted. */
  sentiments: Record<string, number>;
  input: string | null;
  /** The file written; null where the rows went to standard output. */
  output: string | null;
  /** False where the rows went to standard output, and with --dry-run. */
  written: boolean;
  model: { path: string; name: string | null; version: string | null; labels: string[]; probabilities: boolean };
  seconds: number;
}

export interface ScoreResult {
  /** Empty where the rows were written line by line. */
  items: ScoredRow[];
  summary: ScoreSummary;
}

/** A column of the input and the name that it has in the output. */
export interface PassedColumn {
  readonly from: string;
  readonly to: string;
}

/** What the rows of the output look like. */
export interface RowShape {
  readonly labels: readonly string[];
  readonly modelVersion: string | null;
  readonly vectors: boolean;
  /** Null where no explanation is asked for. */
  readonly explain: ((text: string) => readonly TokenWeight[]) | null;
  /**
   * `bytes`: the columns of the batch behind the first one, all of them text (CSV). `record`: whatever the whole row
   * holds, with its types (JSONL, Parquet).
   */
  readonly passing: 'bytes' | 'record';
  readonly textColumn: string;
  readonly passed: readonly PassedColumn[];
}

/** Turns scored rows into output. */
export interface RowEncoder {
  /** What stands before the first row. */
  head(out: ByteWriter): void;
  row(out: ByteWriter, batch: RowBatch, scores: BatchScores, row: number): void;
}
