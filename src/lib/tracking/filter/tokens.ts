import { placeError, type Source } from './place-error.ts';

/**
 * The words of a filter. A `path` is a field as it was written, dots, backticks and quotes included; a `quoted` one
 * stands alone and may be a value or a field.
 */
export interface Token {
  readonly type: 'path' | 'quoted' | 'number' | 'comparator' | '(' | ')' | ',';
  readonly text: string;
  readonly index: number;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}\p{N}\p{M}_]+/uy;
const COMPARATOR = /[<>=!~]+/y;
/** As MLflow has them: no plus, no thousands, nothing but a minus before the exponent. */
const NUMBER = /-?(?:\d+(?:\.\d+)?[eE]-?\d+|\d+(?:\.\d*)?|\.\d+)(?![\p{L}\p{N}_.])/uy;
const QUOTES = '\'"`';

export function tokenise(source: Source): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    index = match(SPACE, text, index) ?? index;
    if (index >= text.length) break;
    const token = readToken(source, index);
    tokens.push(token);
    index += token.text.length;
  }
  return tokens;
}

function readToken(source: Source, index: number): Token {
  const { text } = source;
  const first = text[index] ?? '';
  const make = (type: Token['type'], end: number): Token => ({ type, text: text.slice(index, end), index });
  if (first === '(' || first === ')' || first === ',') return make(first, index + 1);
  const comparator = match(COMPARATOR, text, index);
  if (comparator !== undefined) return make('comparator', comparator);
  const number = match(NUMBER, text, index);
  if (number !== undefined) return make('number', number);
  const end = endOfPath(source, index);
  if (end === undefined) throw unexpected(source, index);
  const isQuoted = QUOTES.includes(first) && end === endOfQuoted(source, index);
  return make(isQuoted ? 'quoted' : 'path', end);
}

/** Segments with dots between them; the last may be missing (`params.`), which MLflow takes for an empty key. */
function endOfPath(source: Source, start: number): number | undefined {
  let end = endOfSegment(source, start);
  while (end !== undefined && source.text[end] === '.') end = endOfSegment(source, end + 1) ?? end + 1;
  return end;
}

function endOfSegment(source: Source, index: number): number | undefined {
  if (QUOTES.includes(source.text[index] ?? ' ')) return endOfQuoted(source, index);
  return match(WORD, source.text, index);
}

/**
 * A doubled quote and one behind a backslash do not end the text (and stay in it as they are), unless no other quote
 * follows that could end it: `'C:\data\'` is whole.
 */
function endOfQuoted(source: Source, start: number): number {
  const { text } = source;
  const quote = text[start];
  let fallback: number | undefined;
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\' && quote !== '`' && text[index + 1] === quote) fallback = ++index;
    else if (text[index] === quote && text[index + 1] === quote) fallback = index++;
    else if (text[index] === quote) return index + 1;
  }
  if (fallback !== undefined) return fallback + 1;
  throw placeError(source, start, `the text that begins with ${quote} does not end`, {
    advice: `close it with another ${quote}`,
    length: text.length - start,
  });
}

function match(pattern: RegExp, text: string, index: number): number | undefined {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function unexpected(source: Source, index: number): Error {
  const character = String.fromCodePoint(source.text.codePointAt(index) ?? 0);
  const isInName = index > 0 && /[\p{L}\p{N}_]/u.test(source.text[index - 1] ?? '');
  return placeError(source, index, `unexpected ${JSON.stringify(character)}`, {
    advice: isInName
      ? 'put a name with other characters than letters, digits, _ and . in backticks: metrics.`top-1/val`'
      : "a filter is comparisons with AND between them: metrics.accuracy > 0.75 AND params.model = 'lr'",
  });
}
