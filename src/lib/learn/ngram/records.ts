import type { PackedRows } from './packed-rows.ts';

/** Hashed rows in blocks, in the order of the file. */
export interface RowSource {
  readonly blocks: number;
  readonly rows: number;
  /** Of all rows together. */
  readonly features: number;
  /** What one block holds; may be overwritten by the next call. */
  read(block: number): PackedRows['bytes'];
  /** Frees a block that is not read again. */
  drop(block: number): void;
}

/**
 * Rows ready to learn from, as integers one row behind the other: its class, how many features follow, the features by
 * their numbers in the vocabulary.
 */
export const RECORD_HEAD = 2;

/** Where rows are laid down in random order: buckets of known sizes, filled side by side, read one by one. */
export interface RecordBuckets {
  append(bucket: number, records: Int32Array): void;
  /** Only after the last append. */
  read(bucket: number): Int32Array;
}

export type OpenBuckets = (sizes: readonly number[]) => RecordBuckets;

/** The place of each row in an array of records. */
export function findRecords(records: Int32Array): Int32Array {
  let rows = 0;
  for (let at = 0; at < records.length; at += RECORD_HEAD + (records[at + 1] as number)) rows++;
  const places = new Int32Array(rows);
  let row = 0;
  for (let at = 0; at < records.length; at += RECORD_HEAD + (records[at + 1] as number)) places[row++] = at;
  return places;
}
