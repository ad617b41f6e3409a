import { rowNumber, STREAM, streamKey } from './random.ts';
import type { Table } from './rows.ts';

export interface SampleRequest {
  readonly seed: number;
  /** Share of the rows, above 0 and at most 1. */
  readonly fraction: number;
  /** 0 is all. */
  readonly maxRows: number;
}

export interface Selector {
  /** Depends on seed, row number and number of rows only. */
  selects(row: number): boolean;
}

/** True where the number of rows must be known before the first one can be chosen. */
export function needsRowCount({ maxRows }: SampleRequest): boolean {
  return maxRows > 0;
}

/**
 * Chooses rows from the whole file, never its head: each row has a number by chance, and the `maxRows` smallest of those
 * that the fraction left are in. Without `totalRows` a limit cannot be kept; see `createReservoir`.
 */
export function createSelector(request: SampleRequest & { readonly totalRows?: number }): Selector {
  const isIn = createFractionTest(request);
  const { seed, maxRows, totalRows } = request;
  if (maxRows === 0) return { selects: isIn };
  if (totalRows === undefined) throw new RangeError('a limit of rows needs their number');
  const key = streamKey(seed, STREAM.rows);
  const limit = findLimit(key, isIn, maxRows, totalRows);
  return { selects: row => isIn(row) && rowNumber(key, row) <= limit };
}

function createFractionTest({ seed, fraction }: SampleRequest): (row: number) => boolean {
  if (fraction >= 1) return () => true;
  const key = streamKey(seed, STREAM.fraction);
  const end = fraction * 0x1_0000_0000;
  return row => rowNumber(key, row) < end;
}

/** The `count`-th smallest of the rows' numbers, found by their upper and then by their lower half: no sorting, no list. */
function findLimit(key: number, isIn: (row: number) => boolean, count: number, totalRows: number): number {
  const upper = new Uint32Array(0x1_0000);
  let candidates = 0;
  for (let row = 0; row < totalRows; row++) {
    if (!isIn(row)) continue;
    candidates++;
    increment(upper, rowNumber(key, row) >>> 16);
  }
  if (candidates <= count) return 0xffff_ffff;
  const [high, before] = findBucket(upper, count);
  const lower = new Uint32Array(0x1_0000);
  for (let row = 0; row < totalRows; row++) {
    if (!isIn(row)) continue;
    const number = rowNumber(key, row);
    if (number >>> 16 === high) increment(lower, number & 0xffff);
  }
  return high * 0x1_0000 + findBucket(lower, count - before)[0];
}

function increment(counts: Uint32Array, bucket: number): void {
  counts[bucket] = (counts[bucket] as number) + 1;
}

/** The bucket in which the running sum reaches `count`, and the sum before it. */
function findBucket(counts: Uint32Array, count: number): [bucket: number, before: number] {
  let before = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const here = counts[bucket] as number;
    if (before + here >= count) return [bucket, before];
    before += here;
  }
  return [counts.length - 1, before];
}

/** Reads a table to its end for its number of rows. */
export async function countRows(table: Table, signal: AbortSignal): Promise<number> {
  let rows = 0;
  for await (const batch of table.batches([], signal)) rows += batch.rows;
  return rows;
}
