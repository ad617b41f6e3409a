import { type Cursor, peek, readBrackets, readEscape, refuse, sourceOf, take } from './java-class.ts';

/** One branch of an alternation that is a class and nothing else. */
export interface ClassRun {
  /** For a JavaScript regular expression with the v flag. */
  readonly source: string;
  /** With a greedy `+` behind it. */
  readonly repeated: boolean;
}

export interface TranslatedRegex {
  /** For a JavaScript regular expression with the v flag and no other that changes meaning. */
  readonly source: string;
  /** The branches where the whole pattern is nothing but classes; such patterns can be matched by table. */
  readonly runs: readonly ClassRun[] | null;
}

interface Part {
  readonly source: string;
  readonly matchesEmpty: boolean;
  readonly run: ClassRun | null;
}

const LINE_END = '[\\n\\r\\x85\\u2028\\u2029]';
/** Before the end and before a last line terminator, but not within \r\n. */
const DOLLAR = `(?:(?<!\\r(?=\\n))(?=(?:\\r\\n|${LINE_END})?$))`;

/**
 * A pattern of java.util.regex without flags (Java 17's documentation of Pattern) as one of JavaScript that matches
 * the same in every text. What cannot be said exactly is refused by an Error that names it: flags, possessive
 * quantifiers, atomic groups, back references, word boundaries (they differ between Java versions) and a few more.
 * Like Java's, the matching goes back and forth: a pattern with nested quantifiers can take exponential time.
 */
export function translateJavaRegex(pattern: string): TranslatedRegex {
  const cursor: Cursor = { pattern, at: 0 };
  const { source, branches } = readAlternatives(cursor);
  if (cursor.at < pattern.length) refuse(cursor, 'a closing parenthesis without its opening one');
  const runs = branches.map(parts => (parts.length === 1 ? (parts[0]?.run ?? null) : null));
  return { source, runs: runs.every(run => run !== null) ? runs : null };
}

function readAlternatives(cursor: Cursor): { source: string; matchesEmpty: boolean; branches: Part[][] } {
  const branches: Part[][] = [];
  do {
    const parts: Part[] = [];
    while (cursor.at < cursor.pattern.length && !['|', ')'].includes(peek(cursor))) parts.push(...readPart(cursor));
    branches.push(parts);
  } while (take(cursor, '|'));
  return {
    source: branches.map(parts => parts.map(part => part.source).join('')).join('|'),
    matchesEmpty: branches.some(parts => parts.every(part => part.matchesEmpty)),
    branches,
  };
}

function readPart(cursor: Cursor): Part[] {
  if (take(cursor, '\\Q')) return readQuoted(cursor);
  const assertion = readAssertion(cursor);
  const atom = assertion === null ? readAtom(cursor) : { source: assertion, matchesEmpty: true, run: null };
  const quantifier = readQuantifier(cursor);
  if (quantifier === '') return [atom];
  if (assertion !== null) refuse(cursor, 'a quantifier behind an assertion');
  if (atom.matchesEmpty && quantifier[0] !== '?') refuse(cursor, 'a repeated group that can match nothing');
  return [
    {
      source: atom.source + quantifier,
      matchesEmpty: atom.matchesEmpty || /^(?:[*?]|\{0+[,}])/.test(quantifier),
      run: quantifier === '+' && atom.run ? { ...atom.run, repeated: true } : null,
    },
  ];
}

function readQuoted(cursor: Cursor): Part[] {
  const end = cursor.pattern.indexOf('\\E', cursor.at);
  const text = cursor.pattern.slice(cursor.at, end < 0 ? undefined : end);
  cursor.at = end < 0 ? cursor.pattern.length : end + 2;
  if (/^[*+?{]/.test(cursor.pattern.slice(cursor.at))) refuse(cursor, 'a quantifier behind a quotation');
  return [...text].map(character => characterClass(`[\\u{${(character.codePointAt(0) as number).toString(16)}}]`));
}

function readAssertion(cursor: Cursor): string | null {
  if (take(cursor, '^') || take(cursor, '\\A')) return '^';
  if (take(cursor, '$') || take(cursor, '\\Z')) return DOLLAR;
  if (take(cursor, '\\z')) return '$';
  const opening = ['(?=', '(?!', '(?<=', '(?<!'].find(text => take(cursor, text));
  if (opening === undefined) return null;
  return `${opening}${readGroup(cursor).source})`;
}

function readAtom(cursor: Cursor): Part {
  if (take(cursor, '[')) return characterClass(readBrackets(cursor));
  if (take(cursor, '.')) return characterClass('[^\\n\\r\\x85\\u2028\\u2029]');
  if (take(cursor, '\\')) {
    if (peek(cursor) === 'R' || peek(cursor) === 'X') refuse(cursor, `\\${peek(cursor)}`);
    return characterClass(sourceOf(readEscape(cursor)));
  }
  if (take(cursor, '(')) {
    if (!take(cursor, '?:') && peek(cursor) === '?') {
      const name = /^\?<[A-Za-z][A-Za-z0-9]*>/.exec(cursor.pattern.slice(cursor.at))?.[0];
      if (name === undefined) refuse(cursor, `the group (${cursor.pattern.slice(cursor.at, cursor.at + 2)}`);
      cursor.at += name.length;
    }
    const body = readGroup(cursor);
    const single = joinClasses(body.branches);
    if (single !== null) return characterClass(single);
    return { source: `(?:${body.source})`, matchesEmpty: body.matchesEmpty, run: null };
  }
  const character = peek(cursor);
  if (['*', '+', '?', '{'].includes(character)) refuse(cursor, `${character} with nothing to repeat`);
  cursor.at += character.length;
  return characterClass(`[\\u{${(character.codePointAt(0) as number).toString(16)}}]`);
}

/** The inside of a group and its closing parenthesis. */
function readGroup(cursor: Cursor): { source: string; matchesEmpty: boolean; branches: Part[][] } {
  const body = readAlternatives(cursor);
  if (!take(cursor, ')')) refuse(cursor, 'a group that is not closed');
  return body;
}

/** A group that takes exactly one character in each of its branches is a class. */
function joinClasses(branches: readonly Part[][]): string | null {
  const sources: string[] = [];
  for (const [part, ...more] of branches) {
    if (!part?.run || part.run.repeated || more.length > 0) return null;
    sources.push(part.run.source);
  }
  return sources.length === 1 ? (sources[0] as string) : `[${sources.join('')}]`;
}

function readQuantifier(cursor: Cursor): string {
  const found = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})/.exec(cursor.pattern.slice(cursor.at))?.[0];
  if (found === undefined) return '';
  cursor.at += found.length;
  if (peek(cursor) === '+') refuse(cursor, 'a possessive quantifier');
  return take(cursor, '?') ? `${found}?` : found;
}

function characterClass(source: string): Part {
  return { source, matchesEmpty: false, run: { source, repeated: false } };
}
