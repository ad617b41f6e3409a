import type { RowBatch } from '../rows.ts';

/** A record that cannot be read, and why. */
export interface Unreadable {
  readonly start: number;
  readonly reason: string;
}

/** Finds the rows of a block; CSV and JSON lines each have theirs. */
export interface RowFormat {
  /** Reads whole records of bytes[from, to); returns where the next one begins. `isLast`: nothing comes after `to`. */
  scan(bytes: Buffer, from: number, to: number, isLast: boolean): number;
  /** Found by the last scan. */
  readonly rows: number;
  readonly bad: readonly Unreadable[];
  /** Line ends that it passed. */
  readonly lines: number;
  /** Where a quote opened that does not close; −1 for none. */
  readonly unclosed: number;
  /** The rows of the last scan. */
  batch(bytes: Buffer, from: number, to: number, firstRow: number): RowBatch;
}

/** What a format needs to know and to tell while it makes batches. */
export interface FieldCount {
  replaced: number;
}
