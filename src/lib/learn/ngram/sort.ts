/** Rows up to this length are sorted by insertion. */
const SHORT = 56;

/** Sorts features below `size` (at most 2^27) and leaves each once: three rounds of counting, as few bits each as will do. */
export class FeatureSorter {
  readonly #bits: number;
  readonly #counts: Int32Array;
  #spare = new Int32Array(1024);

  constructor(size: number) {
    this.#bits = Math.max(1, Math.ceil(Math.log2(size) / 3));
    this.#counts = new Int32Array(3 << this.#bits);
  }

  /** In place; returns how many are left of the first `count`. */
  sort(features: Int32Array, count: number): number {
    if (count > SHORT) return this.#sortByDigits(features, count);
    sortByInsertion(features, count);
    return copyOnce(features, features, count);
  }

  #sortByDigits(features: Int32Array, count: number): number {
    if (this.#spare.length < count) this.#spare = new Int32Array(2 * count);
    const [bits, spare, places] = [this.#bits, this.#spare, this.#counts];
    countDigits(features, count, places.fill(0), bits);
    deal(features, spare, count, places, 0, bits);
    deal(spare, features, count, places, bits, bits);
    deal(features, spare, count, places, 2 * bits, bits);
    return copyOnce(spare, features, count);
  }
}

/** How often each digit of each round comes, then where its first number goes. */
function countDigits(features: Int32Array, count: number, places: Int32Array, bits: number): void {
  const radix = 1 << bits;
  const mask = radix - 1;
  for (let i = 0; i < count; i++) {
    const value = features[i] as number;
    const low = value & mask;
    const middle = radix + ((value >>> bits) & mask);
    const high = 2 * radix + (value >>> (2 * bits));
    places[low] = (places[low] as number) + 1;
    places[middle] = (places[middle] as number) + 1;
    places[high] = (places[high] as number) + 1;
  }
  for (let from = 0; from < 3 * radix; from += radix) {
    let place = 0;
    for (let digit = from; digit < from + radix; digit++) {
      const many = places[digit] as number;
      places[digit] = place;
      place += many;
    }
  }
}

/** One round: by the digit at `shift`, those with the same one in the order in which they are. */
function deal(from: Int32Array, to: Int32Array, count: number, places: Int32Array, shift: number, bits: number): void {
  const mask = (1 << bits) - 1;
  const base = (shift / bits) << bits;
  for (let i = 0; i < count; i++) {
    const value = from[i] as number;
    const digit = base + ((value >>> shift) & mask);
    const place = places[digit] as number;
    places[digit] = place + 1;
    to[place] = value;
  }
}

function sortByInsertion(features: Int32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = features[i] as number;
    let at = i;
    for (; at > 0 && (features[at - 1] as number) > value; at--) features[at] = features[at - 1] as number;
    features[at] = value;
  }
}

/** Of numbers that ascend, each once; returns how many. */
function copyOnce(from: Int32Array, to: Int32Array, count: number): number {
  let kept = 0;
  let last = -1;
  for (let i = 0; i < count; i++) {
    const value = from[i] as number;
    if (value === last) continue;
    to[kept++] = value;
    last = value;
  }
  return kept;
}
