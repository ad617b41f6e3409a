import { hashBytes } from '../../text/murmur3.ts';

const SLOTS = 4096;
/** Of texts of one length up to this, no two have the same hash: each of murmur3's steps can be undone. */
const ONE_TO_ONE = 4;

/** ASCII stop words found by the hash that a token gets anyway, so that most tokens cost one look. */
export class StopWordTable {
  private readonly slots = new Int32Array(SLOTS);
  private readonly next: Int32Array;
  /** 1 where `next` leads on. */
  private readonly isChained: Uint8Array;
  private readonly hashes: Int32Array;
  private readonly starts: Int32Array;
  /** −1 at 0, where no word stands. */
  private readonly lengths: Int32Array;
  private readonly bytes: Uint8Array;
  /** What a byte of a token is compared as. */
  private readonly folded = Uint8Array.from({ length: 256 }, (_, code) => code);

  /** With `lowercase`, tokens are handed in as they stand, to be compared in lower case; their hash is of that case. */
  constructor(words: readonly string[], lowercase: boolean) {
    const size = words.length + 1;
    this.next = new Int32Array(size);
    this.isChained = new Uint8Array(size);
    this.hashes = new Int32Array(size);
    this.starts = new Int32Array(size);
    this.lengths = new Int32Array(size).fill(-1);
    this.bytes = new TextEncoder().encode(words.join(''));
    if (lowercase) for (let code = 0x41; code <= 0x5a; code++) this.folded[code] = code + 0x20;
    let start = 0;
    for (const [index, word] of words.entries()) {
      const entry = index + 1;
      const hash = hashBytes(this.bytes, start, start + word.length);
      this.starts[entry] = start;
      this.lengths[entry] = word.length;
      this.hashes[entry] = hash;
      this.next[entry] = this.slots[hash & (SLOTS - 1)] as number;
      this.isChained[entry] = this.next[entry] === 0 ? 0 : 1;
      this.slots[hash & (SLOTS - 1)] = entry;
      start += word.length;
    }
  }

  /** 1 if the bytes with this hash are a stop word, else 0: a number, so that short words cost no branch to guess. */
  find(hash: number, row: Uint8Array, start: number, length: number): number {
    const entry = this.slots[hash & (SLOTS - 1)] as number;
    const differs = ((this.hashes[entry] as number) ^ hash) | ((this.lengths[entry] as number) ^ length);
    const found = ((differs | (0 - differs)) >>> 31) ^ 1;
    const isLong = (ONE_TO_ONE - length) >>> 31;
    const doubt = (found & isLong) | (~found & (this.isChained[entry] as number));
    return doubt === 0 ? found : this.search(entry, hash, row, start, length);
  }

  private search(first: number, hash: number, row: Uint8Array, start: number, length: number): number {
    for (let entry = first; entry !== 0; entry = this.next[entry] as number) {
      const isAlike = this.hashes[entry] === hash && this.lengths[entry] === length;
      if (isAlike && this.isSame(this.starts[entry] as number, row, start, length)) return 1;
    }
    return 0;
  }

  private isSame(from: number, row: Uint8Array, start: number, length: number): boolean {
    for (let at = 0; at < length; at++) {
      if (this.bytes[from + at] !== this.folded[row[start + at] as number]) return false;
    }
    return true;
  }
}
