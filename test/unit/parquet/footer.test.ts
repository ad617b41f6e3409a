import { describe, expect, test } from 'vitest';
import { readFooter } from '../../../src/lib/parquet/footer.ts';
import { readColumns, sourceOf } from '../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';
import { fields, type ThriftOut } from '../../../src/lib/parquet/thrift-writer.ts';
import {
  buildFile,
  type Chunk,
  closeFile,
  dataPage,
  type ElementRules,
  element,
  integers,
  longs,
  oneColumn,
  root,
  TYPE,
  thrift,
  union,
} from './hand-made.ts';

const open = (file: Uint8Array) => readParquetTable(sourceOf(file));
/** A table with a schema and no rows. */
const columnsOf = async (...schema: ThriftOut[]) => (await open(buildFile({ schema, groups: [] }))).columns;
const int32 = { type: TYPE.int32 };
const flag = (value: boolean) => value;

describe('names of columns', () => {
  test('of structures are joined by dots', async () => {
    const columns = await columnsOf(
      root(2),
      element('author', { repetition: 1, children: 2 }),
      element('name', { type: TYPE.bytes, converted: 0, repetition: 1 }),
      element('stars', int32),
      element('other', { type: TYPE.double }),
    );
    expect(columns).toEqual([
      { name: 'author.name', kind: 'text', list: false },
      { name: 'author.stars', kind: 'integer', list: false },
      { name: 'other', kind: 'number', list: false },
    ]);
  });

  const inner = { repetition: 2, children: 1 };
  test.each<[string, ThriftOut[]]>([
    [
      'three levels',
      [element('x', { repetition: 1, children: 1, converted: 3 }), element('list', inner), element('element', int32)],
    ],
    [
      'other words',
      [
        element('x', { repetition: 1, children: 1, converted: 3 }),
        element('bag', inner),
        element('array_element', int32),
      ],
    ],
    [
      'the logical type alone',
      [
        element('x', { repetition: 1, children: 1, logical: union(3) }),
        element('list', inner),
        element('element', int32),
      ],
    ],
    [
      'two levels',
      [element('x', { repetition: 0, children: 1, converted: 3 }), element('array', { ...int32, repetition: 2 })],
    ],
    ['no list at all around them', [element('x', { ...int32, repetition: 2 })]],
  ])('of lists in %s leave out what only spells the list', async (_, schema) => {
    expect(await columnsOf(root(1), ...schema)).toEqual([{ name: 'x', kind: 'integer', list: true }]);
  });

  test('of structures in a list keep those of the structure', async () => {
    const three = await columnsOf(
      root(1),
      element('x', { repetition: 1, children: 1, converted: 3 }),
      element('list', inner),
      element('element', { repetition: 1, children: 2 }),
      element('a', int32),
      element('b', int32),
    );
    const two = await columnsOf(
      root(1),
      element('x', { repetition: 1, children: 1, converted: 3 }),
      element('array', { repetition: 2, children: 2 }),
      element('a', int32),
      element('b', int32),
    );
    expect(three.map(({ name }) => name)).toEqual(['x.a', 'x.b']);
    expect(two).toEqual(three);
  });

  test('of maps keep their keys and values apart', async () => {
    const columns = await columnsOf(
      root(1),
      element('m', { repetition: 1, children: 1, converted: 1 }),
      element('key_value', { repetition: 2, children: 2 }),
      element('key', { type: TYPE.bytes, converted: 0 }),
      element('value', { ...int32, repetition: 1 }),
    );
    expect(columns.map(({ name, list }) => [name, list])).toEqual([
      ['m.key_value.key', true],
      ['m.key_value.value', true],
    ]);
  });

  test('lists of lists are no columns of a table, and refused as data of a model', async () => {
    const schema = [
      root(2),
      element('x', { repetition: 2, children: 1 }),
      element('y', { ...int32, repetition: 2 }),
      element('z', int32),
    ];
    expect((await columnsOf(...schema)).map(({ name }) => name)).toEqual(['z']);
    const chunk: Chunk = { type: TYPE.int32, values: 0, pages: [] };
    const columns = await readColumns(buildFile({ schema, groups: [{ rows: 0, chunks: [chunk, chunk] }] }));
    expect(columns.names).toEqual(['x.y', 'z']);
    await expect(columns.read('y')).rejects.toThrow('it has no column y, only x.y, z');
  });
});

describe('kinds of columns', () => {
  const kindOf = async (rules: ElementRules) => (await columnsOf(root(1), element('x', rules)))[0]?.kind;

  test.each<[string, ElementRules, string]>([
    ['text by its old name', { type: TYPE.bytes, converted: 0 }, 'text'],
    ['text by its new name', { type: TYPE.bytes, logical: union(1) }, 'text'],
    ['one of a few texts', { type: TYPE.bytes, converted: 4 }, 'text'],
    ['one of a few texts, new', { type: TYPE.bytes, logical: union(4) }, 'text'],
    ['JSON', { type: TYPE.bytes, converted: 19 }, 'text'],
    ['JSON, new', { type: TYPE.bytes, logical: union(12) }, 'text'],
    ['BSON', { type: TYPE.bytes, converted: 20 }, 'binary'],
    ['bytes', { type: TYPE.bytes }, 'binary'],
    ['an id of 16 bytes', { type: TYPE.fixed, length: 16, logical: union(14) }, 'binary'],
    ['a truth value', { type: TYPE.boolean }, 'boolean'],
    ['a float', { type: TYPE.float }, 'number'],
    ['a time of day', { type: TYPE.int64, converted: 8 }, 'integer'],
    ['a day', { type: TYPE.int32, converted: 6 }, 'date'],
    ['a day, new', { type: TYPE.int32, logical: union(6) }, 'date'],
    ['an instant of 96 bits', { type: TYPE.int96 }, 'timestamp'],
    ['a decimal', { type: TYPE.fixed, length: 5, converted: 5, scale: 2 }, 'decimal'],
    ['a decimal, new', { type: TYPE.int32, logical: union(5), scale: 1 }, 'decimal'],
  ])('%s', async (_, rules, kind) => {
    expect(await kindOf(rules)).toBe(kind);
  });

  const at = async (rules: ElementRules & { type: number }, body: Uint8Array) => {
    const file = oneColumn(rules, 1, { pages: [dataPage(1, 0, body)] });
    const [column] = await (await open(file)).readGroup(0, ['x']);
    return column?.at(0);
  };
  const timestamp = (unit?: number) => union(8, fields(flag(true), unit === undefined ? undefined : union(unit)));

  test.each<[string, ElementRules, bigint, string]>([
    ['milliseconds', { converted: 9 }, 1_700_000_000_123n, '2023-11-14T22:13:20.123Z'],
    ['microseconds', { converted: 10 }, 1_700_000_000_123_000n, '2023-11-14T22:13:20.123Z'],
    ['milliseconds, new', { logical: timestamp(1) }, 1_700_000_000_123n, '2023-11-14T22:13:20.123Z'],
    ['microseconds, new', { logical: timestamp(2) }, 1_700_000_000_123_456n, '2023-11-14T22:13:20.123456Z'],
    ['nanoseconds', { logical: timestamp(3) }, 1_700_000_000_123_999_999n, '2023-11-14T22:13:20.123999999Z'],
    ['a unit that is not said', { logical: timestamp() }, 1_700_000_000_000_000n, '2023-11-14T22:13:20.000Z'],
    ['before 1970', { converted: 10 }, -1500n, '1969-12-31T23:59:59.998500Z'],
    ['one nanosecond before 1970', { logical: timestamp(3) }, -1n, '1969-12-31T23:59:59.999999999Z'],
  ])('instants in %s', async (_, rules, value, expected) => {
    expect(await at({ type: TYPE.int64, ...rules }, longs(value))).toBe(expected);
  });

  test('a decimal without a scale has none: some writers leave a 0 out', async () => {
    expect(await at({ type: TYPE.int32, converted: 5 }, integers(-1234))).toBe('-1234');
    expect(await at({ type: TYPE.int64, converted: 5, scale: 3 }, longs(-5n))).toBe('-0.005');
  });

  test('unsigned integers by either name', async () => {
    const unsigned = union(10, { fields: [{ id: 2, value: false }] });
    const signed = union(10, { fields: [{ id: 2, value: true }] });
    expect(await at({ type: TYPE.int32, logical: unsigned }, integers(-1))).toBe(4294967295);
    expect(await at({ type: TYPE.int32, logical: signed }, integers(-1))).toBe(-1);
    expect(await at({ type: TYPE.int64, converted: 14 }, longs(-1n))).toBe('18446744073709551615');
    expect(await at({ type: TYPE.int64, logical: unsigned }, longs(5n))).toBe(5);
  });
});

describe('a footer', () => {
  test('of more than the first read is read in a second', async () => {
    const text = 'v'.repeat(200_000);
    const file = buildFile({
      schema: [root(1), element('x', int32)],
      groups: [],
      keyValues: [fields('k', text), fields('only a key')],
    });
    const reads: [number, number][] = [];
    const footer = await readFooter({
      bytes: file.length,
      read: async (start, end) => {
        reads.push([start, end]);
        return file.subarray(start, end);
      },
    });
    expect(footer.keyValues.get('k')).toBe(text);
    expect(footer.keyValues.get('only a key')).toBe('');
    expect(reads.length).toBe(2);
    expect(reads[1]?.[1]).toBe(file.length);
  });

  test('of a file that gets shorter while it is read', async () => {
    const file = buildFile({
      schema: [root(1), element('x', int32)],
      groups: [],
      keyValues: [fields('k', 'v'.repeat(100_000))],
    });
    const shrinking = (whole: number) => {
      let count = 0;
      return {
        bytes: file.length,
        read: async (start: number, end: number) => file.subarray(start, ++count > whole ? end - 5 : end),
      };
    };
    await expect(readFooter(shrinking(0))).rejects.toThrow('got shorter while it was read');
    await expect(readFooter(shrinking(1))).rejects.toThrow('got shorter while it was read');
  });

  test('the data of a file that gets shorter', async () => {
    const file = oneColumn(int32, 1, { pages: [dataPage(1, 0, integers(1))] });
    let isGone = false;
    const table = await readParquetTable({
      bytes: file.length,
      read: async (start, end) => file.subarray(start, isGone ? start + 3 : end),
    });
    isGone = true;
    await expect(table.readGroup(0, ['x'])).rejects.toThrow('got shorter while it was read');
  });

  const page = dataPage(2, 0, integers(1, 2));
  const two = (chunk: Partial<Chunk>) => oneColumn(int32, 2, { pages: [page], ...chunk });
  const schema = [root(1), element('x', int32)];
  const group = { rows: 2, chunks: [{ type: TYPE.int32, values: 2, pages: [page] }] };
  const bare = (...all: (ThriftOut | undefined)[]) =>
    closeFile([Buffer.from('PAR1')], thrift(fields({ i32: 1 }, ...all)));

  test.each<[string, Uint8Array, string]>([
    ['that is a few bytes', Buffer.from('PAR1PAR1'), 'its 8 bytes are too few'],
    ['without a schema', bare(), 'its header has no schema'],
    ['with an empty schema', bare({ list: [] }, { i64: 0 }, { list: [] }), 'it has no schema'],
    [
      'with a schema that is a list of numbers',
      bare({ list: [{ i32: 1 }] }, { i64: 0 }, { list: [] }),
      'is not a list of structures',
    ],
    [
      'with fewer columns than its schema says',
      buildFile({ schema: [root(2), element('x', int32)], groups: [] }),
      'its schema does not add up',
    ],
    [
      'with more columns than its schema says',
      buildFile({ schema: [...schema, element('y', int32)], groups: [] }),
      'its schema does not add up',
    ],
    [
      'with a type that does not exist',
      buildFile({ schema: [root(1), element('x', { type: 8 })], groups: [] }),
      'a column has an unknown type',
    ],
    [
      'with a column without a type',
      buildFile({ schema: [root(1), element('x')], groups: [] }),
      'its header has no column type',
    ],
    [
      'with a length below zero',
      buildFile({ schema: [root(1), element('x', { type: TYPE.fixed, length: -4 })], groups: [] }),
      'length of its values is -4',
    ],
    [
      'with another number of rows than its groups',
      buildFile({ schema, groups: [group], rows: 3 }),
      'do not add up to its number of rows',
    ],
    ['with a number of rows below zero', buildFile({ schema, groups: [], rows: -1 }), 'number of rows is -1'],
    [
      'with a group of other columns',
      buildFile({ schema, groups: [{ rows: 2, chunks: [...group.chunks, ...group.chunks] }] }),
      'another number of columns than the schema',
    ],
    ['with a column of another type', two({ type: TYPE.int64 }), 'another type than the schema says'],
    ['with columns in another file', two({ elsewhere: 'part-1.parquet' }), 'it keeps columns in other files'],
    ['with a column beyond the end', two({ size: 100_000 }), 'a column lies beyond the end of the file'],
    ['with a column before the start', two({ shift: -100 }), 'place of a page is -96'],
    ['with a column of another length than its group', two({ values: 3 }), 'another number of values than rows'],
  ])('%s is refused', async (_, file, reason) => {
    await expect(open(file)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
      hint: expect.any(String),
    });
  });

  test('with a schema forty levels deep is refused', async () => {
    const deep = Array.from({ length: 40 }, () => element('x', { repetition: 1, children: 1 }));
    await expect(columnsOf(root(1), ...deep, element('x', int32))).rejects.toThrow('its schema does not add up');
  });

  test('columns of one name: the first of them is read', async () => {
    const file = buildFile({
      schema: [root(2), element('x', int32), element('x', int32)],
      groups: [
        {
          rows: 2,
          chunks: [group.chunks[0] as Chunk, { type: TYPE.int32, values: 2, pages: [dataPage(2, 0, integers(8, 9))] }],
        },
      ],
    });
    const [column] = await (await open(file)).readGroup(0, ['x']);
    expect([column?.at(0), column?.at(1)]).toEqual([1, 2]);
  });
});
