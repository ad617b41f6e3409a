import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatMetric,
  formatMoment,
  formatSeconds,
  formatShare,
  shorten,
} from '../../../src/lib/report/format.ts';
import { anyText } from '../../helpers/any-text.ts';

describe('numbers of a report', () => {
  test.each([
    [0.92515, '0.9252'],
    [1, '1.0000'],
    [null, '–'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('metric %d', (value, text) => expect(formatMetric(value)).toBe(text));

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_600_000, '1,600,000'],
    [Number.NaN, '–'],
  ])('count %d', (value, text) => expect(formatCount(value)).toBe(text));

  test.each([
    [null, '–'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [26_812_345, '26.8 MB'],
    [5e15, '5,000.0 TB'.replace(',', '')],
  ])('bytes %d', (value, text) => expect(formatBytes(value)).toBe(text));

  test.each([
    [0.004, '0.00 s'],
    [1.239, '1.24 s'],
    [9.996, '10.0 s'],
    [59.96, '1 min 00 s'],
    [75.4, '1 min 15 s'],
    [3600, '1 h 00 min 00 s'],
    [7384, '2 h 03 min 04 s'],
    [Number.NaN, '–'],
  ])('seconds %d', (value, text) => expect(formatSeconds(value)).toBe(text));

  test('shares', () => {
    expect(formatShare(1, 3)).toBe('33.3 %');
    expect(formatShare(1, 0)).toBe('–');
  });

  test('moments', () => {
    expect(formatMoment('2026-03-01T12:30:59+01:00')).toBe('2026-03-01 11:30 UTC');
    expect(formatMoment('yesterday')).toBe('yesterday');
  });
});

describe('long texts', () => {
  test('are cut to a number of signs, on one line', () => {
    expect(shorten('one\n\n two  three', 100)).toBe('one two three');
    expect(shorten('one two three', 4)).toBe('one…');
    expect(shorten('😀😀😀', 2)).toBe('😀😀…');
    expect(shorten('x'.repeat(1_000_000), 3)).toBe('xxx…');
  });

  test('never grow and never tear a sign apart', () => {
    fc.assert(
      fc.property(anyText(60), fc.integer({ min: 1, max: 20 }), (text, signs) => {
        const short = shorten(text, signs);
        expect(Array.from(short).length).toBeLessThanOrEqual(signs + 1);
        if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true);
      }),
    );
  });
});
