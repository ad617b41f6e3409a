import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerCase } from '../../../src/lib/text/lower-case.ts';
import { dropEmptyEnd, splitWhitespace } from '../../../src/lib/text/split-whitespace.ts';

// What text.toLowerCase().split("\\s") of Java 17 gives.
test.each<[string, string[]]>([
  ['  Two  spaces ', ['', '', 'two', '', 'spaces']],
  ['\u0009TAB\u0009and\u000aLINE', ['', 'tab', 'and', 'line']],
  ['a\u000bb\u000cc\u000dd', ['a', 'b', 'c', 'd']],
  ['\u00a0NBSP stays\u00a0', ['\u00a0nbsp', 'stays\u00a0']],
  ['\u2003em\u2003space', ['\u2003em\u2003space']],
  ['\u0085next line', ['\u0085next', 'line']],
  ['x\u2028y z', ['x\u2028y', 'z']],
  ['\u001cfile sep\u001d', ['\u001cfile', 'sep\u001d']],
  ['MIXED Case, punct!', ['mixed', 'case,', 'punct!']],
  ['trailing\u000a\u000a\u000a', ['trailing']],
  ['\u000a\u000a\u000aleading', ['', '', '', 'leading']],
  [' ', []],
  ['\u000d\u000a', []],
  ['', ['']],
  ['a', ['a']],
  [' a', ['', 'a']],
  ['a ', ['a']],
  ['I \u2764 IT', ['i', '\u2764', 'it']],
  ['\u0130stanbul \u0131\u015f\u0131k', ['i\u0307stanbul', '\u0131\u015f\u0131k']],
  ['STRASSE Stra\u00dfe \u1e9e', ['strasse', 'stra\u00dfe', '\u00df']],
  ['\ud83d\ude00 \ud83d\ude01\ud83d\ude02', ['\ud83d\ude00', '\ud83d\ude01\ud83d\ude02']],
  ['\ufeffBOM first', ['\ufeffbom', 'first']],
  ['zero\u200bwidth\u200djoin', ['zero\u200bwidth\u200djoin']],
  ['\u039f\u0394\u039f\u03a3 \u03a3\u03a3', ['\u03bf\u03b4\u03bf\u03c2', '\u03c3\u03c2']],
  ['CAF\u00c9 cafe\u0301', ['caf\u00e9', 'cafe\u0301']],
  ['\u0000null\u0000 byte', ['\u0000null\u0000', 'byte']],
  ['\u01c5 \u01c4 \u01c6', ['\u01c6', '\u01c6', '\u01c6']],
  ['\u1fbc \u1fcc \u1ffc', ['\u1fb3', '\u1fc3', '\u1ff3']],
  ['\ud801\udc00 \ud801\udc28', ['\ud801\udc28', '\ud801\udc28']],
  ['\u212a \u212b \u2126', ['k', '\u00e5', '\u03c9']],
])('tokens of %j', (text, expected) => {
  expect(splitWhitespace(lowerCase(text))).toEqual(expected);
});

/** One character after the other, by the words of Java's documentation of split. */
function splitSlowly(text: string): string[] {
  const tokens = [''];
  for (const unit of text.split('')) {
    if (' \t\n\x0b\f\r'.includes(unit)) tokens.push('');
    else tokens[tokens.length - 1] += unit;
  }
  if (tokens.length === 1) return tokens;
  const last = tokens.findLastIndex(token => token !== '');
  return tokens.slice(0, last + 1);
}

describe('on random text', () => {
  const unit = fc.constantFrom('a', 'é', '\ud83d', ' ', '\t', '\n', '\x0b', '\f', '\r', '\x1c', '\x85', '\xa0');

  test('it is what a loop over the characters gives', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), text => {
        expect(splitWhitespace(text)).toEqual(splitSlowly(text));
      }),
      { numRuns: 500 },
    );
  });

  test('no token holds a separator and none at the end is empty, but for the empty text', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), text => {
        const tokens = splitWhitespace(text);
        expect(tokens.filter(token => /[ \t\n\x0b\f\r]/.test(token))).toEqual([]);
        if (text !== '') expect(tokens.at(-1)).not.toBe('');
      }),
    );
  });
});

test.each<[string[], string[]]>([
  [[], []],
  [['', ''], []],
  [['a', '', ''], ['a']],
  [
    ['', 'a', '', 'b'],
    ['', 'a', '', 'b'],
  ],
])('the empty end of %j is cut off', (tokens, expected) => {
  expect(dropEmptyEnd([...tokens])).toEqual(expected);
});
