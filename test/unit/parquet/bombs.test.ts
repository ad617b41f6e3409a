import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Budget, budgetOfModel } from '../../../src/lib/parquet/budget.ts';
import { readDeltas } from '../../../src/lib/parquet/delta.ts';
import { type Columns, readColumns, sourceOf } from '../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';
import { fields, type ThriftOut } from '../../../src/lib/parquet/thrift-writer.ts';
import {
  buildFile,
  dataPage,
  deltas,
  dictionaryPage,
  doubles,
  ENCODING,
  element,
  integers,
  oneColumn,
  root,
  TYPE,
  thrift,
  varint,
} from './hand-made.ts';

const schema = [root(1), element('x', { type: TYPE.double })];
const ZSTD = 6;

/** A number: what was read by mistake is too much to be printed. */
const countRows = async (table: Columns) => (await table.read('x')).starts.length;

/** So many times the first entry of the dictionary, in a few bytes. */
const runOf = (count: number) => Buffer.concat([Buffer.of(1), varint(count * 2), Buffer.of(0)]);
const runs = (count: number) => ({
  rows: count,
  chunks: [
    {
      type: TYPE.double,
      values: count,
      pages: [dictionaryPage(1, doubles(1)), dataPage(count, ENCODING.dictionary, runOf(count))],
    },
  ],
});

describe('a small file that stands for gigabytes', () => {
  test('of runs: each row group was below the limit, all of them together were not', async () => {
    const small = await readColumns(buildFile({ schema, groups: [runs(1000), runs(1000)] }), new Budget(32_000));
    expect((await small.read('x')).values.kind).toBe('doubles');
    const file = buildFile({ schema, groups: [runs(2000), runs(2000), runs(2000)] });
    const table = await readColumns(file, new Budget(40_000));
    await expect(countRows(table)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: 'Parquet: column "x" grows beyond the 40000 bytes that are made of a file like this',
    });
  });

  test('has half a gigabyte in a model unless it is large itself, and pays before the room is made', async () => {
    expect(budgetOfModel(0).left).toBe(2 ** 29);
    expect(budgetOfModel(2 ** 25).left).toBe(2 ** 29 + 2 ** 30);
    const table = await readColumns(buildFile({ schema, groups: [runs(2 ** 27)] }));
    await expect(countRows(table)).rejects.toThrow('grows beyond');
  });

  test('of a table has more, for each row group anew', async () => {
    const groups = [runs(2 ** 27), runs(4), runs(2 ** 27)];
    const table = await readParquetTable(sourceOf(buildFile({ schema, groups })));
    const [x] = await table.readGroup(1, ['x']);
    expect(x?.at(3)).toBe(1);
    await expect(table.readGroup(1, ['x', 'x'])).resolves.toHaveLength(2);
  });

  test('of pages without values: all that they unpacked to was kept', async () => {
    const packed = zlib.zstdCompressSync(Buffer.alloc(1 << 20));
    const nothing = dataPage(0, ENCODING.plain, packed, { unpacked: 1 << 20 });
    const page = dataPage(2, ENCODING.plain, zlib.zstdCompressSync(doubles(1, 2)), { unpacked: 16 });
    const chunk = { type: TYPE.double, codec: ZSTD, values: 2, pages: [nothing, nothing, page] };
    const table = await readColumns(buildFile({ schema, groups: [{ rows: 2, chunks: [chunk] }] }), new Budget(100));
    expect((await table.read('x')).values).toEqual({ kind: 'doubles', values: Float64Array.of(1, 2) });
  });

  test('of packed pages: each was below the limit', async () => {
    const page = dataPage(1, ENCODING.plain, zlib.zstdCompressSync(Buffer.alloc(1 << 20)), { unpacked: 1 << 20 });
    const chunk = { type: TYPE.double, codec: ZSTD, values: 3, pages: [page, page, page] };
    const file = buildFile({ schema, groups: [{ rows: 3, chunks: [chunk] }] });
    const read = async (budget: number) => await (await readColumns(file, new Budget(budget))).read('x');
    await expect(read(2 << 20)).rejects.toThrow('grows beyond');
    expect((await read(4 << 20)).starts.length).toBe(4);
  });

  test('of one dictionary after the other', async () => {
    const pages = [
      dictionaryPage(1, doubles(1)),
      dictionaryPage(1, doubles(2)),
      dataPage(4, ENCODING.dictionary, runOf(4)),
    ];
    const table = await readColumns(oneColumn({ type: TYPE.double }, 4, { pages }));
    await expect(countRows(table)).rejects.toThrow('column "x" has two dictionaries in one row group');
  });

  test('of texts that each begin with the one before', async () => {
    const count = 200;
    const lengths = Array.from({ length: count }, (_, index) => BigInt(index * 10));
    const suffixes = Array.from({ length: count }, () => 10n);
    const body = Buffer.concat([deltas(lengths), deltas(suffixes), Buffer.alloc(count * 10, 'a')]);
    const page = dataPage(count, ENCODING.deltaTexts, body);
    const file = oneColumn({ type: TYPE.bytes }, count * 2, { pages: [page, page] });
    const read = async (budget: number) => await countRows(await readColumns(file, new Budget(budget)));
    // Two pages of 201,000 bytes: one that is too large itself, and one that is too large with the other.
    for (const budget of [50_000, 300_000]) {
      await expect(read(budget)).rejects.toMatchObject({ code: 'DATA_INVALID' });
    }
    expect(await read(500_000)).toBe(count * 2 + 1);
  });

  test('of columns that lie on the same bytes', async () => {
    const page = dataPage(1, ENCODING.plain, doubles(1));
    const chunk = { type: TYPE.double, values: 1, pages: [page] };
    const both = [root(2), element('x', { type: TYPE.double }), element('y', { type: TYPE.double })];
    const over = { ...chunk, shift: -page.length };
    await expect(
      readColumns(buildFile({ schema: both, groups: [{ rows: 1, chunks: [chunk, over] }] })),
    ).rejects.toThrow('two columns lie on the same bytes');
    const fine = await readColumns(buildFile({ schema: both, groups: [{ rows: 1, chunks: [chunk, chunk] }] }));
    expect((await fine.read('y')).values).toEqual({ kind: 'doubles', values: Float64Array.of(1) });
  });

  test('of equal steps: a block of a million took five bytes', () => {
    const block = (size: number) =>
      deltas(
        Array.from({ length: 300 }, (_, index) => BigInt(index)),
        { block: size },
      );
    expect(readDeltas(block(1 << 14), 0, 300).values[299]).toBe(299n);
    expect(() => readDeltas(block(1 << 15), 0, 300)).toThrow('damaged');
  });
});

test('differences are added in 64 bits, whatever their width', () => {
  const edges = [
    0n,
    1n,
    -1n,
    2n ** 31n,
    -(2n ** 31n),
    2n ** 32n - 1n,
    2n ** 32n,
    -(2n ** 32n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  ];
  const values = edges.flatMap(edge => [edge, edge >> 1n, edge >> 7n, edge >> 23n, edge >> 33n, edge >> 50n]);
  for (let width = 0n; width <= 63n; width++) values.push(2n ** width, 0n, 2n ** width - 1n);
  const wrapped = values.map(value => BigInt.asIntN(64, value));
  for (let start = 0; start + 9 < wrapped.length; start += 5) {
    const part = wrapped.slice(start, start + 9);
    expect([...readDeltas(deltas(part, { block: 8, miniblocks: 1 }), 0, part.length).values]).toEqual(part);
  }
});

describe('the checksum in the header of a page was passed over', () => {
  const body = integers(1, 2, 3);
  const page = (crc: ThriftOut | undefined, bytes = body) => {
    const inner = fields({ i32: 3 }, { i32: ENCODING.plain }, { i32: 3 }, { i32: 3 });
    const header = thrift(fields({ i32: 0 }, { i32: bytes.length }, { i32: bytes.length }, crc, inner));
    return oneColumn({ type: TYPE.int32 }, 3, { pages: [Buffer.concat([header, bytes])] });
  };
  const sum = { i32: zlib.crc32(body) | 0 };
  const read = async (file: Buffer) => await (await readColumns(file)).read('x');

  test('so that a flipped bit went into the numbers', async () => {
    const expected = { kind: 'integers', values: Int32Array.of(1, 2, 3) };
    expect((await read(page(sum))).values).toEqual(expected);
    expect((await read(page(undefined))).values).toEqual(expected);
    const flipped = Buffer.from(body);
    flipped[4] = 6;
    await expect(read(page(sum, flipped))).rejects.toThrow('a page of column "x" does not fit its checksum');
  });
});
