import { FeatureSorter } from './sort.ts';

/** Hashed features for a smaller table: Spark's index is the remainder of the hash, so a power of two only drops bits. */
export class Folder {
  readonly #sorter: FeatureSorter;
  readonly #mask: number;
  readonly #isIdle: boolean;

  constructor(from: number, to: number) {
    this.#sorter = new FeatureSorter(to);
    this.#mask = to - 1;
    this.#isIdle = to >= from;
  }

  /** Folds so many features from a place on, in place, each once, ascending; returns how many there are then. */
  fold(features: Int32Array, from: number, count: number): number {
    if (this.#isIdle) return count;
    const own = features.subarray(from, from + count);
    for (let i = 0; i < count; i++) own[i] = (own[i] as number) & this.#mask;
    return this.#sorter.sort(own, count);
  }
}
