const BITS = 9;
const RADIX = 2 ** BITS;
/** Rows up to this length are sorted by insertion. */
const SHORT = 40;

/** Sorts numbers below 2^27 between two places of an array: three rounds by nine bits each. */
export class FeatureSorter {
  readonly #counts = new Int32Array(3 * RADIX);
  #spare = new Int32Array(1024);

  sort(array: Int32Array, start: number, end: number): void {
    if (end - start <= SHORT) insertionSort(array, start, end);
    else this.#radixSort(array, start, end);
  }

  #radixSort(array: Int32Array, start: number, end: number): void {
    const length = end - start;
    if (this.#spare.length < length) this.#spare = new Int32Array(2 * length);
    const counts = this.#counts.fill(0);
    for (let i = start; i < end; i++) {
      const value = array[i] as number;
      for (let round = 0; round < 3; round++) {
        const digit = round * RADIX + ((value >>> (round * BITS)) & (RADIX - 1));
        counts[digit] = (counts[digit] as number) + 1;
      }
    }
    for (let round = 0; round < 3; round++) turnIntoPlaces(counts, round * RADIX);
    deal(array, start, this.#spare, 0, length, counts, 0);
    deal(this.#spare, 0, array, start, length, counts, 1);
    deal(array, start, this.#spare, 0, length, counts, 2);
    array.set(this.#spare.subarray(0, length), start);
  }
}

/** How many numbers have a digit becomes where the first of them goes. */
function turnIntoPlaces(counts: Int32Array, from: number): void {
  let place = 0;
  for (let i = from; i < from + RADIX; i++) {
    const count = counts[i] as number;
    counts[i] = place;
    place += count;
  }
}

function deal(
  from: Int32Array,
  fromStart: number,
  to: Int32Array,
  toStart: number,
  length: number,
  places: Int32Array,
  round: number,
): void {
  const shift = round * BITS;
  const base = round * RADIX;
  for (let i = fromStart; i < fromStart + length; i++) {
    const value = from[i] as number;
    const digit = base + ((value >>> shift) & (RADIX - 1));
    const place = places[digit] as number;
    places[digit] = place + 1;
    to[toStart + place] = value;
  }
}

function insertionSort(array: Int32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = array[i] as number;
    let at = i;
    for (; at > start && (array[at - 1] as number) > value; at--) array[at] = array[at - 1] as number;
    array[at] = value;
  }
}
