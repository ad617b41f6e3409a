import { findJavaProperty, SHORTHANDS } from './java-property.ts';

/** A place in a pattern that is being read. */
export interface Cursor {
  readonly pattern: string;
  at: number;
}

/** One character or a set of them, as a class of JavaScript's v flag. */
export type CharacterSet =
  | { readonly type: 'character'; readonly code: number }
  | { readonly type: 'set'; readonly source: string };

const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, f: 12, r: 13, a: 7, e: 27 };

export function refuse(cursor: Cursor, construct: string): never {
  throw new Error(
    `the regular expression ${cursor.pattern} has ${construct} at position ${cursor.at + 1}, which is not supported`,
  );
}

export function peek(cursor: Cursor): string {
  const code = cursor.pattern.codePointAt(cursor.at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Moves on if the pattern goes on with this. */
export function take(cursor: Cursor, text: string): boolean {
  if (!cursor.pattern.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

export function sourceOf(set: CharacterSet): string {
  return set.type === 'set' ? set.source : `[${escapeCode(set.code)}]`;
}

/** A class in brackets, after its opening one. */
export function readBrackets(cursor: Cursor): string {
  const start = cursor.at;
  const negated = take(cursor, '^');
  if (peek(cursor) === ']') refuse(cursor, 'a closing bracket that is the first of its class (escape it)');
  const operands: string[] = [];
  let nested = false;
  let union = '';
  while (!take(cursor, ']')) {
    if (cursor.at >= cursor.pattern.length) refuse({ ...cursor, at: start }, 'a class that is not closed');
    if (take(cursor, '&&')) {
      if (union === '' || ['^', ']', '&'].includes(peek(cursor))) refuse(cursor, 'an intersection that lacks a side');
      operands.push(`[${union}]`);
      union = '';
    } else if (take(cursor, '[')) {
      if (union !== '' && operands.length > 0) refuse(cursor, 'a nested class behind other parts of an intersection');
      nested = true;
      union += readBrackets(cursor);
      if (operands.length > 0 && peek(cursor) !== ']' && !cursor.pattern.startsWith('&&', cursor.at)) {
        refuse(cursor, 'more than a nested class behind &&');
      }
    } else union += readItem(cursor);
  }
  if (negated && (nested || operands.length > 0))
    refuse({ ...cursor, at: start }, 'a negated class with parts of its own');
  operands.push(`[${union}]`);
  if (operands.length > 1) return `[${operands.join('&&')}]`;
  return `[${negated ? '^' : ''}${union}]`;
}

/** One character, range or shorthand of a class. */
function readItem(cursor: Cursor): string {
  const first = readMember(cursor);
  if (first.type === 'set') return first.source;
  if (peek(cursor) !== '-' || cursor.pattern[cursor.at + 1] === ']') return escapeCode(first.code);
  if (cursor.at + 1 >= cursor.pattern.length) return escapeCode(first.code);
  cursor.at++;
  if (['[', '&'].includes(peek(cursor))) refuse(cursor, 'a range that ends in a class');
  const last = readMember(cursor);
  if (last.type === 'set' || last.code < first.code) refuse(cursor, 'a range with no order');
  return `${escapeCode(first.code)}-${escapeCode(last.code)}`;
}

function readMember(cursor: Cursor): CharacterSet {
  if (take(cursor, '\\')) return readEscape(cursor);
  const character = peek(cursor);
  if (character === '') refuse(cursor, 'a class that is not closed');
  cursor.at += character.length;
  return { type: 'character', code: character.codePointAt(0) as number };
}

/** What stands behind a backslash, where it means a character or a set of characters. */
export function readEscape(cursor: Cursor): CharacterSet {
  const letter = peek(cursor);
  cursor.at += letter.length;
  const control = CONTROL_ESCAPES[letter];
  if (control !== undefined) return { type: 'character', code: control };
  const shorthand = SHORTHANDS[letter];
  if (shorthand !== undefined) return { type: 'set', source: `[${shorthand}]` };
  const complement = letter === letter.toLowerCase() ? undefined : SHORTHANDS[letter.toLowerCase()];
  if (complement !== undefined) return { type: 'set', source: `[^${complement}]` };
  if (letter === 'p' || letter === 'P') return { type: 'set', source: readProperty(cursor, letter === 'P') };
  if (letter === 'x' || letter === 'u' || letter === '0') return { type: 'character', code: readCode(cursor, letter) };
  if (letter === '' || /[A-Za-z0-9]/.test(letter)) refuse({ ...cursor, at: cursor.at - letter.length }, `\\${letter}`);
  return { type: 'character', code: letter.codePointAt(0) as number };
}

function readProperty(cursor: Cursor, negated: boolean): string {
  const braces = /^\{([^{}]*)\}/.exec(cursor.pattern.slice(cursor.at));
  const name = braces?.[1] ?? peek(cursor);
  const source = findJavaProperty(name);
  if (source === undefined) refuse(cursor, `the property ${name}`);
  cursor.at += braces?.[0].length ?? name.length;
  return negated ? `[^${source}]` : source;
}

function readCode(cursor: Cursor, letter: string): number {
  const forms = {
    x: /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/,
    u: /^([0-9a-fA-F]{4})/,
    0: /^([0-3]?[0-7]{1,2})/,
  };
  const found = forms[letter as keyof typeof forms].exec(cursor.pattern.slice(cursor.at));
  const code = Number.parseInt(found?.[1] ?? found?.[2] ?? '', letter === '0' ? 8 : 16);
  if (!found || Number.isNaN(code) || code > 0x10ffff) refuse(cursor, `\\${letter} without its digits`);
  cursor.at += found[0].length;
  if (code < 0xd800 || code > 0xdbff || letter !== 'u') return code;
  const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(cursor.pattern.slice(cursor.at))?.[1];
  if (low === undefined) return code;
  cursor.at += 6;
  return 0x10000 + ((code - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00);
}

function escapeCode(code: number): string {
  return `\\u{${code.toString(16)}}`;
}
