/**
 * Hashed rows in few bytes, one behind the other: label, number of features, then the features ascending, each as its
 * distance from the one before. All numbers are varints: seven bits a byte, lowest first, the high bit says that more
 * follow. A feature takes about two bytes instead of four.
 */
export interface PackedRows {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  /** Of all rows together. */
  readonly features: number;
}

/** Bytes that a row takes at most. */
export function packedBound(features: number): number {
  return 5 * (features + 2);
}

/** Returns where the row ends. Features must be ascending. */
export function packRow(into: Uint8Array, at: number, label: number, features: Int32Array, count: number): number {
  let next = writeVarint(into, writeVarint(into, at, label), count);
  let before = 0;
  for (let i = 0; i < count; i++) {
    const feature = features[i] as number;
    let gap = feature - before;
    before = feature;
    while (gap > 127) {
      into[next++] = (gap & 127) | 128;
      gap >>>= 7;
    }
    into[next++] = gap;
  }
  return next;
}

function writeVarint(into: Uint8Array, at: number, value: number): number {
  let next = at;
  let left = value;
  while (left > 127) {
    into[next++] = (left & 127) | 128;
    left >>>= 7;
  }
  into[next++] = left;
  return next;
}
