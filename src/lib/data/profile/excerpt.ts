import type { FieldColumn } from '../rows.ts';
import type { Example } from './types.ts';

const EXAMPLES = 3;
const LONGEST = 80;
/** Bytes shown before what an example is about. */
const BEFORE = 32;
/** More is never shown, so no more is decoded. */
const MOST_BYTES = 1024;

/** Keeps the first few rows of a kind. */
export class Examples {
  readonly items: Example[] = [];

  /** `row` is that of the column, `firstRow` the number of its first one in the table; `at`: the byte to be shown. */
  add(column: FieldColumn, row: number, firstRow: number, at?: number): void {
    if (!this.isFull) this.items.push({ row: firstRow + row + 1, text: excerpt(column, row, at) });
  }

  get isFull(): boolean {
    return this.items.length >= EXAMPLES;
  }
}

/** A piece of a field on one line, with mail addresses and long numbers masked. */
function excerpt({ bytes, starts, ends }: FieldColumn, row: number, at = 0): string {
  const start = starts[row] as number;
  if (start < 0) return '';
  const from = at - BEFORE > start ? characterAt(bytes, at - BEFORE) : start;
  const end = Math.min(ends[row] as number, from + MOST_BYTES);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, end));
  return tidy(from > start ? `…${text}` : text);
}

/** Where the character begins that this byte belongs to. */
function characterAt(bytes: Uint8Array, at: number): number {
  let from = at;
  while (((bytes[from] as number) & 0xc0) === 0x80) from--;
  return from;
}

/** What would change a terminal or a page is shown as a code: controls, and what changes the direction of writing. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function tidy(text: string): string {
  const plain = maskPersonal(text.replaceAll(/[\s\u0085]+/g, ' ').trim());
  const shown = plain.replaceAll(HIDDEN, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const signs = Array.from(shown);
  return signs.length <= LONGEST ? shown : `${signs.slice(0, LONGEST - 1).join('')}…`;
}

/** Leaves the first letter of a mail address, and no digit of a number that could be a telephone or a card. */
function maskPersonal(text: string): string {
  return text
    .replaceAll(/([\p{L}\p{N}])[\p{L}\p{N}._%+-]{0,63}@[\p{L}\p{N}-]{1,63}(\.[\p{L}\p{N}-]{1,63})+/gu, '$1…@…')
    .replaceAll(/\+?\d(?:[ ()./-]{0,2}\d){6,24}/g, number => number.replaceAll(/\d/g, '#'));
}
