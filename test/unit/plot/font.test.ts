import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toGlyphNames } from '../../../src/lib/plot/font/characters.ts';
import { GLYPHS } from '../../../src/lib/plot/font/glyphs.ts';
import { fitText, textWidth } from '../../../src/lib/plot/font/measure.ts';
import { glyphOf } from '../../../src/lib/plot/font/strokes.ts';
import { anyText } from '../../helpers/any-text.ts';

const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

describe('the font', () => {
  test('has every printable ASCII sign and what our own texts use', () => {
    expect([...ascii, ...'–—…×≤≥±−·'].filter(sign => !Object.hasOwn(GLYPHS, sign))).toEqual([]);
  });

  test.each(Object.keys(GLYPHS))('draws %s within its cell', sign => {
    const { advance, lines } = glyphOf(sign);
    expect(advance).toBeGreaterThan(0.15);
    expect(advance).toBeLessThan(1.05);
    expect(lines.length === 0).toBe(sign === ' ');
    for (const line of lines) {
      expect(line.length).toBeGreaterThanOrEqual(4);
      for (let at = 0; at < line.length; at += 2) {
        expect(line[at]).toBeGreaterThanOrEqual(0);
        expect(line[at]).toBeLessThanOrEqual(advance);
        expect(line[at + 1]).toBeGreaterThanOrEqual(-0.2);
        expect(line[at + 1]).toBeLessThanOrEqual(0.8);
      }
    }
  });

  test('draws no two signs alike', () => {
    const drawn = new Map<string, string>();
    for (const [sign, lines] of Object.entries(GLYPHS)) drawn.set(lines, sign);
    expect(drawn.size).toBe(Object.keys(GLYPHS).length);
  });

  test('has figures of one width, so that numbers stand in columns', () => {
    expect(new Set([...'0123456789'].map(digit => glyphOf(digit).advance)).size).toBe(1);
  });

  test('gives narrow letters less room than wide ones', () => {
    expect(textWidth('illicit', 20)).toBeLessThan(textWidth('mammoth', 20) / 2);
  });
});

describe('signs for a text', () => {
  test.each([
    ['café', ['c', 'a', 'f', 'e']],
    ['cafe\u0301', ['c', 'a', 'f', 'e']],
    ['Straße', ['S', 't', 'r', 'a', 's', 's', 'e']],
    ['İstanbul', [...'Istanbul']],
    ['½', ['1', null, '2']],
    ['ﬁ', ['f', 'i']],
    ['“a’', ['"', 'a', "'"]],
    ['a\u00a0\t\nb', ['a', ' ', 'b']],
    ['a\u200b\u202e\u0007b', ['a', 'b']],
    ['好', [null]],
    ['😀', [null]],
    ['\ud800', [null]],
  ])('%j', (text, names) => {
    expect(toGlyphNames(text)).toEqual(names);
  });

  test('exist for whatever text there is', () => {
    fc.assert(
      fc.property(anyText(40), text => {
        for (const name of toGlyphNames(text)) expect(name === null || Object.hasOwn(GLYPHS, name)).toBe(true);
      }),
    );
  });

  test('are the same on the fast way for plain texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ascii) }), text => {
        expect(toGlyphNames(text)).toEqual(toGlyphNames(`${text}é`).slice(0, -1));
      }),
    );
  });
});

describe('the width of a text', () => {
  test('grows with the size and adds up', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{0,20}$/), fc.stringMatching(/^[!-~]{0,20}$/), (a, b) => {
        expect(textWidth(a + b, 12)).toBeCloseTo(textWidth(a, 12) + textWidth(b, 12), 8);
        expect(textWidth(a, 24)).toBeCloseTo(2 * textWidth(a, 12), 8);
        if (a !== '') expect(textWidth(a, 12, 'bold')).toBeGreaterThan(textWidth(a, 12));
      }),
    );
  });

  test('is that of common sans-serif faces, within a tenth: browsers set the same text in the same place', () => {
    // Widths in the Adobe Font Metrics of Helvetica: T 611, r 333, u 556, e 556, space 278, p 556, o 556, s 500, …
    expect(Math.abs(textWidth('True positive rate', 1000) / 7951 - 1)).toBeLessThan(0.1);
  });
});

describe('a text cut to a width', () => {
  test('fits, and is whole where it can be', () => {
    fc.assert(
      fc.property(anyText(40), fc.integer({ min: 20, max: 300 }), (text, room) => {
        const cut = fitText(text, 12, room);
        expect(textWidth(cut, 12)).toBeLessThanOrEqual(room);
        if (text.length < 64 && textWidth(text, 12) <= room) expect(cut).toBe(text);
        else expect(cut.endsWith('…')).toBe(true);
      }),
    );
  });

  test('uses the room it has', () => {
    const cut = fitText('abcdefghijklmnopqrstuvwxyz', 12, 100);
    expect(textWidth(`${cut}mm`, 12)).toBeGreaterThan(100);
  });

  test('is quick for a text of a megabyte', () => {
    expect(fitText('x'.repeat(1_000_000), 12, 100)).toMatch(/^x{5,40}…$/);
  });

  test('does not tear an emoji of several signs apart', () => {
    const family = '👨‍👩‍👧‍👦';
    const cut = fitText(family.repeat(40), 12, 100);
    expect(cut.slice(0, -1).length % family.length).toBe(0);
  });
});
