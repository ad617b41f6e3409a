import type { Folder } from './fold.ts';
import { PackedReader } from './packed-rows.ts';
import { mix } from './random.ts';
import { RECORD_HEAD, type RowSource } from './records.ts';

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
  const { source, classOf, classes, folder, buckets, seed } = request;
  const rows = new Float64Array(classes);
  const features = new Float64Array(classes);
  const cells = request.numFeatures * classes;
  const table = source.rows <= 0xffff ? new Uint16Array(cells) : new Uint32Array(cells);
  const bucketSizes = new Array<number>(buckets).fill(0);
  const reader = new PackedReader();
  let row = 0;
  for (let block = 0; block < source.blocks; block++) {
    await pause();
    reader.open(source.read(block));
    for (; reader.next(); row++) {
      const label = classOf[reader.label] ?? -1;
      if (label < 0) continue;
      const count = folder.fold(reader.features, reader.count);
      countRow(table, reader.features, count, label, classes);
      increment(rows, label, 1);
      increment(features, label, count);
      const bucket = bucketOf(row, buckets, seed);
      bucketSizes[bucket] = (bucketSizes[bucket] as number) + count + RECORD_HEAD;
    }
  }
  return { rows, features, table, bucketSizes };
}

function countRow(table: Counts['table'], features: Int32Array, count: number, label: number, classes: number): void {
  for (let i = 0; i < count; i++) {
    const at = (features[i] as number) * classes + label;
    table[at] = (table[at] as number) + 1;
  }
}

/** Features that are worth a weight, by a number of their own. */
export interface Vocabulary {
  readonly size: number;
  /** Number of a feature, −1 for one that is left out. */
  readonly numberOf: Int32Array;
  /** The way back. */
  readonly features: Int32Array;
}

/** Frequent features get low numbers: what is needed most lies together and stays in the processor's cache. */
export function numberFeatures(counts: Counts, numFeatures: number, minRows: number): Vocabulary {
  const classes = counts.rows.length;
  const top = 4095;
  const frequency = new Uint16Array(numFeatures);
  const next = new Int32Array(top + 1);
  for (let feature = 0; feature < numFeatures; feature++) {
    let rows = 0;
    for (let i = feature * classes; i < (feature + 1) * classes; i++) rows += counts.table[i] as number;
    if (rows < minRows || rows === 0) continue;
    const capped = Math.min(rows, top);
    frequency[feature] = capped;
    increment(next, capped, 1);
  }
  let size = 0;
  for (let rows = top; rows > 0; rows--) {
    const many = next[rows] as number;
    next[rows] = size;
    size += many;
  }
  const numberOf = new Int32Array(numFeatures).fill(-1);
  const features = new Int32Array(size);
  for (let feature = 0; feature < numFeatures; feature++) {
    const rows = frequency[feature] as number;
    if (rows === 0) continue;
    const number = increment(next, rows, 1);
    numberOf[feature] = number;
    features[number] = feature;
  }
  return { size, numberOf, features };
}

/** Returns what was there. */
function increment(array: Float64Array | Int32Array, at: number, by: number): number {
  const before = array[at] as number;
  array[at] = before + by;
  return before;
}
