import { suggest } from '../../core/suggest.ts';
import { type FieldRule, LANGUAGE, type Language } from './languages.ts';
import { placeError, type Source } from './place-error.ts';
import type { Token } from './tokens.ts';
import type { Field, FieldKind, LanguageName } from './types.ts';
import { isQuoted, unquoteKey } from './unquote.ts';

/** A field as a filter names it, with what may be done with it. */
export function readFilterField(
  source: Source,
  token: Token,
  name: LanguageName,
): Field & { readonly rule: FieldRule } {
  const language = LANGUAGE[name];
  const { kind, key, keyIndex } = splitField(source, token, language.prefixes, Object.keys(language.attributes));
  if (kind === 'attribute') {
    const attribute = Object.hasOwn(language.attributes, key) ? language.attributes[key] : undefined;
    if (attribute !== undefined) return { kind, key: attribute.key, rule: attribute };
    throw unknownAttribute(source, token, { kind, key, keyIndex }, language.attributes, Object.keys(language.kinds));
  }
  const rule = language.kinds[kind];
  if (rule === undefined) throw placeError(source, token.index, `there is nothing to compare in ${kind}s`);
  if (rule.keys !== undefined && !rule.keys.includes(key))
    throw unknownKey(source, token, keyIndex, key, `${kind} field`, rule.keys);
  return { kind, key, rule };
}

/** A field as an order names it. */
export function readOrderField(source: Source, token: Token, name: LanguageName): Field {
  const { order, orderPrefixes }: Language = LANGUAGE[name];
  const { kind, key, keyIndex } = splitField(source, token, orderPrefixes, Object.keys(order.attributes));
  if (kind === 'attribute') {
    const attribute = Object.hasOwn(order.attributes, key) ? order.attributes[key] : undefined;
    if (attribute !== undefined) return { kind, key: attribute };
    throw unknownAttribute(source, token, { kind, key, keyIndex }, order.attributes, order.kinds);
  }
  if (order.kinds.includes(kind)) return { kind, key };
  throw placeError(source, token.index, `nothing can be ordered by ${kind}s`, {
    advice: `order by ${Object.keys(order.attributes).join(', ')}`,
    length: token.text.length,
  });
}

interface SplitField extends Field {
  /** Where the key begins. */
  readonly keyIndex: number;
}

/** Everything behind the first dot is the key, further dots included. Without a dot it is an attribute. */
function splitField(
  source: Source,
  token: Token,
  prefixes: Readonly<Record<string, FieldKind>>,
  attributes: readonly string[],
): SplitField {
  const dot = token.text.indexOf('.');
  if (dot === -1) return { kind: 'attribute', key: unquoteKey(token.text), keyIndex: token.index };
  const written = token.text.slice(0, dot);
  const prefix = isQuoted(written, '`') ? written.slice(1, -1) : written;
  const kind = Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined;
  const keyIndex = token.index + dot + 1;
  if (kind !== undefined) return { kind, key: unquoteKey(token.text.slice(dot + 1)), keyIndex };
  throw placeError(source, token.index, `unknown field ${JSON.stringify(prefix)}`, {
    advice: nearestOf(prefix, Object.keys(prefixes), [
      ...Object.keys(prefixes).map(name => `${name}.…`),
      ...attributes,
    ]),
    length: written.length,
  });
}

/** A bare word may be a metric without its prefix, or a mistyped AND. */
function unknownAttribute(
  source: Source,
  token: Token,
  { key, keyIndex }: SplitField,
  attributes: Readonly<Record<string, string | { readonly key: string }>>,
  kinds: readonly string[],
): Error {
  const names = Object.keys(attributes);
  const isBare = keyIndex === token.index;
  const near = suggest(key, names);
  const joins = isBare && source.what === 'filter' && token.index > 0 && suggest(key.toUpperCase(), ['AND']);
  const prefixed = isBare && kinds.includes('metric') ? `a metric is called metrics.${key}; ` : '';
  // Other spellings of the same thing (`Run Name`) are understood, and would only make the list longer.
  const plain = names.filter(name => {
    const meant = attributes[name];
    return (typeof meant === 'string' ? meant : meant?.key) === name;
  });
  const all = [...(plain.length > 0 ? plain : names), ...kinds.map(kind => `${kind}s.…`)];
  const others = near === undefined ? `${prefixed}what there is: ${all.join(', ')}` : `did you mean ${near}?`;
  return placeError(source, keyIndex, `unknown attribute ${JSON.stringify(key)}`, {
    advice: joins === false || joins === undefined ? others : 'did you mean AND?',
    length: token.index + token.text.length - keyIndex,
  });
}

function unknownKey(
  source: Source,
  token: Token,
  index: number,
  key: string,
  what: string,
  known: readonly string[],
): Error {
  return placeError(source, index, `unknown ${what} ${JSON.stringify(key)}`, {
    advice: nearestOf(key, known, known),
    length: token.index + token.text.length - index,
  });
}

function nearestOf(word: string, candidates: readonly string[], all: readonly string[]): string {
  const near = suggest(word, candidates);
  return near === undefined ? `what there is: ${all.join(', ')}` : `did you mean ${near}?`;
}
