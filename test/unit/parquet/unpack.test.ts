import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureLz4Block } from '../../../src/lib/parquet/measure-lz4.ts';
import { unpackSnappy } from '../../../src/lib/parquet/snappy.ts';
import { unpack } from '../../../src/lib/parquet/unpack.ts';

const CODEC = { none: 0, snappy: 1, gzip: 2, lzo: 3, brotli: 4, lz4: 5, zstd: 6, lz4Raw: 7 };
const TEXT = Buffer.from('a text that says a text that says a text '.repeat(20));

function snappyLength(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** A literal whose length stands in the tag, or in so many bytes behind it. */
function snappyLiteral(bytes: Uint8Array, extra: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length - 1);
  const tag = extra === 0 ? (bytes.length - 1) << 2 : (59 + extra) << 2;
  return Buffer.concat([Buffer.of(tag), length.subarray(0, extra), bytes]);
}

/** One block of LZ4 that repeats nothing. */
function lz4Block(bytes: Uint8Array): Buffer {
  const rest = bytes.length - 15;
  if (rest < 0) return Buffer.concat([Buffer.of(bytes.length << 4), bytes]);
  const more = new Array<number>(Math.floor(rest / 255)).fill(255);
  return Buffer.concat([Buffer.from([0xf0, ...more, rest % 255]), bytes]);
}

/** As Hadoop frames its blocks: unpacked and packed length, the highest byte first. */
function hadoop(...blocks: Uint8Array[]): Buffer {
  return Buffer.concat(
    blocks.map(block => {
      const packed = lz4Block(block);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(block.length);
      head.writeUInt32BE(packed.length, 4);
      return Buffer.concat([head, packed]);
    }),
  );
}

const packed: Readonly<Record<string, [codec: number, bytes: Buffer]>> = {
  nothing: [CODEC.none, TEXT],
  Snappy: [CODEC.snappy, Buffer.concat([Buffer.from(snappyLength(TEXT.length)), snappyLiteral(TEXT, 2)])],
  gzip: [CODEC.gzip, zlib.gzipSync(TEXT)],
  'gzip in two members': [
    CODEC.gzip,
    Buffer.concat([zlib.gzipSync(TEXT.subarray(0, 100)), zlib.gzipSync(TEXT.subarray(100))]),
  ],
  Brotli: [CODEC.brotli, zlib.brotliCompressSync(TEXT)],
  Zstandard: [CODEC.zstd, zlib.zstdCompressSync(TEXT)],
  'LZ4 as Hadoop frames it': [CODEC.lz4, hadoop(TEXT.subarray(0, 300), TEXT.subarray(300))],
  'LZ4 without a frame under its old number': [CODEC.lz4, lz4Block(TEXT)],
  'LZ4 without a frame': [CODEC.lz4Raw, lz4Block(TEXT)],
};

describe('pages packed with', () => {
  test.for(Object.entries(packed))('%s come back whole', async ([, [codec, bytes]]) => {
    expect(Buffer.from(await unpack(codec, bytes, TEXT.length))).toEqual(TEXT);
  });

  test.for(Object.entries(packed))(
    '%s, of another length than their header says, are refused',
    async ([, [codec, bytes]]) => {
      for (const length of [TEXT.length - 1, TEXT.length + 1]) {
        await expect(unpack(codec, bytes, length)).rejects.toMatchObject({
          code: 'DATA_INVALID',
          message: expect.stringMatching(/^Parquet: a (Snappy )?page /),
        });
      }
    },
  );

  test.for(Object.entries(packed).filter(([name]) => name !== 'nothing'))(
    '%s, cut off, are refused',
    async ([, [codec, bytes]]) => {
      for (const cut of [1, 5, Math.floor(bytes.length / 2), bytes.length - 1]) {
        await expect(unpack(codec, bytes.subarray(0, cut), TEXT.length)).rejects.toMatchObject({
          code: 'DATA_INVALID',
        });
      }
    },
  );

  test.each([
    [CODEC.gzip, 'GZIP'],
    [CODEC.brotli, 'BROTLI'],
    [CODEC.lz4, 'LZ4'],
    [CODEC.zstd, 'ZSTD'],
    [CODEC.lz4Raw, 'LZ4_RAW'],
  ])('number %i, but nonsense: the codec is named', async (codec, name) => {
    await expect(unpack(codec, Buffer.alloc(50, 0xee), 60)).rejects.toThrow(`a page cannot be unpacked (${name})`);
  });

  test.each([
    [CODEC.lzo, 'LZO'],
    [8, 'codec 8'],
    [-1, 'codec -1'],
  ])('what is not supported, %i, is named with what to do', async (codec, name) => {
    await expect(unpack(codec, Buffer.alloc(9), 9)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: `Parquet: it is packed with ${name}, which is not supported`,
      hint: 'write it with snappy, gzip, zstd, brotli, lz4 or no compression',
    });
  });

  test.each([
    [CODEC.gzip, zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024))],
    [
      CODEC.brotli,
      zlib.brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
    [CODEC.zstd, zlib.zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))],
  ])(
    'number %i, of megabytes that the header does not speak of, are refused before they are unpacked',
    async (codec, bomb) => {
      const before = process.memoryUsage().arrayBuffers;
      await expect(unpack(codec, bomb, 1000)).rejects.toMatchObject({ code: 'DATA_INVALID' });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    },
  );

  test('LZ4 that would have to grow more than it can is refused before there is room for it', async () => {
    await expect(unpack(CODEC.lz4Raw, Buffer.alloc(10), 10 * 255 + 1)).rejects.toThrow('(LZ4_RAW)');
  });

  test('any codec: nothing at all is nothing at all', async () => {
    for (const codec of Object.values(CODEC).filter(codec => codec !== CODEC.lzo))
      expect((await unpack(codec, Buffer.alloc(0), 0)).length).toBe(0);
  });
});

describe('LZ4', () => {
  test('copies count, with lengths of any size', async () => {
    // "ab", then 4 + 15 + 255 + 10 bytes from two before, then "c".
    const block = Buffer.from([0x2f, 0x61, 0x62, 2, 0, 255, 10, 0x10, 0x63]);
    const text = Buffer.from(`ab${'ab'.repeat(142)}c`);
    expect(measureLz4Block(block)).toBe(text.length);
    expect(Buffer.from(await unpack(CODEC.lz4Raw, block, text.length))).toEqual(text);
  });

  test('a page that ends in the middle was filled up with zeros, which were numbers of a model', async () => {
    const block = lz4Block(Buffer.from(Float64Array.of(1.5, 2.5, 3.5).buffer));
    await expect(unpack(CODEC.lz4Raw, block.subarray(0, 17), 24)).rejects.toThrow('cannot be unpacked (LZ4_RAW)');
    await expect(unpack(CODEC.lz4, block.subarray(0, 17), 24)).rejects.toThrow('cannot be unpacked (LZ4)');
    for (const bytes of [[0xf0], [0xf0, 255, 255], [0x10], [0x1f, 0x61, 1], [0x1f, 0x61, 1, 0]])
      expect(measureLz4Block(Uint8Array.from(bytes))).toBeNull();
  });

  test('a bare block may be shorter than the head of a frame', async () => {
    for (const text of ['', 'a', 'abc', 'abcdefg'])
      expect(Buffer.from(await unpack(CODEC.lz4, lz4Block(Buffer.from(text)), text.length)).toString()).toBe(text);
  });

  test('a frame that says another length than its block is no frame', async () => {
    const framed = hadoop(TEXT);
    framed.writeUInt32BE(TEXT.length - 1, 0);
    await expect(unpack(CODEC.lz4, framed, TEXT.length)).rejects.toThrow('cannot be unpacked (LZ4)');
  });
});

describe('Snappy', () => {
  test.each([
    [0, 60],
    [1, 61],
    [1, 256],
    [2, 257],
    [2, 65_536],
    [3, 65_537],
    [4, 70_000],
  ])('a length in %i bytes of a literal of %i', (extra, size) => {
    const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7919) >> 3));
    const block = Buffer.concat([Buffer.from(snappyLength(size)), snappyLiteral(bytes, extra)]);
    expect(Buffer.from(unpackSnappy(block, size))).toEqual(bytes);
  });

  /** Tags as the format describes them: a literal, or a copy with a distance of one, two or four bytes. */
  type Tag =
    | { readonly literal: Uint8Array }
    | { readonly back: number; readonly size: number; readonly wide: 1 | 2 | 4 };

  function write(tags: readonly Tag[]): { readonly block: Buffer; readonly text: Buffer } {
    let text = Buffer.alloc(0);
    const parts: Buffer[] = [];
    for (const tag of tags) {
      if ('literal' in tag) {
        parts.push(snappyLiteral(tag.literal, tag.literal.length > 60 ? 1 : 0));
        text = Buffer.concat([text, tag.literal]);
        continue;
      }
      const distance = 1 + (tag.back % Math.min(text.length, tag.wide === 1 ? 2047 : 65_535));
      const size = tag.wide === 1 ? 4 + (tag.size % 8) : 1 + (tag.size % 64);
      const bytes = Buffer.alloc(5);
      if (tag.wide === 1) bytes.set([1 | ((size - 4) << 2) | ((distance >> 8) << 5), distance & 255]);
      else {
        bytes[0] = (tag.wide === 2 ? 2 : 3) | ((size - 1) << 2);
        bytes.writeUInt32LE(distance, 1);
      }
      parts.push(bytes.subarray(0, 1 + tag.wide));
      const copied = Buffer.alloc(size);
      for (let index = 0; index < size; index++) {
        const from = text.length - distance + index;
        copied[index] = (from < text.length ? text[from] : copied[from - text.length]) ?? 0;
      }
      text = Buffer.concat([text, copied]);
    }
    return { block: Buffer.concat([Buffer.from(snappyLength(text.length)), ...parts]), text };
  }

  test('any mix of literals and copies', () => {
    const literal = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes): Tag => ({ literal: bytes }));
    const copy = fc
      .record({ back: fc.nat(70_000), size: fc.nat(63), wide: fc.constantFrom(1 as const, 2 as const, 4 as const) })
      .map((rules): Tag => rules);
    fc.assert(
      fc.property(literal, fc.array(fc.oneof(literal, copy, copy), { maxLength: 40 }), (first, rest) => {
        const { block, text } = write([first, ...rest]);
        expect(Buffer.from(unpackSnappy(block, text.length))).toEqual(text);
        expect(() => unpackSnappy(block.subarray(0, -1), text.length)).toThrow(/^Parquet: a Snappy page/);
      }),
      { numRuns: 150 },
    );
  });

  test.each<[string, readonly number[], number, string]>([
    ['a length without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 1], 3, 'has no length'],
    ['a length and no more', [3], 3, 'is cut off'],
    ['a copy without its distance', [6, 0x04, 0x61, 0x62, (0 << 2) | 2, 1], 6, 'is cut off'],
    ['a copy over the end', [3, 0x04, 0x61, 0x62, (1 << 2) | 2, 1, 0], 3, 'is damaged'],
    ['a copy from four gigabytes before', [6, 0x04, 0x61, 0x62, (3 << 2) | 3, 0xff, 0xff, 0xff, 0xff], 6, 'is damaged'],
  ])('%s is refused', (_, bytes, length, reason) => {
    expect(() => unpackSnappy(Uint8Array.from(bytes), length)).toThrow(reason);
  });
});
