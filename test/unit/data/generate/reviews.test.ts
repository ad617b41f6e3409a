import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  generateReviews,
  type ReviewsRequest,
  reviewLabels,
} from '../../../../src/lib/data/generate/generate-reviews.ts';
import { addTypos } from '../../../../src/lib/data/generate/typos.ts';
import { OPINIONS, PRODUCTS, VERDICTS } from '../../../../src/lib/data/generate/words.ts';
import { writeReview } from '../../../../src/lib/data/generate/write-review.ts';
import { createRandom, mix32, rowNumber, STREAM, streamKey } from '../../../../src/lib/data/random.ts';

const make = (request: Partial<ReviewsRequest> = {}) => [
  ...generateReviews({ rows: 4000, seed: 3, classes: 2, ...request }),
];
const bound = (rows: number, share: number) => 5 * Math.sqrt(rows * share * (1 - share)) + 1;
const count = <T>(list: readonly T[], is: (each: T) => boolean) => list.filter(is).length;

describe('synthetic reviews', () => {
  test('fewer rows are the beginning of more, whatever else is asked for', () => {
    const request = fc.record({
      seed: fc.nat(),
      classes: fc.integer({ min: 2, max: 5 }),
      labelNoise: fc.constantFrom(0, 0.3),
      positiveShare: fc.constantFrom(0.1, 0.8),
    });
    fc.assert(
      fc.property(request, fc.nat(60), (wanted, rows) => {
        const all = [...generateReviews({ ...wanted, rows: 60 })];
        expect([...generateReviews({ ...wanted, rows })]).toEqual(all.slice(0, rows));
        for (const { label } of all) expect(reviewLabels(wanted.classes)).toContain(label);
      }),
      { numRuns: 40 },
    );
  });

  test('are these for this seed: a new version must not change what users made with an old one', () => {
    const [first, second] = make({ rows: 2, seed: 42 });
    expect([first, second]).toMatchInlineSnapshot(`
      [
        {
          "label": "positive",
          "text": "The pacing is perfect. This film was fantastic!",
        },
        {
          "label": "positive",
          "text": "The motor is a masterpiece! The packaging was fantastic, and yet the lid is pathetic. The filter isn't terrible! It does the job.",
        },
      ]
    `);
  });

  test('seeds beyond 32 bits count', () => {
    const texts = [1, 2, 2 ** 32 + 1, 2 ** 40 + 1].map(seed =>
      make({ seed, rows: 20 })
        .map(({ text }) => text)
        .join(),
    );
    expect(new Set(texts).size).toBe(4);
  });

  test.each([2, 3, 4, 5])('of %i classes have each of them equally often, within chance', classes => {
    const reviews = make({ classes });
    for (const name of reviewLabels(classes)) {
      const share = 1 / classes;
      expect(Math.abs(count(reviews, ({ label }) => label === name) - 4000 * share)).toBeLessThan(bound(4000, share));
    }
  });

  test.each([0, 0.1, 0.5, 0.99])(
    'the most positive label has the share %f, the others share the rest',
    positiveShare => {
      const reviews = make({ classes: 3, positiveShare });
      const of = (name: string) => count(reviews, ({ label }) => label === name);
      const rest = (1 - positiveShare) / 2;
      expect(Math.abs(of('positive') - 4000 * positiveShare)).toBeLessThan(bound(4000, positiveShare));
      for (const name of ['negative', 'neutral'])
        expect(Math.abs(of(name) - 4000 * rest)).toBeLessThan(bound(4000, rest));
    },
  );

  test.each([0.05, 0.3, 0.9])(
    '%f of the labels are wrong, the texts stay, and each wrong label is as likely',
    labelNoise => {
      const right = make({ classes: 4 });
      const noisy = make({ classes: 4, labelNoise });
      expect(noisy.map(({ text }) => text)).toEqual(right.map(({ text }) => text));
      const wrong = noisy.filter(({ label }, row) => label !== right[row]?.label);
      expect(Math.abs(wrong.length - 4000 * labelNoise)).toBeLessThan(bound(4000, labelNoise));
      const turns = noisy.map(({ label }, row) => `${right[row]?.label} to ${label}`);
      for (const from of reviewLabels(4)) {
        for (const to of reviewLabels(4).filter(name => name !== from)) {
          const found = count(turns, turn => turn === `${from} to ${to}`);
          expect(Math.abs(found - wrong.length / 12)).toBeLessThan(bound(wrong.length, 1 / 12));
        }
      }
    },
  );

  test('need commas and quotes of CSV to be written with care', () => {
    expect(count(make(), ({ text }) => text.includes(','))).toBeGreaterThan(100);
  });
});

describe('a review', () => {
  const write = (tone: number, spread: number, seed: number) =>
    writeReview({ tone, spread, leastSentences: 2 }, createRandom(seed, 1));
  const speaks = (text: string, level: number) =>
    [...(OPINIONS[level] ?? []), ...(VERDICTS[level] ?? [])].some(word =>
      text.toLowerCase().includes(word.toLowerCase()),
    );

  test('in a mood without spread says what the mood is', () => {
    for (const tone of [0, 4]) {
      const texts = Array.from({ length: 300 }, (_, seed) => write(tone, 0, seed));
      expect(count(texts, text => speaks(text, tone))).toBeGreaterThan(270);
      expect(count(texts, text => VERDICTS[4 - tone]?.some(verdict => text.includes(verdict)) ?? false)).toBe(0);
    }
  });

  test('strays further the more spread there is', () => {
    const strays = (spread: number) =>
      count(
        Array.from({ length: 300 }, (_, seed) => write(4, spread, seed)),
        text => VERDICTS[1]?.some(verdict => text.includes(verdict)) ?? false,
      );
    expect(strays(0)).toBe(0);
    expect(strays(1.5)).toBeGreaterThan(strays(0.8));
  });

  test('keeps to one product', () => {
    const names = PRODUCTS.map(({ names: all }) => all.filter(name => !['camera', 'menu'].includes(name)));
    for (let seed = 0; seed < 200; seed++) {
      const text = write(2, 1, seed).toLowerCase();
      const found = names.filter(all => all.some(name => new RegExp(`this ${name.toLowerCase()}\\b`).test(text)));
      expect(found.length, text).toBeLessThan(2);
    }
  });

  test('no word of opinion stands for two moods', () => {
    const all = [...OPINIONS.flat(), ...VERDICTS.flat()];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('typing errors', () => {
  test('change letters within a word only: its first letter, its end and the number of words stay', () => {
    const text = 'Wonderful evening, absolutely brilliant! the end is not far';
    let changed = 0;
    for (let seed = 0; seed < 600; seed++) {
      const words = addTypos(text, createRandom(seed, 1)).split(' ');
      expect(words.length).toBe(9);
      for (const [index, word] of text.split(' ').entries()) {
        const other = words[index] as string;
        if (other === word) continue;
        changed++;
        expect(other[0]).toBe(word[0]);
        expect(/\W*$/.exec(other)?.[0]).toBe(/\W*$/.exec(word)?.[0]);
        expect(Math.abs(other.length - word.length)).toBeLessThanOrEqual(1);
        expect(word.replace(/\W/g, '').length).toBeGreaterThanOrEqual(4);
      }
    }
    // Four words have letters enough.
    expect(Math.abs(changed - 2400 * 0.025)).toBeLessThan(2400 * 0.025 * 0.5);
  });
});

describe('numbers by chance', () => {
  test('no two of 60,000 rows share one, also across 2^32', () => {
    for (const from of [0, 2 ** 32 - 15_000]) {
      const key = streamKey(9, STREAM.rows);
      const numbers = new Set<number>();
      const rows = from === 0 ? 60_000 : 30_000;
      for (let row = 0; row < rows; row++) numbers.add(rowNumber(key, from + row));
      expect(numbers.size).toBe(rows);
    }
  });

  test('uses of a seed are not related', () => {
    const [first, second] = [createRandom(1, STREAM.split), createRandom(1, STREAM.rows)];
    let both = 0;
    for (let draw = 0; draw < 10_000; draw++) if (first() < 0.5 === second() < 0.5) both++;
    expect(Math.abs(both - 5000)).toBeLessThan(bound(10_000, 0.5));
  });

  test('mixing is the finalizer of MurmurHash3', () => {
    // Of the reference code: fmix32 of these.
    expect([0, 1, 2, 0xffffffff].map(mix32)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
  });
});
