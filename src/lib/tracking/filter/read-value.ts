import type { Cursor } from './cursor.ts';
import type { FieldRule } from './languages.ts';
import { placeError, type Source } from './place-error.ts';
import type { Token } from './tokens.ts';
import type { ClauseValue } from './types.ts';
import { isQuoted, unescapeListed, unquote } from './unquote.ts';

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** One value behind a comparator, of the type that the field takes. */
export function readValue(cursor: Cursor, field: string, { value }: FieldRule): ClauseValue {
  const { source } = cursor;
  const token = cursor.take(`a value for ${field}`);
  if (token.type === '(') {
    const advice = 'a list of values works with IN and NOT IN only';
    throw placeError(source, token.index, `${field} is compared with one value here`, { advice });
  }
  if (value === 'number') return readNumber(source, token, field);
  if (value === 'integer') return readInteger(source, token, field, token.text);
  if (value === 'version') return readInteger(source, token, field, textOf(token) ?? token.text);
  if (value === 'loose' && (token.type === 'path' || token.type === 'number')) return token.text;
  const text = textOf(token);
  if (text === undefined) throw unquoted(source, token, field);
  return value === 'id' ? readInteger(source, token, field, text) : text;
}

/** Texts in parentheses with commas between them; two without a comma are one, as in Python. */
export function readList(cursor: Cursor, { value }: FieldRule): ClauseValue[] {
  const { source } = cursor;
  const open = cursor.take('a list of values');
  if (open.type !== '(') {
    const advice = "write the values in parentheses: IN ('a', 'b')";
    throw placeError(source, open.index, 'a list of values is missing', { advice, length: open.text.length });
  }
  const values: ClauseValue[] = [];
  for (;;) {
    if (cursor.peek()?.type === ')' && values.length > 0) break;
    const first = cursor.take('a quoted text or )');
    let text = listed(source, first);
    while (cursor.peek()?.type === 'quoted') text += listed(source, cursor.take(''));
    values.push(value === 'id' ? readInteger(source, first, 'the id', text) : text);
    const next = cursor.take('a , or )');
    if (next.type === ')') return values;
    if (next.type !== ',') throw placeError(source, next.index, 'a , or ) is missing', { length: next.text.length });
  }
  cursor.skip();
  return values;
}

function listed(source: Source, token: Token): string {
  if (textOf(token) !== undefined) return unescapeListed(token.text);
  throw placeError(source, token.index, 'a list takes quoted texts', {
    advice: token.type === ')' ? 'a list has at least one value' : `did you mean '${token.text}'?`,
    length: token.text.length,
  });
}

/** What stands in single or double quotes; backticks are for names. */
function textOf(token: Token): string | undefined {
  const isText = token.type === 'quoted' && (isQuoted(token.text, "'") || isQuoted(token.text, '"'));
  return isText ? unquote(token.text) : undefined;
}

function readNumber(source: Source, token: Token, field: string): number | bigint {
  if (token.type !== 'number') throw noNumber(source, token, field, 'a number');
  const number = Number(token.text);
  if (!/^-?\d+$/.test(token.text) || Number.isSafeInteger(number)) return number;
  const exact = BigInt(token.text);
  return exact >= LOWEST && exact <= HIGHEST ? exact : number;
}

function readInteger(source: Source, token: Token, field: string, text: string): number | bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw noNumber(source, token, field, 'a whole number');
  const exact = BigInt(text.trim().replace(/^\+/, ''));
  if (exact < LOWEST || exact > HIGHEST) throw noNumber(source, token, field, 'a number that fits 64 bits');
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function noNumber(source: Source, token: Token, field: string, wanted: string): Error {
  const inner = textOf(token);
  const advice = inner !== undefined && /^-?[\d.]+$/.test(inner) ? 'write the number without quotes' : undefined;
  return placeError(source, token.index, `${field} is compared with ${wanted}, not with ${token.text}`, {
    advice,
    length: token.text.length,
  });
}

function unquoted(source: Source, token: Token, field: string): Error {
  const bare = token.text.replace(/^`|`$/g, '');
  return placeError(source, token.index, `${field} is compared with a text, and ${token.text} has no quotes`, {
    advice: `did you mean '${bare}'?`,
    length: token.text.length,
  });
}
