import type { Folder } from './fold.ts';
import { PackedReader } from './packed-rows.ts';
import { type OpenBuckets, RECORD_HEAD, type RecordBuckets, type RowSource } from './records.ts';
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
 * hashes. A file may be ordered by label or time; a bucket is a fair sample of it that fits into memory.
 */
export async function scatterRows(request: ScatterRequest, open: OpenBuckets, pause: Pause): Promise<RecordBuckets> {
  const { source, classOf, vocabulary, folder, bucketSizes, seed } = request;
  const buckets = open(bucketSizes);
  const reader = new PackedReader();
  let row = 0;
  let record = new Int32Array(1024);
  for (let block = 0; block < source.blocks; block++) {
    await pause();
    reader.open(source.read(block));
    for (; reader.next(); row++) {
      const label = classOf[reader.label] ?? -1;
      if (label < 0) continue;
      const count = folder.fold(reader.features, reader.count);
      if (record.length < count + RECORD_HEAD) record = new Int32Array(2 * count + RECORD_HEAD);
      record[0] = label;
      record[1] = translate(reader.features, count, vocabulary.numberOf, record);
      const length = RECORD_HEAD + (record[1] as number);
      buckets.append(bucketOf(row, bucketSizes.length, seed), record.subarray(0, length));
    }
  }
  return buckets;
}

function translate(features: Int32Array, count: number, numberOf: Int32Array, into: Int32Array): number {
  let known = 0;
  for (let i = 0; i < count; i++) {
    const number = numberOf[features[i] as number] as number;
    if (number >= 0) into[RECORD_HEAD + known++] = number;
  }
  return known;
}
