import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextTable } from '../../../../src/lib/data/profile/text-table.ts';
import { mix32 } from '../../../../src/lib/data/random.ts';

const low = (text: number) => mix32(text) | 0;
const high = (text: number) => mix32(text ^ 0x5bd1e995) | 0;

describe('the table of texts', () => {
  test('counts as a map does: repeated rows, and texts that came with several labels', () => {
    const row = fc.record({ text: fc.nat(40), label: fc.integer({ min: -1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), rows => {
        const table = new TextTable();
        const known = new Map<number, { rows: number; labels: Set<number> }>();
        for (const { text, label } of rows) {
          const was = known.get(text) ?? { rows: 0, labels: new Set() };
          expect(table.add(low(text), high(text), label)).toBe(was.rows > 0);
          was.rows++;
          if (label >= 0) was.labels.add(label);
          known.set(text, was);
        }
        const mixed = [...known.values()].filter(({ labels }) => labels.size > 1);
        expect(table.entries).toBe(known.size);
        expect(table.sums()).toEqual({
          repeated: rows.length - known.size,
          mixedTexts: mixed.length,
          mixedRows: mixed.reduce((sum, each) => sum + each.rows, 0),
        });
        for (let text = 0; text <= 41; text++) expect(table.has(low(text), high(text))).toBe(known.has(text));
      }),
    );
  });

  test('grows, and forgets nothing on the way', () => {
    const table = new TextTable();
    for (let text = 0; text < 100_000; text++) table.add(low(text), high(text), text % 3);
    for (let text = 0; text < 100_000; text += 2) expect(table.add(low(text), high(text), text % 3)).toBe(true);
    expect([table.entries, table.scale, table.sums().repeated]).toEqual([100_000, 1, 50_000]);
  });

  test('two texts that share half of their hash are two', () => {
    const table = new TextTable();
    expect([table.add(5, 1, 0), table.add(5, 2, 0), table.add(6, 1, 0), table.add(5, 1, 0)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(table.entries).toBe(3);
  });

  test('when full it goes on with a sample, keeps its bound, and its numbers stay close', () => {
    const table = new TextTable({ mostEntries: 4000 });
    let repeated = 0;
    let most = 0;
    for (let text = 0; text < 100_000; text++) {
      // Every tenth comes four times, with two labels.
      const times = text % 10 === 0 ? 4 : 1;
      for (let time = 0; time < times; time++) table.add(low(text), high(text), time % 2);
      repeated += times - 1;
      most = Math.max(most, table.entries);
    }
    expect(most).toBeLessThanOrEqual(4000);
    expect(table.scale).toBe(32);
    const sums = table.sums();
    const near = (found: number, truth: number) => Math.abs(found * table.scale - truth) / truth;
    expect(near(table.entries, 100_000)).toBeLessThan(0.1);
    expect(near(sums.repeated, repeated)).toBeLessThan(0.25);
    expect(near(sums.mixedTexts, 10_000)).toBeLessThan(0.25);
    // Of the texts of the sample none is missing, none is too many, and all of their rows were counted.
    const sampled = Array.from({ length: 100_000 }, (_, text) => text).filter(text => table.samples(low(text)));
    const often = sampled.filter(text => text % 10 === 0).length;
    expect(table.entries).toBe(sampled.length);
    expect(sums).toEqual({ repeated: 3 * often, mixedTexts: often, mixedRows: 4 * often });
    // What is not in the sample is neither counted nor found.
    const outside = Array.from({ length: 100 }, (_, text) => text).find(text => !table.samples(low(text))) as number;
    expect(table.add(low(outside), high(outside), 0)).toBe(false);
    expect(table.has(low(outside), high(outside))).toBe(false);
  });

  test('a text that comes more often than its counter counts does not start again at none', () => {
    const table = new TextTable();
    for (let row = 0; row < 70_000; row++) table.add(1, 1, 0);
    expect(table.entries).toBe(1);
    expect(table.sums().repeated).toBe(65_534);
  });
});
