import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EntryPaths } from '../../../../src/lib/data/archive/entry-paths.ts';
import { type ExtractOptions, extractArchive } from '../../../../src/lib/data/archive/extract-archive.ts';
import { type ZipPart, zipBytes } from '../../../helpers/zip-bytes.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-archive-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const into = () => path.join(root, 'deep', 'into');
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

function unpack(bytes: Uint8Array, options: Partial<ExtractOptions> = {}, name = 'a.zip') {
  const file = path.join(root, name);
  fs.writeFileSync(file, bytes);
  return extractArchive(file, into(), { signal: new AbortController().signal, ...options });
}

function found(): Record<string, string> {
  const files = fs.readdirSync(into(), { recursive: true, withFileTypes: true }).filter(each => each.isFile());
  return Object.fromEntries(
    files.map(each => {
      const file = path.join(each.parentPath, each.name);
      return [path.relative(into(), file).split(path.sep).join('/'), fs.readFileSync(file, 'utf8')];
    }),
  );
}

describe('a zip archive', () => {
  test('comes out whole: stored, deflated, in folders, empty', async () => {
    const large = 'a line of some length\n'.repeat(100_000);
    const files = await unpack(
      zipBytes([
        { name: 'data/' },
        { name: 'data/stored.csv', data: 'stored', method: 0 },
        { name: 'data/deep/deflated.csv', data: 'deflated' },
        { name: 'empty.csv', data: '' },
        { name: 'large.csv', data: large },
        { name: 'large-stored.csv', data: large, method: 0 },
        { name: '100 %, ü 😀.csv', data: 'odd name' },
      ]),
    );
    const expected = {
      'data/stored.csv': 'stored',
      'data/deep/deflated.csv': 'deflated',
      'empty.csv': '',
      'large.csv': large,
      'large-stored.csv': large,
      '100 %, ü 😀.csv': 'odd name',
    };
    expect(found()).toEqual(expected);
    expect(files).toEqual(
      Object.entries(expected).map(([name, text]) => ({
        path: name,
        bytes: Buffer.byteLength(text),
        sha256: sha256(text),
      })),
    );
  });

  test.for<[string, ZipPart]>([
    ['sizes behind the data, as a writer to a pipe leaves them', { name: 'a.csv', data: 'text', described: true }],
    ['sizes and place in 64 bits', { name: 'a.csv', data: 'text', zip64: true }],
    ['no type of file', { name: 'a.csv', data: 'text', mode: 0 }],
    ['a step that leads nowhere', { name: './/a.csv', data: 'text' }],
  ])('%s', async ([, part]) => {
    await unpack(zipBytes([part], { comment: 'a comment' }));
    expect(found()).toEqual({ 'a.csv': 'text' });
  });

  test('with an end of 64 bits', async () => {
    const parts = [{ name: 'a.csv', data: 'text', zip64: true }];
    await unpack(zipBytes(parts, { zip64: true }));
    expect(found()).toEqual({ 'a.csv': 'text' });
  });

  test('names without a mark are UTF-8 where they can be, else of the code page of DOS', async () => {
    const inDos = Buffer.from([0x81, 0x2e, 0x63, 0x73, 0x76]);
    await unpack(
      zipBytes([
        { name: Buffer.from('é.csv'), data: 'utf-8' },
        { name: inDos, data: 'cp437' },
      ]),
    );
    expect(found()).toEqual({ 'é.csv': 'utf-8', 'ü.csv': 'cp437' });
  });

  test('the extra field for Unicode counts where its checksum fits the name', async () => {
    const plain = Buffer.from('_.csv');
    const unicode = Buffer.from('ж.csv');
    const extra = (crc: number) => {
      const head = Buffer.alloc(9);
      head.writeUInt16LE(0x7075);
      head.writeUInt16LE(5 + unicode.length, 2);
      head.writeUInt8(1, 4);
      head.writeUInt32LE(crc, 5);
      return Buffer.concat([head, unicode]);
    };
    await unpack(zipBytes([{ name: plain, data: 'one', extra: extra(zlib.crc32(plain)) }]));
    await unpack(zipBytes([{ name: plain, data: 'two', extra: extra(1) }]));
    expect(found()).toEqual({ 'ж.csv': 'one', '_.csv': 'two' });
  });

  test('many files of a few bytes', async () => {
    const parts = Array.from({ length: 500 }, (_, index) => ({ name: `d${index % 7}/${index}.txt`, data: `${index}` }));
    const files = await unpack(zipBytes(parts));
    expect(files).toHaveLength(500);
    expect(Object.keys(found())).toHaveLength(500);
  });

  test('bytes are told as they come', async () => {
    const told: number[] = [];
    await unpack(
      zipBytes([
        { name: 'a', data: 'four' },
        { name: 'b', data: 'sixsix' },
      ]),
      {
        onBytes: written => told.push(written),
      },
    );
    expect(told).toEqual([4, 10]);
  });
});

describe('one file behind a compressor', () => {
  test.for([
    ['reviews.csv.gz', zlib.gzipSync('rows'), 'reviews.csv'],
    ['reviews.csv.GZ', Buffer.concat([zlib.gzipSync('ro'), zlib.gzipSync('ws')]), 'reviews.csv'],
    ['reviews.jsonl.zst', zlib.zstdCompressSync(Buffer.from('rows')), 'reviews.jsonl'],
    ['download', zlib.gzipSync('rows'), 'download.unpacked'],
  ] as const)('%s', async ([name, bytes, expected]) => {
    const files = await unpack(bytes, {}, name);
    expect(files).toEqual([{ path: expected, bytes: 4, sha256: sha256('rows') }]);
    expect(found()).toEqual({ [expected]: 'rows' });
  });

  test.for([
    ['gzip', zlib.gzipSync('rows'.repeat(1000)).subarray(0, -9)],
    ['zstd', zlib.zstdCompressSync(Buffer.from('rows'.repeat(1000))).subarray(0, -3)],
  ] as const)('cut %s leaves nothing', async ([, bytes]) => {
    await expect(unpack(bytes, {}, 'a.csv.gz')).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fs.readdirSync(root, { recursive: true }).sort()).toEqual(['a.csv.gz', 'deep']);
  });
});

describe('the folder', () => {
  const archive = zipBytes([
    { name: 'a.csv', data: 'new a' },
    { name: 'data/b.csv', data: 'new b' },
  ]);
  const given = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(into(), name)), { recursive: true });
      fs.writeFileSync(path.join(into(), name), text);
    }
  };

  test('that is there keeps what the archive does not have', async () => {
    given({ 'a.csv': 'old a', 'data/kept.csv': 'kept' });
    await unpack(archive);
    expect(found()).toEqual({ 'a.csv': 'new a', 'data/b.csv': 'new b', 'data/kept.csv': 'kept' });
  });

  test('is as it was where a folder stands in the way of a file', async () => {
    given({ 'a.csv': 'old a', 'data/b.csv/inside': 'in the way' });
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(found()).toEqual({ 'a.csv': 'old a', 'data/b.csv/inside': 'in the way' });
  });

  test('a link on the way would lead elsewhere: it is refused', async () => {
    given({ 'a.csv': 'old a' });
    fs.mkdirSync(path.join(root, 'elsewhere'));
    fs.symlinkSync(path.join(root, 'elsewhere'), path.join(into(), 'data'));
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readdirSync(path.join(root, 'elsewhere'))).toEqual([]);
    expect(fs.readFileSync(path.join(into(), 'a.csv'), 'utf8')).toBe('old a');
  });

  test('a link in the place of a file is replaced, not followed', async () => {
    given({});
    fs.mkdirSync(into(), { recursive: true });
    fs.writeFileSync(path.join(root, 'target'), 'target');
    fs.symlinkSync(path.join(root, 'target'), path.join(into(), 'a.csv'));
    await unpack(archive);
    expect(fs.readFileSync(path.join(root, 'target'), 'utf8')).toBe('target');
    expect(fs.lstatSync(path.join(into(), 'a.csv')).isFile()).toBe(true);
  });

  test('an abort in the middle leaves nothing', async () => {
    const stop = new AbortController();
    const work = unpack(archive, { signal: stop.signal, onBytes: () => stop.abort(new Error('stopped')) });
    await expect(work).rejects.toThrow('stopped');
    expect(fs.readdirSync(root, { recursive: true }).sort()).toEqual(['a.zip', 'deep']);
  });

  test('what a killed run left is cleared away', async () => {
    given({ 'a.csv': 'old a' });
    const left = path.join(into(), '.unpacked.sentops-999999999-1.tmp');
    fs.mkdirSync(left);
    fs.writeFileSync(path.join(left, 'half'), 'half');
    await unpack(archive);
    expect(fs.existsSync(left)).toBe(false);
  });

  test('more than the device has room for is told before it is tried', async () => {
    const limits = { bytes: 2 ** 60, ratioFrom: 2 ** 60 };
    const huge = zipBytes([{ name: 'a', data: 'small', bytes: 2 ** 50, zip64: true }]);
    await expect(unpack(huge, { limits })).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  test('an archive that is not there', async () => {
    const options = { signal: new AbortController().signal };
    await expect(extractArchive(path.join(root, 'none.zip'), into(), options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('names of entries', () => {
  test('folders may come twice, and before or behind their files', () => {
    const paths = new EntryPaths('a.zip');
    expect(paths.add('data/', true)).toBe('data');
    expect(paths.add('data/a.csv', false)).toBe('data/a.csv');
    expect(paths.add('data/', true)).toBe('data');
    expect(paths.add('./', true)).toBe('');
  });

  test('dots inside of a name are no steps', () => {
    const paths = new EntryPaths('a.zip');
    expect(paths.add('..a/b..c/...', false)).toBe('..a/b..c/...');
  });
});
