import { SentopsError } from '../core/errors.ts';
import { groupDigits } from '../core/group-digits.ts';
import type { FieldColumn } from './rows.ts';

/** A label as the file writes it. */
export interface LabelCount {
  readonly value: string;
  readonly rows: number;
}

/** Numbers labels in the order of first sight. */
export interface LabelIds {
  /** Writes the id of each row's label into `out`; −1 where there is none (null, empty, white space). */
  assign(column: FieldColumn, rows: number, out: Int32Array): void;
  /** By id. */
  counts(): LabelCount[];
  /** Rows without a label. */
  readonly blank: number;
}

const MOST_LABELS = 1000;
const LONGEST_LABEL = 1000;

export function createLabelIds(columnName: string): LabelIds {
  return new LabelTable(columnName);
}

/** Open addressing over the bytes of the labels. */
class LabelTable implements LabelIds {
  blank = 0;
  private readonly columnName: string;
  private readonly slots = new Int32Array(4096).fill(-1);
  private readonly values: Uint8Array[] = [];
  private readonly rows: number[] = [];

  constructor(columnName: string) {
    this.columnName = columnName;
  }

  assign({ bytes, starts, ends }: FieldColumn, rows: number, out: Int32Array): void {
    for (let row = 0; row < rows; row++) {
      const start = skipSpace(bytes, starts[row] as number, ends[row] as number);
      const end = trimSpace(bytes, start, ends[row] as number);
      if (start < 0 || start >= end) {
        out[row] = -1;
        this.blank++;
        continue;
      }
      const id = this.idOf(bytes, start, end);
      out[row] = id;
      this.rows[id] = (this.rows[id] as number) + 1;
    }
  }

  counts(): LabelCount[] {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return this.values.map((value, id) => ({ value: decoder.decode(value), rows: this.rows[id] ?? 0 }));
  }

  private idOf(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.slots.length - 1;
    let slot = hashBytes(bytes, start, end) & mask;
    for (;;) {
      const id = this.slots[slot] as number;
      if (id < 0) return this.add(new Uint8Array(bytes.subarray(start, end)), slot);
      if (equals(this.values[id] as Uint8Array, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  private add(value: Uint8Array, slot: number): number {
    const id = this.values.length;
    if (id === MOST_LABELS || value.length > LONGEST_LABEL) {
      const found =
        id === MOST_LABELS
          ? `more than ${groupDigits(MOST_LABELS)} different values`
          : `a value of ${groupDigits(value.length)} bytes`;
      throw new SentopsError('DATA_INVALID', `column ${this.columnName} has ${found}: it looks like no label column`, {
        hint: 'name the column of the labels with --label-column',
        details: { column: this.columnName },
      });
    }
    this.values.push(value);
    this.rows.push(0);
    this.slots[slot] = id;
    return id;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  if (start < 0) return -1;
  let at = start;
  while (at < end && isSpace(bytes[at])) at++;
  return at;
}

function trimSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at--;
  return at;
}

/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

function equals(value: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (value.length !== end - start) return false;
  for (let at = 0; at < value.length; at++) if (value[at] !== bytes[start + at]) return false;
  return true;
}
