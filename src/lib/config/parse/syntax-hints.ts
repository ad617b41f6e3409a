import type { SourcePlace } from '../../core/errors.ts';
import type { Problem } from '../types.ts';

/** Private-use characters that stand for the braces of a mended reference; offsets stay as they were. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

/** Enough to report every careless line of a file, little enough to stay quick. */
const MOST_MENDED = 25;

/**
 * Inside `{ }` and `[ ]` the braces of an unquoted reference end the value. Each such place is noted and hidden from
 * the parser, one after the other.
 */
export function mendReferences(
  text: string,
  errorOffsets: (text: string) => readonly number[],
): { readonly text: string; readonly offsets: readonly number[] } {
  let mended = text;
  const offsets: number[] = [];
  while (offsets.length < MOST_MENDED) {
    const first = errorOffsets(mended)[0];
    const start = first === undefined ? -1 : referenceAt(mended, first);
    if (start < 0) break;
    const end = mended.indexOf('}', start);
    offsets.push(start);
    const inside = mended.slice(start + 2, end).replaceAll(',', ' ');
    mended = `${mended.slice(0, start)}$${OPEN}${inside}${CLOSE}${mended.slice(end + 1)}`;
  }
  return { text: mended, offsets };
}

export function restoreReferences(text: string): string {
  return text.replaceAll(OPEN, '{').replaceAll(CLOSE, '}');
}

/** The start of a `${` that the parser stumbled over at its brace, or -1. */
function referenceAt(text: string, offset: number): number {
  const start = [offset - 1, offset].find(at => text.startsWith('${', at));
  if (start === undefined) return -1;
  const end = text.indexOf('}', start);
  const lineEnd = text.indexOf('\n', start);
  return end < 0 || (lineEnd >= 0 && lineEnd < end) ? -1 : start;
}

/** A parser's error in words that say what to do, at the place given. */
export function describeSyntaxError(
  code: string,
  message: string,
  text: string,
  place: SourcePlace,
  offset = 0,
): Problem {
  const known = KNOWN[message.startsWith('Flow ') ? 'OPEN_BRACKET' : code];
  const [said, hint] = known?.(text.slice(offset, offset + 1)) ?? [
    plain(message),
    'mend this place; quote the text if it is one value',
  ];
  return { severity: 'error', code: 'CONFIG_SYNTAX', path: null, message: said, hint, place };
}

const KNOWN: Readonly<Record<string, (character: string) => readonly [string, string]>> = {
  UNQUOTED_REFERENCE: () => ['an unquoted ${…} inside { } or [ ]', 'quote the ${…}: "${…}"'],
  OPEN_QUOTE: () => ['a quote is opened here and never closed', 'close the quote'],
  OPEN_BRACKET: () => ['a { or [ is opened above and not closed before this line', 'close it with } or ]'],
  TAB_AS_INDENT: () => ['a tab is used for indentation', 'indent with spaces'],
  BAD_INDENT: () => ['the indentation does not fit the lines above', 'align this line with the keys of its block'],
  BLOCK_AS_IMPLICIT_KEY: () => ['a second "key: value" in one line', 'quote the value if it contains ": "'],
  BAD_SCALAR_START: character => [`a value cannot start with ${character}`, 'quote the value'],
  MULTIPLE_DOCS: () => ['a second document starts here', 'keep one document in the file'],
  MULTILINE_IMPLICIT_KEY: () => [
    'a key goes over more than one line',
    'write "key: value", with the colon on the same line',
  ],
  TAG_RESOLVE_FAILED: () => ['tags (!name) are not used in a project file', 'remove the tag'],
  BAD_DQ_ESCAPE: () => ['an unknown escape inside double quotes', 'write \\\\ for a backslash, or use single quotes'],
};

function plain(message: string): string {
  const short = message.split('\n')[0] ?? message;
  return short.slice(0, 1).toLowerCase() + short.slice(1);
}
