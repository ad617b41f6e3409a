import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { ByteSource } from '../../../src/lib/data/rows.ts';
import { joinParts } from '../../../src/lib/data/source/parts.ts';
import { writeParquet } from '../../../src/lib/parquet/write.ts';
import { eachBatch, failure, readAll, sourceOf } from './tables.ts';

function parquet(texts: readonly (string | null)[]): Buffer {
  const file = writeParquet({
    rows: texts.length,
    fields: [
      { name: 'review', type: 'string', values: texts },
      { name: 'stars', type: 'double', values: texts.map((_, row) => (row % 2 ? 5 : 1.5)) },
      { name: 'n', type: 'integer', values: texts.map((_, row) => row) },
    ],
    keyValues: {},
  });
  return Buffer.from(file);
}
const TEXTS = ['good', null, '', 'schön 😀', 'two\nlines, "quoted"'];
const EXPECTED = TEXTS.map((text, row) => [text, row % 2 ? '5' : '1.5']);
const read = async (source: ByteSource) => readAll(await openTable(source, { needsLabel: true }), ['review', 'stars']);

describe('Parquet as a table', () => {
  test('read from its place, out of a compressed file, from a source that is read once', async () => {
    const bytes = parquet(TEXTS);
    for (const data of [bytes, zlib.gzipSync(bytes), zlib.zstdCompressSync(bytes)]) {
      for (const repeatable of [true, false]) {
        const table = await openTable(sourceOf(data, { name: 'a.parquet', chunk: 50, repeatable }), {
          needsLabel: true,
        });
        expect(table.layout).toMatchObject({ type: 'parquet', textColumn: 'review', labelColumn: 'stars' });
        expect(await readAll(table, ['review', 'stars'])).toEqual(EXPECTED);
        expect(table.statistics()).toMatchObject({ rows: 5, bytes: data.length, badRows: 0 });
        expect(table.statistics().sha256).toBe(createHash('sha256').update(data).digest('hex'));
      }
    }
  });

  test('many rows come in batches, and rows keep their types where records are asked for', async () => {
    const texts = Array.from({ length: 20_000 }, (_, row) => `text ${row}`);
    const table = await openTable(sourceOf(parquet(texts)), { needsRecords: true });
    const sizes: number[] = [];
    const records: unknown[] = [];
    await eachBatch(table, ['review'], batch => {
      sizes.push(batch.rows);
      records.push(batch.record(batch.rows - 1));
    });
    expect(sizes).toEqual([8192, 8192, 3616]);
    expect(records[2]).toEqual({ review: 'text 19999', stars: 5, n: 19_999 });
    expect(await readAll(table, ['review'])).toEqual(texts.map(text => [text]));
  });

  test('progress stayed at 0 % until a file of one group was read', async () => {
    const table = await openTable(sourceOf(parquet(Array.from({ length: 20_000 }, (_, row) => `text ${row}`))));
    const shares: number[] = [];
    await eachBatch(table, ['review'], () => {
      const { done, total } = table.progress();
      shares.push(done / (total ?? Number.NaN));
    });
    expect(shares.map(share => share.toFixed(2))).toEqual(['0.41', '0.82', '1.00']);
  });

  test('the files of a folder follow each other; empty ones are left out', async () => {
    const parts = [parquet(TEXTS), Buffer.alloc(0), parquet(TEXTS)].map(bytes => sourceOf(bytes));
    expect(await read(joinParts('out', parts))).toEqual([...EXPECTED, ...EXPECTED]);
  });

  test('no rows, a cut file, columns that are not there', async () => {
    expect(await failure(read(sourceOf(parquet([]))))).toMatch(/^DATA_INVALID rows.csv has no rows/);
    const whole = parquet(TEXTS);
    expect(await failure(read(sourceOf(whole.subarray(0, whole.length - 9))))).toMatch(/^DATA_INVALID/);
    const wrong = openTable(sourceOf(whole), { textColumn: 'text' });
    expect(await failure(wrong)).toMatch(/there is no column text; its columns are review, stars, n/);
  });
});
