import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFastFeatures } from '../../../../src/lib/model/compile/fast-features.ts';
import { FastWords } from '../../../../src/lib/model/compile/fast-words.ts';
import type { SparseView } from '../../../../src/lib/model/compile/types.ts';
import type { FeatureStage } from '../../../../src/lib/model/stages.ts';
import { hashText } from '../../../../src/lib/text/murmur3.ts';
import { countSlowly, entries } from './reference.ts';
import { hashing, idf, ngram, regexTokenizer, remover, tokenizer } from './stages.ts';

const SIZE = 1 << 20;
const WORDS = ['the', 'a', "don't", 'should', "shouldnt've", ''];
const stages: FeatureStage[] = [tokenizer, remover({ stopWords: WORDS }), hashing('kept', SIZE)];

function compile(given: readonly FeatureStage[] = stages): FastWords {
  const fast = compileFastFeatures((given.at(-1) as FeatureStage).outputCol, given);
  if (!(fast instanceof FastWords)) throw new Error('this pipeline does not go by words');
  return fast;
}
const encode = (text: string) => new TextEncoder().encode(text);
const expected = (text: string, words: readonly string[] = WORDS) => countSlowly(text, words, SIZE);
const read = (view: SparseView | null) => (view === null ? null : entries(view));

/** As text, as bytes alone (copied, for they end with the field) and as bytes amid others (where they lie). */
function readAllWays(fast: FastWords, text: string) {
  const bytes = encode(text);
  const amid = encode(`éÉ${text}Éé\u{1f600}`);
  return [
    read(fast.fromText(text)),
    read(fast.fromBytes(bytes, 0, bytes.length)),
    read(fast.fromBytes(amid, 4, 4 + bytes.length)),
  ];
}

describe('where tokens end', () => {
  const fast = compile();

  test.each(Array.from({ length: 128 }, (_, code) => code))('the character %i at every place of a row', code => {
    const character = String.fromCharCode(code);
    for (let before = 0; before < 9; before++) {
      for (const text of [`${'q'.repeat(before)}${character}Zz`, `${'q'.repeat(before + 28)}${character}`]) {
        expect(read(fast.fromText(text))).toEqual(expected(text));
      }
    }
  });

  test('rows and tokens of every length up to 140, with and without a separator at their end', () => {
    for (let length = 0; length < 140; length++) {
      for (const text of ['x'.repeat(length), 'x '.repeat(length), `${'abc '.repeat(length).slice(0, length)}`]) {
        const wanted = expected(text);
        expect(readAllWays(fast, text)).toEqual([wanted, wanted, wanted]);
      }
    }
  });

  test('white rows have no tokens, the empty row has the empty one', () => {
    const plain = compile([tokenizer, hashing('words', SIZE)]);
    for (const text of [' ', '\t', ' '.repeat(31), ' '.repeat(32), ' '.repeat(33), '\n'.repeat(200)])
      expect(readAllWays(plain, text)).toEqual([[], [], []]);
    const empty = [[hashText('') & (SIZE - 1), 1]];
    expect(readAllWays(plain, '')).toEqual([empty, empty, empty]);
  });
});

describe('lower-casing', () => {
  test('only A to Z become other bytes, at each of the four places of a word', () => {
    const plain = compile([tokenizer, hashing('words', SIZE)]);
    for (let code = 33; code < 127; code++) {
      for (const text of ['....', '.......'].flatMap(row =>
        [...row].map((_, at) => row.slice(0, at) + String.fromCharCode(code) + row.slice(at + 1)),
      ))
        expect(read(plain.fromText(text))).toEqual([[hashText(text.toLowerCase()) & (SIZE - 1), 1]]);
    }
  });

  test('stop words are found in any case, and the letters beside a letter in ASCII are not letters', () => {
    const fast = compile();
    for (const text of ['THE The tHe', "DON'T dON't", 'SHOULD sHOULd', 'SHOULDNTVE', "SHOULDNT'VE"]) {
      expect(read(fast.fromText(text))).toEqual(expected(text));
    }
    expect(read(fast.fromText('@ [ ` {'))).toEqual(expected('@ [ ` {'));
    expect(read(fast.fromText('THE'))).toEqual([]);
  });
});

describe('what is not ASCII is left to the exact way', () => {
  test.each(['é', '\u0080', '\u07ff', '\ud83d\ude00', '\ud83d', '\ufeff', '\u2028'])('%j at every place', character => {
    const fast = compile();
    for (let before = 0; before < 40; before++) {
      const text = `${'a'.repeat(before)}${character}${'b'.repeat(before % 5)}`;
      expect(fast.fromText(text)).toBeNull();
      const bytes = encode(text);
      expect(fast.fromBytes(bytes, 0, bytes.length)).toBeNull();
      const amid = encode(`x${text}yyyyyyyy`);
      expect(fast.fromBytes(amid, 1, 1 + bytes.length)).toBeNull();
    }
  });

  test('and what stands around a field is none of its business', () => {
    const fast = compile();
    for (let code = 128; code < 256; code++) {
      const bytes = Uint8Array.of(code, code, 0x47, 0x6f, 0x20, 0x4f, 0x4b, code, code, code, code, code);
      expect(read(fast.fromBytes(bytes, 2, 7))).toEqual(expected('Go OK'));
    }
  });
});

describe('bytes', () => {
  test('a field that ends with its bytes, one to five before the end, and a view into a larger buffer', () => {
    const fast = compile();
    for (let behind = 0; behind < 6; behind++) {
      const bytes = encode(`GOOD Movie${'!'.repeat(behind)}`);
      expect(read(fast.fromBytes(bytes, 0, 10))).toEqual(expected('GOOD Movie'));
      const large = new Uint8Array(64).fill(0xff);
      large.set(bytes, 17);
      const part = large.subarray(17, 17 + bytes.length);
      expect(read(fast.fromBytes(part, 0, 10))).toEqual(expected('GOOD Movie'));
      expect(read(fast.fromBytes(part, 5, 10))).toEqual(expected('Movie'));
    }
  });

  test('other bytes of the same length are read anew', () => {
    const fast = compile();
    const [one, two] = [encode('good good ____'), encode('poor movie ___')];
    expect(read(fast.fromBytes(one, 0, 9))).toEqual(expected('good good'));
    expect(read(fast.fromBytes(two, 0, 10))).toEqual(expected('poor movie'));
    one.set(encode('late'));
    expect(read(fast.fromBytes(one, 0, 9))).toEqual(expected('late good'));
  });

  test('a long row, then a short one, then a longer one', () => {
    const fast = compile();
    for (const count of [3000, 1, 900, 40_000, 2]) {
      const text = Array.from({ length: count }, (_, at) => `w${at % 900}`).join(' ');
      const wanted = expected(text);
      expect(readAllWays(fast, text)).toEqual([wanted, wanted, wanted]);
    }
    const token = 'x'.repeat(100_001);
    expect(read(fast.fromText(token))).toEqual(expected(token));
  });
});

test('random rows of ASCII are counted as a split and a map count them', () => {
  const fast = compile();
  const unit = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(' ', '\t', '\n', '\x0b', '\f', '\r') },
    { weight: 6, arbitrary: fc.constantFrom('t', 'h', 'e', 'T', 'H', 'E', 'a', 'A', "'", 'n') },
    { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 120 }), text => {
      fc.pre(/^[\0-\x7f]*$/.test(text));
      const wanted = expected(text);
      expect(readAllWays(fast, text)).toEqual([wanted, wanted, wanted]);
    }),
    { numRuns: 600 },
  );
});

test('sizes that are no power of two, presence instead of counts, weights', () => {
  for (const size of [1, 2, 3, 1000, 32_768, 262_143]) {
    const row = 'a good Good movie, a GOOD day';
    const counts = countSlowly(row, [], size);
    const make = (more = {}) => compile([tokenizer, hashing('words', size, more)]);
    expect(read(make().fromText(row))).toEqual(counts);
    expect(read(make({ binary: true }).fromText(row))).toEqual(counts.map(([index]) => [index, 1]));
    const weights = idf(size);
    const weighted = compile([tokenizer, hashing('words', size), weights]);
    expect(read(weighted.fromText(row))).toEqual(
      counts.map(([index, count]) => [index, count * (weights.idf[index] as number)]),
    );
  }
});

test.each<[string, FeatureStage[]]>([
  ['n-grams', [tokenizer, ngram(2, 'words', 'bi'), hashing('bi', 8)]],
  ['a pattern', [regexTokenizer('\\s+'), hashing('words', 8)]],
])('%s go by the general fast way', (_name, given) => {
  const fast = compileFastFeatures((given.at(-1) as FeatureStage).outputCol, given);
  expect(fast).not.toBeNull();
  expect(fast).not.toBeInstanceOf(FastWords);
});
