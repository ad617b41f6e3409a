import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { openSource, type SourceWorld } from '../../../../src/lib/data/open-source.ts';
import { openTable } from '../../../../src/lib/data/open-table.ts';
import { openStored } from '../../../../src/lib/data/source/stored.ts';
import { writeParquet } from '../../../../src/lib/parquet/write.ts';
import type { Storage } from '../../../../src/lib/storage/types.ts';
import { failure, readAll } from '../tables.ts';

interface Asked {
  readonly what: 'stat' | 'list' | 'read';
  readonly uri: string;
  readonly range?: string;
  readonly signal: AbortSignal;
}

/** A store that lives in a map, gives its objects in small chunks and writes down what it was asked for. */
function bucket(objects: Readonly<Record<string, string | Uint8Array>>, chunk = 7) {
  const asked: Asked[] = [];
  const bytesOf = (uri: string) => Buffer.from(objects[uri] ?? '');
  const describeObject = (uri: string) => ({ uri, bytes: bytesOf(uri).length, updated: '', generation: '1' });
  const refuse = () => Promise.reject(new Error('only for reading'));
  const storage: Storage = {
    stat: async (uri, { signal }) => {
      asked.push({ what: 'stat', uri, signal });
      return uri in objects ? describeObject(uri) : null;
    },
    async *list(prefix, { signal, recursive }) {
      asked.push({ what: 'list', uri: prefix, signal });
      if (recursive) throw new Error('a folder has no folders in it');
      const inside = Object.keys(objects).filter(uri => uri.startsWith(prefix));
      for (const uri of inside.sort()) if (!uri.slice(prefix.length).includes('/')) yield describeObject(uri);
    },
    async *read(uri, { start = 0, end, signal }) {
      asked.push({ what: 'read', uri, range: `${start}-${end ?? ''}`, signal });
      const bytes = bytesOf(uri).subarray(start, end);
      for (let at = 0; at < bytes.length; at += chunk) {
        signal.throwIfAborted();
        yield bytes.subarray(at, at + chunk);
      }
    },
    write: refuse,
    delete: refuse,
  };
  return { storage, asked };
}

async function* nothing() {}
const world = (storage: Storage, signal?: AbortSignal): SourceWorld => ({
  cwd: '/',
  stdin: nothing(),
  storage: async () => storage,
  ...(signal ? { signal } : {}),
});
const CSV = 'text,label\ngood,1\nbad,0\n';

describe('an object of a store', () => {
  test('is read in pieces, twice if need be, with the sum over all of it', async () => {
    const { storage, asked } = bucket({ 'gs://b/a.csv': CSV });
    const table = await openTable(await openSource('gs://b/a.csv', world(storage)));
    for (let time = 0; time < 2; time++) {
      expect(await readAll(table)).toEqual([
        ['good', '1'],
        ['bad', '0'],
      ]);
      expect(table.statistics()).toMatchObject({
        bytes: CSV.length,
        sha256: createHash('sha256').update(CSV).digest('hex'),
        rows: 2,
      });
      expect(table.progress()).toEqual({ done: CSV.length, total: CSV.length });
    }
    expect(asked.map(({ what, range }) => `${what} ${range ?? ''}`)).toEqual([
      'stat ',
      'read 0-',
      'read 0-',
      'read 0-',
    ]);
  });

  test('of Parquet is read in ranges, never as a whole before its rows', async () => {
    const file = writeParquet({
      rows: 2,
      fields: [
        { name: 'text', type: 'string', values: ['good', 'bad'] },
        { name: 'note', type: 'string', values: ['x'.repeat(5000), 'y'] },
      ],
      keyValues: {},
    });
    const { storage, asked } = bucket({ 's3://b/a.parquet': file }, 1000);
    const table = await openTable(await openSource('s3://b/a.parquet', world(storage)));
    const before = asked.length;
    let rows = 0;
    for await (const batch of table.batches(['text'], new AbortController().signal)) {
      rows += batch.rows;
      for (const { range = '' } of asked.slice(before)) {
        const [start = 0, end = 0] = range.split('-').map(Number);
        expect(end - start).toBeGreaterThan(0);
        expect(end - start).toBeLessThan(2000);
      }
    }
    expect(rows).toBe(2);
  });

  test('is asked for with the signal of the command', async () => {
    const abort = new AbortController();
    const { storage, asked } = bucket({ 'gs://b/a.csv': CSV.repeat(100) });
    const table = await openTable(await openSource('gs://b/a.csv', world(storage, abort.signal)));
    expect(asked.every(({ signal }) => signal === abort.signal)).toBe(true);
    abort.abort(new Error('enough'));
    await expect(readAll(table)).rejects.toThrow('enough');
  });

  test('whose store refuses is not explained as something else', async () => {
    const { storage } = bucket({});
    const closed: Storage = { ...storage, stat: () => Promise.reject(new SentopsError('AUTH_FAILED', 'no login')) };
    expect(await failure(openSource('gs://b/a.csv', world(closed)))).toMatch(/^AUTH_FAILED no login/);
    const broken: Storage = {
      ...bucket({ 'gs://b/a.csv': CSV }).storage,
      async *read() {
        yield Buffer.from('text,la');
        throw new SentopsError('PERMISSION_DENIED', 'not for you');
      },
    };
    expect(await failure(openSource('gs://b/a.csv', world(broken)).then(source => openTable(source)))).toMatch(
      /^PERMISSION_DENIED not for you/,
    );
  });

  test('of Parquet that cannot be read any more is told as the store tells it', async () => {
    const file = Buffer.from(
      writeParquet({ rows: 1, fields: [{ name: 'text', type: 'string', values: ['a'] }], keyValues: {} }),
    );
    const { storage } = bucket({ 'gs://b/a.parquet': file });
    let isBroken = false;
    const failing: Storage = {
      ...storage,
      async *read(uri, options) {
        if (isBroken) throw new SentopsError('AUTH_FAILED', 'the login has ended');
        yield* storage.read(uri, options);
      },
    };
    const table = await openTable(await openSource('gs://b/a.parquet', world(failing)));
    isBroken = true;
    expect(await failure(readAll(table))).toMatch(/^AUTH_FAILED the login has ended/);
  });
});

describe('a folder of a store', () => {
  const parts = {
    'gs://b/d/out/_SUCCESS': '',
    'gs://b/d/out/part-00001.csv': 'text,label\nsecond,0\n',
    'gs://b/d/out/part-00000.csv': 'text,label\nfirst,1\n',
    'gs://b/d/out/deeper/part-00009.csv': 'text,label\nhidden,0\n',
    'gs://b/d/other.csv': CSV,
  };

  test.each(['gs://b/d/out', 'gs://b/d/out/'])('%s gives its part files in the order of their names', async uri => {
    const { storage } = bucket(parts);
    const source = await openSource(uri, world(storage));
    expect(source).toMatchObject({ name: uri, repeatable: true, bytes: 39 });
    expect(source.parts?.map(({ name }) => name)).toEqual([
      'gs://b/d/out/part-00000.csv',
      'gs://b/d/out/part-00001.csv',
    ]);
    expect(await readAll(await openTable(source))).toEqual([
      ['first', '1'],
      ['second', '0'],
    ]);
  });

  test('an object that stands for the folder itself is no part', async () => {
    const { storage } = bucket({ 'gs://b/out/': '', 'gs://b/out/part-0.csv': CSV });
    expect((await openSource('gs://b/out/', world(storage))).name).toBe('gs://b/out/part-0.csv');
  });

  test('of other things is described', async () => {
    const { storage } = bucket({ 'gs://b/d/train.csv': CSV, 'gs://b/d/notes.txt': 'x' });
    expect(await failure(openSource('gs://b/d', world(storage)))).toMatch(
      /^DATA_INVALID gs:\/\/b\/d is a folder, and not one of part files of one type; it has notes.txt, train.csv \| give the path of a file in it/,
    );
  });
});

describe('what a store does not have', () => {
  test('is said, with the name that was probably meant', async () => {
    const { storage } = bucket({ 'gs://b/d/reviews.csv': CSV });
    expect(await failure(openStored('gs://b/d/reviews.cvs', storage))).toBe(
      'NOT_FOUND gs://b/d/reviews.cvs is not there | did you mean gs://b/d/reviews.csv?',
    );
    expect(await failure(openStored('gs://b/d/something.else', storage))).toBe(
      'NOT_FOUND gs://b/d/something.else is not there | check its name',
    );
    expect(await failure(openStored('gs://b/reviewz/', storage))).toMatch(
      /^NOT_FOUND gs:\/\/b\/reviewz\/ is not there/,
    );
  });
});
