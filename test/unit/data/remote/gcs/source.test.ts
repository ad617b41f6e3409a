import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import create from '../../../../../src/lib/data/remote/gcs/source.ts';
import type { DatasetSource, RemoteFile } from '../../../../../src/lib/data/types.ts';
import { type GcsStandIn, startGcsStandIn } from '../../../../helpers/gcs-stand-in/start.ts';
import { collect, createWorld, failureOf, neverAborted } from '../web.ts';

const signal = neverAborted();
let store: GcsStandIn;

beforeEach(async () => {
  store = await startGcsStandIn({ buckets: ['data'] });
});

afterEach(async () => {
  await store.stop();
});

async function open(): Promise<DatasetSource> {
  return await create({ endpoint: store.uri, auth: 'none' }, createWorld().context);
}

describe('an object', () => {
  test('is one file, with what the store knows of it', async () => {
    const { generation } = store.put('gs://data/raw/reviews 100%.csv', 'a,b\n');
    const source = await open();
    const dataset = await source.find('gs://data/raw/reviews 100%.csv', { signal });
    expect(dataset).toMatchObject({ ref: 'gs://data/raw/reviews 100%.csv', version: String(generation) });
    expect(dataset.files).toEqual([
      {
        path: 'reviews 100%.csv',
        bytes: 4,
        sha256: null,
        crc32c: expect.stringMatching(/^[\w+/]{6}==$/),
        tag: String(generation),
      },
    ]);
    const [file] = dataset.files as [RemoteFile];
    expect((await collect(source.read(dataset, file, { signal, start: 0 }))).toString()).toBe('a,b\n');
    expect((await collect(source.read(dataset, file, { signal, start: 2 }))).toString()).toBe('b\n');
  });

  test('that was replaced since is another one', async () => {
    store.put('gs://data/x.csv', 'first');
    const source = await open();
    const dataset = await source.find('gs://data/x.csv', { signal });
    store.put('gs://data/x.csv', 'again');
    const error = await failureOf(collect(source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 0 })));
    expect(error.code).toBe('CONFLICT');
    expect((await source.find('gs://data/x.csv', { signal })).version).not.toBe(dataset.version);
    const old = await failureOf(source.find('gs://data/x.csv', { signal, version: dataset.version }));
    expect(old.code).toBe('NOT_FOUND');
  });
});

describe('a folder', () => {
  test.each(['gs://data/raw', 'gs://data/raw/'])('%s is everything below it', async ref => {
    for (const name of ['raw/a.csv', 'raw/deep/b.csv', 'raw/', 'raw/empty/', 'raw2/c.csv', 'rawx'])
      store.put(`gs://data/${name}`, name.endsWith('/') ? '' : name);
    const source = await open();
    const dataset = await source.find(ref, { signal });
    expect(dataset.files.map(file => file.path)).toEqual(['a.csv', 'deep/b.csv']);
    const [, deep] = dataset.files as [RemoteFile, RemoteFile];
    expect((await collect(source.read(dataset, deep, { signal, start: 0 }))).toString()).toBe('raw/deep/b.csv');
  });

  test('has another version when any of its files is written', async () => {
    store.put('gs://data/raw/a.csv', 'a');
    store.put('gs://data/raw/b.csv', 'b');
    const source = await open();
    const before = await source.find('gs://data/raw', { signal });
    expect((await source.find('gs://data/raw', { signal })).version).toBe(before.version);
    store.put('gs://data/raw/b.csv', 'b');
    expect((await source.find('gs://data/raw', { signal })).version).not.toBe(before.version);
  });

  test('may give one of its files, and is not listed for it', async () => {
    store.put('gs://data/raw/train.csv', 'x');
    store.put('gs://data/raw/test.csv', 'y');
    const source = await open();
    const dataset = await source.find('gs://data/raw', { signal, file: 'test.csv' });
    expect(dataset.files.map(file => file.path)).toEqual(['test.csv']);
    const error = await failureOf(source.find('gs://data/raw', { signal, file: 'trian.csv' }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', hint: 'did you mean train.csv?' });
  });
});

describe('what is none', () => {
  test('a name with nothing at it', async () => {
    const error = await failureOf((await open()).find('gs://data/nothing', { signal }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'there is nothing at gs://data/nothing' });
  });

  test.each(['gs://data', 'gs://data/', 'data/raw', 'https://data/raw'])('%s', async ref => {
    expect((await failureOf((await open()).find(ref, { signal }))).code).toBe('FLAG_INVALID');
  });
});
