import { finishHash, mixWord, SEED } from './murmur.ts';
import { FeatureSorter } from './sort.ts';
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
  /** Features of the last row, each once, ascending. */
  features = new Int32Array(1024);
  count = 0;
  readonly #options: HashingOptions;
  readonly #lowerCase: LowerCase;
  readonly #tokens = new Tokens();
  readonly #sorter: FeatureSorter;

  constructor(options: HashingOptions, lowerCase: LowerCase) {
    this.#options = options;
    this.#lowerCase = lowerCase;
    this.#sorter = new FeatureSorter(options.numFeatures);
  }

  hash(bytes: Uint8Array, start: number, end: number): void {
    const { words, characters } = this.#options;
    this.count = 0;
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
    this.count = this.#sorter.sort(this.features, this.count);
  }

  #cut(words: boolean, text: Uint8Array, from: number, to: number, isSmall: boolean): boolean {
    return words ? this.#tokens.cutWords(text, from, to, isSmall) : this.#tokens.cutCharacters(text, from, to, isSmall);
  }

  #hashTokens(orders: readonly number[]): void {
    const longest = Math.max(...orders);
    const isWanted = Uint8Array.from({ length: longest }, (_, index) => (orders.includes(index + 1) ? 1 : 0));
    this.count = hashRuns(this.#tokens, isWanted, this.#options.numFeatures - 1, this.features, this.count);
  }

  #makeRoom(features: number): void {
    if (features <= this.features.length) return;
    const larger = new Int32Array(2 * features);
    larger.set(this.features.subarray(0, this.count));
    this.features = larger;
  }
}

/** Runs of tokens with the same first one share the state of their common beginning; sorting finds what comes twice. */
function hashRuns(tokens: Tokens, isWanted: Uint8Array, inTable: number, into: Int32Array, from: number): number {
  const { view, starts, ends, count } = tokens;
  const longest = isWanted.length;
  let found = from;
  for (let first = 0; first < count; first++) {
    const start = starts[first] as number;
    const behind = Math.min(first + longest, count);
    let state = SEED;
    let at = start;
    for (let last = first; last < behind; last++) {
      const end = ends[last] as number;
      for (; at + 4 <= end; at += 4) state = mixWord(state, view.getInt32(at, true));
      if (isWanted[last - first] === 1)
        into[found++] = finishHash(state, view.getInt32(at, true), end - start) & inTable;
    }
  }
  return found;
}
