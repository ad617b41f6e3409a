import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import { createRandom, rowNumber, streamKey } from '../../../src/lib/data/random.ts';
import { createReservoir } from '../../../src/lib/data/reservoir.ts';
import { countRows, createSelector, needsRowCount } from '../../../src/lib/data/sample.ts';
import { createSplitter, createStratifiedSplitter } from '../../../src/lib/data/split.ts';
import { eachBatch, sourceOf } from './tables.ts';

const ROWS = 20_000;
const all = Array.from({ length: ROWS }, (_, row) => row);
const split = { seed: 42, trainRatio: 0.8, validationRatio: 0.1 };

describe('numbers by chance', () => {
  test('are the same for the same seed, others for another, and no row shares one', () => {
    const key = streamKey(42, 2);
    expect(new Set(all.map(row => rowNumber(key, row))).size).toBe(ROWS);
    expect(streamKey(42, 2)).not.toBe(streamKey(43, 2));
    expect(streamKey(42, 2)).not.toBe(streamKey(42 + 2 ** 32, 2));
    expect(createRandom(1, 1)()).toBe(createRandom(1, 1)());
  });

  test('are spread evenly, also over rows that follow each other', () => {
    const random = createRandom(5, 1);
    const buckets = new Array<number>(10).fill(0);
    for (const _ of all) {
      const bucket = Math.floor(random() * 10);
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - ROWS / 10)).toBeLessThan(200);
  });
});

describe('a sample', () => {
  test('of a fraction is about that large and the same each time', () => {
    const chosen = all.filter(createSelector({ seed: 1, fraction: 0.3, maxRows: 0 }).selects);
    expect(Math.abs(chosen.length - 0.3 * ROWS)).toBeLessThan(300);
    expect(all.filter(createSelector({ seed: 1, fraction: 0.3, maxRows: 0 }).selects)).toEqual(chosen);
    expect(all.filter(createSelector({ seed: 2, fraction: 0.3, maxRows: 0 }).selects)).not.toEqual(chosen);
  });

  test('of so many rows has exactly those, from the whole file and not from its head', () => {
    for (const [maxRows, fraction, expected] of [
      [1000, 1, 1000],
      [7, 0.5, 7],
      [ROWS, 1, ROWS],
      [ROWS * 2, 1, ROWS],
    ] as const) {
      const chosen = all.filter(createSelector({ seed: 9, fraction, maxRows, totalRows: ROWS }).selects);
      expect(chosen.length).toBe(expected);
    }
    const chosen = all.filter(createSelector({ seed: 9, fraction: 1, maxRows: 1000, totalRows: ROWS }).selects);
    expect(Math.abs(chosen.filter(row => row < ROWS / 2).length - 500)).toBeLessThan(80);
    expect(() => createSelector({ seed: 9, fraction: 1, maxRows: 5 })).toThrow(RangeError);
    expect([
      needsRowCount({ seed: 1, fraction: 1, maxRows: 5 }),
      needsRowCount({ seed: 1, fraction: 0.1, maxRows: 0 }),
    ]).toEqual([true, false]);
  });

  test('of a source that is read once has the very same rows', async () => {
    const csv = `text,label\n${all.map(row => `row ${row},${row % 2}`).join('\n')}\n`;
    for (const request of [
      { seed: 3, fraction: 1, maxRows: 250 },
      { seed: 3, fraction: 0.2, maxRows: 250 },
      { seed: 4, fraction: 0.01, maxRows: 5000 },
    ]) {
      const table = await openTable(sourceOf(csv, { repeatable: false, chunk: 5000 }));
      const reservoir = createReservoir(request);
      await eachBatch(table, ['text', 'label'], batch => {
        const columns = batch.columns.map(column => ({ ...column, bytes: Buffer.from(column.bytes) }));
        reservoir.add({ ...batch, columns });
        // The next batch overwrites what this one pointed at.
        for (const { bytes } of columns) bytes.fill(0);
      });
      const selector = createSelector({ ...request, totalRows: ROWS });
      const kept = reservoir.rows();
      expect(kept.map(({ row }) => row)).toEqual(all.filter(selector.selects));
      expect(kept.every(({ row, fields }) => String(Buffer.from(fields[0] ?? [])) === `row ${row}`)).toBe(true);
    }
    expect(await countRows(await openTable(sourceOf(csv)), new AbortController().signal)).toBe(ROWS);
  });
});

describe('a split', () => {
  test('gives each part its share and each row always the same part', () => {
    const { partOf } = createSplitter(split);
    const counts = [0, 0, 0];
    for (const row of all) counts[partOf(row)] = (counts[partOf(row)] ?? 0) + 1;
    expect(counts.reduce((sum, count) => sum + count)).toBe(ROWS);
    for (const [part, share] of [0.8, 0.1, 0.1].entries()) {
      expect(Math.abs((counts[part] ?? 0) - share * ROWS)).toBeLessThan(250);
    }
    expect(createSplitter(split).partOf(17)).toBe(partOf(17));
    expect(all.some(row => createSplitter({ ...split, seed: 43 }).partOf(row) !== partOf(row))).toBe(true);
  });

  test('does not follow the sample: the rows of a fraction are split as all are', () => {
    const { selects } = createSelector({ seed: 42, fraction: 0.5, maxRows: 0 });
    const { partOf } = createSplitter(split);
    const chosen = all.filter(selects);
    expect(Math.abs(chosen.filter(row => partOf(row) === 0).length / chosen.length - 0.8)).toBeLessThan(0.02);
  });

  test('by label keeps the shares within a rare label too', () => {
    const { partOf } = createStratifiedSplitter(split);
    const counts = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const parts: number[] = [];
    for (const row of all) {
      const label = row % 100 === 0 ? 1 : 0;
      const part = partOf(row, label);
      parts.push(part);
      const own = counts[label] as number[];
      own[part] = (own[part] as number) + 1;
    }
    expect(counts).toEqual([
      [15_840, 1980, 1980],
      [160, 20, 20],
    ]);
    expect(new Set(parts.slice(0, 60)).size).toBe(3);
    const odd = createStratifiedSplitter({ seed: 1, trainRatio: 0.77, validationRatio: 0 });
    const dealt = all.slice(0, 2000).map(row => odd.partOf(row, 0));
    expect(dealt.filter(part => part === 0).length).toBe(1540);
    expect(dealt.includes(1)).toBe(false);
  });
});
