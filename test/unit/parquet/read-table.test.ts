import zlib from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';
import type { ParquetTable } from '../../../src/lib/parquet/types.ts';

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>;

function open(columnData: ColumnSource[], options: Options = {}): Promise<ParquetTable> {
  return readParquetTable(sourceOf(new Uint8Array(parquetWriteBuffer({ columnData, ...options }))));
}

async function values(table: ParquetTable, name: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let group = 0; group < table.groups.length; group++) {
    const [column] = await table.readGroup(group, [name]);
    for (let row = 0; row < (column?.rows ?? 0); row++) all.push(column?.at(row));
  }
  return all;
}

const TEXTS = ['plain', '', null, '\ufeffwith a mark', 'ünï 😀', 'plain', null, 'İσς'];

describe('a table that another program wrote', () => {
  test('texts come back as they are: empty, null, with a byte order mark', async () => {
    const table = await open([{ name: 'text', data: TEXTS, type: 'STRING' }]);
    expect(table.columns).toEqual([{ name: 'text', kind: 'text', list: false }]);
    expect(table.rows).toBe(TEXTS.length);
    expect(await values(table, 'text')).toEqual(TEXTS);
  });

  test('text() gives the same rows as bytes, −1 for null', async () => {
    const table = await open([{ name: 'text', data: TEXTS, type: 'STRING' }]);
    const [column] = await table.readGroup(0, ['text']);
    const field = column?.text();
    const shown = TEXTS.map((_, row) => {
      const start = field?.starts[row] ?? 0;
      return start === -1 ? null : Buffer.from(field?.bytes.subarray(start, field.ends[row]) ?? []).toString();
    });
    expect(shown).toEqual(TEXTS);
  });

  test('numbers, integers and truth values keep their kind, and become text on request', async () => {
    const table = await open([
      { name: 'double', data: [1.5, -0.25, 1e300], type: 'DOUBLE' },
      { name: 'float', data: [1.5, -0.25, 3], type: 'FLOAT' },
      { name: 'int', data: [1, -2, 3], type: 'INT32' },
      { name: 'long', data: [1n, -2n, 9007199254740993n], type: 'INT64' },
      { name: 'flag', data: [true, false, true], type: 'BOOLEAN' },
    ]);
    expect(await values(table, 'double')).toEqual([1.5, -0.25, 1e300]);
    expect(await values(table, 'float')).toEqual([1.5, -0.25, 3]);
    expect(await values(table, 'int')).toEqual([1, -2, 3]);
    expect(await values(table, 'long')).toEqual([1, -2, '9007199254740993']);
    expect(await values(table, 'flag')).toEqual([true, false, true]);
    const [long] = await table.readGroup(0, ['long']);
    expect(Buffer.from(long?.text().bytes ?? []).toString()).toBe('1-29007199254740993');
  });

  test('dates and instants are ISO 8601', async () => {
    const table = await open([{ name: 'at', data: [new Date('2024-05-06T07:08:09.123Z'), null], type: 'TIMESTAMP' }]);
    expect(table.columns[0]?.kind).toBe('timestamp');
    expect(await values(table, 'at')).toEqual(['2024-05-06T07:08:09.123Z', null]);
  });

  test('unsigned integers, days and decimals are told from plain integers', async () => {
    const schema: Options['schema'] = [
      { name: 'root', num_children: 3 },
      { name: 'unsigned', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'UINT_32' },
      { name: 'day', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'DATE' },
      { name: 'price', type: 'INT64', repetition_type: 'REQUIRED', converted_type: 'DECIMAL', scale: 2, precision: 9 },
    ];
    const table = await open(
      [
        { name: 'unsigned', data: [4294967295] },
        { name: 'day', data: [new Date('2024-02-29')] },
        { name: 'price', data: [-12.05] },
      ],
      { schema },
    );
    expect(await values(table, 'unsigned')).toEqual([4294967295]);
    expect(await values(table, 'day')).toEqual(['2024-02-29']);
    expect(await values(table, 'price')).toEqual(['-12.05']);
  });

  test('a list column gives a list for each row', async () => {
    const schema: Options['schema'] = [
      { name: 'root', num_children: 1 },
      { name: 'tags', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
    ];
    const table = await open([{ name: 'tags', data: [['a', 'b'], [], null, ['c']] }], { schema });
    expect(table.columns).toEqual([{ name: 'tags', kind: 'text', list: true }]);
    expect(await values(table, 'tags')).toEqual([['a', 'b'], [], null, ['c']]);
  });

  test('row groups are read one by one, pages and dictionaries joined', async () => {
    const data = Array.from({ length: 5000 }, (_, index) => (index % 7 === 0 ? null : `text number ${index % 900}`));
    const table = await open([{ name: 'text', data, type: 'STRING' }], { rowGroupSize: 1200, pageSize: 2000 });
    expect(table.groups.map(group => group.rows)).toEqual([1200, 1200, 1200, 1200, 200]);
    expect(await values(table, 'text')).toEqual(data);
  });

  test.each([
    ['INT32', 'DELTA_BINARY_PACKED', Array.from({ length: 1000 }, (_, index) => (index * 7919) % 100_003)],
    ['INT64', 'DELTA_BINARY_PACKED', Array.from({ length: 300 }, (_, index) => BigInt(index) ** 5n - 77n)],
    ['STRING', 'DELTA_LENGTH_BYTE_ARRAY', Array.from({ length: 300 }, (_, index) => 'x'.repeat(index % 40))],
    ['STRING', 'DELTA_BYTE_ARRAY', Array.from({ length: 300 }, (_, index) => `prefix-${index % 13}-${index}`)],
    ['DOUBLE', 'BYTE_STREAM_SPLIT', Array.from({ length: 100 }, (_, index) => index / 7)],
  ] as const)('%s in %s', async (type, encoding, data) => {
    const table = await open([{ name: 'x', data: [...data], type, encoding }]);
    const expected = data.map(value => (typeof value === 'bigint' ? safe(value) : value));
    expect(await values(table, 'x')).toEqual(expected);
  });

  test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'BROTLI', 'LZ4_RAW'] as const)('packed with %s', async codec => {
    const compressors = {
      GZIP: (bytes: Uint8Array) => zlib.gzipSync(bytes),
      ZSTD: (bytes: Uint8Array) => zlib.zstdCompressSync(bytes),
      BROTLI: (bytes: Uint8Array) => zlib.brotliCompressSync(bytes),
      LZ4_RAW: lz4Literals,
    };
    const data = Array.from({ length: 400 }, (_, index) => `row ${index} again and again and again`);
    const table = await open([{ name: 'text', data, type: 'STRING' }], { codec, compressors });
    expect(await values(table, 'text')).toEqual(data);
  });

  test('a codec that is not supported is named', async () => {
    const compressors = { LZO: (bytes: Uint8Array) => bytes };
    const table = await open([{ name: 'text', data: ['a', 'b'], type: 'STRING' }], { codec: 'LZO', compressors });
    await expect(table.readGroup(0, ['text'])).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('LZO'),
    });
  });

  test('a column that is not there is told with those that are', async () => {
    const table = await open([{ name: 'text', data: ['a'], type: 'STRING' }]);
    await expect(table.readGroup(0, ['label'])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'its columns are text',
    });
  });

  test('only the bytes of the columns asked for are read', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'wide', data: Array.from({ length: 50_000 }, () => Math.random()), type: 'DOUBLE' },
          { name: 'text', data: Array.from({ length: 50_000 }, () => 'a'), type: 'STRING' },
        ],
        rowGroupSize: 50_000,
      }),
    );
    let read = 0;
    const table = await readParquetTable({
      bytes: bytes.length,
      read: async (start, end) => {
        read += end - start;
        return bytes.subarray(start, end);
      },
    });
    read = 0;
    await table.readGroup(0, ['text']);
    expect(read).toBeLessThan(bytes.length / 10);
    expect(read).toBeGreaterThan(0);
  });
});

function safe(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** One LZ4 block that repeats nothing. */
function lz4Literals(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 15) return Uint8Array.of(bytes.length << 4, ...bytes);
  const rest = bytes.length - 15;
  const more = Array.from({ length: Math.floor(rest / 255) }, () => 255);
  return Uint8Array.of(0xf0, ...more, rest % 255, ...bytes);
}
