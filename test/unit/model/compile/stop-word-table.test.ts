import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StopWordTable } from '../../../../src/lib/model/compile/stop-word-table.ts';
import { ENGLISH_STOP_WORDS } from '../../../../src/lib/text/english-stop-words.ts';
import { hashBytes, hashText } from '../../../../src/lib/text/murmur3.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** Looks a token up between two others, as it lies in a row; `hashed` is what its hash is made of. */
function isFound(table: StopWordTable, token: string, hashed = token): number {
  const row = encode(`x ${token} y`);
  const hash = hashBytes(encode(hashed), 0, hashed.length);
  return table.find(hash, row, 2, token.length);
}

describe('the English list', () => {
  const table = new StopWordTable(ENGLISH_STOP_WORDS, false);

  test('holds each of its words', () => {
    expect(ENGLISH_STOP_WORDS.filter(word => isFound(table, word) !== 1)).toEqual([]);
  });

  test('holds no word with a letter more, less or another one', () => {
    const others = ENGLISH_STOP_WORDS.flatMap(word => [
      `${word}q`,
      word.slice(1),
      `q${word.slice(1)}`,
      `${word},`,
      'q',
    ]);
    const words = new Set(ENGLISH_STOP_WORDS);
    expect(others.filter(word => !words.has(word) && isFound(table, word) !== 0)).toEqual([]);
  });
});

test('any list of ASCII words holds those words and no others', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', "'", 'Z'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.array(word, { maxLength: 20 }), (words, others) => {
      const table = new StopWordTable(words, false);
      for (const one of [...words, ...others]) expect(isFound(table, one)).toBe(words.includes(one) ? 1 : 0);
    }),
  );
});

test('many more words than the table has slots', () => {
  const words = Array.from({ length: 20_000 }, (_, index) => `w${index}`);
  const table = new StopWordTable(words, false);
  expect(words.filter(word => isFound(table, word) !== 1)).toEqual([]);
  expect(words.filter(word => isFound(table, `${word}x`) !== 0)).toEqual([]);
});

test('a token of another length or other letters with the same hash is no stop word', () => {
  const table = new StopWordTable(['abc', 'abcdefg'], false);
  expect(isFound(table, 'abcd', 'abc')).toBe(0);
  expect(isFound(table, 'abcdefx', 'abcdefg')).toBe(0);
  expect(isFound(table, 'abcdefgh', 'abcdefg')).toBe(0);
  expect(isFound(table, 'abcdefg')).toBe(1);
});

// Found by running murmur3's steps backwards: real tokens that have the hash of a stop word.
const TWINS = [
  ['yours', 'x+g)j'],
  ['their', 't9)8u'],
  ['doing', '3l[b,'],
  ['below', '{i^3&'],
  ['there', '\\1[o['],
] as const;

test.each(TWINS)('%s is a stop word, %s of the same hash is none', (word, twin) => {
  expect(hashText(twin)).toBe(hashText(word));
  for (const lowercase of [false, true]) {
    const table = new StopWordTable(ENGLISH_STOP_WORDS, lowercase);
    expect(isFound(table, word)).toBe(1);
    expect(isFound(table, twin)).toBe(0);
  }
});

describe('case', () => {
  test('with lower-casing a row is compared as small letters, and nothing else becomes a letter', () => {
    const table = new StopWordTable(["shouldn't", '[brackets]'], true);
    expect(isFound(table, "SHOULDN'T", "shouldn't")).toBe(1);
    expect(isFound(table, "ShOuLdN't", "shouldn't")).toBe(1);
    expect(isFound(table, '{brackets}', '[brackets]')).toBe(0);
    expect(isFound(table, '[BRACKETS]', '[brackets]')).toBe(1);
  });

  test('without it capitals are other letters', () => {
    const table = new StopWordTable(["shouldn't"], false);
    expect(isFound(table, "SHOULDN'T", "shouldn't")).toBe(0);
  });
});

test('the empty word, a word given twice and no words at all', () => {
  expect(isFound(new StopWordTable([''], false), '')).toBe(1);
  expect(isFound(new StopWordTable([], false), '')).toBe(0);
  expect(isFound(new StopWordTable([], true), 'the')).toBe(0);
  expect(isFound(new StopWordTable(['the', 'the', 'a'], false), 'the')).toBe(1);
});

test('the hash 0 is not taken for an empty place', () => {
  expect(new StopWordTable([], false).find(0, encode('abcdef'), 0, 6)).toBe(0);
  expect(new StopWordTable([], false).find(0, encode(''), 0, 0)).toBe(0);
});
