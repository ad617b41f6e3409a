import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../read/encoding.ts';
import type { FieldCount, RowFormat, Unreadable } from '../read/row-format.ts';
import { repairUtf8 } from '../read/utf8.ts';
import type { FieldColumn, RowBatch, Value } from '../rows.ts';
import { keepNumber, keptNumber } from './kept-number.ts';

export interface JsonRowsRequest {
  /** Names of the columns that batches are to hold. */
  readonly wanted: readonly string[];
  /** The column that a line holding nothing but a text stands for. */
  readonly textColumn: string;
  readonly encoding: Encoding;
  readonly count: FieldCount;
}

type JsonRecord = Readonly<Record<string, Value>>;

const LINE_END = 0x0a;
const MOST_ROWS = 8192;
/** Nobody nests rows deeper, and what does would break whoever walks through it. */
const DEEPEST = 100;
const TOO_DEEP = `values nested deeper than ${DEEPEST}`;
/** A longer line is looked at before it is parsed: brackets alone would become gigabytes of lists. */
const SUSPICIOUS = 16 * 1024;
/** Integers up to 2^53 − 1 have fewer digits, or as many; doubles end before an exponent of four digits. */
const LARGE_NUMBER = /[\s:,[-]\d(?:\d{15}|[\d.]*[eE]\+?\d{3})/;

export function createJsonRows(request: JsonRowsRequest): RowFormat {
  return new JsonRows(request);
}

/** One JSON object, or one text, on each line. */
class JsonRows implements RowFormat {
  readonly unclosed = -1;
  lines = 0;
  bad: Unreadable[] = [];
  private records: JsonRecord[] = [];
  private readonly request: JsonRowsRequest;

  constructor(request: JsonRowsRequest) {
    this.request = request;
  }

  get rows(): number {
    return this.records.length;
  }

  scan(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    this.bad = [];
    this.records = [];
    this.lines = 0;
    const encoding = this.request.encoding.look(bytes.subarray(from, isLast ? to : lastLineEnd(bytes, from, to)));
    let at = from;
    while (at < to && this.records.length < MOST_ROWS) {
      const found = bytes.indexOf(LINE_END, at);
      const isOpen = found < 0 || found >= to;
      if (isOpen && !isLast) break;
      const end = isOpen ? to : found;
      this.readLine(bytes, at, end, encoding === 'latin1');
      this.lines++;
      at = isOpen ? to : end + 1;
    }
    return at;
  }

  batch(_bytes: Buffer, _from: number, _to: number, firstRow: number): RowBatch {
    const { records } = this;
    const columns = this.request.wanted.map(name => writeColumn(records, name));
    return { rows: records.length, firstRow, columns, record: row => records[row] ?? {} };
  }

  private readLine(bytes: Buffer, start: number, end: number, isLatin: boolean): void {
    if (end - start > SUSPICIOUS && nestsDeeper(bytes, start, end)) {
      this.bad.push({ start, reason: TOO_DEEP });
      return;
    }
    const text = isLatin ? bytes.toString('latin1', start, end) : this.decode(bytes.subarray(start, end));
    if (text.trim() === '') return;
    const record = parseLine(text, this.request);
    if (typeof record === 'string') this.bad.push({ start, reason: record });
    else this.records.push(record);
  }

  private decode(line: Buffer): string {
    if (isUtf8(line)) return line.toString();
    this.request.count.replaced++;
    return repairUtf8(line).toString();
  }
}

function lastLineEnd(bytes: Buffer, from: number, to: number): number {
  const found = bytes.lastIndexOf(LINE_END, to - 1);
  return found < from ? from : found + 1;
}

/** The row, or what is wrong with the line. */
function parseLine(text: string, { wanted, textColumn }: JsonRowsRequest): JsonRecord | string {
  let value: Value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${clean(error instanceof Error ? error.message : String(error))}`;
  }
  if (typeof value === 'string') return { [textColumn]: value };
  if (value === null || typeof value !== 'object' || isList(value)) return `${describe(value)} instead of an object`;
  if (isDeeper(value, DEEPEST)) return TOO_DEEP;
  for (const name of wanted) {
    const field = Object.hasOwn(value, name) ? value[name] : null;
    if (field !== null && typeof field === 'object') return `${describe(field)} in ${name} instead of a text`;
  }
  return LARGE_NUMBER.test(text) ? parseExactly(text) : value;
}

/** Numbers of posts have 64 bits: what a double cannot hold is kept as it is written. */
function parseExactly(text: string): JsonRecord {
  const keep: Reviver = (_key, value, { source } = {}) =>
    typeof value === 'number' && source !== undefined && !isExact(value, source) ? keepNumber(source) : value;
  return JSON.parse(text, keep);
}

function isExact(value: number, source: string): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !/^-?\d+$/.test(source));
}

/** With the third argument of ES2026, "JSON.parse source text access". */
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Without control characters, and without the text of the line that the engine quotes at length. */
function clean(message: string): string {
  return message.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 120);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function describe(value: Value | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (isList(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isDeeper(value: Value, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (levels === 0) return true;
  const inner: readonly Value[] = isList(value) ? value : Object.values(value);
  return inner.some(each => isDeeper(each, levels - 1));
}

/** Whether more brackets are open than may be; those inside texts do not count. */
function nestsDeeper(bytes: Buffer, start: number, end: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (isText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > DEEPEST) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

function writeColumn(records: readonly JsonRecord[], name: string): FieldColumn {
  const starts = new Int32Array(records.length);
  const ends = new Int32Array(records.length);
  const texts = records.map(record => fieldText(Object.hasOwn(record, name) ? record[name] : null));
  const bytes = Buffer.allocUnsafeSlow(texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0));
  let at = 0;
  for (const [row, text] of texts.entries()) {
    starts[row] = text === null ? -1 : at;
    if (text !== null) at += bytes.write(text, at);
    ends[row] = at;
  }
  return { bytes, starts, ends };
}

function fieldText(value: Value | undefined): string | null {
  if (value === null || value === undefined) return null;
  return keptNumber(value) ?? String(value);
}
