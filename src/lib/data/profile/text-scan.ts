import type { FieldColumn } from '../rows.ts';
import { BytesHash } from './bytes-hash.ts';

/** What a text holds, told by its bytes; a bit each. */
export const SIGN = {
  letter: 1,
  /** Digits enough for a telephone number. */
  digits: 2,
  /** An @ behind a letter or a digit, as in a mail address. */
  mail: 4,
  /** Beyond ASCII. */
  high: 8,
  control: 16,
  /** < or &, with which HTML begins. */
  markup: 32,
  /** The same byte several times in a row, so that a closer look is worth it. */
  run: 64,
} as const;

const FEWEST_DIGITS = 9;

/** Of bytes, not of texts. */
const DIGIT = 2;
const AT = 4;
const SPACE = 128;
const CONTINUATION = 256;
/** The bits of bytes that are kept for their text. */
const KEPT = 127 & ~DIGIT & ~AT;

const SIGNS = createSigns();

function createSigns(): Uint16Array {
  const signs = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) signs[byte] = signOf(byte);
  return signs;
}

function signOf(byte: number): number {
  if (byte >= 0x80) return byte < 0xc0 ? SIGN.high | CONTINUATION : SIGN.high;
  if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return SPACE;
  if (byte < 0x20 || byte === 0x7f) return SIGN.control;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) return SIGN.letter;
  if (byte === 0x40) return AT;
  return byte === 0x3c || byte === 0x26 ? SIGN.markup : 0;
}

/** How many words begin within four bytes, by which of them and of the one before are white space. */
const BEGINS = Uint8Array.from({ length: 32 }, (_, spaces) => {
  const begins = (spaces >> 1) & ~spaces;
  return (begins & 1) + ((begins >> 1) & 1) + ((begins >> 2) & 1) + ((begins >> 3) & 1);
});

/** Features of the texts of a batch, an entry for each row; overwritten by the next batch. */
export interface TextFeatures {
  /** Code points; 0 of a blank text. */
  readonly characters: Int32Array;
  /** Runs of what is not ASCII white space; 0 of a blank text. */
  readonly words: Int32Array;
  readonly signs: Uint8Array;
  /** 64 bits of a hash of the bytes. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** Looks at every byte of the texts once; whoever wants to know more looks only at the rows whose signs promise it. */
export class TextScan implements TextFeatures {
  characters = new Int32Array(0);
  words = new Int32Array(0);
  signs = new Uint8Array(0);
  low = new Int32Array(0);
  high = new Int32Array(0);
  private readonly hash = new BytesHash();
  private texts = 0;
  private bytes = 0;

  /** Of all texts seen that are not blank. */
  get meanBytes(): number {
    return this.texts === 0 ? 0 : this.bytes / this.texts;
  }

  scan(column: FieldColumn, rows: number): void {
    if (this.signs.length < rows) this.grow(rows);
    const { bytes, starts, ends } = column;
    for (let row = 0; row < rows; row++) {
      const start = starts[row] as number;
      const end = ends[row] as number;
      this.scanText(bytes, start, end, row);
      // A null has no end either.
      if (start >= 0) this.hash.read(bytes, start, end);
      this.low[row] = this.hash.low;
      this.high[row] = this.hash.high;
    }
  }

  private grow(rows: number): void {
    this.characters = new Int32Array(rows);
    this.words = new Int32Array(rows);
    this.signs = new Uint8Array(rows);
    this.low = new Int32Array(rows);
    this.high = new Int32Array(rows);
  }

  private scanText(bytes: Uint8Array, start: number, end: number, row: number): void {
    let signs = 0;
    let told = 0;
    let digits = 0;
    let words = 0;
    let continued = 0;
    let wasSpace = 1;
    let word = 0;
    if (start >= 0) {
      const whole = start + ((end - start) & ~3);
      let at = start;
      for (; at < whole; at += 4) {
        const a = bytes[at] as number;
        const b = bytes[at + 1] as number;
        const c = bytes[at + 2] as number;
        const d = bytes[at + 3] as number;
        const next = a | (b << 8) | (c << 16) | (d << 24);
        if (next === word && a === b && b === c && c === d) told |= SIGN.run;
        const s = SIGNS[a] as number;
        const t = SIGNS[b] as number;
        const u = SIGNS[c] as number;
        const v = SIGNS[d] as number;
        const all = s | t | u | v;
        signs |= all;
        if ((all & AT) !== 0 && isBehindName((word >>> 24) & 0xff, s, t, u, v)) told |= SIGN.mail;
        if ((all & DIGIT) !== 0) digits += ((s & DIGIT) + (t & DIGIT) + (u & DIGIT) + (v & DIGIT)) >> 1;
        word = next;
        // Bits 7 of the four and of the byte before, side by side: words begin where a space ends.
        const spaces = ((s & SPACE) >> 4) | ((t & SPACE) >> 5) | ((u & SPACE) >> 6) | ((v & SPACE) >> 7);
        words += BEGINS[(wasSpace << 4) | spaces] as number;
        wasSpace = spaces & 1;
        if ((all & CONTINUATION) !== 0) continued += (s >> 8) + (t >> 8) + (u >> 8) + (v >> 8);
      }
      for (; at < end; at++) {
        const byte = bytes[at] as number;
        const sign = SIGNS[byte] as number;
        if ((sign & AT) !== 0 && isNameSign(SIGNS[at > start ? (bytes[at - 1] as number) : 0] as number))
          told |= SIGN.mail;
        digits += (sign & DIGIT) >> 1;
        signs |= sign;
        continued += sign >> 8;
        const isSpace = (sign >> 7) & 1;
        words += wasSpace & ~isSpace;
        wasSpace = isSpace;
      }
    }
    this.words[row] = words;
    if (words > 0) {
      this.texts++;
      this.bytes += end - start;
    }
    this.characters[row] = words === 0 ? 0 : end - start - continued;
    if (digits >= FEWEST_DIGITS) told |= SIGN.digits;
    this.signs[row] = (signs & KEPT) | told;
  }
}

function isNameSign(sign: number): boolean {
  return (sign & (SIGN.letter | DIGIT)) !== 0;
}

/** Whether one of four bytes is an @ with a letter or a digit before it; `before` is the byte before them. */
function isBehindName(before: number, s: number, t: number, u: number, v: number): boolean {
  return (
    ((s & AT) !== 0 && isNameSign(SIGNS[before] as number)) ||
    ((t & AT) !== 0 && isNameSign(s)) ||
    ((u & AT) !== 0 && isNameSign(t)) ||
    ((v & AT) !== 0 && isNameSign(u))
  );
}
