import type { Folder } from './fold.ts';

/** Entries of a table that fit into the cache of one processor. */
const CACHED = 2 ** 18;
/** Features of a row in a slice below which going from row to row costs more than the cache saves. */
const WORTH = 8;

/** The packed rows of one block side by side; overwritten by the next block. */
export class RowBlock {
  rows = 0;
  /** Class of each row, −1 for rows to drop, which have no features here. */
  labels = new Int32Array(1024);
  /** Row r has the features from starts[r] to starts[r + 1]. */
  starts = new Int32Array(1025);
  /** Of each row ascending, each once. */
  features = new Int32Array(2 ** 16);
  /** Where each row was left, for who goes through the slices. */
  places = new Int32Array(1024);
  readonly #classOf: Int32Array;
  readonly #folder: Folder;

  constructor(classOf: Int32Array, folder: Folder) {
    this.#classOf = classOf;
    this.#folder = folder;
  }

  open(bytes: Uint8Array): void {
    this.rows = 0;
    // A feature takes a byte at least.
    if (this.features.length < bytes.length) this.features = new Int32Array(bytes.length);
    let to = 0;
    for (let at = 0; at < bytes.length; ) {
      const label = readVarint(bytes, at);
      at += lengthOf(label);
      const count = readVarint(bytes, at);
      at = readFeatures(bytes, at + lengthOf(count), this.features, to, count);
      to += this.#add(label, to, count);
    }
    this.places.set(this.starts.subarray(0, this.rows));
  }

  /**
   * Features are looked up in tables far larger than the processor's cache: all rows are looked up in one slice of a
   * table before the next slice is begun. This is how long slices should be, a power of two.
   */
  sliceOf(numFeatures: number): number {
    let slice = numFeatures;
    const mean = (this.starts[this.rows] as number) / Math.max(1, this.rows);
    while (slice > CACHED && mean * slice >= 2 * WORTH * numFeatures) slice /= 2;
    return slice;
  }

  countOf(row: number): number {
    return (this.starts[row + 1] as number) - (this.starts[row] as number);
  }

  /** Returns how many features the row has. */
  #add(label: number, from: number, count: number): number {
    if (this.rows === this.labels.length) this.#makeRoom();
    const { rows } = this;
    const known = this.#classOf[label] ?? -1;
    const kept = known < 0 ? 0 : this.#folder.fold(this.features, from, count);
    this.labels[rows] = known;
    this.starts[rows + 1] = from + kept;
    this.rows = rows + 1;
    return kept;
  }

  #makeRoom(): void {
    const larger = (from: Int32Array, length: number) => {
      const to = new Int32Array(length);
      to.set(from);
      return to;
    };
    this.labels = larger(this.labels, 2 * this.rows);
    this.starts = larger(this.starts, 2 * this.rows + 1);
    this.places = new Int32Array(2 * this.rows);
  }
}

function readVarint(bytes: Uint8Array, from: number): number {
  let at = from;
  let byte = bytes[at++] as number;
  let value = byte & 127;
  for (let shift = 7; byte > 127; shift += 7) {
    byte = bytes[at++] as number;
    value |= (byte & 127) << shift;
  }
  return value;
}

/** Bytes of a number as a varint. */
function lengthOf(value: number): number {
  return value < 2 ** 7 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : value < 2 ** 28 ? 4 : 5;
}

/** Returns where the bytes of the row end. */
function readFeatures(bytes: Uint8Array, from: number, into: Int32Array, start: number, count: number): number {
  let at = from;
  let feature = 0;
  for (let i = start; i < start + count; i++) {
    let byte = bytes[at++] as number;
    let gap = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++] as number;
      gap |= (byte & 127) << shift;
    }
    feature += gap;
    into[i] = feature;
  }
  return at;
}
