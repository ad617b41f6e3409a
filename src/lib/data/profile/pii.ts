import type { FieldColumn } from '../rows.ts';
import { Examples } from './excerpt.ts';
import { SIGN, type TextFeatures } from './text-scan.ts';
import type { Finding } from './types.ts';

const AT = 0x40;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const PLUS = 0x2b;
const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;

const KINDS = [
  ['mail', 'mail addresses'],
  ['phone', 'telephone numbers'],
  ['card', 'payment card numbers (Luhn)'],
] as const;

/** Hints at personal data: what looks like a mail address, a telephone number or the number of a card. */
export class PersonalData {
  private readonly rows = [0, 0, 0];
  private readonly examples = KINDS.map(() => new Examples());
  private readonly numbers = new NumberReader();

  add(column: FieldColumn, features: TextFeatures, rows: number, firstRow: number): void {
    const { bytes, starts, ends } = column;
    for (let row = 0; row < rows; row++) {
      const signs = features.signs[row] as number;
      if ((signs & (SIGN.mail | SIGN.digits)) === 0) continue;
      const start = starts[row] as number;
      const end = ends[row] as number;
      const mail = (signs & SIGN.mail) === 0 ? -1 : findMail(bytes, start, end);
      if (mail >= 0) this.found(0, column, row, firstRow, mail);
      if ((signs & SIGN.digits) === 0) continue;
      this.numbers.read(bytes, start, end);
      const { phone, card } = this.numbers;
      if (phone >= 0) this.found(1, column, row, firstRow, phone);
      if (card >= 0) this.found(2, column, row, firstRow, card);
    }
  }

  /** Only what was found. */
  findings(total: number): Finding[] {
    return KINDS.flatMap(([name, what], kind) => {
      const rows = this.rows[kind] as number;
      const examples = this.examples[kind]?.items ?? [];
      return rows === 0 ? [] : [{ name, what, rows, share: rows / total, examples }];
    });
  }

  private found(kind: number, column: FieldColumn, row: number, firstRow: number, at: number): void {
    this.rows[kind] = (this.rows[kind] as number) + 1;
    this.examples[kind]?.add(column, row, firstRow, at);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

/** Where the @ of name@host.tld is, −1 where there is none; the @name of a tweet is none. */
function findMail(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end - 4; at++) {
    if (bytes[at] !== AT) continue;
    const before = bytes[at - 1];
    if ((isLetter(before) || isDigit(before)) && isHost(bytes, at + 1, end)) return at;
  }
  return -1;
}

function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  let label = start;
  let dots = 0;
  let letters = 0;
  let at = start;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === DOT) {
      if (at === label || !(isLetter(bytes[at + 1]) || isDigit(bytes[at + 1])) || at + 1 >= end) break;
      dots++;
      letters = 0;
      label = at + 1;
    } else if (isLetter(byte)) letters++;
    else if (!isDigit(byte) && byte !== HYPHEN) break;
  }
  return dots > 0 && letters >= 2 && letters === at - label;
}

/** Numbers of a text, with spaces, hyphens, dots or brackets between their groups of digits. */
class NumberReader {
  /** Where the first one of a kind begins; −1 for none. */
  phone = -1;
  card = -1;
  private readonly digits = new Uint8Array(20);
  private readonly groups = new Uint8Array(20);
  private digitCount = 0;
  private groupCount = 0;

  read(bytes: Uint8Array, start: number, end: number): void {
    this.phone = -1;
    this.card = -1;
    for (let at = start; at < end; at++) {
      if (!isDigit(bytes[at])) continue;
      at = this.readNumber(bytes, at, start, end);
    }
  }

  /** Behind the number that begins here. */
  private readNumber(bytes: Uint8Array, from: number, start: number, end: number): number {
    this.digitCount = 0;
    this.groupCount = 0;
    let isCardLike = true;
    let at = from;
    let group = 0;
    for (;;) {
      while (at < end && isDigit(bytes[at])) {
        if (this.digitCount < 20) this.digits[this.digitCount] = (bytes[at] as number) - 0x30;
        this.digitCount++;
        group++;
        at++;
      }
      if (this.groupCount < 20) this.groups[this.groupCount] = Math.min(group, 255);
      this.groupCount++;
      group = 0;
      const next = behindSeparator(bytes, at, end);
      if (next < 0) break;
      if (bytes[at] !== SPACE && bytes[at] !== HYPHEN) isCardLike = false;
      at = next;
    }
    if (this.digitCount < 9 || this.digitCount > 19 || isLetter(bytes[at])) return at;
    const lead = from > start ? bytes[from - 1] : undefined;
    if (isGlued(lead)) return at;
    if (isCardLike && this.isCard()) this.card = this.card < 0 ? from : this.card;
    else if (this.isPhone(lead === PLUS)) this.phone = this.phone < 0 ? from : this.phone;
    return at;
  }

  private isPhone(isInternational: boolean): boolean {
    const { digitCount, groupCount, groups, digits } = this;
    if (isInternational) return digitCount <= 15 && digits[0] !== 0;
    // 555-123-4567, with or without the 1 of North America before it.
    const tail = groupCount - 3;
    const isAmerican = groups[tail] === 3 && groups[tail + 1] === 3 && groups[tail + 2] === 4;
    if (isAmerican) return tail === 0 || (tail === 1 && groups[0] === 1 && digits[0] === 1);
    const first = groups[0] as number;
    const isNational = digits[0] === 0 && digits[1] !== 0 && first >= 2 && first <= 5;
    return isNational && groupCount > 1 && groupCount <= 5 && digitCount >= 10 && digitCount <= 12;
  }

  /** ISO/IEC 7812-1, annex B, for numbers as long as those of cards and with a first digit of theirs. */
  private isCard(): boolean {
    const { digitCount, digits, groupCount, groups } = this;
    const [first, second] = [digits[0] as number, digits[1] as number];
    const isAmex = first === 3 && (second === 4 || second === 7);
    if (isAmex ? digitCount !== 15 : digitCount !== 16 || first < 2 || first > 6 || first === 3) return false;
    if (groupCount > 1 && groups[0] !== 4) return false;
    let sum = 0;
    for (let at = digitCount - 1, isDoubled = false; at >= 0; at--, isDoubled = !isDoubled) {
      const digit = digits[at] as number;
      const value = isDoubled ? digit * 2 : digit;
      sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 === 0;
  }
}

/** A part of a word, an address of the web, an amount or a decimal number. */
function isGlued(lead: number | undefined): boolean {
  return isLetter(lead) || lead === 0x5f || lead === 0x2f || lead === 0x23 || lead === 0x3d || lead === DOT;
}

/** Where the next group of digits begins, −1 where none follows. */
function behindSeparator(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (; at < end && at - from < 2; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== HYPHEN && byte !== DOT && byte !== OPEN && byte !== CLOSE) break;
  }
  return at > from && at < end && isDigit(bytes[at]) ? at : -1;
}
