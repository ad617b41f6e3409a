import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { type ExtractOptions, extractArchive } from '../../../../src/lib/data/archive/extract-archive.ts';
import { type ZipEnd, type ZipPart, zipBytes } from '../../../helpers/zip-bytes.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-hostile-'));
  fs.mkdirSync(path.join(root, 'into'));
  fs.writeFileSync(path.join(root, 'into', 'kept.csv'), 'kept');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function unpack(bytes: Uint8Array, options: Partial<ExtractOptions> = {}, name = 'a.zip') {
  const file = path.join(root, name);
  fs.writeFileSync(file, bytes);
  return extractArchive(file, path.join(root, 'into'), { signal: new AbortController().signal, ...options });
}

/** Everything below a folder: nothing else may be there, temporary files included. */
function listAll(): string[] {
  return fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
}

async function expectRefused(bytes: Uint8Array, why: RegExp, options: Partial<ExtractOptions> = {}): Promise<void> {
  const refusal = await unpack(bytes, options).then(
    () => null,
    error => error,
  );
  expect(refusal).toBeInstanceOf(SentopsError);
  expect(refusal.message).toMatch(why);
  expect(refusal.code).toBe('DATA_INVALID');
  expect(listAll()).toEqual(['a.zip', 'into', 'into/kept.csv']);
  expect(fs.readFileSync(path.join(root, 'into', 'kept.csv'), 'utf8')).toBe('kept');
}

const good: ZipPart = { name: 'good.csv', data: 'text,label\nfine,1\n' };
const zeros = (bytes: number) => Buffer.alloc(bytes);

describe('names that lead elsewhere', () => {
  test.for([
    ['../evil.csv', /leads out of its folder/],
    ['data/../../evil.csv', /leads out of its folder/],
    ['data/..', /leads out of its folder/],
    ['/etc/evil', /is absolute/],
    ['C:evil.csv', /drive letter/],
    ['c:/evil.csv', /drive letter/],
    ['..\\evil.csv', /backslash/],
    ['data\\evil.csv', /backslash/],
    ['evil\0.csv', /control characters/],
    ['evil\n.csv', /control characters/],
    [`${'x'.repeat(256)}.csv`, /too long/],
    [`${'folder/'.repeat(500)}evil.csv`, /too long/],
  ] as const)('%s', async ([name, why]) => {
    await expectRefused(zipBytes([good, { name, data: 'evil' }]), why);
  });

  test('of a folder too', async () => {
    await expectRefused(zipBytes([good, { name: '../evil/' }]), /leads out/);
  });

  test('in the extra field for Unicode, which readers prefer to the harmless name', async () => {
    const plain = Buffer.from('harmless.csv');
    const unicode = Buffer.from('../evil.csv');
    const extra = Buffer.alloc(9);
    extra.writeUInt16LE(0x7075);
    extra.writeUInt16LE(5 + unicode.length, 2);
    extra.writeUInt8(1, 4);
    extra.writeUInt32LE(zlib.crc32(plain), 5);
    const part = { name: plain, data: 'evil', extra: Buffer.concat([extra, unicode]) };
    await expectRefused(zipBytes([part]), /leads out/);
  });

  test('or are said to be UTF-8 and are not', async () => {
    await expectRefused(zipBytes([{ name: Buffer.from([0x61, 0xff]), flags: 0x800, data: 'x' }]), /UTF-8/);
  });
});

describe('entries that are no plain files', () => {
  test.for([
    ['a symbolic link', 0o120777, /symbolic link/],
    ['a character device', 0o020666, /device, pipe or socket/],
    ['a block device', 0o060666, /device, pipe or socket/],
    ['a pipe', 0o010666, /device, pipe or socket/],
    ['a socket', 0o140666, /device, pipe or socket/],
  ] as const)('%s', async ([, mode, why]) => {
    await expectRefused(zipBytes([good, { name: 'link', data: '/etc/passwd', mode }]), why);
  });

  test.for([
    ['by the old way', 1],
    ['by the strong one', 0x40],
    ['with its headers masked', 0x2000],
  ] as const)('encrypted %s', async ([, flags]) => {
    await expectRefused(zipBytes([good, { name: 'secret.csv', data: 'secret', flags }]), /encrypted/);
  });

  test('packed by another method', async () => {
    await expectRefused(zipBytes([{ name: 'a.csv', data: 'a', method: 12 }]), /packed by method 12/);
  });

  test('a folder with content', async () => {
    await expectRefused(zipBytes([{ name: 'data/', data: 'hidden' }]), /folder with content/);
  });
});

describe('names that meet', () => {
  test.for([
    ['twice the same', ['a.csv', 'a.csv'], /holds "a.csv" twice/],
    ['the same, written otherwise', ['a.csv', './a.csv'], /twice/],
    ['apart by case', ['Train.csv', 'train.CSV'], /case does not count/],
    ['apart by the way an accent is written', ['caf\u00e9.csv', 'cafe\u0301.csv'], /case does not count/],
    ['folders apart by case', ['Data/a.csv', 'data/b.csv'], /case does not count/],
    ['a file that is a folder too', ['data', 'data/a.csv'], /twice/],
    ['a folder that is a file too', ['data/a.csv', 'data'], /twice/],
  ] as const)('%s', async ([, names, why]) => {
    await expectRefused(zipBytes(names.map((name, index) => ({ name, data: `${index}` }))), why);
  });
});

describe('archives that are larger than they look', () => {
  const limits = { entries: 10, bytes: 1_000_000, ratio: 20, ratioFrom: 100_000 };

  test('too many entries', async () => {
    const parts = Array.from({ length: 11 }, (_, index) => ({ name: `${index}`, data: '' }));
    await expectRefused(zipBytes(parts), /11 entries, more than 10/, { limits });
  });

  test('too many bytes, as announced', async () => {
    await expectRefused(zipBytes([{ name: 'a', data: zeros(1_000_001) }]), /more than 1,000,000 bytes/, { limits });
  });

  test('too many bytes in all', async () => {
    const data = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
    const parts = ['a', 'b', 'c', 'd'].map(name => ({ name, data, method: 0 }));
    await expectRefused(zipBytes(parts), /more than 1,000,000 bytes/, { limits });
  });

  test('a bomb: a thousand times its size', async () => {
    await expectRefused(zipBytes([{ name: 'a', data: zeros(900_000) }]), /zip bomb/, { limits });
  });

  test('a bomb under the limits that hold where none are given', async () => {
    await expectRefused(zipBytes([{ name: 'a', data: zeros(150 * 2 ** 20) }]), /zip bomb/);
  });

  test('a bomb that announces little', async () => {
    const bomb = { name: 'a', data: zeros(900_000), bytes: 10 };
    await expectRefused(zipBytes([bomb]), /longer than announced/, { limits });
  });

  test('entries that share their bytes', async () => {
    const shared = [1, 2, 3].map(each => ({ name: `b${each}`, data: zeros(5000), sameAs: 0 }));
    await expectRefused(zipBytes([{ name: 'a', data: zeros(5000) }, ...shared]), /contradict/);
  });

  test('entries that reach into the next one', async () => {
    const first = { name: 'a', data: 'first', method: 0, packedBytes: 40, bytes: 40 };
    await expectRefused(zipBytes([first, { name: 'b', data: 'second', method: 0 }]), /"a" and "b" overlap/);
  });

  test('an entry that reaches into the list of files', async () => {
    await expectRefused(
      zipBytes([{ name: 'a', data: 'first', method: 0, packedBytes: 40, bytes: 40 }]),
      /ends too early/,
    );
  });

  test('a bomb behind .gz', async () => {
    fs.writeFileSync(path.join(root, 'a.zip'), '');
    const bomb = zlib.gzipSync(zeros(900_000));
    const refusal = await unpack(bomb, { limits }, 'b.csv.gz').catch(error => error);
    expect(refusal.message).toMatch(/zip bomb/);
    expect(listAll()).toEqual(['a.zip', 'b.csv.gz', 'into', 'into/kept.csv']);
  });
});

describe('archives that are damaged', () => {
  test.for([
    ['longer than announced', { name: 'a', data: 'four', bytes: 3 }, /longer than announced/],
    ['shorter than announced', { name: 'a', data: 'four', bytes: 5 }, /shorter than announced/],
    ['another checksum', { name: 'a', data: 'four', crc: 1 }, /checksum/],
    ['no deflate data', { name: 'a', data: 'four', packed: Buffer.from([0xff, 0xff, 0xff]) }, /is damaged/],
    [
      'deflate data that ends',
      { name: 'a', data: 'four', packed: zlib.deflateRawSync('four').subarray(0, 3) },
      /is damaged/,
    ],
    ['two names', { name: 'a', data: 'four', localName: 'b' }, /contradict/],
    ['sizes of a stored file', { name: 'a', data: 'four', method: 0, bytes: 400 }, /sizes differ/],
  ] as const)('%s', async ([, part, why]) => {
    await expectRefused(zipBytes([good, part]), why);
  });

  test('a large file, streamed, with one bit wrong', async () => {
    const data = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * index) % 253));
    const bytes = zipBytes([{ name: 'a', data, method: 0 }]);
    bytes.writeUInt8(bytes.readUInt8(1_000_000) ^ 1, 1_000_000);
    await expectRefused(bytes, /checksum/);
  });

  test('a large file whose packed data ends early', async () => {
    const data = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * index) % 253));
    const packed = zlib.deflateRawSync(data);
    await expectRefused(zipBytes([{ name: 'a', data, packed: packed.subarray(0, -10) }]), /is damaged/);
  });

  test.for([
    ['none of an archive', Buffer.from('no archive at all, just a line of text\n'), /no zip archive/],
    ['a login page', Buffer.from('<!doctype html><title>Sign in</title>'), /no zip archive/],
    ['nothing', Buffer.alloc(0), /is empty/],
    ['no files', zipBytes([]), /holds no files/],
    ['only folders', zipBytes([{ name: 'data/' }]), /holds no files/],
  ] as const)('%s', async ([, bytes, why]) => {
    await expectRefused(bytes, why);
  });

  test.for<[string, ZipEnd]>([
    ['more entries announced than there are', { entries: 3 }],
    ['one of several disks', { disk: 2 }],
  ])('%s', async ([, end]) => {
    await expectRefused(zipBytes([good], end), /damaged|ends too early|one part of several/);
  });

  test('cut at any byte', async () => {
    const whole = zipBytes([good, { name: 'data/b.csv', data: 'second', described: true }]);
    for (let length = 0; length < whole.length; length++) {
      await expectRefused(whole.subarray(0, length), /not unpacked/);
    }
  });

  test('with any byte changed: what is written was in the archive, inside of the folder, or nothing is', async () => {
    const whole = zipBytes([good, { name: 'data/b.csv', data: 'second', method: 0 }]);
    const contents = new Set(['kept', 'text,label\nfine,1\n', 'second']);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
        const files = await unpack(bytes).catch(error => {
          expect(error).toMatchObject({ code: 'DATA_INVALID' });
          return [];
        });
        expect(fs.readdirSync(root).sort()).toEqual(['a.zip', 'into']);
        const found = fs.readdirSync(path.join(root, 'into'), { recursive: true, withFileTypes: true });
        const written = found.filter(each => each.isFile()).map(each => path.join(each.parentPath, each.name));
        expect(written).toHaveLength(files.length + 1);
        for (const file of written) expect(contents).toContain(fs.readFileSync(file, 'utf8'));
        fs.rmSync(path.join(root, 'into'), { recursive: true });
        fs.mkdirSync(path.join(root, 'into'));
        fs.writeFileSync(path.join(root, 'into', 'kept.csv'), 'kept');
      }),
      { numRuns: 300 },
    );
  });
});
