import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTick, niceRange, niceTicks } from '../../../src/lib/plot/charts/ticks.ts';

const bound = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const range = fc
  .tuple(bound, bound)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  .filter(([low, high]) => high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));

describe('ticks', () => {
  test.each([
    [0, 1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 100, 6, [0, 20, 40, 60, 80, 100]],
    [0.1, 0.7, 6, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]],
    [-1, 1, 4, [-1, -0.5, 0, 0.5, 1]],
    [1, 6, 6, [1, 2, 3, 4, 5, 6]],
    [0, 1_600_000, 4, [0, 500_000, 1_000_000, 1_500_000]],
  ])('from %d to %d', (min, max, count, expected) => {
    expect(niceTicks(min, max, count).values).toEqual(expected);
  });

  test('are exact decimals: no 0.30000000000000004', () => {
    for (const value of niceTicks(0, 3, 30).values) expect(String(value).length).toBeLessThanOrEqual(3);
  });

  test('step by 1, 2 or 5 times a power of ten, inside the range, not too many and not too few', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 12 }), ([low, high], count) => {
        const { values, step } = niceTicks(low, high, count);
        const leading = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
        expect([1, 2, 5].some(factor => Math.abs(leading - factor) < 1e-6)).toBe(true);
        expect(values.length).toBeLessThanOrEqual(count + 1);
        expect(values.length).toBeGreaterThanOrEqual(Math.floor(count / 2.5));
        const slack = step * 1e-6;
        for (const [index, value] of values.entries()) {
          expect(value).toBeGreaterThanOrEqual(low - slack);
          expect(value).toBeLessThanOrEqual(high + slack);
          if (index > 0) expect(Math.abs(value - (values[index - 1] ?? 0) - step)).toBeLessThan(slack);
        }
      }),
    );
  });

  test.each([
    [5, 5],
    [0, 0],
    [Number.NaN, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
    [1, 0],
    [1e300, 1e300],
    [0.1, 0.1 + 1e-17],
  ])('of the hopeless range %d to %d are still a few', (min, max) => {
    const { values, step } = niceTicks(min, max, 6);
    expect(step).toBeGreaterThan(0);
    expect(values.length).toBeGreaterThan(0);
    expect(values.length).toBeLessThan(20);
  });
});

describe('a range widened to ticks', () => {
  test('holds the values and ends at ticks', () => {
    fc.assert(
      fc.property(range, ([low, high]) => {
        const [start, end] = niceRange(low, high, 6);
        const { values, step } = niceTicks(low, high, 6);
        expect(start).toBeLessThanOrEqual(low + step * 1e-6);
        expect(end).toBeGreaterThanOrEqual(high - step * 1e-6);
        expect(end - start).toBeLessThan(high - low + 2 * step);
        const first = values[0] ?? 0;
        expect(Math.abs((first - start) / step - Math.round((first - start) / step))).toBeLessThan(1e-4);
      }),
    );
  });

  test('does not grow where it ends at ticks already', () => {
    expect(niceRange(0.1, 0.7, 6)).toEqual([0.1, 0.7]);
  });
});

describe('the text of a tick', () => {
  test.each([
    [0.2, 0.2, '0.2'],
    [1, 0.2, '1.0'],
    [0.05, 0.05, '0.05'],
    [20_000, 5000, '20,000'],
    [1_250_000, 250_000, '1,250,000'],
    [-3, 1, '−3'],
    [2e12, 1e12, '2e12'],
    [0, 1e12, '0'],
    [3e-9, 1e-9, '3e-9'],
  ])('%d in steps of %d is %s', (value, step, text) => {
    expect(formatTick(value, step)).toBe(text);
  });

  test('tells neighbours apart', () => {
    fc.assert(
      fc.property(range, ([low, high]) => {
        const { values, step } = niceTicks(low, high, 6);
        if (values.some(value => Math.abs(value) >= 1e9)) return;
        const texts = values.map(value => formatTick(value, step));
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });
});
