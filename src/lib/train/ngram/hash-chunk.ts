import { type PackedRows, packedBound, packRow } from '../../learn/ngram/packed-rows.ts';
import { type HashingOptions, RowHasher } from '../../learn/ngram/row-hasher.ts';
import { createLowerUtf8 } from './lower-utf8.ts';
import type { TextChunk } from './text-chunk.ts';

/** A function that hashes the rows of a chunk and packs them (into memory of just the size, to be handed on). One for each thread. */
export function createChunkHasher(options: HashingOptions): (chunk: TextChunk) => PackedRows {
  const hasher = new RowHasher(options, createLowerUtf8());
  let packed = new Uint8Array(2 ** 20);
  return chunk => {
    let at = 0;
    let start = 0;
    let features = 0;
    for (let row = 0; row < chunk.rows; row++) {
      const end = chunk.ends[row] as number;
      hasher.hash(chunk.bytes, start, end);
      start = end;
      if (at + packedBound(hasher.count) > packed.length) {
        const larger = new Uint8Array(2 * packed.length + packedBound(hasher.count));
        larger.set(packed.subarray(0, at));
        packed = larger;
      }
      at = packRow(packed, at, chunk.labels[row] as number, hasher.features, hasher.count);
      features += hasher.count;
    }
    return { bytes: packed.slice(0, at), rows: chunk.rows, features };
  };
}
