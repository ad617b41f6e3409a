import { describe, expect, test } from 'vitest';
import { complementaryError, testMcNemar } from '../../../src/lib/learn/mcnemar.ts';

/** Rows that only the first got right, only the second, and both. */
function compare(onlyFirst: number, onlySecond: number, both = 10) {
  const rows = onlyFirst + onlySecond + both;
  const labels = new Int32Array(rows);
  const first = labels.map((_, row) => (row >= onlyFirst && row < onlyFirst + onlySecond ? 1 : 0));
  const second = labels.map((_, row) => (row < onlyFirst ? 1 : 0));
  return testMcNemar(labels, first, second);
}

describe('McNemar', () => {
  test('few rows: the binomial distribution, exact', () => {
    expect(compare(8, 2)).toEqual({ onlyFirst: 8, onlySecond: 2, method: 'exact', statistic: null, pValue: 0.109375 });
    expect(compare(2, 8).pValue).toBe(0.109375);
    expect(compare(5, 5).pValue).toBe(1);
    expect(compare(0, 0).pValue).toBe(1);
    expect(compare(6, 0).pValue).toBeCloseTo(2 / 64, 15);
    expect(compare(12, 12).method).toBe('exact');
  });

  test('many rows: chi-squared with one taken off', () => {
    const result = compare(59, 6);
    expect(result).toMatchObject({ method: 'chi-squared', onlyFirst: 59, onlySecond: 6 });
    expect(result.statistic).toBeCloseTo(52 ** 2 / 65, 12);
    // scipy.stats.chi2.sf(41.6, 1)
    expect(result.pValue / 1.1199327149542469e-10).toBeCloseTo(1, 11);
    expect(compare(20, 20).statistic).toBe(0);
    expect(compare(20, 20).pValue).toBe(1);
  });

  test('rows that both get wrong in different ways do not count', () => {
    const result = testMcNemar(Int32Array.of(0, 0), Int32Array.of(1, 2), Int32Array.of(2, 1));
    expect(result).toMatchObject({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
  });

  test('models that judged other rows cannot be compared', () => {
    expect(() => testMcNemar(new Int32Array(2), new Int32Array(3), new Int32Array(2))).toThrow('the same rows');
  });
});

describe('the complementary error function', () => {
  /** What scipy.special.erfc gives. */
  test.each([
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [2, 0.004677734981047266],
    [2.5, 0.00040695201744495897],
    [3, 2.209049699858544e-5],
    [5, 1.5374597944280349e-12],
  ])('at %d', (x, wanted) => {
    expect(complementaryError(x) / wanted).toBeCloseTo(1, 11);
  });
});
