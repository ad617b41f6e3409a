import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReservoir } from '../../../src/lib/data/reservoir.ts';
import { createSelector } from '../../../src/lib/data/sample.ts';
import { createSplitter, createStratifiedSplitter } from '../../../src/lib/data/split.ts';

const ROWS = 20_000;
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row);
/** Five standard deviations of a binomial count. */
const bound = (rows: number, share: number) => 5 * Math.sqrt(rows * share * (1 - share)) + 1;

const ratios = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 99 }))
  .filter(([train, validation]) => train + validation <= 100)
  .map(([train, validation]) => ({ trainRatio: train / 100, validationRatio: validation / 100 }));

function countParts(parts: Iterable<number>): number[] {
  const counts = [0, 0, 0];
  for (const part of parts) counts[part] = (counts[part] as number) + 1;
  return counts;
}

describe('a split by chance', () => {
  test('has the shares that were asked for, within chance, for any seed', () => {
    fc.assert(
      fc.property(ratios, fc.nat(), ({ trainRatio, validationRatio }, seed) => {
        const { partOf } = createSplitter({ seed, trainRatio, validationRatio });
        const counts = countParts(range(4000).map(partOf));
        for (const [part, share] of [
          trainRatio,
          validationRatio,
          Math.max(0, 1 - trainRatio - validationRatio),
        ].entries()) {
          expect(Math.abs((counts[part] as number) - share * 4000)).toBeLessThanOrEqual(
            bound(4000, Math.min(1, share)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test('gives nothing to a part whose share is nothing', () => {
    const { partOf } = createSplitter({ seed: 3, trainRatio: 1, validationRatio: 0 });
    expect(countParts(range(ROWS).map(partOf))).toEqual([ROWS, 0, 0]);
    expect(
      countParts(range(ROWS).map(createSplitter({ seed: 3, trainRatio: 0.5, validationRatio: 0 }).partOf))[1],
    ).toBe(0);
  });

  test('a larger share of training keeps the rows of a smaller one', () => {
    const small = createSplitter({ seed: 8, trainRatio: 0.6, validationRatio: 0.1 });
    const large = createSplitter({ seed: 8, trainRatio: 0.7, validationRatio: 0.1 });
    expect(range(ROWS).every(row => small.partOf(row) !== 0 || large.partOf(row) === 0)).toBe(true);
  });

  test('rows far into a file are spread like those at its beginning', () => {
    const { partOf } = createSplitter({ seed: 1, trainRatio: 0.8, validationRatio: 0.1 });
    for (const from of [0, 1_000_000, 2 ** 31 - 1000, 2 ** 32 - 1000, 2 ** 40]) {
      const [train = 0] = countParts(range(2000).map(row => partOf(from + row)));
      expect(Math.abs(train - 1600)).toBeLessThan(bound(2000, 0.8));
    }
  });
});

describe('a split by label', () => {
  /** Validation rows came three times as often as asked for with some ratios: rounding was never given back. */
  test('keeps within a row of the shares at the end of every deal, for any ratios', () => {
    fc.assert(
      fc.property(ratios, fc.nat(), ({ trainRatio, validationRatio }, seed) => {
        const { partOf } = createStratifiedSplitter({ seed, trainRatio, validationRatio });
        const counts = [0, 0, 0];
        for (let row = 0; row < 2000; row++) {
          const part = partOf(row, 0);
          counts[part] = (counts[part] as number) + 1;
          if (row % 20 !== 19) continue;
          for (const [index, share] of [trainRatio, validationRatio, 1 - trainRatio - validationRatio].entries())
            expect(Math.abs((counts[index] as number) - share * (row + 1))).toBeLessThan(2);
        }
      }),
      { numRuns: 100 },
    );
    const odd = createStratifiedSplitter({ seed: 1, trainRatio: 0.77, validationRatio: 0.01 });
    expect(countParts(range(20_000).map(row => odd.partOf(row, 0)))).toEqual([15_400, 200, 4400]);
  });

  test('gives nothing to a part whose share is nothing', () => {
    for (const [trainRatio, validationRatio] of [
      [0.83, 0],
      [0.83, 0.17],
      [0.975, 0.025],
      [1, 0],
    ] as const) {
      const { partOf } = createStratifiedSplitter({ seed: 2, trainRatio, validationRatio });
      const counts = countParts(range(4000).map(row => partOf(row, 0)));
      expect(counts[0]).toBe(Math.round(trainRatio * 4000));
      expect(counts[1]).toBe(Math.round(validationRatio * 4000));
    }
  });

  test('labels do not disturb each other, however they are mixed', () => {
    const request = { seed: 5, trainRatio: 0.8, validationRatio: 0.1 };
    const alone = createStratifiedSplitter(request);
    const mixed = createStratifiedSplitter(request);
    const rare = range(3000).filter(row => row % 7 === 3);
    const wanted = rare.map(row => alone.partOf(row, 1));
    const found = range(3000).flatMap(row => {
      const part = mixed.partOf(row, row % 7 === 3 ? 1 : row % 2 ? 0 : 2);
      return row % 7 === 3 ? [part] : [];
    });
    expect(found).toEqual(wanted);
  });

  test('which rows of a deal are taken is chance: none of the places is preferred', () => {
    const { partOf } = createStratifiedSplitter({ seed: 7, trainRatio: 0.8, validationRatio: 0.1 });
    const places = new Array<number>(20).fill(0);
    for (let row = 0; row < ROWS; row++) if (partOf(row, 0) === 0) places[row % 20] = (places[row % 20] as number) + 1;
    for (const count of places) expect(Math.abs(count - 800)).toBeLessThan(bound(1000, 0.8));
  });
});

describe('a sample', () => {
  const batch = (firstRow: number, rows: number) => ({
    rows,
    firstRow,
    columns: [{ bytes: Buffer.from('abc'), starts: new Int32Array(rows).fill(1), ends: new Int32Array(rows).fill(2) }],
    record: () => ({}),
  });
  const request = fc.record({
    seed: fc.nat(),
    fraction: fc.constantFrom(1, 0.5, 0.03),
    maxRows: fc.integer({ min: 1, max: 300 }),
  });

  test('of a stream is the very one of a file, for any request and any batches', () => {
    fc.assert(
      fc.property(
        request,
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 400 }),
        (wanted, totalRows, size) => {
          const reservoir = createReservoir(wanted);
          for (let row = 0; row < totalRows; row += size) reservoir.add(batch(row, Math.min(size, totalRows - row)));
          const chosen = range(totalRows).filter(createSelector({ ...wanted, totalRows }).selects);
          expect(reservoir.rows().map(({ row }) => row)).toEqual(chosen);
          const fitting = range(totalRows).filter(createSelector({ ...wanted, maxRows: 0 }).selects);
          expect(chosen.length).toBe(Math.min(wanted.maxRows, fitting.length));
        },
      ),
      { numRuns: 80 },
    );
  });

  test('takes each part of the file, and each residue of its rows, in its share', () => {
    const chosen = range(ROWS).filter(
      createSelector({ seed: 12, fraction: 1, maxRows: 4000, totalRows: ROWS }).selects,
    );
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = chosen.filter(row => Math.floor(row / 2000) === tenth).length;
      const residue = chosen.filter(row => row % 10 === tenth).length;
      expect(Math.abs(inside - 400)).toBeLessThan(bound(2000, 0.2));
      expect(Math.abs(residue - 400)).toBeLessThan(bound(2000, 0.2));
    }
  });

  test('a larger one of the same seed holds the smaller one', () => {
    for (const [small, large] of [
      [
        { fraction: 0.1, maxRows: 0 },
        { fraction: 0.3, maxRows: 0 },
      ],
      [
        { fraction: 1, maxRows: 100 },
        { fraction: 1, maxRows: 500 },
      ],
    ] as const) {
      const selects = (wanted: typeof small | typeof large) =>
        createSelector({ seed: 4, totalRows: 5000, ...wanted }).selects;
      const inner = range(5000).filter(selects(small));
      expect(inner.every(selects(large))).toBe(true);
      expect(inner.length).toBeGreaterThan(50);
    }
  });

  test('of so many rows has exactly those, also where many numbers begin with the same bits', () => {
    for (const [maxRows, totalRows] of [
      [70_001, 200_000],
      [199_999, 200_000],
    ] as const) {
      const { selects } = createSelector({ seed: 6, fraction: 1, maxRows, totalRows });
      expect(range(totalRows).filter(selects).length).toBe(maxRows);
    }
  });

  test('fields are kept as bytes, null apart from empty', () => {
    const reservoir = createReservoir({ seed: 1, fraction: 1, maxRows: 10 });
    const column = { bytes: Buffer.from('xay'), starts: Int32Array.of(1, -1, 2), ends: Int32Array.of(2, -1, 2) };
    reservoir.add({ rows: 3, firstRow: 0, columns: [column, column], record: () => ({}) });
    column.bytes.fill(0);
    expect(reservoir.rows().map(({ fields }) => fields.map(field => field && Buffer.from(field).toString()))).toEqual([
      ['a', 'a'],
      [null, null],
      ['', ''],
    ]);
  });
});
