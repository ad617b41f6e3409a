import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { readColumns } from '../../../src/lib/parquet/read-columns.ts';
import { readRuns } from '../../../src/lib/parquet/runs.ts';
import { unpackSnappy } from '../../../src/lib/parquet/snappy.ts';
import { ThriftReader } from '../../../src/lib/parquet/thrift-reader.ts';
import { fields, ThriftWriter } from '../../../src/lib/parquet/thrift-writer.ts';
import { writeParquet } from '../../../src/lib/parquet/write.ts';

const whole = writeParquet({
  rows: 2,
  fields: [
    { name: 'x', type: 'doubles', lists: [Float64Array.of(1, 2, 3), null] },
    { name: 'n', type: 'integer', values: Int32Array.of(4, 5) },
  ],
  keyValues: { a: 'b' },
});

async function readAll(bytes: Uint8Array): Promise<void> {
  const table = await readColumns(bytes);
  for (const name of table.names) await table.read(name);
}

const invalid = { code: 'DATA_INVALID', message: expect.stringContaining('Parquet') };

describe('a damaged file', () => {
  test('the whole one is read', async () => {
    await expect(readAll(whole)).resolves.toBeUndefined();
  });

  test('cut off anywhere it is refused', async () => {
    for (let length = 0; length < whole.length; length++) {
      await expect(readAll(whole.subarray(0, length))).rejects.toMatchObject(invalid);
    }
  });

  test('no PAR1 at its end', async () => {
    const bytes = Uint8Array.from(whole);
    bytes[bytes.length - 1] = 0x32;
    await expect(readAll(bytes)).rejects.toMatchObject({ message: expect.stringContaining('PAR1') });
  });

  test('a footer longer than the file', async () => {
    const bytes = Uint8Array.from(whole);
    new DataView(bytes.buffer).setUint32(bytes.length - 8, 0xffff_fff0, true);
    await expect(readAll(bytes)).rejects.toMatchObject({ message: expect.stringContaining('footer') });
  });

  test('any byte changed: either it is refused, or it is read, but nothing else happens', async () => {
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [1, 0x10, 0x80]) {
        const bytes = Uint8Array.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ bit;
        await readAll(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(SentopsError));
      }
    }
  });

  test('a page that says it unpacks to a gigabyte', async () => {
    const packed = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'x', data: [1.5, 2.5], type: 'DOUBLE' }] }),
    );
    const reader = new ThriftReader(packed, 4);
    reader.struct();
    const writer = new ThriftWriter();
    const data = fields({ i32: 2 }, { i32: 0 }, { i32: 3 }, { i32: 3 });
    writer.struct(fields({ i32: 0 }, { i32: 2 ** 30 }, { i32: 8 }, undefined, data).fields);
    const forged = Uint8Array.from(packed);
    forged.set(writer.done().subarray(0, reader.offset - 4), 4);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readAll(forged)).rejects.toMatchObject(invalid);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('snappy', () => {
  const expand = (bytes: readonly number[], length: number) => unpackSnappy(Uint8Array.from(bytes), length);

  test('literals and copies that reach into themselves', () => {
    // "ab" as a literal, then eight bytes from two before: ababababab
    expect(Buffer.from(expand([10, 0x04, 0x61, 0x62, (4 << 2) | 1, 2], 10)).toString()).toBe('ababababab');
    // The same with distances of two and of four bytes.
    expect(Buffer.from(expand([6, 0x04, 0x61, 0x62, (3 << 2) | 2, 2, 0], 6)).toString()).toBe('ababab');
    expect(Buffer.from(expand([6, 0x04, 0x61, 0x62, (3 << 2) | 3, 2, 0, 0, 0], 6)).toString()).toBe('ababab');
  });

  test.each([
    ['a length other than the page says', [5, 0x04, 0x61, 0x62], 2],
    ['a copy from before the start', [4, (0 << 2) | 1, 1], 4],
    ['a copy from nowhere', [6, 0x04, 0x61, 0x62, (0 << 2) | 1, 0], 6],
    ['a literal longer than the input', [40, 38 << 2, 0x61], 40],
    ['a literal of two gigabytes: its length is negative in 32 bits', [4, 63 << 2, 0xff, 0xff, 0xff, 0xff, 0x61], 4],
    ['more than the page holds', [2, 0x08, 0x61, 0x62, 0x63], 2],
    ['fewer than the page holds', [3, 0x04, 0x61, 0x62], 3],
    ['no input at all', [], 3],
  ])('%s is refused', (_, bytes, length) => {
    expect(() => expand(bytes, length)).toThrow(SentopsError);
  });
});

describe('runs', () => {
  const read = (bytes: readonly number[], width: number, count: number, max = 2 ** width - 1) => {
    const output = new Int32Array(count);
    readRuns(Uint8Array.from(bytes), 0, bytes.length, width, output, max);
    return [...output];
  };

  test('a run and a group packed into bits', () => {
    expect(read([5 << 1, 3, (1 << 1) | 1, 0b10001000, 0b11000110, 0b11111010], 3, 13)).toEqual([
      3, 3, 3, 3, 3, 0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  test('a run of a thousand million values costs no more than the values asked for', () => {
    expect(read([0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 1, 3)).toEqual([1, 1, 1]);
  });

  test('a number out of range, and an end too early, are refused', () => {
    expect(() => read([5 << 1, 3], 2, 5, 2)).toThrow('out of range');
    expect(() => read([5 << 1], 2, 5)).toThrow('cut off');
    expect(() => read([2 << 1, 1], 2, 5)).toThrow('cut off');
    expect(() => read([(1 << 1) | 1, 0xff], 4, 8)).toThrow('cut off');
    expect(() => read([0, 0, 0, 0], 2, 5)).toThrow('cut off');
  });
});

describe('thrift', () => {
  test('what is written is read', () => {
    const writer = new ThriftWriter();
    const inner = fields({ i64: -(2 ** 40) }, 'ü');
    writer.struct(fields({ i32: -5 }, true, false, undefined, { list: [inner] }, { list: ['a', 'b'] }).fields);
    const read = new ThriftReader(writer.done()).struct();
    expect([...read.keys()]).toEqual([1, 2, 3, 5, 6]);
    expect(read.get(1)).toBe(-5);
    expect(read.get(2)).toBe(true);
    expect(read.get(3)).toBe(false);
    const [list] = read.get(5) as ReadonlyMap<number, unknown>[];
    expect(list?.get(1)).toBe(-(2 ** 40));
    expect(Buffer.from(list?.get(2) as Uint8Array).toString()).toBe('ü');
  });

  test.each([
    ['a list longer than the bytes', [0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f]],
    ['a text longer than the bytes', [0x18, 0xff, 0xff, 0x7f]],
    ['a number without an end', [0x15, ...Array.from({ length: 30 }, () => 0xff)]],
    ['structures within structures without end', Array.from({ length: 4000 }, () => 0x1c)],
    ['a kind that does not exist', [0x1d]],
    ['no end', [0x15, 2]],
  ])('%s is refused', (_, bytes) => {
    expect(() => new ThriftReader(Uint8Array.from(bytes)).struct()).toThrow(SentopsError);
  });
});
