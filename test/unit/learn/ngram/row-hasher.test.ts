import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishHash as finish, mixWord, SEED } from '../../../../src/lib/learn/ngram/murmur.ts';
import { type HashingOptions, RowHasher } from '../../../../src/lib/learn/ngram/row-hasher.ts';
import { CHARACTER_PATTERN, WORD_PATTERN } from '../../../../src/lib/learn/ngram/tokens.ts';
import { finishHash, mixWords } from '../../../../src/lib/text/murmur3.ts';
import { createLowerUtf8 } from '../../../../src/lib/train/ngram/lower-utf8.ts';
import { randomTexts } from '../../../helpers/random-texts.ts';

const encoder = new TextEncoder();

/** The slow way that Spark describes: token strings, n-grams joined by a space, hash of the UTF-8, remainder. */
function reference(text: string, { numFeatures, words, characters }: HashingOptions): number[] {
  const bytes = encoder.encode(text);
  const small = new TextDecoder('utf-8', { ignoreBOM: true }).decode(createLowerUtf8()(bytes, 0, bytes.length).slice());
  const found: number[] = [];
  for (const [pattern, orders] of [
    [WORD_PATTERN, words],
    [CHARACTER_PATTERN, characters],
  ] as const) {
    const tokens = small.match(new RegExp(pattern, 'gu')) ?? [];
    for (const n of orders)
      for (let i = 0; i + n <= tokens.length; i++) {
        const gram = encoder.encode(tokens.slice(i, i + n).join(' '));
        const hash = finishHash(mixWords(SEED, gram, 0, gram.length), gram, gram.length, gram.length);
        found.push(((hash % numFeatures) + numFeatures) % numFeatures);
      }
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

function hashWith(hasher: RowHasher, text: string): number[] {
  const padded = encoder.encode(`Aé${text}Zß`);
  hasher.hash(padded, 3, padded.length - 3);
  return [...hasher.features.subarray(0, hasher.count)];
}

describe('finishHash', () => {
  it('is the murmur3 of Spark for every length and whatever stands behind the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes, behind) => {
        const expected = finishHash(mixWords(SEED, bytes, 0, bytes.length), bytes, bytes.length, bytes.length);
        const view = new DataView(Uint8Array.of(...bytes, ...behind).buffer);
        let state = SEED;
        let at = 0;
        for (; at + 4 <= bytes.length; at += 4) state = mixWord(state, view.getInt32(at, true));
        expect(finish(state, view.getInt32(at, true), bytes.length)).toBe(expected);
      }),
    );
  });
});

describe('RowHasher', () => {
  const options: HashingOptions = { numFeatures: 2 ** 18, words: [1, 2, 3], characters: [] };

  it('cuts words, keeps apostrophes inside, takes marks one by one', () => {
    expect("don't stop!! <br />1_a é".match(new RegExp(WORD_PATTERN, 'gu'))).toEqual([
      "don't",
      'stop',
      '!',
      '!',
      '<',
      'br',
      '/',
      '>',
      '1_a',
      'é',
    ]);
    const hasher = new RowHasher(options, createLowerUtf8());
    const text = "I DON'T like it!! <br />The 1_a; don't";
    expect(hashWith(hasher, text)).toEqual(reference(text, options));
  });

  it('gives the features of the slow way for plain ASCII', () => {
    const hasher = new RowHasher(options, createLowerUtf8());
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 300 }), text => {
        expect(hashWith(hasher, text)).toEqual(reference(text, options));
      }),
    );
  });

  it.each([
    ['words', { numFeatures: 2 ** 22, words: [1, 2], characters: [] }],
    ['characters', { numFeatures: 2 ** 12, words: [], characters: [1, 2, 3] }],
    ['both', { numFeatures: 2 ** 10, words: [1, 2], characters: [2] }],
  ])('gives the features of the slow way for texts of all scripts: %s', (_, choice) => {
    const hasher = new RowHasher(choice, createLowerUtf8());
    for (const text of randomTexts(1500, 5)) {
      // The bytes of a half of a surrogate pair are U+FFFD, in both ways.
      expect(hashWith(hasher, text)).toEqual(reference(text.toWellFormed(), choice));
    }
  });

  it('forgets the row before and grows for a long one', () => {
    const hasher = new RowHasher(options, createLowerUtf8());
    const long = Array.from({ length: 9000 }, (_, index) => `w${index}`).join(' ');
    expect(hashWith(hasher, long)).toEqual(reference(long, options));
    expect(hashWith(hasher, 'a b')).toEqual(reference('a b', options));
    expect(hashWith(hasher, '')).toEqual([]);
    expect(hashWith(hasher, '   ')).toEqual([]);
  });

  it('keeps the words of a row when its characters need more room', () => {
    const choice: HashingOptions = { numFeatures: 2 ** 22, words: [1], characters: [1, 2, 3, 4] };
    const text = Array.from({ length: 1500 }, (_, index) => `w${index}ж`).join(' ');
    expect(hashWith(new RowHasher(choice, createLowerUtf8()), text)).toEqual(reference(text, choice));
  });
});
