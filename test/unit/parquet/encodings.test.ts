import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';
import {
  dataPage,
  deltas,
  dictionaryPage,
  doubles,
  type ElementRules,
  ENCODING,
  integers,
  lengthFirst,
  longs,
  oneColumn,
  packBits,
  packedRuns,
  TYPE,
  texts,
  varint,
} from './hand-made.ts';

type Rules = ElementRules & { readonly type: number };

async function readX(file: Uint8Array): Promise<unknown[]> {
  const table = await readParquetTable(sourceOf(file));
  const all: unknown[] = [];
  for (let group = 0; group < table.groups.length; group++) {
    const [column] = await table.readGroup(group, ['x']);
    for (let row = 0; row < (column?.rows ?? 0); row++) all.push(column?.at(row));
  }
  return all;
}

/** Values of one page in one encoding. */
const read = (rules: Rules, encoding: number, count: number, body: Uint8Array) =>
  readX(oneColumn(rules, count, { pages: [dataPage(count, encoding, body)] }));

const withDictionary = (
  rules: Rules,
  size: number,
  entries: Uint8Array,
  encoding: number,
  body: Uint8Array,
  count = 4,
) => readX(oneColumn(rules, count, { pages: [dictionaryPage(size, entries), dataPage(count, encoding, body)] }));

const TEXT = { type: TYPE.bytes, converted: 0 };
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

describe('plain', () => {
  test('the ends of every number type', async () => {
    expect(await read({ type: TYPE.int32 }, 0, 3, integers(-(2 ** 31), 2 ** 31 - 1, -1))).toEqual([
      -2147483648, 2147483647, -1,
    ]);
    expect(await read({ type: TYPE.int64 }, 0, 4, longs(MIN, MAX, 2n ** 53n - 1n, -(2n ** 53n)))).toEqual([
      '-9223372036854775808',
      '9223372036854775807',
      9007199254740991,
      '-9007199254740992',
    ]);
    expect(await read({ type: TYPE.double }, 0, 4, doubles(-0, Number.NaN, 5e-324, -Infinity))).toEqual([
      -0,
      Number.NaN,
      5e-324,
      -Infinity,
    ]);
    const singles = Buffer.from(Float32Array.of(0.1, 3.4e38, Number.NaN).buffer);
    expect(await read({ type: TYPE.float }, 0, 3, singles)).toEqual([
      Math.fround(0.1),
      Math.fround(3.4e38),
      Number.NaN,
    ]);
  });

  test('truth values lie bit by bit, the lowest first', async () => {
    const flags = [true, false, false, true, true, false, true, false, true, true];
    expect(await read({ type: TYPE.boolean }, 0, 10, packBits(flags.map(Number), 1))).toEqual(flags);
  });

  test('texts may be empty and hold any bytes; those that are no UTF-8 become signs for that', async () => {
    const body = Buffer.concat([texts('', 'a\0b', 'é😀'), lengthFirst(Buffer.from([0x61, 0xff]))]);
    expect(await read(TEXT, 0, 4, body)).toEqual(['', 'a\0b', 'é😀', 'a\ufffd']);
  });

  test('bytes behind the last value are nobody’s', async () => {
    expect(await read({ type: TYPE.int32 }, 0, 2, integers(1, 2, 3))).toEqual([1, 2]);
  });

  const int96 = (...all: [nanoseconds: bigint, day: number][]) =>
    Buffer.concat(
      all.map(([nanoseconds, day]) => {
        const bytes = Buffer.alloc(12);
        bytes.writeBigInt64LE(nanoseconds);
        bytes.writeInt32LE(day, 8);
        return bytes;
      }),
    );

  test('instants of 96 bits reach beyond 2262, where nanoseconds in 64 bits end: "never" must not become last week', async () => {
    const never = int96([0n, 5373484], [86_399_999_999_999n, 2440587], [0n, 2440588], [1n, 1721426]);
    expect(await read({ type: TYPE.int96 }, 0, 4, never)).toEqual([
      '9999-12-31T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '0001-01-01T00:00:00.000Z',
    ]);
  });

  test('days of 96-bit instants that no calendar holds stay numbers', async () => {
    const far = await read({ type: TYPE.int96 }, 0, 2, int96([0n, 2 ** 31 - 1], [0n, -(2 ** 31)]));
    expect(far).toEqual([
      String((2n ** 31n - 1n - 2440588n) * 86_400_000n),
      String((-(2n ** 31n) - 2440588n) * 86_400_000n),
    ]);
  });
});

describe('dictionaries', () => {
  test.each([ENCODING.dictionary, ENCODING.oldDictionary])(
    'numbers of three bits into texts: encoding %i',
    async encoding => {
      const body = Buffer.concat([Buffer.of(3), packedRuns([4, 0, 2, 4], 3)]);
      expect(await withDictionary(TEXT, 5, texts('a', 'b', 'c', 'd', 'e'), encoding, body)).toEqual([
        'e',
        'a',
        'c',
        'e',
      ]);
    },
  );

  test.each<[string, Rules, Buffer, unknown[]]>([
    ['doubles', { type: TYPE.double }, doubles(0.5, -0), [-0, 0.5, 0.5, -0]],
    ['floats', { type: TYPE.float }, Buffer.from(Float32Array.of(0.5, 2).buffer), [2, 0.5, 0.5, 2]],
    ['integers', { type: TYPE.int32 }, integers(7, -7), [-7, 7, 7, -7]],
    ['longs', { type: TYPE.int64 }, longs(1n, MIN), [String(MIN), 1, 1, String(MIN)]],
    ['flags', { type: TYPE.boolean }, Buffer.of(0b01), [false, true, true, false]],
    ['fixed bytes', { type: TYPE.fixed, length: 2, converted: 0 }, Buffer.from('abcd'), ['cd', 'ab', 'ab', 'cd']],
  ])('of %s', async (_, rules, entries, expected) => {
    const body = Buffer.concat([Buffer.of(1), packedRuns([1, 0, 0, 1], 1)]);
    expect(await withDictionary(rules, 2, entries, ENCODING.dictionary, body)).toEqual(expected);
  });

  test('of one entry needs no bits for its numbers', async () => {
    expect(await withDictionary(TEXT, 1, texts('only'), ENCODING.dictionary, Buffer.of(0))).toEqual(
      new Array(4).fill('only'),
    );
  });

  test('numbers of 17 bits: some 100,000 entries', async () => {
    const count = 2 ** 17;
    const numbers = [0, count - 1, 65_536, 99_999];
    const entries = Buffer.from(Int32Array.from({ length: count }, (_, index) => index * 3).buffer);
    const body = Buffer.concat([Buffer.of(17), packedRuns(numbers, 17)]);
    expect(await withDictionary({ type: TYPE.int32 }, count, entries, ENCODING.dictionary, body)).toEqual(
      numbers.map(number => number * 3),
    );
  });

  test.each<[string, Buffer, string]>([
    ['a number beyond the dictionary', Buffer.concat([Buffer.of(2), packedRuns([0, 1, 2, 0], 2)]), 'out of range'],
    [
      'numbers of 25 bits',
      Buffer.concat([Buffer.of(25), packedRuns([0, 1, 0, 1], 25)]),
      'dictionary of column "x" is too large',
    ],
    ['no numbers', Buffer.alloc(0), 'a page of column "x" is cut off'],
    [
      'numbers that end too early',
      Buffer.concat([Buffer.of(1), varint(2 << 1), Buffer.of(1)]),
      'runs of a page are cut off',
    ],
  ])('%s: refused', async (_, body, reason) => {
    await expect(withDictionary(TEXT, 2, texts('a', 'b'), ENCODING.dictionary, body)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('an empty one, and none at all: refused', async () => {
    const body = Buffer.concat([Buffer.of(1), packedRuns([0, 0, 0, 0], 1)]);
    await expect(withDictionary(TEXT, 0, Buffer.alloc(0), ENCODING.dictionary, body)).rejects.toThrow(
      'dictionary of column "x" is empty',
    );
    await expect(read(TEXT, ENCODING.dictionary, 4, body)).rejects.toThrow('column "x" has no dictionary');
  });
});

test('a run whose length takes six bytes is none: no page is that long', async () => {
  const body = Buffer.concat([Buffer.of(1), Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x02), Buffer.of(1)]);
  await expect(withDictionary(TEXT, 2, texts('a', 'b'), ENCODING.dictionary, body)).rejects.toThrow('runs of a page');
});

describe('truth values in runs', () => {
  test('stand behind their length', async () => {
    const body = lengthFirst(Buffer.concat([varint(3 << 1), Buffer.of(1), packedRuns([0, 1, 0, 0, 0, 0, 0, 1], 1)]));
    const expected = [true, true, true, false, true, false, false, false, false, false, true];
    expect(await read({ type: TYPE.boolean }, ENCODING.runs, 11, body)).toEqual(expected);
  });

  test.each([
    ['shorter than its length', Buffer.of(9, 0, 0, 0, 2, 1)],
    ['without a length', Buffer.of(1, 0)],
  ])('%s: refused', async (_, body) => {
    await expect(read({ type: TYPE.boolean }, ENCODING.runs, 1, body)).rejects.toThrow(
      'page of true and false is cut off',
    );
  });
});

describe('differences', () => {
  test('from one end of 64 bits to the other wrap round', async () => {
    const values = [MIN, MAX, 0n, -1n, MAX, MIN];
    expect(await read({ type: TYPE.int64 }, ENCODING.deltas, 6, deltas(values))).toEqual(
      values.map(value => (value === 0n || value === -1n ? Number(value) : String(value))),
    );
  });

  test('of 32-bit integers stay 32-bit integers', async () => {
    const values = [2 ** 31 - 1, -(2 ** 31), 0, 5];
    const body = deltas(values.map(BigInt));
    expect(await read({ type: TYPE.int32 }, ENCODING.deltas, 4, body)).toEqual(values);
  });

  test('random integers in blocks of any size come back', async () => {
    const shape = fc.constantFrom(
      { block: 128, miniblocks: 4 },
      { block: 8, miniblocks: 1 },
      { block: 256, miniblocks: 2 },
    );
    const value = fc.oneof(fc.bigInt({ min: MIN, max: MAX }), fc.bigInt({ min: -9n, max: 9n }));
    const values = fc.array(value, { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(values, shape, async (all, rules) => {
        const shown = await read({ type: TYPE.int64 }, ENCODING.deltas, all.length, deltas(all, rules));
        expect(shown.map(String)).toEqual(all.map(String));
      }),
      { numRuns: 60 },
    );
  });

  test('a single value has no blocks, and none at all has a beginning', async () => {
    expect(await read({ type: TYPE.int64 }, ENCODING.deltas, 1, deltas([-3n]))).toEqual([-3]);
    expect(await read({ type: TYPE.int64 }, ENCODING.deltas, 0, deltas([]))).toEqual([]);
  });

  test('widths of parts that hold nothing may be anything', async () => {
    // Two values: the first part holds one difference of 5, the widths of the other three are nonsense.
    const body = Buffer.concat([varint(128), varint(4), varint(2), varint(2), varint(10), Buffer.of(0, 99, 255, 77)]);
    expect(await read({ type: TYPE.int64 }, ENCODING.deltas, 2, body)).toEqual([1, 6]);
  });
});

describe('texts in differences', () => {
  const lengths = (...all: bigint[]) => deltas(all);

  test('all lengths, then all bytes', async () => {
    const body = Buffer.concat([lengths(1n, 0n, 4n), Buffer.from('a😀')]);
    expect(await read(TEXT, ENCODING.deltaLengths, 3, body)).toEqual(['a', '', '😀']);
  });

  test('each begins like the one before', async () => {
    const body = Buffer.concat([lengths(0n, 3n, 3n, 0n), lengths(3n, 2n, 0n, 1n), Buffer.from('axisleb')]);
    expect(await read(TEXT, ENCODING.deltaTexts, 4, body)).toEqual(['axi', 'axisl', 'axi', 'e']);
    const fixed = Buffer.concat([lengths(0n, 1n), lengths(2n, 1n), Buffer.from('abc')]);
    const rules = { type: TYPE.fixed, length: 2, converted: 0 };
    expect(await read(rules, ENCODING.deltaTexts, 2, fixed)).toEqual(['ab', 'ac']);
  });

  test.each<[string, number, Buffer]>([
    ['a length below zero', ENCODING.deltaLengths, Buffer.concat([lengths(-1n, 2n), Buffer.from('ab')])],
    ['a length beyond the page', ENCODING.deltaLengths, Buffer.concat([lengths(1n, 2n), Buffer.from('ab')])],
    [
      'a first text that begins like one before',
      ENCODING.deltaTexts,
      Buffer.concat([lengths(1n, 0n), lengths(1n, 1n), Buffer.from('ab')]),
    ],
    [
      'a beginning longer than the text before',
      ENCODING.deltaTexts,
      Buffer.concat([lengths(0n, 3n), lengths(2n, 0n), Buffer.from('ab')]),
    ],
    [
      'a beginning below zero',
      ENCODING.deltaTexts,
      Buffer.concat([lengths(0n, -1n), lengths(1n, 1n), Buffer.from('ab')]),
    ],
  ])('%s: refused', async (_, encoding, body) => {
    await expect(read(TEXT, encoding, 2, body)).rejects.toThrow('a text is longer than its page');
  });

  test('a page that grows to gigabytes is refused before there is room for it', async () => {
    // Every text is the one before and a kilobyte more: 40,000 of them are 800 GB.
    const count = 40_000;
    const prefixes = Array.from({ length: count }, (_, index) => BigInt(index) * 1000n);
    const suffixes = new Array<bigint>(count).fill(1000n);
    const body = Buffer.concat([lengths(...prefixes), lengths(...suffixes), Buffer.alloc(count * 1000)]);
    await expect(read(TEXT, ENCODING.deltaTexts, count, body)).rejects.toThrow('unpacks to more than is allowed');
  });
});

describe('split into streams of bytes', () => {
  const split = (bytes: Buffer, width: number) => {
    const count = bytes.length / width;
    return Buffer.from(bytes.map((_, at) => bytes[(at % count) * width + Math.floor(at / count)] ?? 0));
  };

  test.each<[string, Rules, Buffer, number, unknown[]]>([
    ['doubles', { type: TYPE.double }, doubles(1 / 3, -0, 1e300), 8, [1 / 3, -0, 1e300]],
    ['floats', { type: TYPE.float }, Buffer.from(Float32Array.of(1.5, -2).buffer), 4, [1.5, -2]],
    ['integers', { type: TYPE.int32 }, integers(1, -1, 2 ** 30), 4, [1, -1, 2 ** 30]],
    ['longs', { type: TYPE.int64 }, longs(MAX, -2n), 8, [String(MAX), -2]],
    ['fixed bytes', { type: TYPE.fixed, length: 3, converted: 0 }, Buffer.from('abcdef'), 3, ['abc', 'def']],
  ])('%s', async (_, rules, bytes, width, expected) => {
    expect(await read(rules, ENCODING.streams, expected.length, split(bytes, width))).toEqual(expected);
  });

  test('too few bytes, and values that have no width: refused', async () => {
    await expect(read({ type: TYPE.double }, ENCODING.streams, 2, Buffer.alloc(15))).rejects.toThrow('fewer values');
    await expect(read(TEXT, ENCODING.streams, 1, texts('a'))).rejects.toThrow('fewer values');
  });
});

test.each<[string, Rules, number]>([
  ['bits packed as of old', { type: TYPE.int32 }, 4],
  ['an encoding to come', { type: TYPE.double }, 10],
  ['runs of integers', { type: TYPE.int32 }, ENCODING.runs],
  ['differences of doubles', { type: TYPE.double }, ENCODING.deltas],
  ['lengths of integers', { type: TYPE.int32 }, ENCODING.deltaLengths],
  ['beginnings of longs', { type: TYPE.int64 }, ENCODING.deltaTexts],
])('%s are refused with the column and the number of the encoding', async (_, rules, encoding) => {
  await expect(read(rules, encoding, 1, Buffer.alloc(64))).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: `Parquet: column "x" has encoding ${encoding}, which is not supported`,
    hint: expect.stringContaining('again'),
  });
});
