import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../../../src/lib/config/types.ts';
import { downloadDataset } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { syncDataset } from '../../../../src/lib/data/fetch/sync-dataset.ts';
import type { SyncCall } from '../../../../src/lib/data/fetch/sync-types.ts';
import { uploadDataset } from '../../../../src/lib/data/fetch/upload-dataset.ts';
import { sessionsOf } from '../../../../src/lib/data/fetch/upload-sessions.ts';
import { type GcsStandIn, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';
import { zipBytes } from '../../../helpers/zip-bytes.ts';
import { Desk, FileServer, failureOf, sha256 } from './desk.ts';

const ROWS = 'text,label\ngood,1\nbad,0\n';
const LARGE = Buffer.from(Array.from({ length: 600_000 }, (_, row) => `${row},text ${row * 7919}\n`).join(''));

async function open(yaml?: string): Promise<{ readonly store: GcsStandIn; readonly desk: Desk }> {
  const store = await startGcsStandIn({ buckets: ['raw'] });
  onTestFinished(() => store.stop());
  return { store, desk: new Desk(yaml, { STORAGE_EMULATOR_HOST: store.uri }) };
}

const RAW: Readonly<Record<string, Json>> = { 'dataset.gcsBucket': 'raw', 'dataset.source': 'local' };

describe('an upload', () => {
  test('stores what was downloaded, archives and hidden files left out', async () => {
    const { store, desk } = await open();
    desk.write(
      'pack.zip',
      zipBytes([
        { name: 'train.csv', data: ROWS },
        { name: 'sub/a b %.csv', data: 'x' },
      ]),
    );
    await downloadDataset(await desk.call('pack.zip', RAW));
    desk.write('data_raw/pack/notes.txt', 'not of the dataset');
    const result = await uploadDataset(await desk.call('pack.zip', RAW));
    expect(store.uris()).toEqual(['gs://raw/data_raw/pack/sub/a b %.csv', 'gs://raw/data_raw/pack/train.csv']);
    expect(store.content('gs://raw/data_raw/pack/train.csv')?.toString()).toBe(ROWS);
    expect(result).toMatchObject({ to: 'gs://raw/data_raw/pack', written: true, sentBytes: ROWS.length + 1 });
    expect(result.objects.map(({ state, bytes }) => [state, bytes])).toEqual([
      ['stored', 1],
      ['stored', ROWS.length],
    ]);
    expect(result.objects.every(({ generation, crc32c }) => generation !== null && crc32c?.length === 8)).toBe(true);
  });

  test('leaves what is there with the same bytes alone, and replaces what is other', async () => {
    const { store, desk } = await open();
    desk.write('data_raw/reviews/a.csv', 'a');
    desk.write('data_raw/reviews/b.csv', 'b');
    await uploadDataset(await desk.call('reviews', RAW));
    store.put('gs://raw/data_raw/reviews/b.csv', 'something else');
    store.counts.reset();
    const { objects, sentBytes } = await uploadDataset(await desk.call('reviews', RAW));
    expect(objects.map(({ path, state }) => [path, state])).toEqual([
      ['a.csv', 'kept'],
      ['b.csv', 'replaced'],
    ]);
    expect(sentBytes).toBe(1);
    expect(store.counts.received('raw/data_raw/reviews/a.csv')).toBe(0);
    expect(store.content('gs://raw/data_raw/reviews/b.csv')?.toString()).toBe('b');
  });

  test('is under the condition that nobody else stored something meanwhile', async () => {
    const { store, desk } = await open();
    desk.write('data_raw/reviews/a.csv', 'a');
    desk.write('data_raw/reviews/b.csv', 'b');
    const { generation } = store.put('gs://raw/data_raw/reviews/b.csv', 'before');
    await uploadDataset(await desk.call('reviews', RAW));
    const conditions = store.counts.records.flatMap(({ url }) => /ifGenerationMatch=(\d+)/.exec(url)?.[1] ?? []);
    expect(conditions.sort()).toEqual(['0', String(generation)]);
  });

  test('refuses a file that is not what was downloaded, until it is told to take it', async () => {
    const { store, desk } = await open();
    desk.write('a.csv', ROWS);
    await downloadDataset(await desk.call('a.csv', RAW));
    desk.write('data_raw/a/a.csv', 'cut of');
    const failure = await failureOf(uploadDataset(await desk.call('a.csv', RAW)));
    expect([failure.code, failure.exit]).toEqual(['DATA_INVALID', 9]);
    expect(store.uris()).toEqual([]);
    await uploadDataset(await desk.call('a.csv', RAW, { force: true }));
    expect(store.content('gs://raw/data_raw/a/a.csv')?.toString()).toBe('cut of');
  });

  test('names the file that is missing, and the command that brings it', async () => {
    const { desk } = await open();
    const nothing = await failureOf(uploadDataset(await desk.call(undefined)));
    expect(nothing.code).toBe('NOT_FOUND');
    expect(nothing.hint).toContain('sentops dataset download');
    desk.write('a.csv', ROWS);
    await downloadDataset(await desk.call('a.csv', RAW));
    fs.rmSync(desk.at('data_raw/a/a.csv'));
    const missing = await failureOf(uploadDataset(await desk.call('a.csv', RAW)));
    expect(missing.message).toBe('data_raw/a/a.csv is not there');
    const other = await failureOf(uploadDataset(await desk.call('imdb')));
    expect(other.hint).toContain('sentops dataset download imdb; or do both: sentops dataset sync imdb');
  });

  test('takes one file where one is named', async () => {
    const { store, desk } = await open();
    desk.write('data_raw/reviews/a.csv', 'a');
    desk.write('data_raw/reviews/b.csv', 'b');
    await uploadDataset(await desk.call('reviews', { ...RAW, 'dataset.file': 'b.csv' }));
    expect(store.uris()).toEqual(['gs://raw/data_raw/reviews/b.csv']);
    const failure = await failureOf(uploadDataset(await desk.call('reviews', { ...RAW, 'dataset.file': 'c.csv' })));
    expect(failure.hint).toBe('it has a.csv, b.csv');
  });

  test('of a dry run says what would go, and stores nothing', async () => {
    const { store, desk } = await open();
    desk.write('data_raw/reviews/a.csv', ROWS);
    const { objects, sentBytes, written } = await uploadDataset(await desk.call('reviews', RAW, { dryRun: true }));
    expect([objects[0]?.state, sentBytes, written]).toEqual(['planned', ROWS.length, false]);
    expect(store.uris()).toEqual([]);
  });

  test('of a dry run leaves no trace beside the files either', async () => {
    const { desk } = await open();
    desk.write('a.csv', ROWS);
    await downloadDataset(await desk.call('a.csv', RAW));
    fs.utimesSync(desk.at('data_raw/a/a.csv'), 1, 1);
    const record = desk.read('data_raw/a/.sentops/files.jsonl');
    await uploadDataset(await desk.call('a.csv', RAW, { dryRun: true }));
    expect(desk.read('data_raw/a/.sentops/files.jsonl')).toBe(record);
  });

  test('takes what came in one archive where that is named', async () => {
    const { store, desk } = await open();
    desk.write('source/a.csv', 'a');
    desk.write('source/pack.zip', zipBytes([{ name: 'train.csv', data: ROWS }]));
    await downloadDataset(await desk.call('./source', RAW));
    await uploadDataset(await desk.call('./source', { ...RAW, 'dataset.file': 'pack.zip' }));
    expect(store.uris()).toEqual(['gs://raw/data_raw/source/train.csv']);
  });

  test('stores nothing of a file that was changed after it had been looked at', async () => {
    const { store, desk } = await open('storage: { concurrency: 1 }\n');
    desk.write('data_raw/reviews/a.csv', 'a');
    desk.write('data_raw/reviews/b.csv', 'b');
    const report = ({ type }: { readonly type: string }) => {
      if (type === 'progress') desk.write('data_raw/reviews/b.csv', 'B');
    };
    const failure = await failureOf(uploadDataset(await desk.call('reviews', RAW, { report })));
    expect(failure.code).toBe('CONFLICT');
    expect(store.uris()).toEqual(['gs://raw/data_raw/reviews/a.csv']);
  });

  test('into a folder works as into a bucket', async () => {
    const desk = new Desk();
    desk.write('data_raw/reviews/a.csv', ROWS);
    const call = () => desk.call('reviews', { 'dataset.source': 'local' });
    const first = await uploadDataset(await call());
    expect(first.objects.map(({ uri, state }) => [uri, state])).toEqual([
      ['.sentops/buckets/raw/data_raw/reviews/a.csv', 'stored'],
    ]);
    expect((await uploadDataset(await call())).objects[0]?.state).toBe('kept');
    expect(desk.read('.sentops/buckets/raw/data_raw/reviews/a.csv')).toBe(ROWS);
  });

  test('of the project lies where its training reads; of another one that has to be told', async () => {
    const yaml =
      'buckets: { raw: gs://raw }\ndataset: { source: local, ref: a.csv, outputDir: d, gcsPrefix: p, file: a.csv }\n';
    const { desk } = await open(yaml);
    desk.write('d/a.csv', ROWS);
    const own = await uploadDataset(await desk.call(undefined));
    expect(own.training).toEqual({ uri: 'gs://raw/p/a.csv', isConfigured: true });
    expect((await desk.project()).config.train.input).toBe(own.training?.uri);
    const elsewhere = await uploadDataset(await desk.call(undefined, { 'dataset.gcsPrefix': 'other' }));
    expect(elsewhere.training).toEqual({ uri: 'gs://raw/other/a.csv', isConfigured: false });
  });
});

async function sync(desk: Desk, named: string, flags: Readonly<Record<string, Json>>, more: Partial<SyncCall> = {}) {
  return await syncDataset({ ...(await desk.call(named, flags)), to: undefined, stream: false, ...more });
}

describe('a sync', () => {
  test('downloads, unpacks and uploads, and has nothing to do the second time', async () => {
    const web = await FileServer.open({ 'pack.zip': zipBytes([{ name: 'train.csv', data: ROWS }]) });
    const { store, desk } = await open();
    const flags = { 'dataset.gcsBucket': 'raw' };
    const first = await sync(desk, `${web.url}/pack.zip`, flags);
    expect(first.files.map(({ state }) => state)).toEqual(['unpacked']);
    expect(first.objects.map(({ state }) => state)).toEqual(['stored']);
    expect(first.training).toEqual({ uri: 'gs://raw/data_raw/pack/train.csv', isConfigured: false });
    store.counts.reset();
    const second = await sync(desk, `${web.url}/pack.zip`, flags);
    expect([...second.files, ...second.objects].map(({ state }) => state)).toEqual(['kept', 'kept']);
    expect(store.counts.received()).toBe(0);
  });

  test('of a dry run names the objects, as far as they are known before an archive is unpacked', async () => {
    const web = await FileServer.open({ 'pack.zip': zipBytes([{ name: 'a', data: 'a' }]), 'a.csv': ROWS });
    const { store, desk } = await open();
    const plain = await sync(desk, `${web.url}/a.csv`, { 'dataset.gcsBucket': 'raw' }, { dryRun: true });
    expect(plain.objects.map(({ uri, state }) => [uri, state])).toEqual([['gs://raw/data_raw/a/a.csv', 'planned']]);
    expect(plain.sentBytes).toBe(ROWS.length);
    const packed = await sync(desk, `${web.url}/pack.zip`, { 'dataset.gcsBucket': 'raw' }, { dryRun: true });
    expect([packed.files.length, packed.objects.length]).toEqual([1, 0]);
    expect([store.uris(), desk.files()]).toEqual([[], ['sentops.yaml']]);
  });

  test('--to takes the place of bucket and prefix', async () => {
    const { store, desk } = await open();
    desk.write('a.csv', ROWS);
    await sync(desk, 'a.csv', RAW, { to: 'gs://raw/here/' });
    expect(store.uris()).toEqual(['gs://raw/here/a.csv']);
  });
});

describe('a stream', () => {
  test('goes from the source to the store without a copy here, and is locked by its checksum', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    const { store, desk } = await open();
    const named = `${web.url}/rows.csv`;
    const result = await sync(desk, named, {}, { stream: true, to: 'gs://raw/s' });
    expect(result).toMatchObject({ streamed: true, outputDir: null, files: [], sentBytes: LARGE.length });
    expect(store.content('gs://raw/s/rows.csv')?.equals(LARGE)).toBe(true);
    expect(desk.files().filter(name => name !== 'sentops.lock.yaml')).toEqual(['sentops.yaml']);
    expect(desk.read('sentops.lock.yaml')).toContain(result.objects[0]?.crc32c);
    web.sent();
    store.counts.reset();
    const second = await sync(desk, named, {}, { stream: true, to: 'gs://raw/s' });
    expect(second.objects[0]?.state).toBe('kept');
    expect([store.counts.received(), web.sent() < LARGE.length / 2]).toEqual([0, true]);
  });

  test('survives a source that breaks off', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    web.cuts = [1_000_000, 2_000_000];
    const { store, desk } = await open();
    await sync(desk, `${web.url}/rows.csv`, {}, { stream: true, to: 'gs://raw/s' });
    expect(store.content('gs://raw/s/rows.csv')?.equals(LARGE)).toBe(true);
  });

  test('cannot unpack an archive, and says what can be done', async () => {
    const web = await FileServer.open({ 'pack.zip': zipBytes([{ name: 'a', data: 'a' }]) });
    const { store, desk } = await open();
    const failure = await failureOf(sync(desk, `${web.url}/pack.zip`, {}, { stream: true, to: 'gs://raw/s' }));
    expect(failure.code).toBe('FLAG_INVALID');
    expect(failure.hint).toContain('--no-unzip');
    await sync(desk, `${web.url}/pack.zip`, { 'dataset.unzip': false }, { stream: true, to: 'gs://raw/s' });
    expect(store.uris()).toEqual(['gs://raw/s/pack.zip']);
  });

  test('of a page for people stores nothing', async () => {
    const web = await FileServer.open({ 'rows.csv': '<!doctype html><html>' });
    const { store, desk } = await open();
    const failure = await failureOf(sync(desk, `${web.url}/rows.csv`, {}, { stream: true, to: 'gs://raw/s' }));
    expect(failure.code).toBe('DATA_INVALID');
    expect(store.uris()).toEqual([]);
  });

  test('of a file that is not what its name says stores nothing', async () => {
    const { store, desk } = await open();
    desk.write('rows.parquet', ROWS);
    const failure = await failureOf(sync(desk, 'rows.parquet', {}, { stream: true, to: 'gs://raw/s' }));
    expect(failure.message).toContain('not a Parquet file');
    expect(store.uris()).toEqual([]);
  });

  test('of what changed at its source is told first', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const { store, desk } = await open();
    const to = { stream: true, to: 'gs://raw/s' };
    await sync(desk, `${web.url}/rows.csv`, {}, to);
    web.files.set('rows.csv', Buffer.from('new\n'));
    expect((await failureOf(sync(desk, `${web.url}/rows.csv`, {}, to))).code).toBe('CONFLICT');
    expect(store.content('gs://raw/s/rows.csv')?.toString()).toBe(ROWS);
    await sync(desk, `${web.url}/rows.csv`, {}, { ...to, update: true });
    expect(store.content('gs://raw/s/rows.csv')?.toString()).toBe('new\n');
  });

  test('of what changed without a sign is refused, and taken with --update', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    web.tags = false;
    const { store, desk } = await open();
    const to = { stream: true, to: 'gs://raw/s' };
    await sync(desk, `${web.url}/rows.csv`, {}, to);
    const other = ROWS.toUpperCase();
    web.files.set('rows.csv', Buffer.from(other));
    await store.put('gs://raw/s/rows.csv', 'lost');
    const failure = await failureOf(sync(desk, `${web.url}/rows.csv`, {}, to));
    expect(failure.code).toBe('DATA_INVALID');
    expect(failure.hint).toContain('--update');
    await sync(desk, `${web.url}/rows.csv`, {}, { ...to, update: true });
    expect(store.content('gs://raw/s/rows.csv')?.toString()).toBe(other);
  });

  test('of which the source tells a hash is held to it', async () => {
    const md5 = (content: string) => createHash('md5').update(content).digest('base64');
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const { store, desk } = await open();
    const to = { stream: true, to: 'gs://raw/s' };
    web.headers = { 'x-goog-hash': `md5=${md5('something else')}` };
    const failure = await failureOf(sync(desk, `${web.url}/rows.csv`, {}, to));
    expect([failure.code, failure.details['hash']]).toEqual(['DATA_INVALID', 'md5']);
    expect([store.uris(), fs.existsSync(desk.at('sentops.lock.yaml'))]).toEqual([[], false]);
    web.headers = { 'x-goog-hash': `md5=${md5(ROWS)}` };
    await sync(desk, `${web.url}/rows.csv`, {}, to);
    expect(store.content('gs://raw/s/rows.csv')?.toString()).toBe(ROWS);
  });

  test('and a download later are one entry: the checksum gets its sha256', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const { desk } = await open();
    await sync(desk, `${web.url}/rows.csv`, {}, { stream: true, to: 'gs://raw/s' });
    expect(desk.read('sentops.lock.yaml')).not.toContain('sha256:');
    await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(desk.read('sentops.lock.yaml')).toContain(sha256(ROWS));
  });
});

describe('the sessions of an object', () => {
  function inMemory() {
    const kept = new Map<string, unknown>();
    const store = {
      load: async (key: string) => kept.get(key),
      save: async (key: string, session: unknown) => void kept.set(key, session),
      remove: async (key: string) => void kept.delete(key),
    };
    return { kept, store };
  }

  test('leave nothing when the upload ends', async () => {
    const { kept, store } = inMemory();
    const sessions = sessionsOf('gs://b/o', store);
    await sessions.save('upload gs://b/o', { at: 1 });
    await sessions.save('upload gs://b/o', { at: 2 });
    expect(await sessions.load('upload gs://b/o')).toEqual({ at: 2 });
    await sessions.remove('upload gs://b/o');
    expect([...kept]).toEqual([]);
  });

  test('of a process that was killed after its last byte are forgotten by the next one', async () => {
    const { kept, store } = inMemory();
    await sessionsOf('gs://b/o', store).save('upload gs://b/o', {});
    await sessionsOf('gs://b/other', store).forget();
    expect(kept.size).toBe(2);
    await sessionsOf('gs://b/o', store).forget();
    expect([...kept]).toEqual([]);
  });

  test('of parts stay for the upload that cleans them up', async () => {
    const { kept, store } = inMemory();
    await sessionsOf('gs://b/o', store).save('parts gs://b/o', {});
    await sessionsOf('gs://b/o', store).forget();
    expect(kept.has('parts gs://b/o')).toBe(true);
  });
});
