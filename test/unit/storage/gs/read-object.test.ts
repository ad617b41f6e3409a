import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { crc32c, encodeCrc32c } from '../../../../src/lib/storage/crc32c.ts';
import { readObject } from '../../../../src/lib/storage/gs/read-object.ts';
import { bytesOf, clientFor, collect, listen, never, openWorld } from './gs-world.ts';

const URI = 'gs://data/dir/a 100 %.bin';
const sum = (bytes: Uint8Array) => encodeCrc32c(crc32c(bytes));

describe('reading an object', () => {
  test.each([
    [undefined, undefined],
    [0, undefined],
    [0, 10],
    [3, undefined],
    [3, 7],
    [9, 10],
    [0, 0],
    [4, 4],
    [4, 2],
    [0, 500],
    [9, 500],
    [10, undefined],
    [500, undefined],
    [500, 600],
  ])('from %s to %s gives what slice gives', async (start, end) => {
    const { server, client } = await openWorld();
    server.put(URI, '0123456789');
    const options = { signal: never, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    const expected = '0123456789'.slice(start ?? 0, Math.max(start ?? 0, end ?? 10));
    expect((await bytesOf(readObject(client, URI, options))).toString()).toBe(expected);
  });

  test('an empty object has no bytes', async () => {
    const { server, client } = await openWorld();
    server.put(URI, '');
    expect(await bytesOf(readObject(client, URI, { signal: never }))).toHaveLength(0);
  });

  test('what is not there is told before the first byte, also for an empty range', async () => {
    const { client } = await openWorld();
    for (const range of [{}, { start: 5, end: 5 }])
      await expect(collect(readObject(client, URI, { signal: never, ...range }))).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
  });

  test('what is packed stays packed, with its checksum', async () => {
    const { gzipSync } = await import('node:zlib');
    const { server, client } = await openWorld();
    const packed = gzipSync('text '.repeat(1000));
    server.put(URI, packed, { contentEncoding: 'gzip' });
    expect(await bytesOf(readObject(client, URI, { signal: never }))).toEqual(packed);
    expect(await bytesOf(readObject(client, URI, { signal: never, start: 5, end: 9 }))).toEqual(packed.subarray(5, 9));
  });

  test('who stops reading ends the connection, and no more comes', async () => {
    const { server, client } = await openWorld();
    server.put(URI, randomBytes(20_000_000));
    for await (const _ of readObject(client, URI, { signal: never })) break;
    await expect.poll(() => server.counts.sent('data/')).toBeLessThan(20_000_000);
  });
});

describe('a connection that is cut', () => {
  test('after any byte: the rest is asked for, and nothing comes twice', async () => {
    const { server, client } = await openWorld();
    const content = randomBytes(40);
    server.put(URI, content);
    for (let afterBytes = 0; afterBytes < 40; afterBytes++) {
      server.counts.reset();
      server.faults.add({ kind: 'cutResponse', afterBytes, on: 'object.media' });
      expect(await bytesOf(readObject(client, URI, { signal: never }))).toEqual(content);
      expect(server.counts.sent()).toBe(40);
    }
  });

  test('inside a range', async () => {
    const { server, client } = await openWorld();
    const content = randomBytes(1000);
    server.put(URI, content);
    server.faults.add({ kind: 'cutResponse', afterBytes: 100, on: 'object.media', times: 3 });
    const read = readObject(client, URI, { signal: never, start: 200, end: 800 });
    expect(await bytesOf(read)).toEqual(content.subarray(200, 800));
    const ranges = server.counts.records.map(({ headers }) => headers['range']);
    expect(ranges).toEqual(['bytes=200-799', 'bytes=300-799', 'bytes=400-799', 'bytes=500-799']);
    const pinned = server.counts.records.map(({ url }) => url.includes('ifGenerationMatch='));
    expect(pinned).toEqual([false, true, true, true]);
  });

  test('more often than is tried again, as long as it gets on', async () => {
    const { server, client } = await openWorld({}, { retries: 1 });
    const content = randomBytes(3_000_000);
    server.put(URI, content);
    server.faults.add({ kind: 'cutResponse', afterBytes: 300_000, on: 'object.media', times: 9 });
    expect((await bytesOf(readObject(client, URI, { signal: never }))).equals(content)).toBe(true);
  });

  test('where nothing gets on it is given up', async () => {
    const { server, client } = await openWorld({}, { retries: 2 });
    server.put(URI, randomBytes(1000));
    server.faults.add({ kind: 'cutResponse', afterBytes: 0, on: 'object.media', times: Number.POSITIVE_INFINITY });
    await expect(bytesOf(readObject(client, URI, { signal: never }))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
    });
  });

  test('an object that is replaced meanwhile is not joined out of two', async () => {
    const { server, client } = await openWorld();
    server.put(URI, randomBytes(1000));
    server.faults.add({ kind: 'cutResponse', afterBytes: 500, on: 'object.media' });
    const read = async () => {
      for await (const _ of readObject(client, URI, { signal: never })) server.put(URI, randomBytes(1000));
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('was replaced') });
  });

  test('an object that is deleted meanwhile is NOT_FOUND', async () => {
    const { server, client } = await openWorld();
    server.put(URI, randomBytes(1000));
    server.faults.add({ kind: 'cutResponse', afterBytes: 500, on: 'object.media' });
    const read = async () => {
      for await (const _ of readObject(client, URI, { signal: never }))
        server.store.buckets.get('data')?.objects.clear();
    };
    await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a server that forgets the Range sends all again, and only the rest is taken', async () => {
    const { server, client } = await openWorld();
    const content = randomBytes(1000);
    server.put(URI, content);
    server.faults.add({ kind: 'cutResponse', afterBytes: 400, on: 'object.media' });
    server.faults.add({ kind: 'ignoreRange', on: 'object.media', times: 2 });
    expect(await bytesOf(readObject(client, URI, { signal: never }))).toEqual(content);
  });

  test('an abort while it is read comes with its reason', async () => {
    const { server, client } = await openWorld();
    server.put(URI, randomBytes(1_000_000));
    server.faults.add({ kind: 'slow', bytesPerSecond: 100_000, on: 'object.media' });
    const abort = new AbortController();
    const read = async () => {
      for await (const _ of readObject(client, URI, { signal: abort.signal }))
        abort.abort(new SentopsError('INTERRUPTED'));
    };
    await expect(read()).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('a server that does not tell the truth', () => {
  test('says more bytes than there are: the connection breaks, and the rest is asked for', async () => {
    const { server, client } = await openWorld();
    server.put(URI, '0123456789');
    server.faults.add({ kind: 'lie', by: 5, on: 'object.media' });
    expect((await bytesOf(readObject(client, URI, { signal: never }))).toString()).toBe('0123456789');
  });

  test('sends less than the object has: the rest is asked for', async () => {
    const { server, client } = await openWorld();
    server.put(URI, '0123456789');
    server.faults.add({ kind: 'lie', by: -4, on: 'object.media' });
    expect((await bytesOf(readObject(client, URI, { signal: never }))).toString()).toBe('0123456789');
  });

  test('never sends the rest: DATA_INVALID with both lengths', async () => {
    const uri = await listen((request, response) => {
      const headers = { 'x-goog-stored-content-length': '10', 'x-goog-generation': '1' };
      if (request.headers.range) response.writeHead(416).end();
      else response.writeHead(200, { ...headers, 'content-length': '4' }).end('0123');
    });
    await expect(bytesOf(readObject(clientFor(uri), URI, { signal: never }))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('ends after 4 of the 10 bytes'),
    });
  });

  test('sends the same beginning again and again: it is given up', async () => {
    let asked = 0;
    const uri = await listen((_request, response) => {
      asked++;
      response.writeHead(200, { 'x-goog-stored-content-length': '10', 'content-length': '4' }).end('0123');
    });
    const read = bytesOf(readObject(clientFor(uri, { retries: 3 }), URI, { signal: never }));
    await expect(read).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(asked).toBe(4);
  });

  test('changes a byte: DATA_INVALID with both checksums', async () => {
    const { server, client } = await openWorld();
    const content = randomBytes(100_000);
    server.put(URI, content);
    server.faults.add({ kind: 'corrupt', at: 77_777, on: 'object.media' });
    const { details } = await bytesOf(readObject(client, URI, { signal: never })).then(
      () => ({ details: {} }),
      (error: SentopsError) => error,
    );
    expect(details).toMatchObject({ uri: URI, expected: sum(content) });
  });

  test('changes a byte of what was cut and continued', async () => {
    const { server, client } = await openWorld();
    server.put(URI, randomBytes(1000));
    server.faults.add({ kind: 'cutResponse', afterBytes: 400, on: 'object.media' });
    server.faults.add({ kind: 'corrupt', at: 900, on: 'object.media', skip: 1 });
    await expect(bytesOf(readObject(client, URI, { signal: never }))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('a part has no checksum to be compared with', async () => {
    const { server, client } = await openWorld();
    server.put(URI, '0123456789');
    server.faults.add({ kind: 'wrongCrc', on: 'object.media' });
    expect((await bytesOf(readObject(client, URI, { signal: never, start: 1 }))).toString()).toBe('123456789');
  });

  test.each([
    ['bytes 9-12/20', 'another place'],
    ['bytes */20', 'no place'],
    ['', 'nothing'],
  ])('sends the part %j (%s)', async contentRange => {
    const uri = await listen((_request, response) =>
      response.writeHead(206, { 'content-range': contentRange, 'content-length': '4' }).end('0123'),
    );
    await expect(bytesOf(readObject(clientFor(uri), URI, { signal: never, start: 5, end: 9 }))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: expect.stringContaining('another part'),
    });
  });

  test('gives another state of the object than the one asked for', async () => {
    const uri = await listen((_request, response) => response.writeHead(200, { 'x-goog-generation': '2' }).end('new'));
    await expect(bytesOf(readObject(clientFor(uri), URI, { signal: never, generation: '1' }))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { expected: '1', found: '2' },
    });
  });
});

test('who takes the bytes slowly is no broken connection, however long that goes on', async () => {
  const content = randomBytes(900_000);
  const { server, client } = await openWorld({}, { silenceMs: 60, retries: 2 });
  server.put(URI, content);
  const chunks: Buffer[] = [];
  for await (const chunk of readObject(client, URI, { signal: never })) {
    chunks.push(Buffer.from(chunk));
    await new Promise(resolve => setTimeout(resolve, 150));
  }
  expect(Buffer.concat(chunks).equals(content)).toBe(true);
}, 20_000);

describe('permissions', () => {
  test('whose readers pay: without a payer it is told what to set, with one it is read', async () => {
    const { server, client } = await openWorld({ buckets: ['data', 'paid'], requesterPays: ['paid'] });
    server.put('gs://paid/x', 'a');
    await expect(bytesOf(readObject(client, 'gs://paid/x', { signal: never }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.stringContaining('storage.userProject'),
    });
    const payer = clientFor(server.uri, { userProject: 'payer' });
    expect((await bytesOf(readObject(payer, 'gs://paid/x', { signal: never }))).toString()).toBe('a');
  });

  test('403 on one bucket does not touch another', async () => {
    const { server, client } = await openWorld({ buckets: ['data', 'closed'], deniedBuckets: ['closed'] });
    server.put('gs://data/x', 'a');
    server.put('gs://closed/x', 'a');
    await expect(bytesOf(readObject(client, 'gs://closed/x', { signal: never }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.stringContaining('gs://closed'),
    });
    expect((await bytesOf(readObject(client, 'gs://data/x', { signal: never }))).toString()).toBe('a');
  });
});
