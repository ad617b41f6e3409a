import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { readDeltas } from '../../../src/lib/parquet/delta.ts';
import { type Leaf, PHYSICAL } from '../../../src/lib/parquet/footer.ts';
import { joinColumns } from '../../../src/lib/parquet/join-columns.ts';
import { showValue } from '../../../src/lib/parquet/show-value.ts';
import { joinValues, readPlain, type Values } from '../../../src/lib/parquet/values.ts';

function leaf(change: Partial<Leaf>): Leaf {
  const plain = {
    name: 'x',
    type: PHYSICAL.int32,
    fixedLength: 0,
    kind: 'integer',
    scale: 0,
    unsigned: false,
  } as const;
  return { ...plain, maxDefinition: 0, maxRepetition: 0, listDefinition: 0, ...change };
}

describe('kinds of values that few programs write', () => {
  test('instants of 96 bits: nanoseconds of the day and the Julian day', () => {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    // 2,460,311 is 1 January 2024; one second and a half after noon.
    view.setBigInt64(0, (12n * 3600n + 1n) * 1_000_000_000n + 500_000_000n, true);
    view.setInt32(8, 2_460_311, true);
    const column = leaf({ type: PHYSICAL.int96, kind: 'timestamp', scale: 1e3 });
    expect(showValue(readPlain(bytes, column, 1), 0, column)).toBe('2024-01-01T12:00:01.500Z');
  });

  test('decimals as bytes, the sign in the first bit', () => {
    const column = leaf({ type: PHYSICAL.fixed, fixedLength: 3, kind: 'decimal', scale: 2 });
    const values = readPlain(Uint8Array.of(0xff, 0xff, 0x9c, 0x00, 0x04, 0xd2, 0, 0, 5), column, 3);
    expect([0, 1, 2].map(index => showValue(values, index, column))).toEqual(['-1.00', '12.34', '0.05']);
    expect(showValue(values, 1, { ...column, scale: 0 })).toBe('1234');
  });

  test('bytes that are no text are base64', () => {
    const column = leaf({ type: PHYSICAL.bytes, kind: 'binary' });
    expect(showValue(readPlain(Uint8Array.of(2, 0, 0, 0, 0xff, 0xfe), column, 1), 0, column)).toBe('//4=');
  });

  test('an instant or a day that no calendar holds stays a number', () => {
    const far: Values = { kind: 'longs', values: BigInt64Array.of(2n ** 62n) };
    expect(showValue(far, 0, leaf({ kind: 'timestamp', scale: 1e3 }))).toBe(String(2n ** 62n));
    const late: Values = { kind: 'integers', values: Int32Array.of(2 ** 31 - 1) };
    expect(showValue(late, 0, leaf({ kind: 'date', scale: 1 }))).toBe('2147483647');
  });

  test.each([
    PHYSICAL.int32,
    PHYSICAL.int64,
    PHYSICAL.int96,
    PHYSICAL.double,
    PHYSICAL.float,
    PHYSICAL.boolean,
    PHYSICAL.bytes,
  ])('fewer bytes than values are refused: type %i', type => {
    expect(() => readPlain(new Uint8Array(3), leaf({ type }), 30)).toThrow(SentopsError);
  });

  test('values of no length would cost nothing: refused', () => {
    expect(() => readPlain(new Uint8Array(0), leaf({ type: PHYSICAL.fixed }), 2 ** 27)).toThrow('length 0');
  });
});

describe('differences', () => {
  // Blocks of 128 in 4 parts, 5 values from 7, all differences 1 (the smallest), width 0.
  const even = Uint8Array.of(0x80, 0x01, 0x04, 0x05, 0x0e, 0x02, 0, 0, 0, 0);

  test('values that grow evenly need no bits', () => {
    expect([...readDeltas(even, 0, 5).values]).toEqual([7n, 8n, 9n, 10n, 11n]);
    expect(readDeltas(even, 0, 5).end).toBe(even.length);
  });

  test.each([
    ['another number of values than the page', even, 6],
    ['no parts in a block', Uint8Array.of(0x80, 0x01, 0x00, 0x05, 0x0e), 5],
    ['a block of gigabytes', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08, 0x04, 0x05, 0x0e), 5],
    ['numbers of 65 bits', Uint8Array.of(0x80, 0x01, 0x04, 0x05, 0x0e, 0x02, 65, 0, 0, 0, ...new Uint8Array(600)), 5],
    ['an end too early', even.subarray(0, 6), 5],
  ])('%s: refused', (_, bytes, count) => {
    expect(() => readDeltas(bytes, 0, count)).toThrow(SentopsError);
  });

  test('a hundred million values in a few bytes are refused before there is room for them', () => {
    const count = 100_000_000;
    const bytes = Uint8Array.of(0x80, 0x01, 0x04, 0x80, 0xc2, 0xd7, 0x2f, 0x0e, 0x02, 0, 0, 0, 0);
    expect(() => readDeltas(bytes, 0, count)).toThrow('cut off');
  });
});

describe('joining', () => {
  const text = (bytes: Uint8Array, ...spans: [number, number][]): Values => ({
    kind: 'bytes',
    bytes,
    starts: Int32Array.from(spans, ([start]) => start),
    ends: Int32Array.from(spans, ([, end]) => end),
  });

  test('pages of one dictionary share its bytes', () => {
    const dictionary = Buffer.from('goodbad');
    const joined = joinValues([
      text(dictionary, [0, 4], [4, 7]),
      text(Buffer.from('own'), [0, 3]),
      text(dictionary, [4, 7]),
    ]);
    if (joined.kind !== 'bytes') throw new Error('no bytes');
    expect(joined.bytes.length).toBe(10);
    const texts = Array.from(joined.starts, (start, index) =>
      Buffer.from(joined.bytes.subarray(start, joined.ends[index])).toString(),
    );
    expect(texts).toEqual(['good', 'bad', 'own', 'bad']);
  });

  test('rows of several files stand below each other, nulls with them', () => {
    const one = {
      values: { kind: 'doubles', values: Float64Array.of(1, 2) } as const,
      starts: Int32Array.of(0, 2),
      nulls: null,
    };
    const two = {
      values: { kind: 'doubles', values: Float64Array.of(3) } as const,
      starts: Int32Array.of(0, 0, 1),
      nulls: Uint8Array.of(1, 0),
    };
    const joined = joinColumns([one, two]);
    expect(joined.values).toEqual({ kind: 'doubles', values: Float64Array.of(1, 2, 3) });
    expect([...joined.starts]).toEqual([0, 2, 2, 3]);
    expect([...(joined.nulls ?? [])]).toEqual([0, 1, 0]);
  });
});
