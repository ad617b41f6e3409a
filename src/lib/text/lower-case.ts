import { findFinalSigmas } from './final-sigma.ts';

/**
 * Capitals that Unicode gained after version 13, which is the one of Java 17: Java leaves them as they are, newer
 * engines lower them. (Java 11 knows Unicode 10, Java 21 version 15; Spark runs on 17 here.)
 */
const YOUNGER_CAPITALS =
  /[\u1c89\u2c2f\ua7c0\ua7cb\ua7cc\ua7ce\ua7d0\ua7d2\ua7d4\ua7d6\ua7d8\ua7da\ua7dc\u{10570}-\u{10595}\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;
const BEYOND_ASCII = /[^\0-\x7f]/;
/** The languages with casing of their own. */
const SPECIAL_LANGUAGES = new Set(['tr', 'az', 'lt']);

/**
 * Java's String.toLowerCase(new Locale(language)). The one-argument constructor takes the whole text as the language,
 * so `tr_TR` has no Turkish casing while `tr` has.
 */
export function lowerCase(text: string, language = 'en'): string {
  const special = language === 'en' ? null : specialCasing(language);
  if (!BEYOND_ASCII.test(text) && special === null) return text.toLowerCase();
  if (YOUNGER_CAPITALS.test(text)) return lowerAround(text, special);
  return lowerKnown(text, special);
}

function specialCasing(language: string): string | null {
  const known = language.toLowerCase();
  return SPECIAL_LANGUAGES.has(known) ? known : null;
}

/** Younger capitals have no say in anything around them: Java sees unassigned characters there. */
function lowerAround(text: string, special: string | null): string {
  const kept: string[] = [];
  const masked = text.replace(new RegExp(YOUNGER_CAPITALS, 'gu'), capital => {
    kept.push(capital);
    return capital.length === 2 ? '\u{10fffd}' : '\ue000';
  });
  if (kept.length === 0 || /[\ue000\u{10fffd}]/u.test(text)) return lowerOneByOne(text, special);
  let next = 0;
  return lowerKnown(masked, special).replace(/[\ue000\u{10fffd}]/gu, () => kept[next++] ?? '');
}

/** For the text that holds our place holders itself. */
function lowerOneByOne(text: string, special: string | null): string {
  const parts = text.split(new RegExp(`(${YOUNGER_CAPITALS.source})`, 'u'));
  return parts.map((part, index) => (index % 2 === 1 ? part : lowerKnown(part, special))).join('');
}

function lowerKnown(text: string, special: string | null): string {
  const lower = (part: string) => (special === null ? part.toLowerCase() : part.toLocaleLowerCase(special));
  if (!text.includes('Σ')) return lower(text);
  // A small sigma is not changed by lower-casing, so it can stand in for the capital one.
  const parts: string[] = [];
  let from = 0;
  for (const at of findFinalSigmas(text)) {
    parts.push(text.slice(from, at), 'ς');
    from = at + 1;
  }
  parts.push(text.slice(from));
  return lower(parts.join('').replaceAll('Σ', 'σ'));
}
