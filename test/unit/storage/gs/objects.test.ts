import { describe, expect, test } from 'vitest';
import { composeObjects } from '../../../../src/lib/storage/gs/compose-objects.ts';
import { copyObject } from '../../../../src/lib/storage/gs/copy-object.ts';
import { deleteObject } from '../../../../src/lib/storage/gs/delete-object.ts';
import { listObjects } from '../../../../src/lib/storage/gs/list-objects.ts';
import { currentGeneration, precondition, statObject } from '../../../../src/lib/storage/gs/stat-object.ts';
import { clientFor, collect, listen, never, openWorld } from './gs-world.ts';

const signal = never;
const NAMES = [
  'a b',
  '100 %',
  '100%25',
  '#?&=+',
  '\'"(){}[]*!',
  'ü/ß/☃',
  '😀',
  '\uffee',
  'x//y',
  '/z/',
  'back\\slash',
  'tab\t',
];

describe('names', () => {
  test.each(NAMES)('%j is found, listed, copied, joined and deleted as it is', async name => {
    const { server, client } = await openWorld();
    const uri = `gs://data/${name}`;
    server.put(uri, 'content');
    server.put('gs://data/other', 'other');
    expect(await statObject(client, uri, signal)).toMatchObject({ uri, bytes: 7 });
    const listed = await collect(listObjects(client, uri, { signal, recursive: true }));
    expect(listed.map(object => object.uri)).toEqual([uri]);
    const copy = `gs://data/copy of ${name}`;
    expect(await copyObject(client, uri, copy, { signal })).toMatchObject({ uri: copy, bytes: 7 });
    expect(await composeObjects(client, [uri, copy], `${uri}+`, { signal })).toMatchObject({
      uri: `${uri}+`,
      bytes: 14,
    });
    expect(await deleteObject(client, uri, { signal })).toBe(true);
    expect(server.uris()).toEqual([copy, 'gs://data/other', `${uri}+`].sort());
  });
});

describe('what is known of an object', () => {
  test('all of it', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/x.gz', 'abc', { contentType: 'text/csv', contentEncoding: 'gzip' });
    expect(await statObject(client, 'gs://data/x.gz', signal)).toEqual({
      uri: 'gs://data/x.gz',
      bytes: 3,
      updated: expect.stringMatching(/^\d{4}-.*Z$/),
      generation: expect.stringMatching(/^\d+$/),
      crc32c: 'Nks/tw==',
      contentType: 'text/csv',
      contentEncoding: 'gzip',
    });
  });

  test('a bucket, a missing object and a missing bucket are nothing', async () => {
    const { client } = await openWorld();
    for (const uri of ['gs://data', 'gs://data/', 'gs://data/none', 'gs://no-such-bucket/none'])
      expect(await statObject(client, uri, signal)).toBeNull();
  });

  test('a generation as the API takes it', async () => {
    const { server, client } = await openWorld();
    const { generation } = server.put('gs://data/x', 'a');
    expect([precondition(null), precondition('7'), precondition(undefined)]).toEqual(['0', '7', undefined]);
    expect(await currentGeneration(client, 'gs://data/x', undefined, signal)).toBe(String(generation));
    expect(await currentGeneration(client, 'gs://data/none', undefined, signal)).toBe('0');
    expect(await currentGeneration(client, 'gs://data/x', '7', signal)).toBe('7');
  });
});

describe('lists', () => {
  test('of more than a page, in the order of the names', async () => {
    const { server, client } = await openWorld();
    const uris = Array.from({ length: 2345 }, (_, index) => `gs://data/part-${String(index).padStart(5, '0')}`);
    for (const uri of uris.toReversed()) server.put(uri, 'x');
    const listed = await collect(listObjects(client, 'gs://data/part-', { signal, recursive: true }));
    expect(listed.map(({ uri }) => uri)).toEqual(uris);
    expect(server.counts.requests('object.list')).toBe(3);
  });

  test('of one level: folders among the objects, in one order', async () => {
    const { server, client } = await openWorld();
    for (const name of ['b/1', 'b/2', 'a', 'c', 'b.txt', 'b0', 'd/', 'd/e']) server.put(`gs://data/${name}`, 'x');
    const listed = await collect(listObjects(client, 'gs://data', { signal, recursive: false }));
    expect(listed.map(({ uri, isFolder }) => [uri.slice('gs://data/'.length), isFolder ?? false])).toEqual([
      ['a', false],
      ['b.txt', false],
      ['b/', true],
      ['b0', false],
      ['c', false],
      ['d/', true],
    ]);
    const below = await collect(listObjects(client, 'gs://data/b/', { signal, recursive: false }));
    expect(below.map(({ uri }) => uri)).toEqual(['gs://data/b/1', 'gs://data/b/2']);
  });

  test('of a bucket that is not there', async () => {
    const { client } = await openWorld();
    await expect(collect(listObjects(client, 'gs://none-such/', { signal, recursive: true }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no bucket gs://none-such',
    });
  });

  test('who stops early asks for no further page', async () => {
    const { server, client } = await openWorld();
    for (let index = 0; index < 1500; index++) server.put(`gs://data/${index}`, 'x');
    for await (const _ of listObjects(client, 'gs://data/', { signal, recursive: true })) break;
    expect(server.counts.requests('object.list')).toBe(1);
  });

  test('a server that names one page twice does not keep us for ever', async () => {
    const uri = await listen((_request, response) => response.end('{"items":[{"name":"a"}],"nextPageToken":"again"}'));
    const listed = collect(listObjects(clientFor(uri), 'gs://data/', { signal, recursive: true }));
    await expect(listed).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
});

describe('deleting', () => {
  test('what is not there is no mistake', async () => {
    const { client } = await openWorld();
    expect(await deleteObject(client, 'gs://data/none', { signal })).toBe(false);
  });

  test('a bucket is no object', async () => {
    const { server, client } = await openWorld();
    await expect(deleteObject(client, 'gs://data/', { signal })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    expect(server.counts.records).toHaveLength(0);
  });

  test('only the state that was seen', async () => {
    const { server, client } = await openWorld();
    const { generation } = server.put('gs://data/x', 'a');
    const wrong = deleteObject(client, 'gs://data/x', { signal, ifGeneration: '1' });
    await expect(wrong).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await deleteObject(client, 'gs://data/x', { signal, ifGeneration: String(generation) })).toBe(true);
  });

  test.each([undefined, 'its generation'])('whose answer is lost is done (ifGeneration: %s)', async given => {
    const { server, client } = await openWorld();
    const { generation } = server.put('gs://data/x', 'a');
    server.faults.add({ kind: 'noAnswer', on: 'object.delete' });
    const options = given === undefined ? { signal } : { signal, ifGeneration: String(generation) };
    expect(await deleteObject(client, 'gs://data/x', options)).toBe(true);
    expect(server.uris()).toEqual([]);
  });

  test('that was not carried out is done again, for the state that is there then', async () => {
    const { server, client } = await openWorld();
    const { generation } = server.put('gs://data/x', 'a');
    server.faults.add({ kind: 'status', status: 503, on: 'object.delete' });
    expect(await deleteObject(client, 'gs://data/x', { signal })).toBe(true);
    const [first, second] = server.counts.records.filter(({ operation }) => operation === 'object.delete');
    expect(first?.url).not.toContain('ifGenerationMatch');
    expect(second?.url).toContain(`ifGenerationMatch=${generation}`);
  });
});

describe('copying', () => {
  test('in several steps where the store wants that, without the bytes coming here', async () => {
    const { server, client } = await openWorld({ buckets: ['data', 'far'], rewriteBytesPerCall: 1024 * 1024 });
    server.put('gs://data/x', Buffer.alloc(3_500_000, 'abc'), { contentType: 'text/csv' });
    const copied = await copyObject(client, 'gs://data/x', 'gs://far/y', { signal });
    expect(copied).toMatchObject({ uri: 'gs://far/y', bytes: 3_500_000, contentType: 'text/csv' });
    expect(server.content('gs://far/y')?.equals(Buffer.alloc(3_500_000, 'abc'))).toBe(true);
    expect(server.counts.sent()).toBe(0);
  });

  test('with another content type', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/x', 'a', { contentType: 'text/csv' });
    const copied = await copyObject(client, 'gs://data/x', 'gs://data/y', { signal, contentType: 'text/plain' });
    expect(copied.contentType).toBe('text/plain');
  });

  test.each([
    ['nothing', null, 'gs://data/x'],
    ['what was seen', '1', 'gs://data/x'],
  ])('over %s fails where something else is there', async (_title, ifGeneration, from) => {
    const { server, client } = await openWorld();
    server.put('gs://data/x', 'new');
    server.put('gs://data/y', 'old');
    const copy = copyObject(client, from, 'gs://data/y', { signal, ifGeneration });
    await expect(copy).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('gs://data/y') });
    expect(server.content('gs://data/y')?.toString()).toBe('old');
  });

  test('whose answer is lost finds its own copy', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/x', 'new');
    server.put('gs://data/y', 'old');
    server.faults.add({ kind: 'noAnswer', on: 'object.rewrite' });
    expect(await copyObject(client, 'gs://data/x', 'gs://data/y', { signal })).toMatchObject({ bytes: 3 });
    expect(server.content('gs://data/y')?.toString()).toBe('new');
  });

  test('never takes for its own what somebody else wrote before it was sent again', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/x', 'new');
    const { generation } = server.put('gs://data/y', 'old');
    server.faults.add({ kind: 'status', status: 503, on: 'object.rewrite' });
    const copying = copyObject(client, 'gs://data/x', 'gs://data/y', { signal, ifGeneration: String(generation) });
    server.put('gs://data/y', 'theirs');
    await expect(copying).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(server.content('gs://data/y')?.toString()).toBe('theirs');
  });

  test('nor what is as long and holds something else', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/x', 'new');
    server.put('gs://data/y', 'old');
    server.faults.add({ kind: 'status', status: 503, on: 'object.rewrite' });
    const copying = copyObject(client, 'gs://data/x', 'gs://data/y', { signal, ifGeneration: null });
    await expect(copying).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('what is not there', async () => {
    const { client } = await openWorld();
    await expect(copyObject(client, 'gs://data/none', 'gs://data/y', { signal })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'gs://data/none does not exist',
    });
  });
});

describe('joining', () => {
  test('whose answer is lost finds what it made', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/a', '123');
    server.put('gs://data/b', '45');
    server.faults.add({ kind: 'noAnswer', on: 'object.compose' });
    const parts = ['gs://data/a', 'gs://data/b', 'gs://data/a'];
    expect(await composeObjects(client, parts, 'gs://data/c', { signal })).toMatchObject({ bytes: 8 });
    expect(server.content('gs://data/c')?.toString()).toBe('12345123');
  });

  test('to the end of one of the parts, whose answer is lost, was done', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/log', '123');
    server.put('gs://data/new', '45');
    server.faults.add({ kind: 'noAnswer', on: 'object.compose' });
    const parts = ['gs://data/log', 'gs://data/new'];
    expect(await composeObjects(client, parts, 'gs://data/log', { signal })).toMatchObject({ bytes: 5 });
    expect(server.content('gs://data/log')?.toString()).toBe('12345');
  });

  test('does not take for its own what is as long and holds something else', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/a', '1');
    server.put('gs://data/c', '2');
    server.faults.add({ kind: 'status', status: 503, on: 'object.compose' });
    const joined = composeObjects(client, ['gs://data/a'], 'gs://data/c', { signal, ifGeneration: null });
    await expect(joined).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(server.content('gs://data/c')?.toString()).toBe('2');
  });

  test('does not replace what came meanwhile', async () => {
    const { server, client } = await openWorld();
    server.put('gs://data/a', '123');
    server.put('gs://data/c', 'theirs');
    const joined = composeObjects(client, ['gs://data/a'], 'gs://data/c', { signal, ifGeneration: null });
    await expect(joined).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(server.content('gs://data/c')?.toString()).toBe('theirs');
  });

  test.each([
    ['no parts', []],
    ['33 parts', Array.from({ length: 33 }, () => 'gs://data/a')],
    ['parts of another bucket', ['gs://other/a']],
  ])('%s are refused before anything is asked', async (_title, parts) => {
    const { server, client } = await openWorld();
    const joined = composeObjects(client, parts, 'gs://data/c', { signal });
    await expect(joined).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    expect(server.counts.records).toHaveLength(0);
  });
});
