/** The seed that Spark's HashingTF takes. */
export const SEED = 42;

/**
 * MurmurHash3 x86_32 (Austin Appleby, public domain) in two steps, so that texts with the same beginning share the work:
 * the state behind one more word of four bytes, little-endian.
 */
export function mixWord(state: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = (mixed << 15) | (mixed >>> 17);
  const hash = state ^ Math.imul(mixed, 0x1b873593);
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
}

/**
 * The hash of a text of that length from the state behind its full words. `word` holds the bytes that are left, up to
 * three, and behind them anything.
 */
export function finishHash(state: number, word: number, length: number): number {
  // No branch, which could not be foreseen: nothing left is a word of zero, and that changes nothing.
  let mixed = Math.imul(word & (0xffffff >>> (24 - 8 * (length & 3))), 0xcc9e2d51);
  mixed = (mixed << 15) | (mixed >>> 17);
  let hash = state ^ Math.imul(mixed, 0x1b873593) ^ length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
