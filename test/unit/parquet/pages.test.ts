import { describe, expect, test } from 'vitest';
import { readColumns, sourceOf } from '../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';
import {
  buildFile,
  dataPage,
  dataPage2,
  deltas,
  dictionaryPage,
  doubles,
  ENCODING,
  element,
  indexPage,
  integers,
  levels,
  longs,
  oneColumn,
  packBits,
  packedRuns,
  root,
  TYPE,
  texts,
} from './hand-made.ts';

async function readX(file: Uint8Array, name = 'x'): Promise<unknown[]> {
  const table = await readParquetTable(sourceOf(file));
  const all: unknown[] = [];
  for (let group = 0; group < table.groups.length; group++) {
    const [column] = await table.readGroup(group, [name]);
    for (let row = 0; row < (column?.rows ?? 0); row++) all.push(column?.at(row));
  }
  return all;
}

const optional = { type: TYPE.int32, repetition: 1 };
const { plain } = ENCODING;

describe('nulls', () => {
  test('have a level of 0 and no value, in both versions', async () => {
    const present = [1, 0, 0, 1, 1];
    const first = dataPage(5, plain, Buffer.concat([levels(present, 1), integers(10, 11, 12)]));
    const second = dataPage2(5, plain, integers(20, 21, 22), { definition: packedRuns(present, 1) });
    const file = oneColumn(optional, 10, { pages: [first, second] });
    expect(await readX(file)).toEqual([10, null, null, 11, 12, 20, null, null, 21, 22]);
  });

  test('of which a page has none stand beside pages that have them', async () => {
    const full = dataPage(2, plain, Buffer.concat([levels([1, 1], 1), integers(1, 2)]));
    const empty = dataPage(2, plain, levels([0, 0], 1));
    expect(await readX(oneColumn(optional, 6, { pages: [full, empty, full] }))).toEqual([1, 2, null, null, 1, 2]);
    expect(await readX(oneColumn(optional, 4, { pages: [full, full] }))).toEqual([1, 2, 1, 2]);
  });

  test('alone: no value needs a dictionary that is not there, nor a page that is packed', async () => {
    const none = dataPage(3, ENCODING.dictionary, Buffer.concat([levels([0, 0, 0], 1), Buffer.of(0)]));
    await expect(readX(oneColumn(optional, 3, { pages: [none] }))).rejects.toThrow('no dictionary');
    const dictionary = dictionaryPage(0, Buffer.alloc(0));
    expect(await readX(oneColumn(optional, 3, { pages: [dictionary, none] }))).toEqual([null, null, null]);
    const unpacked = dataPage2(3, plain, Buffer.alloc(0), { definition: packedRuns([0, 0, 0], 1) });
    for (const codec of [1, 2, 4, 6, 7])
      expect(await readX(oneColumn(optional, 3, { codec, pages: [unpacked] }))).toEqual([null, null, null]);
  });

  test('in structures: the level says which of them is missing', async () => {
    // optional group x { optional group y { optional int32 z } }: 3 is a value, anything less is none.
    const file = buildFile({
      schema: [
        root(1),
        element('x', { repetition: 1, children: 1 }),
        element('y', { repetition: 1, children: 1 }),
        element('z', optional),
      ],
      groups: [
        {
          rows: 4,
          chunks: [
            {
              type: TYPE.int32,
              values: 4,
              pages: [dataPage(4, plain, Buffer.concat([levels([3, 0, 1, 2], 2), integers(7)]))],
            },
          ],
        },
      ],
    });
    expect(await readX(file, 'x.y.z')).toEqual([7, null, null, null]);
  });
});

/** optional group x (LIST) { repeated group list { required int32 element } }: 2 a value, 1 an empty list, 0 none. */
function listColumn(element2: number, rows: number, values: number, pages: readonly Uint8Array[]): Buffer {
  return buildFile({
    schema: [
      root(1),
      element('x', { repetition: 1, children: 1, converted: 3 }),
      element('list', { repetition: 2, children: 1 }),
      element('element', { type: TYPE.int32, repetition: element2 }),
    ],
    groups: [{ rows, chunks: [{ type: TYPE.int32, values, pages }] }],
  });
}

describe('lists', () => {
  const first = dataPage(3, plain, Buffer.concat([levels([0, 1, 0], 1), levels([2, 2, 2], 2), integers(1, 2, 3)]));
  const second = dataPage2(3, plain, integers(4, 5), {
    repetition: packedRuns([1, 1, 0], 1),
    definition: packedRuns([2, 2, 0], 2),
  });
  const third = dataPage(2, plain, Buffer.concat([levels([0, 0], 1), levels([1, 2], 2), integers(6)]));

  test('go on over the border of a page, of either version', async () => {
    const file = listColumn(0, 5, 8, [first, second, third]);
    expect(await readX(file)).toEqual([[1, 2], [3, 4, 5], null, [], [6]]);
    const column = await (await readColumns(file)).read('x');
    expect([...column.starts]).toEqual([0, 2, 5, 5, 5, 6]);
    expect([...(column.nulls ?? [])]).toEqual([0, 0, 1, 0, 0]);
  });

  test('whose values may be missing are read where none is', async () => {
    const full = dataPage(2, plain, Buffer.concat([levels([0, 1], 1), levels([3, 3], 2), integers(1, 2)]));
    expect(await readX(listColumn(1, 1, 2, [full]))).toEqual([[1, 2]]);
    const gap = dataPage(2, plain, Buffer.concat([levels([0, 1], 1), levels([3, 2], 2), integers(1)]));
    await expect(readX(listColumn(1, 1, 2, [gap]))).rejects.toThrow('column "x" holds a null within a list');
  });

  test.each<[string, number, readonly number[], string]>([
    ['a first value that goes on with a list', 2, [1, 0], 'column "x" begins in the middle of a list'],
    ['more rows than there are', 1, [0, 0], 'column "x" has more rows than its row group'],
    ['fewer rows than there are', 2, [0, 1], 'column "x" has fewer rows than its row group'],
  ])('%s: refused', async (_, rows, repetition, reason) => {
    const page = dataPage(2, plain, Buffer.concat([levels(repetition, 1), levels([2, 2], 2), integers(1, 2)]));
    await expect(readX(listColumn(0, rows, 2, [page]))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('levels above the highest are refused', async () => {
    const page = dataPage(1, plain, Buffer.concat([levels([0], 1), levels([3], 2), integers(1)]));
    await expect(readX(listColumn(0, 1, 1, [page]))).rejects.toThrow('out of range');
  });
});

describe('pages', () => {
  const required = { type: TYPE.int32 };
  const one = dataPage(2, plain, integers(1, 2));

  test('that hold an index are passed over', async () => {
    expect(await readX(oneColumn(required, 4, { pages: [indexPage(), one, indexPage(), one] }))).toEqual([1, 2, 1, 2]);
  });

  test('of one column may differ in their encoding', async () => {
    const rules = { type: TYPE.int64 };
    const numbers = Buffer.concat([Buffer.of(1), packedRuns([1, 0], 1)]);
    const pages = [
      dictionaryPage(2, longs(5n, 6n)),
      dataPage(2, ENCODING.dictionary, numbers),
      dataPage(2, plain, longs(7n, -8n)),
      dataPage(3, ENCODING.deltas, deltas([9n, 8n, 7n])),
      dataPage2(2, ENCODING.dictionary, numbers),
    ];
    expect(await readX(oneColumn(rules, 9, { pages }))).toEqual([6, 5, 7, -8, 9, 8, 7, 6, 5]);
  });

  test('of every kind of value are joined', async () => {
    const flags = [dataPage(3, plain, packBits([1, 0, 1], 1)), dataPage(2, plain, packBits([0, 1], 1))];
    expect(await readX(oneColumn({ type: TYPE.boolean }, 5, { pages: flags }))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    const halves = [dataPage(1, plain, doubles(0.5)), dataPage(2, plain, doubles(-1, 2))];
    expect(await readX(oneColumn({ type: TYPE.double }, 3, { pages: halves }))).toEqual([0.5, -1, 2]);
    const words = [dataPage(1, plain, texts('a')), dataPage(1, plain, texts('')), dataPage(1, plain, texts('bc'))];
    expect(await readX(oneColumn({ type: TYPE.bytes, converted: 0 }, 3, { pages: words }))).toEqual(['a', '', 'bc']);
  });

  test('of version 2 that say they are not packed are not unpacked', async () => {
    const pages = [dataPage2(2, plain, integers(1, 2), { isPacked: false })];
    expect(await readX(oneColumn(required, 2, { codec: 1, pages }))).toEqual([1, 2]);
    const claimed = [dataPage2(2, plain, integers(1, 2), { isPacked: true })];
    await expect(readX(oneColumn(required, 2, { codec: 1, pages: claimed }))).rejects.toThrow('Snappy');
  });

  test.each<[string, readonly Uint8Array[], string]>([
    [
      'more values than the column',
      [one, dataPage(3, plain, integers(1, 2, 3))],
      'hold more values than its header says',
    ],
    ['fewer, and then the end', [one], 'it ends within a header'],
    [
      'a length beyond the end',
      [one, dataPage(2, plain, integers(1, 2), { packed: 9 })],
      'a page of column "x" is cut off',
    ],
    ['a length below zero', [dataPage(2, plain, integers(1, 2), { packed: -1 })], 'size of a page is -1'],
    [
      'gigabytes to unpack',
      [dataPage(2, plain, integers(1, 2), { unpacked: 2 ** 30 + 1 })],
      'is too large: 1073741825 bytes',
    ],
    ['a number of values below zero', [dataPage(-2, plain, integers(1, 2))], 'number of values is -2'],
    [
      'another unpacked length',
      [dataPage(4, plain, integers(1, 2), { unpacked: 9 })],
      'another length than its header says',
    ],
    ['fewer values than it says', [dataPage(4, plain, integers(1, 2))], 'fewer values than its header says'],
    ['a dictionary of other values', [dictionaryPage(2, Buffer.alloc(3)), one], 'fewer values than its header says'],
  ])('with %s: refused', async (_, pages, reason) => {
    await expect(readX(oneColumn(required, 4, { pages }))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test.each<[string, Uint8Array]>([
    ['longer than its page', dataPage(1, plain, Buffer.of(50, 0, 0, 0, 1))],
    ['without their length', dataPage(1, plain, Buffer.of(2, 0))],
    [
      'of version 2 beyond the page',
      dataPage2(1, plain, Buffer.alloc(0), { definition: Buffer.of(2, 1), unpacked: 1 }),
    ],
  ])('with levels %s: refused', async (_, page) => {
    await expect(readX(oneColumn(optional, 1, { pages: [page] }))).rejects.toThrow('a page of column "x" is cut off');
  });

  test('a thousand million values are refused before there is room for them', async () => {
    const values = 2 ** 27 + 1;
    await expect(readX(oneColumn(required, values, { pages: [one] }))).rejects.toThrow(
      `column "x" has ${values} values in one row group`,
    );
  });
});

describe('row groups', () => {
  const schema = [root(1), element('x', { type: TYPE.double })];
  const group = (...all: number[]) => ({
    rows: all.length,
    chunks: [
      {
        type: TYPE.double,
        values: all.length,
        pages: all.length === 0 ? [] : [dataPage(all.length, plain, doubles(...all))],
      },
    ],
  });

  test('stand below each other', async () => {
    const file = buildFile({ schema, groups: [group(1.5), group(2.5, 3.5)] });
    const columns = await readColumns(file);
    const column = await columns.read('x');
    expect(column.values).toEqual({ kind: 'doubles', values: Float64Array.of(1.5, 2.5, 3.5) });
    expect([...column.starts]).toEqual([0, 1, 2, 3]);
  });

  test('without rows do not decide what the others hold: halves became whole numbers', async () => {
    const file = buildFile({ schema, groups: [group(), group(1.5, 2.5), group()] });
    expect((await (await readColumns(file)).read('x')).values).toEqual({
      kind: 'doubles',
      values: Float64Array.of(1.5, 2.5),
    });
    expect(await readX(file)).toEqual([1.5, 2.5]);
  });

  test('that are none leave a column without rows', async () => {
    for (const groups of [[], [group()]]) {
      const column = await (await readColumns(buildFile({ schema, groups }))).read('x');
      expect([...column.starts]).toEqual([0]);
      expect(await readX(buildFile({ schema, groups }))).toEqual([]);
    }
  });

  test('have a number: another one is a mistake of the caller', async () => {
    const table = await readParquetTable(sourceOf(buildFile({ schema, groups: [group(1)] })));
    await expect(table.readGroup(1, ['x'])).rejects.toThrow(RangeError);
    expect(table.groups).toEqual([{ rows: 1, bytes: expect.any(Number) }]);
  });
});

test('an integer column as text has its digits, a null nothing', async () => {
  const page = dataPage(3, plain, Buffer.concat([levels([1, 0, 1], 1), longs(2n ** 63n - 1n, -5n)]));
  const table = await readParquetTable(sourceOf(oneColumn({ type: TYPE.int64, repetition: 1 }, 3, { pages: [page] })));
  const [column] = await table.readGroup(0, ['x']);
  const { bytes, starts, ends } = column?.text() ?? { bytes: new Uint8Array(), starts: [], ends: [] };
  expect([...starts]).toEqual([0, -1, 19]);
  expect([...ends]).toEqual([19, -1, 21]);
  expect(Buffer.from(bytes).toString()).toBe('9223372036854775807-5');
});
