import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGN } from '../../../../src/lib/data/profile/text-scan.ts';
import { scanned } from './texts.ts';

/** Every length around the steps of four, and signs that mean something. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '\t', 'é', '😀', '@', '1', '<', '&', '\u0001', '\n'), maxLength: 30 }),
);

const SPACE = /[ \t-\r]+/;

function wordsOf(text: string): number {
  return text.split(SPACE).filter(word => word !== '').length;
}

function signsOf(text: string): number {
  const bit = (isSet: boolean, sign: number) => (isSet ? sign : 0);
  return (
    bit(/[a-z]/i.test(text), SIGN.letter) |
    bit((text.match(/[0-9]/g) ?? []).length >= 9, SIGN.digits) |
    bit(/[a-z0-9]@/i.test(text), SIGN.mail) |
    bit(/[^\0-\x7f]/.test(text), SIGN.high) |
    bit(/[\0-\x08\x0e-\x1f\x7f]/.test(text), SIGN.control) |
    bit(/[<&]/.test(text), SIGN.markup)
  );
}

describe('the scan of texts', () => {
  test('counts code points and words, and sees the signs, as string functions would', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyText), { minLength: 1, maxLength: 8 }), texts => {
        const wellFormed = texts.map(text => text?.toWellFormed() ?? null);
        const { features } = scanned(wellFormed);
        for (const [row, text] of wellFormed.entries()) {
          const words = wordsOf(text ?? '');
          expect(features.words[row]).toBe(words);
          expect(features.characters[row]).toBe(words === 0 ? 0 : Array.from(text ?? '').length);
          expect((features.signs[row] as number) & ~SIGN.run).toBe(signsOf(text ?? ''));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('gives equal texts one hash wherever they stand, and different texts different ones', () => {
    const texts = new Set<string>();
    for (let n = 0; n < 20_000; n++) texts.add(`${n % 7 === 0 ? '' : 'row '}${n.toString(36)}`);
    for (let n = 0; n < 200; n++) texts.add('a'.repeat(n)).add(`${'a'.repeat(n)}\0`);
    const once = [...texts];
    const { features } = scanned([...once, ...once.toReversed()]);
    const key = (row: number) => `${features.low[row]} ${features.high[row]}`;
    const keys = new Set(once.map((_, row) => key(row)));
    expect(keys.size).toBe(once.length);
    for (const [row] of once.entries()) expect(key(row)).toBe(key(2 * once.length - 1 - row));
    // Each half of the hash alone tells most of them apart, so that samples by its low bits are fair.
    const evens = once.filter((_, row) => ((features.low[row] as number) & 1) === 0).length;
    expect(evens / once.length).toBeGreaterThan(0.48);
    expect(evens / once.length).toBeLessThan(0.52);
  });

  test('promises a run wherever one of eleven bytes stands, and never for fewer than eight', () => {
    for (let before = 0; before < 9; before++) {
      for (let length = 1; length < 16; length++) {
        const text = `${'xy'.repeat(9).slice(0, before)}${'!'.repeat(length)}z`;
        const isSeen = ((scanned([text]).features.signs[0] as number) & SIGN.run) !== 0;
        if (length >= 11) expect([before, length, isSeen]).toEqual([before, length, true]);
        if (length < 8) expect([before, length, isSeen]).toEqual([before, length, false]);
      }
    }
  });

  test('a batch larger than the one before, and the mean length over both', () => {
    const { features } = scanned(['ab', null, '  ']);
    expect(features.meanBytes).toBe(2);
    const more = scanned(['abcd', 'é', 'x', '', 'y y']);
    features.scan(more.column, 5);
    expect([...features.characters.subarray(0, 5)]).toEqual([4, 1, 1, 0, 3]);
    expect(features.meanBytes).toBe((2 + 4 + 2 + 1 + 3) / 5);
  });

  test('a null is not looked at, whatever stands where its end would be', () => {
    const { features, column } = scanned(['abcdefgh', null, 'x']);
    for (const end of [0, 5, 1_000_000]) {
      column.ends[1] = end;
      features.scan(column, 3);
      expect([features.words[1], features.characters[1], features.signs[1]]).toEqual([0, 0, 0]);
    }
  });

  test('no text at all has no mean length', () => {
    expect(scanned([null, '']).features.meanBytes).toBe(0);
  });
});
