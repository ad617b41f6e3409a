import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LengthCounts } from '../../../../src/lib/data/profile/lengths.ts';

function countsOf(lengths: readonly number[]): LengthCounts {
  const counts = new LengthCounts();
  for (const length of lengths) counts.add(length);
  return counts;
}

function quantileOf(lengths: readonly number[], share: number): number {
  const sorted = lengths.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number;
}

describe('counted lengths', () => {
  test('give the quantiles of a sorted list, exactly up to 4,095', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4095), { minLength: 1, maxLength: 300 }), lengths => {
        const summary = countsOf(lengths).summary();
        expect(summary.mean).toBeCloseTo(lengths.reduce((sum, length) => sum + length, 0) / lengths.length, 9);
        expect(summary).toMatchObject({
          min: Math.min(...lengths),
          max: Math.max(...lengths),
          p05: quantileOf(lengths, 0.05),
          median: quantileOf(lengths, 0.5),
          p95: quantileOf(lengths, 0.95),
          p99: quantileOf(lengths, 0.99),
        });
      }),
    );
  });

  test('are within a hundredth for longer texts, and never above the longest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 4096, max: 2 ** 30 }), { minLength: 1, maxLength: 50 }), lengths => {
        const counts = countsOf(lengths);
        for (const share of [0.05, 0.5, 0.95, 1]) {
          const truth = quantileOf(lengths, share);
          const found = counts.quantile(share);
          expect(found).toBeLessThanOrEqual(Math.max(...lengths));
          expect(Math.abs(found - truth) / truth).toBeLessThan(0.01);
        }
      }),
    );
  });

  test('of nothing are zeros', () => {
    const counts = new LengthCounts();
    expect(counts.summary()).toEqual({ min: 0, max: 0, mean: 0, p05: 0, median: 0, p95: 0, p99: 0 });
    expect(counts.histogram(10)).toEqual({ edges: [0, 1], rows: [0] });
  });

  test('a histogram has every row once, in bins of the same width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20_000), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (lengths, bins) => {
          const { edges, rows } = countsOf(lengths).histogram(bins);
          expect(rows.reduce((sum, count) => sum + count, 0)).toBe(lengths.length);
          expect(rows.length).toBeLessThanOrEqual(bins);
          expect(edges.length).toBe(rows.length + 1);
          const width = edges[1] as number;
          expect(edges).toEqual(edges.map((_, index) => index * width));
          if (Math.max(...lengths) < 4096) {
            const inFirst = lengths.filter(length => length < width).length;
            if (rows.length > 1) expect(rows[0]).toBe(inFirst);
          }
        },
      ),
    );
  });

  test('one text of a megabyte does not push all others into one bin', () => {
    const { edges, rows } = countsOf([...Array.from({ length: 999 }, (_, n) => n % 100), 1_000_000]).histogram(20);
    expect(edges.at(-1)).toBeLessThan(200);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(1000);
  });
});
