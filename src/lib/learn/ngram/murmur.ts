/** The seed that Spark's HashingTF takes. */
export const SEED = 42;

/**
 * MurmurHash3 x86_32 (Austin Appleby, public domain) in two steps, so that texts with the same beginning share the work:
 * state after the full words from `at` on that end at or before `end`.
 */
export function mixWords(view: DataView, state: number, at: number, end: number): number {
  let hash = state;
  for (let word = at; word + 4 <= end; word += 4) {
    let mixed = Math.imul(view.getInt32(word, true), 0xcc9e2d51);
    mixed = (mixed << 15) | (mixed >>> 17);
    hash ^= Math.imul(mixed, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  return hash;
}

/**
 * The hash of the bytes from `start` to `end`, from the state behind their full words. Reads a whole word: up to three
 * bytes behind `end` must exist, whatever they hold.
 */
export function finishHash(view: DataView, state: number, start: number, end: number): number {
  let hash = state;
  const left = (end - start) & 3;
  if (left > 0) {
    let word = Math.imul(view.getInt32(end - left, true) & (0xffffff >>> (24 - 8 * left)), 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
  }
  hash ^= end - start;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
