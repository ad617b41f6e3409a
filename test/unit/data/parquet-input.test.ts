import { createHash } from 'node:crypto';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { TableRequest } from '../../../src/lib/data/rows.ts';
import { joinParts } from '../../../src/lib/data/source/parts.ts';
import { type ParquetField, writeParquet } from '../../../src/lib/parquet/write.ts';
import { eachBatch, failure, readAll, sourceOf } from './tables.ts';

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>;

const foreign = (columnData: ColumnSource[], options: Options = {}) =>
  Buffer.from(parquetWriteBuffer({ columnData, ...options }));
const own = (rows: number, ...fields: ParquetField[]) => Buffer.from(writeParquet({ rows, fields, keyValues: {} }));
const open = (data: Uint8Array, request: TableRequest = {}) =>
  openTable(sourceOf(data, { name: 'a.parquet' }), request);

async function recordsOf(data: Uint8Array, columns: readonly string[] = ['text']) {
  const records: unknown[] = [];
  await eachBatch(await open(data, { needsRecords: true }), columns, batch => {
    for (let row = 0; row < batch.rows; row++) records.push(batch.record(row));
  });
  return records;
}

const TEXTS = ['good', null, '', 'ünï 😀', 'two\nlines', null];

describe('Parquet of other writers', () => {
  test.each<[name: string, options: Options]>([
    ['as it comes', {}],
    ['without compression', { codec: 'UNCOMPRESSED' }],
    ['in row groups of two rows', { rowGroupSize: 2 }],
    ['in small pages', { pageSize: 16 }],
  ])('gives texts and nulls, %s', async (_name, options) => {
    const data = foreign(
      [
        { name: 'text', data: TEXTS, type: 'STRING' },
        { name: 'label', data: [1, 0, 1, null, 0, 1], type: 'INT32', nullable: true },
      ],
      options,
    );
    const table = await open(data, { needsLabel: true });
    expect(table.layout).toMatchObject({
      type: 'parquet',
      header: true,
      columns: ['text', 'label'],
      labelColumn: 'label',
    });
    expect(await readAll(table)).toEqual(TEXTS.map((text, row) => [text, ['1', '0', '1', null, '0', '1'][row]]));
    expect(table.statistics()).toEqual({
      rows: 6,
      bytes: data.length,
      sha256: createHash('sha256').update(data).digest('hex'),
      badRows: 0,
      badExamples: [],
      replacedFields: 0,
    });
  });

  test('rows are numbered through all row groups, and progress grows with each', async () => {
    const texts = Array.from({ length: 5000 }, (_, row) => `text ${row}`);
    const table = await open(foreign([{ name: 'text', data: texts, type: 'STRING' }], { rowGroupSize: 1000 }));
    const seen: [number, number][] = [];
    const done: number[] = [];
    await eachBatch(table, ['text'], ({ firstRow, rows }) => {
      seen.push([firstRow, rows]);
      done.push(table.progress().done);
    });
    expect(seen).toEqual([0, 1000, 2000, 3000, 4000].map(first => [first, 1000]));
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
    const { total } = table.progress();
    expect(table.progress().done).toBe(total);
    expect(done.at(-1)).toBe(total);
  });

  test('records have every column with its type', async () => {
    const data = foreign([
      { name: 'text', data: ['a', null] },
      { name: 'id', data: [9007199254740993n, 2n], type: 'INT64' },
      { name: 'share', data: [0.5, -0], type: 'DOUBLE' },
      { name: 'yes', data: [true, false], type: 'BOOLEAN' },
      { name: 'at', data: [new Date(0), new Date(1500)], type: 'TIMESTAMP' },
    ]);
    expect(await recordsOf(data)).toEqual([
      { text: 'a', id: '9007199254740993', share: 0.5, yes: true, at: '1970-01-01T00:00:00.000Z' },
      { text: null, id: 2, share: -0, yes: false, at: '1970-01-01T00:00:01.500Z' },
    ]);
  });

  test('labels may be numbers of any kind, booleans or texts', async () => {
    const label = async (column: Omit<ColumnSource, 'name'>) =>
      (
        await readAll(
          await open(
            foreign([
              { name: 'text', data: ['a', 'b'] },
              { name: 'label', ...column },
            ]),
          ),
          ['label'],
        )
      ).flat();
    expect(await label({ data: [0, 1], type: 'INT32' })).toEqual(['0', '1']);
    expect(await label({ data: [0, 4.5], type: 'DOUBLE' })).toEqual(['0', '4.5']);
    expect(await label({ data: [5n, 1n], type: 'INT64' })).toEqual(['5', '1']);
    expect(await label({ data: [true, false], type: 'BOOLEAN' })).toEqual(['true', 'false']);
    expect(await label({ data: ['pos', 'neg'] })).toEqual(['pos', 'neg']);
  });
});

describe('Parquet of our own writer', () => {
  test('is read with nulls, lists in records, and structs by their paths', async () => {
    const data = own(
      2,
      { name: 'text', type: 'string', values: ['a', null] },
      { name: 'tags', type: 'strings', lists: [['x', 'y'], null] },
      { name: 'by', type: 'struct', children: [{ name: 'name', type: 'string', values: ['me', 'you'] }] },
    );
    expect((await open(data)).layout.columns).toEqual(['text', 'tags', 'by.name']);
    expect(await recordsOf(data)).toEqual([
      { text: 'a', tags: ['x', 'y'], 'by.name': 'me' },
      { text: null, tags: null, 'by.name': 'you' },
    ]);
    const nested = await open(data, { textColumn: 'by.name' });
    expect(await readAll(nested, ['by.name'])).toEqual([['me'], ['you']]);
    expect(await readAll(await open(data), ['tags'])).toEqual([['["x","y"]'], [null]]);
  });

  test('records hold what was asked for only, unless all is needed', async () => {
    const data = own(1, { name: 'text', type: 'string', values: ['a'] }, { name: 'id', type: 'integer', values: [7] });
    const records: unknown[] = [];
    await eachBatch(await open(data), ['text'], batch => records.push(batch.record(0)));
    expect(records).toEqual([{ text: 'a' }]);
    expect(await recordsOf(data, ['id'])).toEqual([{ id: 7, text: 'a' }]);
  });

  test('can be read twice, with the same sum; an abort ends it', async () => {
    const data = own(3, { name: 'text', type: 'string', values: ['a', 'b', 'c'] });
    const table = await open(data);
    const first = await readAll(table);
    const statistics = table.statistics();
    expect(await readAll(table)).toEqual(first);
    expect(table.statistics()).toEqual(statistics);
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    const work = (async () => {
      for await (const _ of table.batches(['text'], abort.signal));
    })();
    await expect(work).rejects.toThrow('enough');
  });
});

describe('Parquet that is refused', () => {
  /** Messages did not say which file. */
  test.each<[name: string, data: Uint8Array, says: RegExp]>([
    ['cut off', own(1, { name: 'text', type: 'string', values: ['a'] }).subarray(0, -4), /it does not end with PAR1/],
    ['only its beginning', Buffer.from('PAR1'), /a\.parquet/],
    ['no Parquet', Buffer.from('text,label\ngood,1\n'), /it does not end with PAR1/],
    ['two ends and nothing between', Buffer.from('PAR1PAR1PAR1'), /a\.parquet/],
  ])('%s is told with the name of the file', async (_name, data, says) => {
    const said = await failure(open(data, { type: 'parquet' }).then(table => readAll(table)));
    expect(said).toMatch(/^DATA_INVALID a\.parquet: Parquet: /);
    expect(said).toMatch(says);
  });

  test('a damaged page is told with the name of its file, of a folder too', async () => {
    const good = foreign([{ name: 'text', data: TEXTS, type: 'STRING' }]);
    const bad = Buffer.from(good);
    bad.fill(0xff, 4, 24);
    const joined = joinParts('out', [sourceOf(good, { name: 'out/part-0' }), sourceOf(bad, { name: 'out/part-1' })]);
    expect(await failure(openTable(joined).then(table => readAll(table)))).toMatch(
      /^DATA_INVALID out\/part-1: Parquet/,
    );
  });

  test('a column that only the first file of a folder has is told with the file that lacks it', async () => {
    const first = own(
      1,
      { name: 'text', type: 'string', values: ['a'] },
      { name: 'label', type: 'integer', values: [1] },
    );
    const second = own(1, { name: 'text', type: 'string', values: ['b'] });
    const joined = joinParts('out', [
      sourceOf(first, { name: 'out/part-0' }),
      sourceOf(second, { name: 'out/part-1' }),
    ]);
    const table = await openTable(joined);
    expect(await readAll(table, ['text'])).toEqual([['a'], ['b']]);
    expect(await failure(readAll(table, ['text', 'label']))).toBe(
      'DATA_INVALID out/part-1: the Parquet file has no column "label" | its columns are text',
    );
  });

  test('one without a known column lists what it has; nested ones by their paths', async () => {
    const data = own(
      1,
      { name: 'words', type: 'string', values: ['a'] },
      { name: 'by', type: 'struct', children: [{ name: 'mood', type: 'integer', values: [1] }] },
    );
    expect(await failure(open(data))).toBe(
      'DATA_INVALID a.parquet: no column is known to hold the texts; its columns are words, by.mood | name the column with --text-column',
    );
    expect((await open(data, { textColumn: 'words', labelColumn: 'by.mood' })).layout.labelColumn).toBe('by.mood');
  });
});
