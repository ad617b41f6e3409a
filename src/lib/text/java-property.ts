import { YOUNGER_CHARACTERS } from './younger-characters.ts';

/** POSIX classes and shorthands of Java: ASCII only, unlike those of JavaScript of the same name. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\0-\\x7f',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  Graph: '\\x21-\\x7e',
  Print: '\\x20-\\x7e',
  Blank: '\\x20\\t',
  Cntrl: '\\0-\\x1f\\x7f',
  XDigit: '0-9a-fA-F',
  Space: '\\x20\\t-\\r',
};
export const SHORTHANDS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'a-zA-Z0-9_',
  s: '\\x20\\t-\\r',
  h: '\\x20\\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  v: '\\n-\\r\\x85\\u2028\\u2029',
};

/** General categories; what Unicode 14 to 17 moved elsewhere is put back where version 13 had it. */
const CATEGORIES = new Set(
  'L Lu Ll Lt Lm Lo LC M Mn Me Mc N Nd Nl No Z Zs Zl Zp P Pd Ps Pe Pc Po Pi Pf S Sm Sc Sk So C Cc Cf Co Cs Cn'.split(
    ' ',
  ),
);
const MOVED_IN: Readonly<Record<string, string>> = {
  Ll: '\\u0295',
  LC: '\\u0295',
  Mn: '\\u1734\\u{1171e}',
};
const MOVED_OUT: Readonly<Record<string, string>> = { Lo: '\\u0295', Mc: '\\u1734\\u{1171e}' };
/** Scripts whose characters are the same in Unicode 13 and 17 but for the younger ones. */
const SCRIPTS = new Set('Latin Greek Cyrillic Hebrew Arabic Devanagari Thai Hangul Hiragana Katakana'.split(' '));

/** The characters of `\p{name}` as a nested class of the v flag; undefined for a name that is not known for certain. */
export function findJavaProperty(name: string): string | undefined {
  if (Object.hasOwn(ASCII_CLASSES, name)) return `[${ASCII_CLASSES[name]}]`;
  const script = /^(?:Is|script=|sc=|IsScript=)([A-Z][a-z]+)$/.exec(name)?.[1] ?? '';
  if (SCRIPTS.has(script)) return `[\\p{Script=${script}}--[${YOUNGER_CHARACTERS}]]`;
  const category = /^(?:Is|general_category=|gc=)?([A-Z][A-Za-z]?)$/.exec(name)?.[1] ?? '';
  if (!CATEGORIES.has(category)) return undefined;
  if (category === 'C' || category === 'Cn') return `[\\p{${category}}${YOUNGER_CHARACTERS}]`;
  return `[[\\p{${category}}${MOVED_IN[category] ?? ''}]--[${YOUNGER_CHARACTERS}${MOVED_OUT[category] ?? ''}]]`;
}
