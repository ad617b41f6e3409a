/**
 * Hashed rows in few bytes, one behind the other: label, number of features, then the features ascending, each as its
 * distance from the one before. All numbers are varints: seven bits a byte, lowest first, the high bit says that more
 * follow. A feature takes about two bytes instead of four.
 */
export interface PackedRows {
  readonly bytes: Uint8Array;
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

/** Reads packed rows one by one. */
export class PackedReader {
  label = 0;
  count = 0;
  /** Of the row read last; overwritten by the next one. */
  features = new Int32Array(1024);
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** False behind the last row. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    this.label = this.#varint();
    this.count = this.#varint();
    if (this.features.length < this.count) this.features = new Int32Array(2 * this.count);
    this.#readFeatures();
    return true;
  }

  #readFeatures(): void {
    const { features, count } = this;
    const bytes = this.#bytes;
    let at = this.#at;
    let feature = 0;
    for (let i = 0; i < count; i++) {
      let byte = bytes[at++] as number;
      let gap = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = bytes[at++] as number;
        gap |= (byte & 127) << shift;
      }
      feature += gap;
      features[i] = feature;
    }
    this.#at = at;
  }

  #varint(): number {
    let byte = this.#bytes[this.#at++] as number;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = this.#bytes[this.#at++] as number;
      value |= (byte & 127) << shift;
    }
    return value;
  }
}
