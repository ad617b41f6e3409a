import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { splitFrames } from '../../../../src/lib/data/read/zstd-frames.ts';

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The frames that are not to be skipped, each as a whole. */
async function framesOf(bytes: Uint8Array, chunk: number): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  let pieces: Uint8Array[] = [];
  for await (const piece of splitFrames(cut(bytes, chunk))) {
    pieces.push(piece.bytes);
    if (!piece.isEnd) continue;
    frames.push(Buffer.concat(pieces));
    pieces = [];
  }
  expect(pieces).toEqual([]);
  return frames;
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const compress = (text: string | Buffer, params: Record<number, number>) => zlib.zstdCompressSync(text, { params });
const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag, ZSTD_c_compressionLevel, ZSTD_c_windowLog } = zlib.constants;

/** A frame by hand (RFC 8878): the flags of its header, and blocks of a type each. */
function frame(
  flags: { size?: 0 | 1 | 2 | 3; single?: boolean; checksum?: boolean },
  blocks: readonly number[][],
): Buffer {
  const { size = 0, single = false, checksum = false } = flags;
  const content = [single ? 1 : 0, 2, 4, 8][size] as number;
  const header = [
    (size << 6) | (single ? 0x20 : 0) | (checksum ? 4 : 0),
    ...(single ? [] : [0]),
    ...new Array<number>(content).fill(9),
  ];
  return Buffer.from([...MAGIC, ...header, ...blocks.flat(), ...(checksum ? [1, 2, 3, 4] : [])]);
}
const raw = (bytes: readonly number[], isLast: boolean) => [(bytes.length << 3) | (isLast ? 1 : 0), 0, 0, ...bytes];
/** A block of one byte repeated: its size is that of the output. */
const repeated = (size: number, isLast: boolean) => [((size << 3) | 2 | (isLast ? 1 : 0)) & 0xff, size >> 5, 0, 0x61];

describe('frames of zstd', () => {
  test('are found in what the compressor of Node writes, with every kind of header', async () => {
    const texts = ['', 'a', 'hello '.repeat(50), 'x'.repeat(70_000), `${Array.from({ length: 40_000 }, (_, i) => i)}`];
    const frames = texts.flatMap(text => [
      compress(text, { [ZSTD_c_checksumFlag]: 1 }),
      compress(text, { [ZSTD_c_contentSizeFlag]: 0 }),
      compress(text, { [ZSTD_c_compressionLevel]: 1, [ZSTD_c_windowLog]: 10 }),
    ]);
    for (const chunk of [1000, 65_536, 10_000_000])
      expect(await framesOf(Buffer.concat(frames), chunk)).toEqual(frames);
    for (const one of frames.slice(0, 9)) expect(await framesOf(one, 1)).toEqual([one]);
  });

  test('have headers of every length, with and without a checksum', async () => {
    for (const size of [0, 1, 2, 3] as const)
      for (const single of [true, false])
        for (const checksum of [true, false]) {
          const one = frame({ size, single, checksum }, [raw([1, 2, 3], false), repeated(1000, false), raw([], true)]);
          for (const chunk of [1, 3, 100]) expect(await framesOf(Buffer.concat([one, one]), chunk)).toEqual([one, one]);
        }
  });

  test('a block that repeats a byte holds that byte only, also as the last', async () => {
    const one = frame({}, [repeated(8000, true)]);
    expect(one.length).toBe(10);
    expect(await framesOf(Buffer.concat([one, one]), 4)).toEqual([one, one]);
  });

  test('the dictionary of a header is passed over', async () => {
    for (const [flag, length] of [
      [1, 1],
      [2, 2],
      [3, 4],
    ] as const) {
      const one = Buffer.from([...MAGIC, flag, 0, ...new Array<number>(length).fill(7), ...raw([5], true)]);
      expect(await framesOf(one, 2)).toEqual([one]);
    }
  });

  test('that are to be skipped are left out, however they are cut', async () => {
    const one = frame({ checksum: true }, [raw([1], true)]);
    const skip = (content: number[]) => [0x5a, 0x2a, 0x4d, 0x18, content.length, 0, 0, 0, ...content];
    const all = Buffer.from([...skip([]), ...one, ...skip(MAGIC), ...skip([1]), ...one, ...skip([9, 9])]);
    for (let chunk = 1; chunk <= all.length; chunk++) expect(await framesOf(all, chunk)).toEqual([one, one]);
  });

  test('cut before their end, or followed by something else, are an error', async () => {
    const one = frame({ size: 1, checksum: true }, [raw([1, 2], false), raw([3], true)]);
    for (let length = 1; length < one.length; length++)
      await expect(framesOf(one.subarray(0, length), 3)).rejects.toThrow('unexpected end of data');
    await expect(framesOf(Buffer.concat([one, Buffer.from('text')]), 5)).rejects.toThrow(
      'no zstd frame where one should begin',
    );
    await expect(framesOf(Buffer.from([0x60, 0x2a, 0x4d, 0x18]), 5)).rejects.toThrow('no zstd frame');
    expect(await framesOf(Buffer.alloc(0), 1)).toEqual([]);
  });
});
