import fs from 'node:fs';
import type { RecordBuckets } from '../../learn/ngram/records.ts';
import { readAll, writeAll } from './record-store.ts';

/** Integers of a bucket that are collected before they go to the file. */
const BUFFER = 16_384;

interface Bucket {
  /** First byte in the file. */
  readonly at: number;
  written: number;
  buffer: Int32Array;
  filled: number;
}

/** Buckets in memory where they fit into so many bytes, in a file otherwise; both give back the same. */
export function openBuckets(
  file: string,
  memoryBytes: number,
  sizes: readonly number[],
): RecordBuckets & { close(): void } {
  const bytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  return bytes <= memoryBytes ? inMemory(sizes) : inFile(file, sizes);
}

function inMemory(sizes: readonly number[]): RecordBuckets & { close(): void } {
  const buckets = sizes.map(size => new Int32Array(size));
  const filled = sizes.map(() => 0);
  return {
    append(bucket, records) {
      const at = filled[bucket] as number;
      (buckets[bucket] as Int32Array).set(records, at);
      filled[bucket] = at + records.length;
    },
    read: bucket => (buckets[bucket] as Int32Array).subarray(0, filled[bucket]),
    close: () => buckets.splice(0),
  };
}

function inFile(file: string, sizes: readonly number[]): RecordBuckets & { close(): void } {
  const descriptor = fs.openSync(file, 'wx+', 0o600);
  let end = 0;
  const buckets = sizes.map((size): Bucket => {
    const at = end;
    end += 4 * size;
    return { at, written: 0, buffer: new Int32Array(Math.min(size, BUFFER)), filled: 0 };
  });
  const whole = new Int32Array(Math.max(0, ...sizes));
  return {
    append(number, records) {
      const bucket = buckets[number] as Bucket;
      if (bucket.filled + records.length > bucket.buffer.length) flush(descriptor, bucket);
      if (records.length > bucket.buffer.length) write(descriptor, bucket, records);
      else {
        bucket.buffer.set(records, bucket.filled);
        bucket.filled += records.length;
      }
    },
    read(number) {
      const bucket = buckets[number] as Bucket;
      flush(descriptor, bucket);
      bucket.buffer = new Int32Array(0);
      const records = whole.subarray(0, bucket.written);
      readAll(descriptor, asBytes(records), bucket.at);
      return records;
    },
    close: () => fs.closeSync(descriptor),
  };
}

function flush(descriptor: number, bucket: Bucket): void {
  if (bucket.filled > 0) write(descriptor, bucket, bucket.buffer.subarray(0, bucket.filled));
  bucket.filled = 0;
}

function write(descriptor: number, bucket: Bucket, records: Int32Array): void {
  writeAll(descriptor, asBytes(records), bucket.at + 4 * bucket.written);
  bucket.written += records.length;
}

function asBytes(integers: Int32Array): Uint8Array {
  return new Uint8Array(integers.buffer, integers.byteOffset, integers.byteLength);
}
