import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  integerField,
  sizeField,
  structField,
  structsField,
  ThriftReader,
  type ThriftValue,
  textValue,
} from '../../../src/lib/parquet/thrift-reader.ts';
import { fields, type ThriftOut, ThriftWriter } from '../../../src/lib/parquet/thrift-writer.ts';

const read = (...bytes: number[]) => new ThriftReader(Uint8Array.from(bytes)).struct();
const STOP = 0;

describe('reading', () => {
  test('fields far apart name their number in full', () => {
    // Field 1 by a step, field 100 in full (zigzag 200), field 101 by a step again.
    const struct = read(0x15, 2, 0x05, 0xc8, 0x01, 4, 0x15, 6, STOP);
    expect([...struct]).toEqual([
      [1, 1],
      [100, 2],
      [101, 3],
    ]);
  });

  test('bytes have a sign, doubles are passed over', () => {
    const struct = read(0x13, 0xff, 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x13, 0x7f, STOP);
    expect([...struct]).toEqual([
      [1, -1],
      [2, 0],
      [3, 127],
    ]);
  });

  test('lists of truth values take a byte each, sets are lists', () => {
    expect(read(0x19, 0x31, 1, 2, 1, STOP).get(1)).toEqual([true, false, true]);
    expect(read(0x19, 0x32, 1, 2, 1, STOP).get(1)).toEqual([true, false, true]);
    expect(read(0x1a, 0x25, 2, 4, STOP).get(1)).toEqual([1, 2]);
  });

  test('the ends of 32 bits are exact, and so is 2^53', () => {
    const struct = read(0x15, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, STOP);
    expect([...struct.values()]).toEqual([-(2 ** 31), 2 ** 31 - 1]);
  });

  test('the reader stands behind what it read', () => {
    const reader = new ThriftReader(Uint8Array.of(9, 9, 0x15, 2, STOP, 7), 2);
    reader.struct();
    expect(reader.offset).toBe(5);
  });
});

describe('fields', () => {
  const struct = new Map<number, ThriftValue>([
    [1, 5],
    [2, -5],
    [3, 2 ** 60],
    [4, [new Map(), 3]],
    [5, Buffer.from('\ufeffé')],
    [6, true],
  ]);

  test('of the right kind are handed out', () => {
    expect(integerField(struct, 2, 'depth')).toBe(-5);
    expect(integerField(struct, 9, 'depth', 7)).toBe(7);
    expect(sizeField(struct, 1, 'depth')).toBe(5);
    expect(textValue(struct.get(5), 'name')).toBe('\ufeffé');
  });

  test.each<[string, () => unknown, string]>([
    ['an integer that is not there', () => integerField(struct, 9, 'depth'), 'its header has no depth'],
    ['an integer beyond 2^53', () => integerField(struct, 3, 'depth'), 'its header has no depth'],
    ['a truth value for an integer', () => integerField(struct, 6, 'depth'), 'its header has no depth'],
    ['a size below zero', () => sizeField(struct, 2, 'depth'), 'depth is -5'],
    ['a number for a structure', () => structField(struct, 1, 'page header'), 'its header has no page header'],
    [
      'a structure for a list',
      () => structsField(new Map([[1, new Map()]]), 1, 'columns'),
      'its header has no columns',
    ],
    [
      'a list of other things',
      () => structsField(struct, 4, 'columns'),
      'columns in its header is not a list of structures',
    ],
    ['a number for a text', () => textValue(struct.get(1), 'key'), 'its header has no key'],
  ])('%s: refused by name', (_, get, message) => {
    expect(get).toThrow(expect.objectContaining({ code: 'DATA_INVALID', message: `Parquet: ${message}` }));
  });
});

describe('writing', () => {
  const write = (out: { fields: Parameters<ThriftWriter['struct']>[0] }) => {
    const writer = new ThriftWriter();
    writer.struct(out.fields);
    return writer.done();
  };

  test('fields that go back or leap too far are a mistake of the caller', () => {
    expect(() =>
      write({
        fields: [
          { id: 2, value: true },
          { id: 2, value: true },
        ],
      }),
    ).toThrow(RangeError);
    expect(() => write({ fields: [{ id: 16, value: true }] })).toThrow('field 16 after 0');
  });

  test('lists of fourteen and of fifteen have their length in another place', () => {
    for (const count of [0, 14, 15, 300]) {
      const list = Array.from({ length: count }, (_, index) => ({ i32: index - 7 }));
      expect(new ThriftReader(write(fields({ list }))).struct().get(1)).toEqual(list.map(({ i32 }) => i32));
    }
  });

  /** What a reader makes of what was written. */
  function shown(value: ThriftOut): ThriftValue {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string') return Uint8Array.from(Buffer.from(value));
    if ('i32' in value) return value.i32;
    if ('i64' in value) return value.i64;
    if ('list' in value) return value.list.map(shown);
    return new Map(value.fields.map(field => [field.id, shown(field.value)]));
  }

  test('any structure is read as it was written', () => {
    const number = fc.oneof(
      fc.integer().map(value => ({ i32: value })),
      fc.integer({ min: -(2 ** 51), max: 2 ** 51 }).map(value => ({ i64: value })),
    );
    const text = fc.string({ unit: 'grapheme', maxLength: 400 });
    const { struct } = fc.letrec<{ struct: ThriftOut; value: ThriftOut }>(tie => ({
      struct: fc.array(fc.option(tie('value'), { nil: undefined }), { maxLength: 8 }).map(values => fields(...values)),
      value: fc.oneof(
        { maxDepth: 4 },
        fc.boolean(),
        text,
        number,
        fc
          .array(
            number.filter(each => 'i32' in each),
            { maxLength: 20 },
          )
          .map(list => ({ list })),
        fc.array(text, { maxLength: 3 }).map(list => ({ list })),
        fc.array(tie('struct'), { maxLength: 3 }).map(list => ({ list })),
        tie('struct'),
      ),
    }));
    const bytesOnly = (value: ThriftValue): unknown =>
      value instanceof Uint8Array
        ? [...value]
        : value instanceof Map
          ? [...value].map(([id, each]) => [id, bytesOnly(each)])
          : Array.isArray(value)
            ? value.map(bytesOnly)
            : value;
    fc.assert(
      fc.property(struct, out => {
        const bytes = write(out as { fields: Parameters<ThriftWriter['struct']>[0] });
        expect(bytesOnly(new ThriftReader(bytes).struct())).toEqual(bytesOnly(shown(out)));
      }),
    );
  });
});
