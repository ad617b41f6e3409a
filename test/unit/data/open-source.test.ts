import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSource, type SourceWorld } from '../../../src/lib/data/open-source.ts';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { Storage } from '../../../src/lib/storage/types.ts';
import { failure, readAll } from './tables.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-source-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const put = (name: string, data: string | Uint8Array) => {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, data);
  return file;
};
async function* nothing() {}
const world = (): SourceWorld => ({ cwd: dir, stdin: nothing() });
const rowsOf = async (location: string, where: SourceWorld = world()) =>
  readAll(await openTable(await openSource(location, where)));

describe('where rows come from', () => {
  test('a path, an absolute path, a file URI', async () => {
    const file = put('my rows.csv', 'text,label\ngood,1\n');
    for (const location of ['my rows.csv', file, pathToFileURL(file).href]) {
      expect(await rowsOf(location)).toEqual([['good', '1']]);
    }
    const source = await openSource(file, world());
    expect({ ...source, open: 0, read: 0 }).toEqual({ name: file, bytes: 18, repeatable: true, open: 0, read: 0 });
    expect(Buffer.from((await source.read?.(5, 10)) ?? []).toString()).toBe('label');
    expect((await source.read?.(10, 1000))?.length).toBe(8);
  });

  test('standard input, as bytes or text', async () => {
    async function* stdin() {
      yield 'text,label\ngr';
      yield Buffer.from('ün,1\n');
    }
    const source = await openSource('-', { cwd: dir, stdin: stdin() });
    expect(source).toMatchObject({ name: 'standard input', bytes: null, repeatable: false });
    expect(await readAll(await openTable(source))).toEqual([['grün', '1']]);
  });

  test.skipIf(process.platform === 'win32')('a named pipe, which has no size and can be read once', async () => {
    const pipe = path.join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const source = await openSource(pipe, world());
    expect(source).toMatchObject({ bytes: null, repeatable: false });
    const writing = fs.promises.writeFile(pipe, 'text,label\ngood,1\n');
    expect(await readAll(await openTable(source))).toEqual([['good', '1']]);
    await writing;
  });

  test('a folder of part files as Spark writes it: in the order of names, each with its header', async () => {
    put('out/_SUCCESS', '');
    put('out/.part-00000.csv.crc', 'crc');
    put('out/part-00001-x-c000.csv.gz', zlib.gzipSync('text,label\nsecond,0\n'));
    put('out/part-00000-x-c000.csv.gz', zlib.gzipSync('text,label\n"fi\nrst",1\n'));
    put('out/part-00002-x-c000.csv.gz', '');
    const table = await openTable(await openSource('out', world()));
    expect(await readAll(table)).toEqual([
      ['fi\nrst', '1'],
      ['second', '0'],
    ]);
    expect(table.layout.compression).toBe('gzip');
    expect(table.statistics().bytes).toBe(table.progress().total);
    put('bare/part-0.csv', 'good,1\n');
    put('bare/part-1.csv', 'text,label\nbad,0\n');
    expect(await rowsOf('bare')).toEqual([
      ['good', '1'],
      ['text', 'label'],
      ['bad', '0'],
    ]);
    put('numbered/reviews-2.jsonl', '{"text":"b"}\n');
    put('numbered/reviews-1.jsonl', '{"text":"a"}');
    expect(await rowsOf('numbered')).toEqual([['a'], ['b']]);
  });
});

describe('where no rows come from', () => {
  test('a name that is nearly there is suggested', async () => {
    put('data/reviews.csv.gz', 'x');
    put('data/train.csv', 'x');
    expect(await failure(openSource('data/trian.csv', world()))).toBe(
      `NOT_FOUND data/trian.csv is not there | did you mean ${path.join(dir, 'data/train.csv')}?`,
    );
    expect(await failure(openSource('data/reviews.csv', world()))).toContain('did you mean');
    expect(await failure(openSource('dta/train.csv', world()))).toContain(`did you mean ${path.join(dir, 'data')}?`);
    expect(await failure(openSource('data/zzzzzzz', world()))).toContain(
      `the folder ${path.join(dir, 'data')} is there`,
    );
    expect(await failure(openSource('data/train.csv/x.csv', world()))).toMatch(
      /^NOT_FOUND .* a part of its path is a file/,
    );
  });

  test('a folder of other things is described', async () => {
    put('mixed/train.csv', 'x');
    put('mixed/test.csv', 'x');
    put('mixed/sub/more.csv', 'x');
    expect(await failure(openSource('mixed', world()))).toMatch(
      /^DATA_INVALID mixed is a folder, .*; it has sub\/, test.csv, train.csv \| give the path of a file in it/,
    );
    fs.mkdirSync(path.join(dir, 'empty'));
    expect(await failure(openSource('empty', world()))).toContain('it has nothing');
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const file = put('closed.csv', 'x');
    fs.chmodSync(file, 0);
    expect(await failure(openSource('closed.csv', world()))).toMatch(/^PERMISSION_DENIED closed.csv cannot be read/);
  });

  test('URIs that lead nowhere', async () => {
    expect(await failure(openSource('', world()))).toMatch(/^FLAG_INVALID the location of the data is empty/);
    expect(await failure(openSource('file://far-away/x.csv', world()))).toMatch(/^FLAG_INVALID .* no valid file URI/);
    expect(await failure(openSource('gs://bucket/x.csv', world()))).toMatch(
      /^FLAG_INVALID gs:\/\/bucket\/x.csv: there is no store for gs:\/\/ here/,
    );
  });
});

describe('a store', () => {
  /** A bucket that lives in a map. */
  function bucket(objects: Readonly<Record<string, string>>): Storage {
    const describeObject = (uri: string) => ({
      uri,
      bytes: Buffer.byteLength(objects[uri] ?? ''),
      updated: '',
      generation: '1',
    });
    const refuse = () => Promise.reject(new Error('only for reading'));
    return {
      stat: async uri => (uri in objects ? describeObject(uri) : null),
      async *list(prefix) {
        const inside = Object.keys(objects).filter(uri => uri.startsWith(prefix));
        for (const uri of inside.sort()) if (!uri.slice(prefix.length).includes('/')) yield describeObject(uri);
      },
      async *read(uri, { start = 0, end }) {
        yield Buffer.from(objects[uri] ?? '').subarray(start, end);
      },
      write: refuse,
      delete: refuse,
    };
  }
  const asked: string[] = [];
  const cloud = (objects: Readonly<Record<string, string>>): SourceWorld => ({
    ...world(),
    storage: async scheme => {
      asked.push(scheme);
      return bucket(objects);
    },
  });

  test('gives objects, parts below a prefix, and near names', async () => {
    const where = cloud({
      'gs://b/d/reviews.csv': 'text,label\ngood,1\n',
      'gs://b/p/_SUCCESS': '',
      'gs://b/p/part-00000.csv': 'text,label\na,1\n',
      'gs://b/p/part-00001.csv': 'text,label\nb,0\n',
    });
    expect(await rowsOf('gs://b/d/reviews.csv', where)).toEqual([['good', '1']]);
    expect(await rowsOf('GS://b/p'.replace('GS', 'gs'), where)).toEqual([
      ['a', '1'],
      ['b', '0'],
    ]);
    expect(await rowsOf('gs://b/p/', where)).toEqual([
      ['a', '1'],
      ['b', '0'],
    ]);
    expect(asked).toEqual(['gs', 'gs', 'gs']);
    const source = await openSource('gs://b/d/reviews.csv', where);
    expect(Buffer.from((await source.read?.(0, 4)) ?? []).toString()).toBe('text');
    expect(await failure(openSource('gs://b/d/review.csv', where))).toBe(
      'NOT_FOUND gs://b/d/review.csv is not there | did you mean gs://b/d/reviews.csv?',
    );
  });
});
