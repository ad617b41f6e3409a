/**
 * What the tokens of a text in small letters are, as a regular expression of Java's (and JavaScript's with flag u): runs
 * of letters, digits, underscores, apostrophes and anything beyond ASCII; other ASCII marks one by one.
 */
export const WORD_PATTERN =
  '[^\\x00-\\x26\\x28-\\x2f\\x3a-\\x5e\\x60\\x7b-\\x7f]+|[\\x21-\\x26\\x28-\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7e]';
/** Every character is a token, line breaks too. */
export const CHARACTER_PATTERN = '[\\s\\S]';

const SPACE = 0x20;
const GAP = 0;
const MARK = 1;
const WORD = 2;
/** What a byte is. Bytes of non-ASCII characters belong to words. */
const KINDS = new Uint8Array(256);
/** Capital ASCII letters to small ones, other bytes to themselves. */
const SMALL = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const letter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  const digit = byte >= 0x30 && byte <= 0x39;
  if (byte >= 0x80 || letter || digit || byte === 0x5f || byte === 0x27) KINDS[byte] = WORD;
  else KINDS[byte] = byte > SPACE && byte < 0x7f ? MARK : GAP;
  SMALL[byte] = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

/**
 * The tokens of one text, joined by single spaces. Spark's NGram joins with a space as well, so that the n-gram of the
 * tokens i to j is the piece of `bytes` from starts[i] to ends[j]: no strings are made.
 */
export class Tokens {
  count = 0;
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  starts = new Int32Array(0);
  ends = new Int32Array(0);

  /** False, with nothing cut, where a byte is not ASCII and the text is not said to be in small letters already. */
  cutWords(text: Uint8Array, from: number, to: number, isSmall: boolean): boolean {
    this.#makeRoom(to - from);
    const { bytes, starts, ends } = this;
    let at = 0;
    let count = 0;
    let inWord = false;
    for (let i = from; i < to; i++) {
      const byte = text[i] as number;
      const kind = KINDS[byte];
      if (kind === WORD) {
        if (byte >= 0x80 && !isSmall) return false;
        if (!inWord) {
          inWord = true;
          if (count > 0) bytes[at++] = SPACE;
          starts[count] = at;
        }
        bytes[at++] = SMALL[byte] as number;
        continue;
      }
      if (inWord) {
        inWord = false;
        ends[count++] = at;
      }
      if (kind === MARK) {
        if (count > 0) bytes[at++] = SPACE;
        starts[count] = at;
        bytes[at++] = byte;
        ends[count++] = at;
      }
    }
    if (inWord) ends[count++] = at;
    this.count = count;
    return true;
  }

  /** The same with every character as a token. */
  cutCharacters(text: Uint8Array, from: number, to: number, isSmall: boolean): boolean {
    this.#makeRoom(to - from);
    const { bytes, starts, ends } = this;
    let at = 0;
    let count = 0;
    for (let i = from; i < to; i++) {
      const byte = text[i] as number;
      if (byte >= 0x80 && !isSmall) return false;
      const continues = (byte & 0xc0) === 0x80 && count > 0;
      if (!continues) {
        if (count > 0) bytes[at++] = SPACE;
        starts[count++] = at;
      }
      bytes[at++] = SMALL[byte] as number;
      ends[count - 1] = at;
    }
    this.count = count;
    return true;
  }

  /** A token takes its bytes and a space; hashing reads up to four bytes more. */
  #makeRoom(length: number): void {
    if (this.starts.length > length) return;
    const room = Math.max(1024, 2 * length);
    this.bytes = new Uint8Array(2 * room + 4);
    this.view = new DataView(this.bytes.buffer);
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
  }
}
