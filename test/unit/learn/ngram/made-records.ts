import { packedBound, packRow } from '../../../../src/lib/learn/ngram/packed-rows.ts';
import type { RecordBuckets, RowSource } from '../../../../src/lib/learn/ngram/records.ts';

export interface MadeRow {
  readonly label: number;
  readonly features: readonly number[];
}

export function pack(rows: readonly MadeRow[]): Uint8Array<ArrayBuffer> {
  const into = new Uint8Array(rows.reduce((sum, { features }) => sum + packedBound(features.length), 0));
  let at = 0;
  for (const { label, features } of rows) at = packRow(into, at, label, Int32Array.from(features), features.length);
  return into.slice(0, at);
}

export function sourceOf(rows: readonly MadeRow[], blockRows = 7): RowSource {
  const blocks: (Uint8Array<ArrayBuffer> | null)[] = [];
  for (let at = 0; at < rows.length; at += blockRows) blocks.push(pack(rows.slice(at, at + blockRows)));
  const features = rows.reduce((sum, row) => sum + row.features.length, 0);
  return {
    ...{ blocks: blocks.length, rows: rows.length, features },
    read(block) {
      const bytes = blocks[block];
      if (!bytes) throw new Error(`block ${block} is read after it was dropped`);
      return bytes;
    },
    drop(block) {
      blocks[block] = null;
    },
  };
}

export function bucketsInArrays(sizes: readonly number[]): RecordBuckets {
  const buckets = sizes.map((): number[] => []);
  return {
    append(bucket, records) {
      buckets[bucket]?.push(...records);
      if ((buckets[bucket]?.length ?? 0) > (sizes[bucket] ?? 0)) throw new Error('a bucket is fuller than announced');
    },
    read: bucket => Int32Array.from(buckets[bucket] ?? []),
  };
}
