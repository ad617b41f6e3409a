import { describe, expect, test } from 'vitest';
import { ENGLISH_STOP_WORDS } from '../../../src/lib/text/english-stop-words.ts';
import { joinNgrams } from '../../../src/lib/text/ngrams.ts';
import { splitWhitespace } from '../../../src/lib/text/split-whitespace.ts';
import { createStopWordFilter } from '../../../src/lib/text/stop-word-filter.ts';

test.each([
  ['a  b ', ['a', '', 'b']],
  ['', ['']],
  [' ', []],
  ['   ', []],
  [' a', ['', 'a']],
  ['a\tb\nc\x0bd\fe\rf', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['x\u00a0y\u2003z\x1cv\u0085w\u2028q', ['x\u00a0y\u2003z\x1cv\u0085w\u2028q']],
])('splitting %j as Java splits at \\s', (text, expected) => {
  expect(splitWhitespace(text)).toEqual(expected);
});

test.each([
  [1, ['a', '', 'b']],
  [2, ['a ', ' b']],
  [3, ['a  b']],
  [4, []],
])('n-grams of %i', (n, expected) => {
  expect(joinNgrams(['a', '', 'b'], n)).toEqual(expected);
});

describe('stop words', () => {
  test('the English list is the one of Spark', () => {
    expect(ENGLISH_STOP_WORDS).toHaveLength(181);
    expect(new Set(ENGLISH_STOP_WORDS).size).toBe(181);
    expect(ENGLISH_STOP_WORDS.slice(0, 3)).toEqual(['i', 'me', 'my']);
    expect(ENGLISH_STOP_WORDS).toEqual(expect.arrayContaining(["don't", "i'd", "can't"]));
  });

  test('case counts where it is asked for', () => {
    const strict = createStopWordFilter(['The'], { caseSensitive: true, locale: 'en' });
    expect(['The', 'the', 'THE'].map(strict)).toEqual([true, false, false]);
    const loose = createStopWordFilter(['The'], { caseSensitive: false, locale: 'en' });
    expect(['The', 'the', 'THE', 'the,'].map(loose)).toEqual([true, true, true, false]);
  });

  test('the language decides which letters are the same', () => {
    const turkish = createStopWordFilter(['I'], { caseSensitive: false, locale: 'tr' });
    expect(['ı', 'I', 'i'].map(turkish)).toEqual([true, true, false]);
  });
});
