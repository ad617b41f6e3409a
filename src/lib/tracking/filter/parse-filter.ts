import { suggest } from '../../core/suggest.ts';
import { Cursor } from './cursor.ts';
import type { FieldRule } from './languages.ts';
import { placeError, type Source } from './place-error.ts';
import { readFilterField } from './read-field.ts';
import { readList, readValue } from './read-value.ts';
import { type Token, tokenise } from './tokens.ts';
import type { Clause, Comparator, LanguageName } from './types.ts';

/** Longer ones are no filters, and nobody should spend time on them. */
const LONGEST = 100_000;

/**
 * Reads a filter as MLflow 3.17 does: comparisons that all have to hold. Throws FLAG_INVALID with the column. Like
 * MLflow it takes a missing, doubled or trailing AND.
 */
export function parseFilter(language: LanguageName, text: string): Clause[] {
  const source: Source = { what: 'filter', text };
  if (text.length > LONGEST) throw placeError(source, LONGEST, `a filter has at most ${LONGEST} characters`);
  const cursor = new Cursor(source, tokenise(source));
  const clauses: Clause[] = [];
  while (cursor.peek() !== undefined) {
    if (isWord(cursor.peek(), 'and')) cursor.skip();
    else clauses.push(readClause(cursor, language));
  }
  return clauses;
}

function readClause(cursor: Cursor, language: LanguageName): Clause {
  const { source } = cursor;
  const token = cursor.take('a field');
  if (!isField(token)) throw noField(source, token);
  if (token.type === 'path' && !token.text.includes('.')) refuseKeyword(source, token);
  const { kind, key, rule } = readFilterField(source, token, language);
  const comparator = readComparator(cursor, token, rule);
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return { kind, key, comparator };
  if (comparator === 'IN' || comparator === 'NOT IN') return { kind, key, comparator, values: readList(cursor, rule) };
  return { kind, key, comparator, value: readValue(cursor, token.text, rule) };
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.type === 'path' && token.text.toLowerCase() === word;
}

/** A text in single quotes is a value. */
function isField(token: Token): boolean {
  return token.type === 'path' || (token.type === 'quoted' && !token.text.startsWith("'"));
}

const NO_OR = "OR is not part of MLflow's filter language: run two searches, or use IN";

function refuseKeyword(source: Source, token: Token): void {
  const length = token.text.length;
  if (isWord(token, 'or')) throw placeError(source, token.index, 'there is no OR', { advice: NO_OR, length });
  if (isWord(token, 'not')) {
    const advice = 'NOT stands only in NOT IN and IS NOT NULL; write != for a value that differs';
    throw placeError(source, token.index, 'NOT before a comparison', { advice, length });
  }
}

function noField(source: Source, token: Token): Error {
  const length = token.text.length;
  if (token.type === '(' || token.type === ')') {
    const advice =
      "MLflow's filter language has no groups: leave the parentheses out, every comparison has to hold anyway";
    return placeError(source, token.index, `unexpected ${token.type}`, { advice });
  }
  if (token.type === ',')
    return placeError(source, token.index, 'unexpected ,', { advice: 'put AND between comparisons' });
  const advice = "a comparison begins with a field: metrics.accuracy > 0.75, params.model = 'lr'";
  return placeError(source, token.index, `${token.text} is no field`, { advice, length });
}

/** Two words that are one comparator. */
function readComparator(cursor: Cursor, field: Token, rule: FieldRule): Comparator {
  const { source } = cursor;
  const token = cursor.take(`a comparator behind ${field.text}`);
  const words = [token.text.toUpperCase()];
  let end = token.index + token.text.length;
  const more = (word: string) => {
    const next = cursor.peek();
    if (!isWord(next, word) || next === undefined) return;
    cursor.skip();
    words.push(word.toUpperCase());
    end = next.index + next.text.length;
  };
  if (isWord(token, 'not')) for (const word of ['in', 'like', 'ilike']) more(word);
  if (isWord(token, 'is')) for (const word of ['not', 'null']) more(word);
  const written = words.join(' ');
  const comparator = rule.comparators.find(known => known === written);
  if (comparator !== undefined) return comparator;
  throw placeError(source, token.index, `${written} does not work with ${field.text}`, {
    advice: comparatorAdvice(written, rule),
    length: end - token.index,
  });
}

const MEANT: Readonly<Record<string, Comparator>> = { '==': '=', '<>': '!=', '=<': '<=', '=>': '>=', '!==': '!=' };

function comparatorAdvice(written: string, { comparators }: FieldRule): string {
  const near = MEANT[written] ?? suggest(written, comparators);
  const known = comparators.find(comparator => comparator === near);
  return known === undefined ? `what works: ${comparators.join(', ')}` : `did you mean ${known}?`;
}
