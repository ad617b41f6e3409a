/** A number from 0 to 2^32 − 1 that depends on nothing but the seed and the counter (finaliser of MurmurHash3). */
export function mix(seed: number, counter: number): number {
  let hash = Math.imul(counter, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Fisher and Yates: all orders are equally likely. */
export function shuffle(items: Int32Array, seed: number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = mix(seed, last) % (last + 1);
    const item = items[last] as number;
    items[last] = items[other] as number;
    items[other] = item;
  }
}
