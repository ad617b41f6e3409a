/** How fields are told apart; bytes, −1 for none. */
export interface CsvDialect {
  readonly delimiter: number;
  readonly quote: number;
  /** A quote inside quotes is written twice (RFC 4180), or also with a backslash before it. */
  readonly escaping: 'double' | 'backslash';
  /** The byte that ends a record: a line feed (with or without a carriage return before it), or a lone carriage return. */
  readonly end: number;
}

/** What is wrong with a record that was left out. */
export interface BadRecord {
  readonly start: number;
  /** Number of fields, or −1 for text behind a closing quote. */
  readonly fields: number;
}

export interface CsvShape {
  readonly columns: number;
  /** Records with fewer fields are bad; what else is missing is null. */
  readonly leastFields: number;
  readonly maxRows: number;
}

const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
/** Quoted fields are mostly short; only behind this many bytes is the native search faster than looking by hand. */
const SHORT = 48;
/** Behind this many bytes it is faster still with a view made for it. */
const LONG = 512;

/**
 * Finds records and fields in bytes without making a string of any. Nothing is changed: a field with escaped quotes has
 * the complement of its end, so that whoever needs it can unescape it.
 */
export class CsvScanner {
  /** Column c of row r is at c · maxRows + r. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Fields of each row. */
  readonly widths: Int32Array;
  readonly dialect: CsvDialect;
  readonly shape: CsvShape;
  rows = 0;
  /** Records left out by the last scan. */
  bad: BadRecord[] = [];
  /** Where a quote opened that did not close before the end of the bytes; −1 for none. */
  unclosed = -1;

  /** Line ends that the last scan passed. */
  lines = 0;

  /** Of the record that is being read. */
  private field = 0;
  private breaks = 0;
  private isSpoilt = false;
  private isTooWide = false;

  constructor(dialect: CsvDialect, shape: CsvShape) {
    this.dialect = dialect;
    this.shape = shape;
    this.starts = new Int32Array(shape.columns * shape.maxRows);
    this.ends = new Int32Array(shape.columns * shape.maxRows);
    this.widths = new Int32Array(shape.maxRows);
  }

  /**
   * Reads whole records from `from` on until `to` or until `maxRows` are there; returns where the next one begins.
   * `isLast`: nothing comes after `to`, so the last record needs no line end.
   */
  scan(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    this.rows = 0;
    this.bad = [];
    this.unclosed = -1;
    this.lines = 0;
    let at = from;
    while (at < to && this.rows < this.shape.maxRows) {
      const next = this.isBlank(bytes, at, to, isLast);
      if (next === at) break;
      const after = next > at ? next : this.readRecord(bytes, at, to, isLast);
      if (after < 0) break;
      if (next < at) this.keep(at);
      this.lines += next < at ? this.breaks + 1 : 1;
      at = after;
    }
    return at;
  }

  /** Behind an empty line that is to be skipped; −1 where there is none; the place itself where that cannot be told yet. */
  private isBlank(bytes: Buffer, at: number, to: number, isLast: boolean): number {
    if (this.shape.columns === 1) return -1;
    const { end } = this.dialect;
    const first = bytes[at];
    if (first === end) return at + 1;
    if (first !== CARRIAGE_RETURN) return -1;
    if (at + 1 === to) return isLast ? to : at;
    return bytes[at + 1] === end ? at + 2 : -1;
  }

  /** Behind the record; −1 where it does not end before `to`. */
  private readRecord(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    const { delimiter, quote } = this.dialect;
    this.field = 0;
    this.breaks = 0;
    this.isSpoilt = false;
    this.isTooWide = false;
    let at = from;
    for (;;) {
      at =
        at < to && bytes[at] === quote ? this.readQuoted(bytes, at, to, isLast) : this.readPlain(bytes, at, to, isLast);
      if (at < 0) return -1;
      this.field++;
      if (at === to) return to;
      if (bytes[at++] !== delimiter) return at;
    }
  }

  /** Each returns the place of the delimiter or record end behind the field, `to` at the end of all, −1 if unknown yet. */
  private readPlain(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    const { delimiter, end } = this.dialect;
    let at = from;
    while (at < to) {
      const byte = bytes[at];
      if (byte === delimiter || byte === end) break;
      at++;
    }
    if (at === to && !isLast) return -1;
    const isEnd = at === to || bytes[at] === end;
    const stop = isEnd && at > from && bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
    this.store(stop === from ? -1 : from, stop);
    return at;
  }

  private readQuoted(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    const { quote, escaping } = this.dialect;
    let isEscaped = false;
    let at = from + 1;
    for (;;) {
      at = findByte(bytes, quote, at, to);
      if (at === to) {
        this.unclosed = from;
        return -1;
      }
      if (escaping === 'backslash' && isBehindBackslash(bytes, from, at)) {
        isEscaped = true;
        at++;
        continue;
      }
      if (at + 1 === to && !isLast) return -1;
      if (at + 1 === to || bytes[at + 1] !== quote) break;
      isEscaped = true;
      at += 2;
    }
    this.breaks += countByte(bytes, this.dialect.end, from + 1, at);
    const mayHoldBackslash = escaping === 'backslash' && !isEscaped && findWithin(bytes, BACKSLASH, from, at) < at;
    this.store(from + 1, isEscaped || mayHoldBackslash ? ~at : at);
    return this.readBehindQuote(bytes, at + 1, to, isLast);
  }

  private readBehindQuote(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    const { delimiter, end } = this.dialect;
    let at = from;
    for (; at < to; at++) {
      const byte = bytes[at];
      if (byte === delimiter || byte === end) return at;
      if (byte === SPACE) continue;
      const isLineEnd = byte === CARRIAGE_RETURN && (at + 1 === to || bytes[at + 1] === end);
      if (!isLineEnd) this.isSpoilt = true;
    }
    return isLast ? to : -1;
  }

  private store(start: number, end: number): void {
    const { columns, maxRows } = this.shape;
    if (this.field >= columns) {
      if (start >= 0) this.isTooWide = true;
      return;
    }
    const place = this.field * maxRows + this.rows;
    this.starts[place] = start;
    this.ends[place] = end;
  }

  private keep(start: number): void {
    const { columns, leastFields, maxRows } = this.shape;
    if (this.isSpoilt || this.isTooWide || this.field < leastFields) {
      this.bad.push({ start, fields: this.isSpoilt ? -1 : this.field });
      return;
    }
    for (let column = this.field; column < columns; column++) this.starts[column * maxRows + this.rows] = -1;
    this.widths[this.rows++] = this.field;
  }
}

/** For what ends with the block: the native search knows no end, and looks at all bytes that follow. */
function findByte(bytes: Buffer, wanted: number, from: number, to: number): number {
  const near = Math.min(from + SHORT, to);
  let at = from;
  while (at < near && bytes[at] !== wanted) at++;
  if (at < near || near === to) return at;
  const found = bytes.indexOf(wanted, near);
  return found < 0 || found > to ? to : found;
}

/** For what is short beside the block. */
function findWithin(bytes: Buffer, wanted: number, from: number, to: number): number {
  if (to - from <= LONG) {
    let at = from;
    while (at < to && bytes[at] !== wanted) at++;
    return at;
  }
  const found = bytes.subarray(from, to).indexOf(wanted);
  return found < 0 ? to : from + found;
}

function countByte(bytes: Buffer, wanted: number, from: number, to: number): number {
  let count = 0;
  for (let at = findWithin(bytes, wanted, from, to); at < to; at = findWithin(bytes, wanted, at + 1, to)) count++;
  return count;
}

/** An even number of backslashes stands for themselves. */
function isBehindBackslash(bytes: Buffer, from: number, at: number): boolean {
  let before = at - 1;
  while (before > from && bytes[before] === BACKSLASH) before--;
  return (at - 1 - before) % 2 === 1;
}

/** Takes the escapes out of bytes[start, end) where they are; returns the new end. */
export function unescapeField(bytes: Buffer, start: number, end: number, dialect: CsvDialect): number {
  const { quote, escaping } = dialect;
  let to = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    const next = at + 1 < end ? bytes[at + 1] : undefined;
    const isEscape =
      (byte === quote && next === quote) ||
      (escaping === 'backslash' && byte === BACKSLASH && isEscapable(next, quote));
    if (isEscape) at++;
    bytes[to++] = bytes[at] as number;
  }
  return to;
}

function isEscapable(byte: number | undefined, quote: number): boolean {
  return byte === quote || byte === BACKSLASH;
}
