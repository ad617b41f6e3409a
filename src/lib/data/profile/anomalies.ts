import { isMissing } from '../label-schemes.ts';
import type { FieldColumn } from '../rows.ts';
import { findMishap, MISHAP } from './beyond-ascii.ts';
import { Examples } from './excerpt.ts';
import { findSwallowedRows, type RowShape, SHORTEST_SWALLOWED } from './swallowed-rows.ts';
import { SIGN, type TextFeatures } from './text-scan.ts';
import type { Finding } from './types.ts';

/** Characters beyond which a text is worth a look. */
const VERY_LONG = 10_000;
const VERY_SHORT = 2;
/** The same character that often in a row. */
const LONG_RUN = 12;
const LONGEST_TAG = 200;
/** No longer than what stands for a missing value. */
const SHORT = 6;

const LESS = 0x3c;
const GREATER = 0x3e;
const AMPERSAND = 0x26;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const HYPHEN = 0x2d;
const NUMBER_SIGN = 0x23;
const SEMICOLON = 0x3b;

const KINDS = {
  empty: 'no text',
  'very-short': `texts of ${VERY_SHORT} characters or less`,
  'very-long': 'texts of more than 10,000 characters',
  'no-letters': 'texts without a letter',
  placeholder: 'texts that only say NaN, null, none or n/a',
  'header-again': 'texts that are the name of the column: files were joined with their headers',
  'swallowed-rows': 'texts that hold rows of the file: a quote was opened and not closed',
  'control-characters': 'control characters',
  'hidden-characters': 'characters without width, or that change the direction of writing',
  'replaced-characters': 'U+FFFD in place of bytes that could not be read',
  mojibake: 'UTF-8 that was read as Latin-1 somewhere (Ã©, â€™)',
  html: 'HTML tags or entities',
  'repeated-characters': `the same character ${LONG_RUN} times or more in a row`,
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];
/** As the project file names them. */
export const ANOMALIES: readonly string[] = NAMES;

/** Texts that are probably not what they were meant to be. */
export class Anomalies {
  private readonly columnName: Uint8Array;
  private readonly rows = new Map<Kind, number>();
  private readonly examples = new Map<Kind, Examples>();
  /** Of the batch. */
  private column: FieldColumn = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0) };
  private firstRow = 0;
  private signs: Uint8Array = new Uint8Array(0);

  private readonly shape: RowShape | null;
  private labels: readonly string[] = [];

  /** `shape`: of the rows of a CSV. */
  constructor(columnName: string, shape: RowShape | null = null) {
    this.columnName = Buffer.from(columnName);
    this.shape = shape;
  }

  /** `mishaps`: bits of MISHAP for each row; `labels`: those seen so far. */
  add(
    column: FieldColumn,
    features: TextFeatures,
    mishaps: Uint8Array,
    rows: number,
    firstRow: number,
    labels: readonly string[] = [],
  ): void {
    this.column = column;
    this.labels = labels;
    this.firstRow = firstRow;
    this.signs = features.signs;
    const looked = SIGN.control | SIGN.markup | SIGN.run;
    for (let row = 0; row < rows; row++) {
      const characters = features.characters[row] as number;
      const signs = features.signs[row] as number;
      if (characters <= SHORT) this.lookAtShort(row, characters);
      else if (characters > VERY_LONG) this.found('very-long', row);
      if (characters >= SHORTEST_SWALLOWED && this.shape !== null) this.lookForRows(this.shape, row);
      if ((signs & (SIGN.letter | SIGN.high)) === 0 && characters > 0) this.found('no-letters', row);
      if ((signs & looked) !== 0) this.lookCloser(row, signs);
      if (mishaps[row] !== 0) this.tellMishaps(row, mishaps[row] as number);
      if (characters === this.columnName.length && this.isColumnName(row)) this.found('header-again', row);
    }
  }

  /** Only what was found. */
  findings(total: number): Finding[] {
    return NAMES.flatMap(name => {
      const rows = this.rows.get(name) ?? 0;
      const examples = this.examples.get(name)?.items ?? [];
      return rows === 0 ? [] : [{ name, what: KINDS[name], rows, share: rows / total, examples }];
    });
  }

  private found(kind: Kind, row: number, at?: number): void {
    this.rows.set(kind, (this.rows.get(kind) ?? 0) + 1);
    const examples = this.examples.get(kind) ?? new Examples();
    this.examples.set(kind, examples);
    examples.add(this.column, row, this.firstRow, at);
  }

  private lookAtShort(row: number, characters: number): void {
    if (characters <= VERY_SHORT) this.found(characters === 0 ? 'empty' : 'very-short', row);
    if (characters === 0) return;
    const { bytes, starts, ends } = this.column;
    const text = Buffer.from(bytes.subarray(starts[row], ends[row])).toString().trim().toLowerCase();
    if (isMissing(text)) this.found('placeholder', row);
  }

  private lookForRows(shape: RowShape, row: number): void {
    const { bytes, starts, ends } = this.column;
    const place = findSwallowedRows(bytes, starts[row] as number, ends[row] as number, shape, this.labels);
    if (place >= 0) this.found('swallowed-rows', row, place);
  }

  private lookCloser(row: number, signs: number): void {
    const { bytes } = this.column;
    const start = this.column.starts[row] as number;
    const end = this.column.ends[row] as number;
    if ((signs & SIGN.control) !== 0) this.found('control-characters', row, findControl(bytes, start, end));
    const markup = (signs & SIGN.markup) === 0 ? -1 : findMarkup(bytes, start, end);
    if (markup >= 0) this.found('html', row, markup);
    const run = (signs & SIGN.run) === 0 ? -1 : findRun(bytes, start, end);
    if (run >= 0) this.found('repeated-characters', row, run);
  }

  private tellMishaps(row: number, mishaps: number): void {
    const hasControl = (mishaps & MISHAP.control) !== 0;
    // Told already where there is an ASCII control character too.
    if (hasControl && ((this.signs[row] as number) & SIGN.control) === 0)
      this.tell('control-characters', row, MISHAP.control);
    if ((mishaps & MISHAP.hidden) !== 0) this.tell('hidden-characters', row, MISHAP.hidden);
    if ((mishaps & MISHAP.replaced) !== 0) this.tell('replaced-characters', row, MISHAP.replaced);
    if ((mishaps & MISHAP.mojibake) !== 0) this.tell('mojibake', row, MISHAP.mojibake);
  }

  /** The place is looked for only where it will be shown. */
  private tell(kind: Kind, row: number, mishap: number): void {
    const { bytes, starts, ends } = this.column;
    const isShown = this.examples.get(kind)?.isFull !== true;
    const at = isShown ? findMishap(bytes, starts[row] as number, ends[row] as number, mishap) : undefined;
    this.found(kind, row, at);
  }

  private isColumnName(row: number): boolean {
    const { bytes, starts, ends } = this.column;
    return Buffer.compare(this.columnName, bytes.subarray(starts[row], ends[row])) === 0;
  }
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

/** Where HTML begins: <br>, </p>, <!-- -->, &amp; or &#39;: not the <3 and the & of people. */
function findMarkup(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === LESS && isTag(bytes, at + 1, end)) return at;
    if (byte === AMPERSAND && isEntity(bytes, at + 1, end)) return at;
  }
  return -1;
}

function isTag(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === SLASH || bytes[start] === EXCLAMATION ? start + 1 : start;
  if (first >= end || !(isLetter(bytes[first]) || bytes[first] === HYPHEN)) return false;
  const last = Math.min(end, start + LONGEST_TAG);
  for (let at = first; at < last && bytes[at] !== LESS; at++) if (bytes[at] === GREATER) return true;
  return false;
}

function isEntity(bytes: Uint8Array, start: number, end: number): boolean {
  const isNumber = bytes[start] === NUMBER_SIGN;
  const first = isNumber ? start + 1 : start;
  let at = first;
  while (at < end && at - first < 10 && (isLetter(bytes[at]) || isDigit(bytes[at]))) at++;
  return at - first >= (isNumber ? 1 : 2) && at < end && bytes[at] === SEMICOLON;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function findControl(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if ((byte < 0x20 && !isBlank(byte)) || byte === 0x7f) return at;
  }
  return start;
}

/** Where a long run of the same character begins. */
function findRun(bytes: Uint8Array, start: number, end: number): number {
  let run = 1;
  for (let at = start + 1; at < end; at++) {
    run = bytes[at] === bytes[at - 1] ? run + 1 : 1;
    if (run === LONG_RUN && !isBlank(bytes[at])) return at - LONG_RUN + 1;
  }
  return -1;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
