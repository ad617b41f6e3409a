import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compressionOf, prepend, readHead, Tally, unpack } from '../../../../src/lib/data/read/stored-bytes.ts';
import { failure, open, readAll } from '../tables.ts';

const CSV = `text,label\n${Array.from({ length: 150 }, (_, row) => `"row ${row}, ${'x'.repeat(row % 50)}",${row % 2}`).join('\n')}\n`;

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces).toString();
}

async function unpacked(bytes: Uint8Array, chunk = bytes.length || 1): Promise<string> {
  return gather((await unpack(cut(bytes, chunk), 'a.csv')).bytes);
}

const [first, second] = [CSV.slice(0, 777), CSV.slice(777)];
/** Number of a skippable frame (0 to 15), and what it holds. */
function skippable(number: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + number, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
const checked = (text: string) => zlib.zstdCompressSync(text, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });

describe('compressed bytes', () => {
  test.each<[name: string, data: Uint8Array, text: string]>([
    ['none', Buffer.from(CSV), CSV],
    ['nothing at all', Buffer.alloc(0), ''],
    ['fewer bytes than a magic number', Buffer.from('a,b'), 'a,b'],
    ['one gzip member', zlib.gzipSync(CSV), CSV],
    ['several gzip members', Buffer.concat([zlib.gzipSync(first), zlib.gzipSync(''), zlib.gzipSync(second)]), CSV],
    ['gzip and zeros behind it', Buffer.concat([zlib.gzipSync(CSV), Buffer.alloc(512)]), CSV],
    ['one zstd frame', zlib.zstdCompressSync(CSV), CSV],
    ['a zstd frame of nothing', zlib.zstdCompressSync(''), ''],
    ['several zstd frames', Buffer.concat([zlib.zstdCompressSync(first), zlib.zstdCompressSync(second)]), CSV],
    ['zstd with checksums', Buffer.concat([checked(first), checked(''), checked(second)]), CSV],
    [
      'a frame to be skipped first',
      Buffer.concat([skippable(0, Buffer.from('seek table')), zlib.zstdCompressSync(CSV)]),
      CSV,
    ],
    [
      'frames to be skipped in between and last, one of them empty',
      Buffer.concat([
        checked(first),
        skippable(15, Buffer.alloc(0)),
        skippable(7, Buffer.alloc(300, 0x28)),
        checked(second),
        skippable(1, Buffer.from('x')),
      ]),
      CSV,
    ],
    ['nothing but a frame to be skipped', skippable(3, Buffer.from('x')), ''],
  ])('%s, for any chunks', async (_name, data, text) => {
    for (const chunk of [1, 2, 3, 5, 64, 100_000]) expect(await unpacked(data, chunk)).toBe(text);
  });

  test.each<[head: number[], compression: string]>([
    [[0x1f, 0x8b, 8, 0], 'gzip'],
    [[0x1f, 0x8c, 8, 0], 'none'],
    [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
    [[0x28, 0xb5, 0x2f, 0xfe], 'none'],
    [[0x50, 0x2a, 0x4d, 0x18], 'zstd'],
    [[0x5f, 0x2a, 0x4d, 0x18], 'zstd'],
    [[0x60, 0x2a, 0x4d, 0x18], 'none'],
    [[0x28], 'none'],
    [[], 'none'],
  ])('%j begins %s', (head, compression) => {
    expect(compressionOf(Uint8Array.from(head))).toBe(compression);
  });

  test('cut anywhere is told, never taken for the whole', async () => {
    const small = 'text,label\ngood,1\nbad,0\n';
    for (const [kind, data] of [
      ['gzip', Buffer.concat([zlib.gzipSync(small), zlib.gzipSync(small)])],
      ['zstd', Buffer.concat([zlib.zstdCompressSync(small), skippable(2, Buffer.from('abc')), checked(small)])],
    ] as const) {
      const whole = [...small.repeat(2)].length;
      const ends =
        kind === 'gzip'
          ? [data.length / 2]
          : [zlib.zstdCompressSync(small).length, zlib.zstdCompressSync(small).length + 11];
      for (let length = 5; length < data.length; length++) {
        const result = await unpacked(data.subarray(0, length), 7).catch((error: Error) => error.message);
        // Between two members it is a whole file of its own.
        if (ends.includes(length)) expect(result).toBe(small);
        else
          expect(`${length}: ${result}`).toBe(`${length}: a.csv cannot be unpacked: its ${kind} data ends too early`);
      }
      expect((await unpacked(data)).length).toBe(whole);
    }
  });

  test('damaged in the middle is told', async () => {
    for (const pack of [zlib.gzipSync(CSV), checked(CSV)]) {
      const damaged = Buffer.from(pack);
      damaged[Math.floor(pack.length / 2)] = (damaged[Math.floor(pack.length / 2)] as number) ^ 0x5a;
      expect(await failure(unpacked(damaged, 64))).toMatch(
        /^DATA_INVALID a.csv cannot be unpacked: its (gzip|zstd) data (is damaged|ends too early) \| it is damaged or was not copied to its end: fetch it again/,
      );
    }
  });

  test('a wrong checksum is told, of gzip and of zstd', async () => {
    const gzip = zlib.gzipSync(CSV);
    gzip[gzip.length - 6] = (gzip[gzip.length - 6] as number) ^ 1;
    expect(await failure(unpacked(gzip))).toMatch(/its gzip data is damaged/);
    const zstd = checked(CSV);
    zstd[zstd.length - 2] = (zstd[zstd.length - 2] as number) ^ 1;
    expect(await failure(unpacked(zstd))).toMatch(/its zstd data is damaged/);
  });

  test('something else behind a zstd frame is told', async () => {
    expect(await failure(unpacked(Buffer.concat([zlib.zstdCompressSync(CSV), Buffer.from('more rows,1\n')])))).toMatch(
      /its zstd data is damaged/,
    );
  });

  /** It was called damaged, and to be fetched again. */
  test('a zstd window that would take gigabytes is told as such', async () => {
    const text = Buffer.from('text\n');
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, (text.length << 3) | 1, 0, 0, ...text];
    expect(await failure(unpacked(Uint8Array.from(frame)))).toBe(
      'DATA_INVALID a.csv cannot be unpacked: its zstd data looks back over more than 128 MiB | compress it again without --long or --ultra',
    );
  });

  test('a failure of the source is passed on as it is', async () => {
    async function* broken() {
      yield zlib.gzipSync(CSV).subarray(0, 100);
      throw new Error('the line was cut');
    }
    for (const source of [
      broken(),
      (async function* () {
        yield zlib.zstdCompressSync(CSV).subarray(0, 100);
        throw new Error('the line was cut');
      })(),
    ]) {
      await expect(unpack(source, 'a.csv').then(({ bytes }) => gather(bytes))).rejects.toThrow('the line was cut');
    }
  });

  test('many small members one after the other are read as one file', async () => {
    const members = Array.from({ length: 150 }, (_, row) => `${row},${row % 2}\n`);
    for (const pack of [zlib.gzipSync, zlib.zstdCompressSync]) {
      const data = Buffer.concat(members.map(text => pack(text)));
      expect(await unpacked(data, 1000)).toBe(members.join(''));
    }
  });

  test('a reader that stops early ends the source too', async () => {
    for (const pack of [(text: string) => Buffer.from(text), zlib.gzipSync, zlib.zstdCompressSync]) {
      let isEnded = false;
      async function* source() {
        try {
          for (;;) yield pack(CSV);
        } finally {
          isEnded = true;
        }
      }
      const { bytes } = await unpack(source(), 'a.csv');
      await bytes.next();
      await bytes.return(undefined);
      await new Promise(resolve => setTimeout(resolve, 20));
      expect(isEnded).toBe(true);
    }
  });
});

describe('heads', () => {
  test('have that many bytes at least, in whole chunks, or all there are', async () => {
    const chunks = () => cut(Buffer.from('abcdefgh'), 3)[Symbol.asyncIterator]();
    const lengths = async (bytes: number) => (await readHead(chunks(), bytes)).map(({ length }) => length);
    expect(await Promise.all([0, 1, 3, 4, 8, 100].map(lengths))).toEqual([[], [3], [3], [3, 3], [3, 3, 2], [3, 3, 2]]);
  });

  test('come before the rest, which ends when the reader stops', async () => {
    let isEnded = false;
    const rest = (async function* () {
      try {
        yield Buffer.from('c');
        yield Buffer.from('d');
      } finally {
        isEnded = true;
      }
    })();
    const all = prepend([Buffer.from('a'), Buffer.from('b')], rest);
    const seen: string[] = [];
    for await (const piece of all) {
      seen.push(String(piece));
      if (seen.length === 3) break;
    }
    expect([seen, isEnded]).toEqual([['a', 'b', 'c'], true]);
  });
});

describe('the sum over stored bytes', () => {
  test('is that of the file, whatever the compression and the chunks', async () => {
    for (const data of [Buffer.from(CSV), zlib.gzipSync(CSV), Buffer.concat([checked(first), checked(second)])]) {
      const tally = new Tally();
      await gather((await unpack(tally.count(cut(data, 11)), 'a.csv')).bytes);
      expect(tally.sha256).toBe('');
      tally.finish();
      expect(tally.sha256).toBe(createHash('sha256').update(data).digest('hex'));
      expect(tally.bytes).toBe(data.length);
      const table = await open(data);
      await readAll(table);
      expect(table.statistics()).toMatchObject({ sha256: tally.sha256, bytes: data.length, rows: 150 });
    }
  });

  test('starts again with a new reading, and is kept once it was complete', async () => {
    const tally = new Tally();
    await tally.count(cut(Buffer.from('half'), 2)).next();
    tally.restart();
    expect(tally.bytes).toBe(0);
    await gather(tally.count(cut(Buffer.from('whole'), 2)));
    tally.finish();
    const { sha256 } = tally;
    expect(sha256).toBe(createHash('sha256').update('whole').digest('hex'));
    tally.restart();
    await gather(tally.count(cut(Buffer.from('whole'), 5)));
    tally.finish();
    expect([tally.sha256, tally.bytes]).toEqual([sha256, 5]);
  });
});
