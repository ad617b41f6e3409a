import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { readColumns } from '../../../src/lib/parquet/read-columns.ts';
import { type ParquetFile, writeParquet } from '../../../src/lib/parquet/write.ts';

/** A reader of other people's making. */
async function readElsewhere(file: ParquetFile): Promise<Record<string, unknown>[]> {
  const bytes = writeParquet(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return await parquetReadObjects({ file: buffer });
}

const VECTOR: ParquetFile = {
  rows: 1,
  fields: [
    {
      name: 'v',
      type: 'struct',
      children: [
        { name: 'type', type: 'byte', values: Int32Array.of(1) },
        { name: 'size', type: 'integer', values: [null] },
        { name: 'indices', type: 'integers', lists: [null] },
        { name: 'values', type: 'doubles', lists: [Float64Array.of(1.5, -0, Number.NaN)] },
      ],
    },
    { name: 'count', type: 'long', values: [2n ** 60n] },
    { name: 'ready', type: 'boolean', values: [true] },
    { name: 'words', type: 'strings', lists: [['a', '', 'ü']] },
  ],
  keyValues: { 'some.key': '{"a":1}' },
};

/** Made once: making them takes longer than using them. */
const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const someText = fc
  .array(fc.constantFrom('a', '', 'é', '😀', '\ufeff', 'İ'), { maxLength: 6 })
  .map(parts => parts.join(''));

describe('what is written', () => {
  test('is read by another reader: structures, nulls, lists, texts', async () => {
    expect(await readElsewhere(VECTOR)).toEqual([
      {
        v: { type: 1, size: null, indices: undefined, values: [1.5, -0, Number.NaN] },
        count: 2n ** 60n,
        ready: true,
        words: ['a', '', 'ü'],
      },
    ]);
  });

  test('has the schema that Spark gives a vector, and the key', () => {
    const bytes = writeParquet(VECTOR);
    const meta = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    );
    const shape = meta.schema.map(({ name, type, repetition_type, converted_type }) =>
      [repetition_type, type, name, converted_type].filter(part => part !== undefined).join(' '),
    );
    expect(shape).toEqual([
      'spark_schema',
      'OPTIONAL v',
      'REQUIRED INT32 type INT_8',
      'OPTIONAL INT32 size',
      'OPTIONAL indices LIST',
      'REPEATED list',
      'REQUIRED INT32 element',
      'OPTIONAL values LIST',
      'REPEATED list',
      'REQUIRED DOUBLE element',
      'REQUIRED INT64 count',
      'REQUIRED BOOLEAN ready',
      'OPTIONAL words LIST',
      'REPEATED list',
      'REQUIRED BYTE_ARRAY element UTF8',
    ]);
    expect(meta.key_value_metadata).toEqual([{ key: 'some.key', value: '{"a":1}' }]);
  });

  test('a logical type INTEGER(8) is not among it: older writers put it down in a way that nobody reads', () => {
    const bytes = writeParquet(VECTOR);
    const meta = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    );
    expect(meta.schema.every(element => element.logical_type === undefined)).toBe(true);
  });

  test('random columns come back the same, here and elsewhere', async () => {
    const rows = fc.integer({ min: 1, max: 30 });
    const file = rows.chain(count => {
      const many = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: count, maxLength: count });
      const list = <T>(value: fc.Arbitrary<T>) => many(fc.option(fc.array(value, { maxLength: 5 }), { nil: null }));
      return fc.record({
        rows: fc.constant(count),
        doubles: many(fc.double()),
        integers: many(fc.option(fc.integer(), { nil: null })),
        longs: many(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        flags: many(fc.boolean()),
        texts: many(fc.option(anyText, { nil: null })),
        lists: list(fc.double()),
        textLists: list(someText),
      });
    });
    await fc.assert(
      fc.asyncProperty(file, async each => {
        const written: ParquetFile = {
          rows: each.rows,
          fields: [
            { name: 'd', type: 'double', values: Float64Array.from(each.doubles) },
            { name: 'i', type: 'integer', values: each.integers },
            { name: 'l', type: 'long', values: each.longs },
            { name: 'f', type: 'boolean', values: each.flags },
            { name: 't', type: 'string', values: each.texts },
            { name: 's', type: 'struct', children: [{ name: 'x', type: 'doubles', lists: each.lists.map(toDoubles) }] },
            { name: 'w', type: 'strings', lists: each.textLists },
          ],
          keyValues: {},
        };
        const elsewhere = await readElsewhere(written);
        expect(elsewhere.map(row => row['d'])).toEqual(each.doubles);
        expect(elsewhere.map(row => row['i'] ?? null)).toEqual(each.integers);
        expect(elsewhere.map(row => row['l'])).toEqual(each.longs);
        expect(elsewhere.map(row => row['f'])).toEqual(each.flags);
        // The other reader drops a byte order mark at the start of a text.
        const unmarked = each.textLists.map(list => list?.map(text => text.replace(/^\ufeff/u, '')) ?? null);
        expect(elsewhere.map(row => row['w'] ?? null)).toEqual(unmarked);
        const here = await readColumns(writeParquet(written));
        expect(await lists(here, 's.x')).toEqual(each.lists);
        expect(await lists(here, 'w')).toEqual(each.textLists);
        expect((await lists(here, 'i')).map(list => list?.[0] ?? null)).toEqual(each.integers);
        expect((await lists(here, 't')).map(list => list?.[0] ?? null)).toEqual(each.texts.map(wellFormed));
        expect((await lists(here, 'l')).map(list => list?.[0])).toEqual(each.longs);
      }),
      { numRuns: 40 },
    );
  });

  test('many rows of short lists: a forest of a hundred thousand nodes', async () => {
    const count = 130_000;
    const nodes = Array.from({ length: count }, (_, index) => Float64Array.of(index));
    const bytes = writeParquet({ rows: count, fields: [{ name: 'x', type: 'doubles', lists: nodes }], keyValues: {} });
    const column = await (await readColumns(bytes)).read('x');
    expect(column.starts.length).toBe(count + 1);
    expect(column.values.kind === 'doubles' && column.values.values.at(-1)).toBe(count - 1);
  });
});

function toDoubles(list: number[] | null): Float64Array | null {
  return list === null ? null : Float64Array.from(list);
}

function wellFormed(text: string | null): string | null {
  return text?.toWellFormed() ?? null;
}

async function lists(columns: Awaited<ReturnType<typeof readColumns>>, name: string): Promise<(unknown[] | null)[]> {
  const { values, starts, nulls } = await columns.read(name);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const at = (index: number) =>
    values.kind === 'bytes'
      ? decoder.decode(values.bytes.subarray(values.starts[index], values.ends[index]))
      : values.values[index];
  return Array.from({ length: columns.rows }, (_, row) => {
    if (nulls?.[row] === 1) return null;
    const start = starts[row] ?? 0;
    return Array.from({ length: (starts[row + 1] ?? 0) - start }, (_, index) => at(start + index));
  });
}
