import type { Folder } from './fold.ts';
import { type OpenBuckets, RECORD_HEAD, type RecordBuckets, type RowSource } from './records.ts';
import { RowBlock } from './row-block.ts';
import { bucketOf, type Pause, type Vocabulary } from './vocabulary.ts';

export interface ScatterRequest {
  readonly source: RowSource;
  readonly classOf: Int32Array;
  readonly vocabulary: Vocabulary;
  readonly folder: Folder;
  readonly bucketSizes: readonly number[];
  readonly seed: number;
}

/**
 * Deals the training rows out to buckets at random, classes in place of labels, numbers of the vocabulary in place of
 * hashes. A file may be ordered by label or time; a bucket is a fair sample of it that fits into memory. The rows of
 * the source are gone then, block by block: both together would take twice the memory.
 */
export async function scatterRows(request: ScatterRequest, open: OpenBuckets, pause: Pause): Promise<RecordBuckets> {
  const { source, classOf, vocabulary, folder, bucketSizes, seed } = request;
  const { numberOf } = vocabulary;
  const buckets = open(bucketSizes);
  const block = new RowBlock(classOf, folder);
  let record = new Int32Array(1024);
  for (let number = 0, first = 0; number < source.blocks; number++, first += block.rows) {
    await pause();
    block.open(source.read(number));
    source.drop(number);
    const slice = block.sliceOf(numberOf.length);
    for (let end = slice; end <= numberOf.length; end += slice) translateSlice(block, numberOf, end);
    for (let row = 0; row < block.rows; row++) {
      if ((block.labels[row] as number) < 0) continue;
      const most = RECORD_HEAD + block.countOf(row);
      if (record.length < most) record = new Int32Array(2 * most);
      const length = layDown(block, row, record);
      buckets.append(bucketOf(first + row, bucketSizes.length, seed), record.subarray(0, length));
    }
  }
  return buckets;
}

/** Numbers in place of features, in every row up to the features from `limit` on. */
function translateSlice(block: RowBlock, numberOf: Int32Array, limit: number): void {
  const { rows, starts, features, places } = block;
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1] as number;
    let at = places[row] as number;
    for (; at < end; at++) {
      const feature = features[at] as number;
      if (feature >= limit) break;
      features[at] = numberOf[feature] as number;
    }
    places[row] = at;
  }
}

/** The row as a record, without the features that have no number; returns its length. */
function layDown(block: RowBlock, row: number, record: Int32Array): number {
  const { labels, starts, features } = block;
  const end = starts[row + 1] as number;
  let length = RECORD_HEAD;
  for (let at = starts[row] as number; at < end; at++) {
    const number = features[at] as number;
    if (number >= 0) record[length++] = number;
  }
  record[0] = labels[row] as number;
  record[1] = length - RECORD_HEAD;
  return length;
}
