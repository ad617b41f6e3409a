import { placeError, type Source } from './place-error.ts';
import { readOrderField } from './read-field.ts';
import { type Token, tokenise } from './tokens.ts';
import type { LanguageName, OrderTerm } from './types.ts';

/**
 * Reads what a search is ordered by, each entry a field and perhaps ASC or DESC. Throws FLAG_INVALID with the column;
 * a field twice is refused, except for experiments and logged models, where MLflow lets it pass.
 */
export function parseOrder(language: LanguageName, entries: readonly string[]): OrderTerm[] {
  const terms: OrderTerm[] = [];
  for (const text of entries) {
    const source: Source = { what: 'order', text };
    const term = readTerm(source, language);
    const isTwice = terms.some(({ kind, key }) => kind === term.kind && key === term.key);
    if (isTwice && language !== 'experiments' && language !== 'loggedModels')
      throw placeError(source, 0, `${term.key} is ordered by twice`, { length: text.length });
    terms.push(term);
  }
  return terms;
}

function readTerm(source: Source, language: LanguageName): OrderTerm {
  const [field, direction, extra] = tokenise(source);
  if (field === undefined)
    throw placeError(source, 0, 'a field is missing', { advice: 'for instance start_time DESC' });
  if (field.type !== 'path' && (field.type !== 'quoted' || field.text.startsWith("'"))) throw noField(source, field);
  const found = readOrderField(source, field, language);
  const ascending = direction === undefined || isAscending(source, direction);
  if (extra !== undefined)
    throw placeError(source, extra.index, `unexpected ${extra.text}`, {
      advice: 'one field an entry: give several entries to order by several',
      length: extra.text.length,
    });
  return { ...found, ascending };
}

function isAscending(source: Source, token: Token): boolean {
  const word = token.text.toUpperCase();
  if (word === 'ASC') return true;
  if (word === 'DESC') return false;
  const advice =
    token.type === ',' ? 'one field an entry: give several entries to order by several' : 'write ASC or DESC';
  throw placeError(source, token.index, `unexpected ${token.text}`, { advice, length: token.text.length });
}

function noField(source: Source, token: Token): Error {
  const advice = token.text.startsWith('-') ? 'write DESC behind the field' : 'for instance metrics.accuracy DESC';
  return placeError(source, token.index, `${token.text} is no field`, { advice, length: token.text.length });
}
