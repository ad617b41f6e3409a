import { finishHash, mixWords, SEED } from './murmur.ts';
import { Tokens } from './tokens.ts';

export interface HashingOptions {
  /** A power of two. */
  readonly numFeatures: number;
  /** Lengths of the word n-grams: 1, 2. */
  readonly words: readonly number[];
  /** Lengths of the character n-grams; none where empty. */
  readonly characters: readonly number[];
}

/** Lower-cases a text that is not all ASCII; the result is read at once and may be overwritten by the next call. */
export type LowerCase = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** Makes the set of hashed n-grams of a text: what HashingTF with binary counts makes of the same tokens. */
export class RowHasher {
  /** Features of the last row, each once, in the order of first sight. */
  features = new Int32Array(1024);
  count = 0;
  readonly #options: HashingOptions;
  readonly #lowerCase: LowerCase;
  readonly #tokens = new Tokens();
  /** An open hash set: generation and feature side by side; going to the next generation empties it. */
  #slots = new Int32Array(8192);
  #generation = 0;

  constructor(options: HashingOptions, lowerCase: LowerCase) {
    this.#options = options;
    this.#lowerCase = lowerCase;
  }

  hash(bytes: Uint8Array, start: number, end: number): void {
    const { words, characters } = this.#options;
    this.count = 0;
    this.#generation = (this.#generation + 1) | 0;
    let text = bytes;
    let from = start;
    let to = end;
    let isSmall = false;
    for (const orders of [words, characters]) {
      if (orders.length === 0) continue;
      if (!this.#cut(orders === words, text, from, to, isSmall)) {
        text = this.#lowerCase(bytes, start, end);
        from = 0;
        to = text.length;
        isSmall = true;
        this.#cut(orders === words, text, from, to, isSmall);
      }
      this.#makeRoom(this.count + this.#tokens.count * orders.length);
      this.#hashTokens(orders);
    }
  }

  #cut(words: boolean, text: Uint8Array, from: number, to: number, isSmall: boolean): boolean {
    return words ? this.#tokens.cutWords(text, from, to, isSmall) : this.#tokens.cutCharacters(text, from, to, isSmall);
  }

  /** N-grams with the same first token share the state of their common beginning. */
  #hashTokens(orders: readonly number[]): void {
    const { view, starts, ends, count } = this.#tokens;
    const features = this.features;
    const slots = this.#slots;
    const generation = this.#generation;
    const inTable = this.#options.numFeatures - 1;
    const inSlots = slots.length - 1;
    const longest = Math.max(...orders);
    const wanted = Array.from({ length: longest }, (_, index) => orders.includes(index + 1));
    let found = this.count;
    for (let first = 0; first < count; first++) {
      const start = starts[first] as number;
      const behind = Math.min(longest, count - first);
      let state = SEED;
      let at = start;
      for (let n = 0; n < behind; n++) {
        const end = ends[first + n] as number;
        state = mixWords(view, state, at, end);
        at += (end - at) & ~3;
        if (!wanted[n]) continue;
        const feature = finishHash(view, state, start, end) & inTable;
        let slot = (2 * feature) & inSlots;
        while (slots[slot] === generation && slots[slot + 1] !== feature) slot = (slot + 2) & inSlots;
        if (slots[slot] === generation) continue;
        slots[slot] = generation;
        slots[slot + 1] = feature;
        features[found++] = feature;
      }
    }
    this.count = found;
  }

  /** The set stays at most half full. What was put into it for this row moves along. */
  #makeRoom(features: number): void {
    if (features * 4 <= this.#slots.length && features <= this.features.length) return;
    const size = 2 ** Math.ceil(Math.log2(features * 2));
    const larger = new Int32Array(size);
    larger.set(this.features.subarray(0, this.count));
    this.features = larger;
    this.#slots = new Int32Array(2 * size);
    this.#generation = 1;
    for (let i = 0; i < this.count; i++) {
      const feature = larger[i] as number;
      let slot = (2 * feature) & (2 * size - 1);
      while (this.#slots[slot] === 1) slot = (slot + 2) & (2 * size - 1);
      this.#slots[slot] = 1;
      this.#slots[slot + 1] = feature;
    }
  }
}
