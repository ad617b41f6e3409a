/** Uses of one seed that must not be related to each other. */
export const STREAM = { fraction: 1, rows: 2, split: 3, text: 4, labels: 5, drift: 6 } as const;

/**
 * The finalizer of MurmurHash3 (Austin Appleby, public domain): every input bit reaches every output bit, and no two
 * inputs give the same output.
 */
export function mix32(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A key for one use of a seed, for `rowNumber`. */
export function streamKey(seed: number, stream: number): number {
  const low = mix32(Math.imul(stream, 0x9e3779b9) ^ (seed | 0));
  return mix32(low ^ Math.floor(seed / 0x1_0000_0000));
}

/**
 * A number from 0 to 2³² − 1 that depends on key and row only. Rows below 2³² never share one: adding, multiplying by an
 * odd number and mixing can all be undone.
 */
export function rowNumber(key: number, row: number): number {
  return mix32(Math.imul(mix32((row ^ key) | 0) + key, 0x9e3779b1) ^ Math.floor(row / 0x1_0000_0000));
}

/** A sequence of numbers in [0, 1). */
export function createRandom(seed: number, stream: number): () => number {
  const key = streamKey(seed, stream);
  let count = 0;
  return () => rowNumber(key, count++) / 0x1_0000_0000;
}
