import { BytesHash } from './bytes-hash.ts';

/** What a value is by itself; a bit is 0 or 1, which may be a number or a yes and no. */
export const KIND = { none: 0, bit: 1, integer: 2, number: 3, boolean: 4, date: 5, text: 6 } as const;

const LONGEST_NUMBER = 32;
/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/;
const BOOLEAN = /^(true|false|yes|no)$/i;
const LONGEST_BOOLEAN = 5;

/** Reads single fields without making strings of those that are plain. */
export class FieldReader {
  /** Of a number. */
  value = 0;
  /** Bytes, without white space around. */
  length = 0;
  /** Of them. */
  readonly hash = new BytesHash();

  /** One of KIND; none for a field without a value. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let start = from;
    let end = to;
    if (start < 0) return KIND.none;
    while (start < end && isSpace(bytes[start] as number)) start++;
    while (end > start && isSpace(bytes[end - 1] as number)) end--;
    if (start === end) return KIND.none;
    this.length = end - start;
    this.hash.read(bytes, start, end);
    const first = bytes[start] as number;
    if (first >= 0x30 && first <= 0x39) return this.readDigits(bytes, start, end);
    return this.mayBeOther(first) ? this.readOther(bytes, start, end) : KIND.text;
  }

  private readDigits(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > EXACT_DIGITS) return this.readOther(bytes, start, end);
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return this.readOther(bytes, start, end);
      value = value * 10 + digit;
    }
    this.value = value;
    return length === 1 && value <= 1 ? KIND.bit : KIND.integer;
  }

  /** A sign or a dot may begin a number, t, f, y and n a yes or no. */
  private mayBeOther(first: number): boolean {
    if (first === 0x2b || first === 0x2d || first === 0x2e) return this.length <= LONGEST_NUMBER;
    const letter = first | 0x20;
    const isKnown = letter === 0x74 || letter === 0x66 || letter === 0x79 || letter === 0x6e;
    return isKnown && this.length <= LONGEST_BOOLEAN;
  }

  private readOther(bytes: Uint8Array, start: number, end: number): number {
    if (this.length > LONGEST_NUMBER) return KIND.text;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    if (NUMBER.test(text)) {
      this.value = Number(text);
      return INTEGER.test(text) ? KIND.integer : KIND.number;
    }
    if (DATE.test(text)) return KIND.date;
    return BOOLEAN.test(text) ? KIND.boolean : KIND.text;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
