import { hashBytes } from '../../text/murmur3.ts';

const SLOTS = 4096;

/** Stop words found by the hash that a token gets anyway, so that most tokens cost one look. */
export class StopWordTable {
  private readonly slots = new Int32Array(SLOTS);
  private readonly next: Int32Array;
  private readonly hashes: Int32Array;
  private readonly starts: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(words: readonly string[]) {
    const size = words.length + 1;
    this.next = new Int32Array(size);
    this.hashes = new Int32Array(size);
    this.starts = new Int32Array(size + 1);
    this.bytes = new TextEncoder().encode(words.join(''));
    let start = 0;
    for (const [index, word] of words.entries()) {
      const entry = index + 1;
      const end = start + word.length;
      const hash = hashBytes(this.bytes, start, end);
      this.starts[entry] = start;
      this.starts[entry + 1] = end;
      this.hashes[entry] = hash;
      this.next[entry] = this.slots[hash & (SLOTS - 1)] as number;
      this.slots[hash & (SLOTS - 1)] = entry;
      start = end;
    }
  }

  /** Whether the bytes from start to end, with this hash, are a stop word. */
  has(hash: number, row: Uint8Array, start: number, end: number): boolean {
    let entry = this.slots[hash & (SLOTS - 1)] as number;
    while (entry !== 0) {
      if (this.hashes[entry] === hash && this.isSame(entry, row, start, end)) return true;
      entry = this.next[entry] as number;
    }
    return false;
  }

  private isSame(entry: number, row: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[entry] as number;
    const length = end - start;
    if ((this.starts[entry + 1] as number) - from !== length) return false;
    for (let at = 0; at < length; at++) if (this.bytes[from + at] !== row[start + at]) return false;
    return true;
  }
}
