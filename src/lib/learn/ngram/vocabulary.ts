import type { Folder } from './fold.ts';
import { mix } from './random.ts';
import { RECORD_HEAD, type RowSource } from './records.ts';
import { RowBlock } from './row-block.ts';

/** What was counted of the training rows. */
export interface Counts {
  /** Rows of each class. */
  readonly rows: Float64Array;
  /** Features of the rows of each class, all together. */
  readonly features: Float64Array;
  /** Rows of class c with feature f at [f · classes + c]. */
  readonly table: Uint16Array | Uint32Array;
  /** Integers that the rows of each bucket take at most. */
  readonly bucketSizes: readonly number[];
}

/** Awaited now and then in long loops; rejects where the work is to stop. */
export type Pause = () => Promise<void>;

export interface CountRequest {
  readonly source: RowSource;
  /** Class of each label, −1 for rows to drop. */
  readonly classOf: Int32Array;
  readonly classes: number;
  readonly numFeatures: number;
  readonly folder: Folder;
  readonly buckets: number;
  readonly seed: number;
}

/** The bucket of a row, by its number in the file. */
export function bucketOf(row: number, buckets: number, seed: number): number {
  return buckets === 1 ? 0 : mix(seed, row) % buckets;
}

export async function countFeatures(request: CountRequest, pause: Pause): Promise<Counts> {
  const { source, classOf, classes, folder, numFeatures, buckets, seed } = request;
  const rows = new Float64Array(classes);
  const features = new Float64Array(classes);
  const cells = numFeatures * classes;
  const table = source.rows <= 0xffff ? new Uint16Array(cells) : new Uint32Array(cells);
  const bucketSizes = new Array<number>(buckets).fill(0);
  const block = new RowBlock(classOf, folder);
  for (let number = 0, first = 0; number < source.blocks; number++, first += block.rows) {
    await pause();
    block.open(source.read(number));
    for (let row = 0; row < block.rows; row++) {
      const label = block.labels[row] as number;
      if (label < 0) continue;
      const count = block.countOf(row);
      increment(rows, label, 1);
      increment(features, label, count);
      const bucket = bucketOf(first + row, buckets, seed);
      bucketSizes[bucket] = (bucketSizes[bucket] as number) + count + RECORD_HEAD;
    }
    const slice = block.sliceOf(numFeatures);
    for (let end = slice; end <= numFeatures; end += slice) countSlice(block, table, classes, end);
  }
  return { rows, features, table, bucketSizes };
}

/** Goes on in every row up to the features from `limit` on. */
function countSlice(block: RowBlock, table: Counts['table'], classes: number, limit: number): void {
  const { rows, labels, starts, features, places } = block;
  for (let row = 0; row < rows; row++) {
    const label = labels[row] as number;
    const end = starts[row + 1] as number;
    let at = places[row] as number;
    for (; at < end; at++) {
      const feature = features[at] as number;
      if (feature >= limit) break;
      const cell = feature * classes + label;
      table[cell] = (table[cell] as number) + 1;
    }
    places[row] = at;
  }
}

/** Features that are worth a weight, by a number of their own. */
export interface Vocabulary {
  /** Number of a feature, −1 for one that is left out. */
  readonly numberOf: Int32Array;
  /** The way back. */
  readonly features: Int32Array;
  /** How often each number was counted in each class: of number n and class c at [n · classes + c]. */
  readonly counts: Uint32Array;
}

/** More rows than this are not told apart. */
const MANY = 4095;

/**
 * Frequent features get low numbers: what is needed most lies together and stays in the processor's cache. The numbers
 * are written over the table of the counts, which is gone then: a number of four bytes is never larger than its counts.
 */
export function numberFeatures(counts: Counts, numFeatures: number, minRows: number): Vocabulary {
  const classes = counts.rows.length;
  const { table } = counts;
  const next = new Int32Array(MANY + 1);
  for (let feature = 0; feature < numFeatures; feature++) {
    const rows = sumUp(table, feature * classes, classes);
    if (rows >= minRows && rows > 0) increment(next, Math.min(rows, MANY), 1);
  }
  let size = 0;
  for (let rows = MANY; rows > 0; rows--) {
    const many = next[rows] as number;
    next[rows] = size;
    size += many;
  }
  const numberOf = new Int32Array(table.buffer, 0, numFeatures);
  const features = new Int32Array(size);
  const kept = new Uint32Array(size * classes);
  for (let feature = 0; feature < numFeatures; feature++) {
    const from = feature * classes;
    const rows = sumUp(table, from, classes);
    const isKept = rows >= minRows && rows > 0;
    const number = isKept ? increment(next, Math.min(rows, MANY), 1) : -1;
    if (isKept) {
      features[number] = feature;
      for (let label = 0; label < classes; label++) kept[number * classes + label] = table[from + label] as number;
    }
    numberOf[feature] = number;
  }
  return { numberOf, features, counts: kept };
}

function sumUp(table: Counts['table'], from: number, classes: number): number {
  let sum = (table[from] as number) + (table[from + 1] as number);
  for (let i = from + 2; i < from + classes; i++) sum += table[i] as number;
  return sum;
}

/** Returns what was there. */
function increment(array: Float64Array | Int32Array, at: number, by: number): number {
  const before = array[at] as number;
  array[at] = before + by;
  return before;
}
