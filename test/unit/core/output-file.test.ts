import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOutputFile, readOutputKind } from '../../../src/lib/core/output-file.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-output-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const at = (name: string) => path.join(folder, name);

describe('the name of a file says what is written', () => {
  test.for([
    ['a.jsonl', 'jsonl', 'none'],
    ['a.NDJSON', 'jsonl', 'none'],
    ['a.csv', 'csv', 'none'],
    ['a.jsonl.gz', 'jsonl', 'gzip'],
    ['a.b.csv.zst', 'csv', 'zstd'],
  ] as const)('%s', ([name, format, compression]) => {
    expect(readOutputKind(name)).toEqual({ format, compression });
  });

  test('a format that was asked for says it where the name does not', () => {
    expect(readOutputKind('a.csv.gz', 'csv')).toEqual({ format: 'csv', compression: 'gzip' });
    expect(readOutputKind('scores', 'csv')).toEqual({ format: 'csv', compression: 'none' });
  });

  test('CSV was written into a file called .jsonl', () => {
    expect(() => readOutputKind('z.jsonl', 'csv')).toThrow('--format csv does not fit --output z.jsonl');
    expect(() => readOutputKind('z.csv.zst', 'jsonl', '--type')).toThrow('--type jsonl does not fit');
  });

  test.for(['scores', 'a.txt', 'a.gz', 'a.parquet', 'csv'])('%s says nothing', name => {
    expect(() => readOutputKind(name)).toThrow(/does not say what to write/);
  });
});

describe('a file that is written in chunks', () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} ${'ü'.repeat(index % 50)}\n`);

  async function write(name: string, compression: 'none' | 'gzip' | 'zstd'): Promise<Buffer> {
    const file = await createOutputFile(at(name), compression);
    for (const line of lines) await file.write(bytes(line));
    expect(fs.existsSync(at(name))).toBe(false);
    await file.finish();
    await file.discard();
    expect(fs.readdirSync(path.dirname(at(name)))).toEqual([path.basename(name)]);
    return fs.readFileSync(at(name));
  }

  test('appears whole, in a folder that was not there', async () => {
    expect((await write('new/deep/a.jsonl', 'none')).toString()).toBe(lines.join(''));
  });

  test('compressed with gzip, as gzip reads it', async () => {
    const packed = await write('a.jsonl.gz', 'gzip');
    expect(zlib.gunzipSync(packed).toString()).toBe(lines.join(''));
    expect(packed.length).toBeLessThan(lines.join('').length / 3);
  });

  test('compressed with zstd', async () => {
    expect(zlib.zstdDecompressSync(await write('a.csv.zst', 'zstd')).toString()).toBe(lines.join(''));
  });

  test('takes a chunk whose memory is used again at once', async () => {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      const file = await createOutputFile(at('reuse'), compression);
      const chunk = new Uint8Array(4);
      for (const letter of 'abc') {
        chunk.fill(letter.charCodeAt(0));
        await file.write(chunk);
      }
      chunk.fill(0);
      await file.finish();
      const written = fs.readFileSync(at('reuse'));
      const unpack = { none: (data: Buffer) => data, gzip: zlib.gunzipSync, zstd: zlib.zstdDecompressSync };
      expect(unpack[compression](written).toString()).toBe('aaaabbbbcccc');
    }
  });

  test('an empty one is a valid file of its kind', async () => {
    const file = await createOutputFile(at('a.gz'), 'gzip');
    await file.finish();
    expect(zlib.gunzipSync(fs.readFileSync(at('a.gz'))).length).toBe(0);
  });

  test('is discarded without a trace, and the old file stays', async () => {
    fs.writeFileSync(at('a.jsonl'), 'old');
    for (const compression of ['none', 'zstd'] as const) {
      const file = await createOutputFile(at('a.jsonl'), compression);
      await file.write(bytes('new'));
      await file.discard();
      expect(fs.readdirSync(folder)).toEqual(['a.jsonl']);
      expect(fs.readFileSync(at('a.jsonl'), 'utf8')).toBe('old');
    }
  });

  test('takes the place of the file behind a link, and keeps the link', async () => {
    fs.writeFileSync(at('real.jsonl'), 'old');
    fs.symlinkSync('real.jsonl', at('link.jsonl'));
    const file = await createOutputFile(at('link.jsonl'), 'none');
    await file.write(bytes('new'));
    await file.finish();
    expect(fs.lstatSync(at('link.jsonl')).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(at('real.jsonl'), 'utf8')).toBe('new');
  });

  test('a folder in its place, and a file in place of its folder, are told', async () => {
    fs.mkdirSync(at('a.jsonl'));
    await expect(createOutputFile(at('a.jsonl'), 'none')).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
    fs.writeFileSync(at('file'), '');
    await expect(createOutputFile(at('file/b.jsonl'), 'none')).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
  });

  test('a file that could not get its name left its draft behind', async () => {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      const file = await createOutputFile(at('a.jsonl'), compression);
      await file.write(bytes('new'));
      fs.mkdirSync(at('a.jsonl/taken'), { recursive: true });
      await expect(file.finish()).rejects.toThrow(/a\.jsonl/);
      await file.discard();
      expect(fs.readdirSync(folder)).toEqual(['a.jsonl']);
      fs.rmSync(at('a.jsonl'), { recursive: true });
    }
  });

  test('what a killed process left beside it is cleaned up', async () => {
    fs.writeFileSync(at('.a.jsonl.sentops-999999999-1.tmp'), 'half');
    const file = await createOutputFile(at('a.jsonl'), 'none');
    await file.finish();
    expect(fs.readdirSync(folder)).toEqual(['a.jsonl']);
  });
});

test('a device is written as it is, and stays one', async () => {
  expect(readOutputKind('/dev/null')).toEqual({ format: 'jsonl', compression: 'none' });
  const file = await createOutputFile('/dev/null', 'none');
  await file.write(bytes('gone'));
  await file.finish();
  expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('a full device is told as such', async () => {
  if (!fs.existsSync('/dev/full')) return;
  const file = await createOutputFile('/dev/full', 'none');
  await expect(file.write(bytes('more'))).rejects.toMatchObject({ code: 'DISK_FULL' });
  await file.discard();
});

test.for(['gzip', 'zstd'] as const)(
  'a full device is told with %s too, now and whenever more is written',
  async kind => {
    if (!fs.existsSync('/dev/full')) return;
    const file = await createOutputFile('/dev/full', kind);
    const noise = randomBytes(1024 * 1024);
    const work = async () => {
      for (let chunk = 0; chunk < 8; chunk += 1) await file.write(noise);
      await file.finish();
    };
    await expect(work()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await expect(file.write(noise)).rejects.toMatchObject({ code: 'DISK_FULL' });
    await file.discard();
  },
);

test('a named pipe gets the rows', async () => {
  execFileSync('mkfifo', [at('pipe.jsonl')]);
  const reader = fs.promises.readFile(at('pipe.jsonl'), 'utf8');
  const file = await createOutputFile(at('pipe.jsonl'), 'none');
  await file.write(bytes('through'));
  await file.finish();
  expect(await reader).toBe('through');
});
