import type { Style } from './view.ts';

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Paint = (name: keyof typeof CODES, text: string) => string;

/** Escape sequences of our own: the six that are needed, one line each time they are used. */
export function createPaint(color: boolean): Paint {
  return (name, text) => {
    const [on, off] = CODES[name];
    return color && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
}

export interface Marks {
  readonly ok: string;
  readonly warn: string;
  readonly bad: string;
  readonly skip: string;
  readonly more: string;
}

const MARKS: Marks = { ok: '✔', warn: '⚠', bad: '✖', skip: '○', more: '…' };
const ASCII_MARKS: Marks = { ok: 'ok', warn: '!', bad: 'x', skip: '-', more: '...' };

export function chooseMarks(unicode: boolean): Marks {
  return unicode ? MARKS : ASCII_MARKS;
}

export function createStyle(color: boolean, unicode: boolean): Style {
  const paint = createPaint(color);
  const marks = chooseMarks(unicode);
  return {
    ok: (text = marks.ok) => paint('green', text),
    warn: (text = marks.warn) => paint('yellow', text),
    bad: (text = marks.bad) => paint('red', text),
    dim: text => paint('dim', text),
    bold: text => paint('bold', text),
  };
}
