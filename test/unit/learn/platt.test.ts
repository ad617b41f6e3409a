import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitPlatt } from '../../../src/lib/learn/platt.ts';
import { createRandom } from '../../../src/lib/learn/random.ts';

describe('Platt scaling', () => {
  test('finds the sigmoid that made the labels', () => {
    const random = createRandom(5);
    const margins = Float64Array.from({ length: 40_000 }, () => 6 * random.next() - 3);
    const labels = Int32Array.from(margins, margin =>
      random.next() < 1 / (1 + Math.exp(-1.5 * margin + 0.4)) ? 1 : 0,
    );
    const { slope, offset } = fitPlatt(margins, labels);
    expect(slope).toBeCloseTo(-1.5, 1);
    expect(offset).toBeCloseTo(0.4, 1);
  });

  test('is the minimum: neither more nor less of either is better', () => {
    const rows = fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.boolean()), {
      minLength: 4,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, made => {
        const labels = Int32Array.from([...made.map(([, label]) => Number(label)), 0, 1]);
        const margins = Float64Array.from([...made.map(([margin]) => margin), 0, 0]);
        const [up, down] = [labels.filter(label => label === 1).length, labels.filter(label => label === 0).length];
        const loss = (slope: number, offset: number) =>
          margins.reduce((sum, margin, row) => {
            const target = labels[row] === 1 ? (up + 1) / (up + 2) : 1 / (down + 2);
            const p = 1 / (1 + Math.exp(slope * margin + offset));
            return sum - target * Math.log(p) - (1 - target) * Math.log(1 - p);
          }, 0);
        const { slope, offset } = fitPlatt(margins, labels);
        for (const [a, b] of [
          [0.01, 0],
          [-0.01, 0],
          [0, 0.01],
          [0, -0.01],
        ] as const) {
          expect(loss(slope, offset)).toBeLessThanOrEqual(loss(slope + a, offset + b) + 1e-9);
        }
      }),
    );
  });

  test('margins that separate the classes do not drive it to infinity', () => {
    const { slope, offset } = fitPlatt(Float64Array.of(-2, -1, 1, 2), Int32Array.of(0, 0, 1, 1));
    expect(slope).toBeLessThan(0);
    expect(slope).toBeGreaterThan(-5);
    expect(offset).toBeCloseTo(0, 8);
  });

  test('both classes are needed, and no third one', () => {
    expect(() => fitPlatt(Float64Array.of(1, 2), Int32Array.of(1, 1))).toThrow('rows of both classes');
    expect(() => fitPlatt(Float64Array.of(1, 2), Int32Array.of(0, 2))).toThrow('not 2');
  });
});
