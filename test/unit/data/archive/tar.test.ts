import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExtractOptions, extractArchive } from '../../../../src/lib/data/archive/extract-archive.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-tar-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

interface Member {
  readonly name: string;
  readonly data?: string | Buffer;
  readonly type?: string;
  readonly size?: number;
  readonly prefix?: string;
  readonly sum?: number;
  /** The size as a number of many bytes, as GNU tar writes large ones. */
  readonly binarySize?: boolean;
}

/** A tar archive, header by header (pax(1)). */
function tarBytes(members: readonly Member[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.flatMap(member), end]);
}

function member({ name, data = '', type = '0', size, prefix = '', sum, binarySize }: Member): Buffer[] {
  const bytes = Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  const announced = size ?? bytes.length;
  if (binarySize) {
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(announced), 128);
  } else header.write(`${announced.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257, 'latin1');
  header.write(prefix, 345);
  const total = sum ?? header.reduce((all, byte) => all + byte, 0);
  header.write(`${total.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}

const pax = (key: string, value: string): Member => {
  const body = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(body) + 2;
  if (String(length).length + Buffer.byteLength(body) !== length) length = Buffer.byteLength(body) + 3;
  return { name: 'PaxHeaders/x', type: 'x', data: `${length}${body}` };
};

async function unpack(bytes: Uint8Array, name = 'a.tar', options: Partial<ExtractOptions> = {}) {
  fs.writeFileSync(path.join(root, name), bytes);
  const files = await extractArchive(path.join(root, name), path.join(root, 'into'), {
    signal: new AbortController().signal,
    ...options,
  });
  return Object.fromEntries(
    files.map(file => [file.path, fs.readFileSync(path.join(root, 'into', file.path), 'utf8')]),
  );
}

describe('a tar archive', () => {
  const members: Member[] = [
    { name: 'data/', type: '5' },
    { name: 'data/a.csv', data: 'a'.repeat(512) },
    { name: 'data/b.csv', data: 'b'.repeat(100_001) },
    { name: 'empty', data: '' },
    { name: 'c.csv', prefix: 'a/long/prefix', data: 'c' },
    { name: 'large', data: 'd', binarySize: true },
  ];
  const expected = {
    'data/a.csv': 'a'.repeat(512),
    'data/b.csv': 'b'.repeat(100_001),
    empty: '',
    'a/long/prefix/c.csv': 'c',
    large: 'd',
  };

  test.for([
    ['as it is', 'a.tar', (bytes: Buffer) => bytes],
    ['behind gzip', 'a.tgz', (bytes: Buffer) => zlib.gzipSync(bytes)],
    ['behind zstd', 'a.tar.zst', (bytes: Buffer) => zlib.zstdCompressSync(bytes)],
  ] as const)('%s', async ([, name, pack]) => {
    expect(await unpack(pack(tarBytes(members)), name)).toEqual(expected);
  });

  test('names too long for a header: of POSIX, and of GNU', async () => {
    const long = `${'folder/'.repeat(40)}ü.csv`;
    expect(
      await unpack(tarBytes([pax('path', long), { name: 'cut', data: 'posix' }, { name: 'b', data: 'b' }])),
    ).toEqual({
      [long]: 'posix',
      b: 'b',
    });
    const gnu = { name: '././@LongLink', type: 'L', data: `${long}\0` };
    expect(await unpack(tarBytes([gnu, { name: 'cut', data: 'gnu' }]))).toEqual({ [long]: 'gnu' });
  });

  test('a header for all entries says nothing of names', async () => {
    const all = { ...pax('comment', 'x'), type: 'g' };
    expect(await unpack(tarBytes([all, { name: 'a', data: 'a' }]))).toEqual({ a: 'a' });
  });

  test('what the tar of this system writes', async () => {
    fs.mkdirSync(path.join(root, 'from', 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'from', 'deep', 'ä b.csv'), 'rows');
    execFileSync('tar', ['-czf', path.join(root, 'made.tar.gz'), '-C', path.join(root, 'from'), '.']);
    expect(await unpack(fs.readFileSync(path.join(root, 'made.tar.gz')), 'made.tar.gz')).toEqual({
      'deep/ä b.csv': 'rows',
    });
  });
});

describe('a hostile one', () => {
  const cases: [string, Buffer, RegExp][] = [
    ['leads out', tarBytes([{ name: '../evil', data: 'x' }]), /leads out/],
    ['leads out by its long name', tarBytes([pax('path', '../../evil'), { name: 'good', data: 'x' }]), /leads out/],
    ['is absolute by its prefix', tarBytes([{ name: 'passwd', prefix: '/etc', data: 'x' }]), /absolute/],
    ['holds a symbolic link', tarBytes([{ name: 'link', type: '2' }]), /is a link/],
    ['holds a hard link', tarBytes([{ name: 'link', type: '1' }]), /is a link/],
    ['holds a device', tarBytes([{ name: 'tty', type: '3' }]), /neither a file nor a folder/],
    ['holds a sparse file', tarBytes([{ name: 'holes', type: 'S' }]), /neither a file nor a folder/],
    [
      'holds a name twice',
      tarBytes([
        { name: 'a', data: '1' },
        { name: 'A', data: '2' },
      ]),
      /case does not count/,
    ],
    ['has a damaged header', tarBytes([{ name: 'a', data: 'x', sum: 1 }]), /damaged/],
    ['announces more than it has', tarBytes([{ name: 'a', data: 'x', size: 5000 }]), /too early/],
    [
      'announces more than there is room for',
      tarBytes([{ name: 'a', size: 2 ** 60, binarySize: true }]),
      /valid size|more than/,
    ],
    ['has no end', tarBytes([{ name: 'a', data: 'x' }], Buffer.alloc(0)), /too early/],
    ['goes on behind its end', tarBytes([{ name: 'a', data: 'x' }], Buffer.alloc(9 * 2 ** 20)), /goes on/],
    ['has a note that is damaged', tarBytes([{ name: 'p', type: 'x', data: '99 path=a\n' }, { name: 'a' }]), /damaged/],
    ['has a note with a size that is none', tarBytes([pax('size', '-1'), { name: 'a', data: 'x' }]), /valid size/],
    ['has a name without end', tarBytes([{ name: 'L', type: 'L', data: 'x'.repeat(70_000) }]), /too long/],
    ['has only folders', tarBytes([{ name: 'data/', type: '5' }]), /holds no files/],
  ];
  test.for(cases)('%s', async ([, bytes, why]) => {
    await expect(unpack(bytes)).rejects.toMatchObject({ code: 'DATA_INVALID', message: expect.stringMatching(why) });
    expect(fs.readdirSync(root)).toEqual(['a.tar']);
  });

  test('a bomb behind gzip', async () => {
    const bomb = zlib.gzipSync(tarBytes([{ name: 'a', data: Buffer.alloc(2_000_000) }]));
    const limits = { ratioFrom: 100_000 };
    await expect(unpack(bomb, 'a.tar.gz', { limits })).rejects.toThrow(/zip bomb/);
    expect(fs.readdirSync(root)).toEqual(['a.tar.gz']);
  });

  test('too many entries', async () => {
    const members = Array.from({ length: 5 }, (_, index) => ({ name: `${index}` }));
    await expect(unpack(tarBytes(members), 'a.tar', { limits: { entries: 4 } })).rejects.toThrow(/5 entries/);
  });

  test('the checksum of the packing counts, also where the tar is whole before it', async () => {
    const packed = zlib.gzipSync(tarBytes([{ name: 'a', data: 'x' }]));
    packed.writeUInt8(packed.readUInt8(packed.length - 8) ^ 1, packed.length - 8);
    await expect(unpack(packed, 'a.tar.gz')).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('cut at any block', async () => {
    const whole = tarBytes(
      [
        { name: 'a', data: 'x'.repeat(600) },
        { name: 'b', data: 'y' },
      ],
      Buffer.alloc(512),
    );
    for (let length = 512; length < whole.length; length += 100) {
      await expect(unpack(whole.subarray(0, length))).rejects.toMatchObject({ code: 'DATA_INVALID' });
      expect(fs.readdirSync(root)).toEqual(['a.tar']);
    }
  });
});
