import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { gzipSync, crc32 as ieee } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { crc32c, encodeCrc32c } from '../../../helpers/gcs-stand-in/crc32c.ts';
import { spawnGcsStandIn } from '../../../helpers/gcs-stand-in/spawn.ts';
import { type GcsStandIn, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';
import { selfSigned } from '../../../helpers/self-signed.ts';
import { askOf } from './http.ts';

let server: GcsStandIn;
let ask: ReturnType<typeof askOf>;
beforeAll(async () => {
  server = await startGcsStandIn({
    buckets: ['data', 'paid', 'denied'],
    foreignBuckets: ['theirs'],
    requesterPays: ['paid'],
    deniedBuckets: ['denied'],
    rewriteBytesPerCall: 1000,
  });
  ask = askOf(server);
});
beforeEach(() => {
  server.counts.reset();
  server.faults.clear();
});
afterAll(() => server.stop());

const media = (name: string) => `/storage/v1/b/data/o/${encodeURIComponent(name)}?alt=media`;
const names = (json: Readonly<Record<string, unknown>>) =>
  ((json['items'] ?? []) as readonly { name: string }[]).map(({ name }) => name);

test('CRC-32C is that of RFC 3720, in any pieces', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(encodeCrc32c(crc32c(Buffer.from('hello')))).toBe('mnG7TA==');
  const bytes = randomBytes(1000);
  for (const cut of [0, 1, 7, 8, 999])
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  expect(crc32c(bytes)).not.toBe(ieee(bytes));
});

describe('reading', () => {
  test('ranges, sums and errors as plain text', async () => {
    server.put('gs://data/a', '0123456789');
    const range = (value: string) => ask('GET', media('a'), { headers: { range: value } });
    const middle = await range('bytes=2-4');
    expect([middle.status, middle.text, middle.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await range('bytes=-3')).text).toBe('789');
    expect((await range('bytes=7-')).text).toBe('789');
    expect((await range('bytes=5-100')).text).toBe('56789');
    const beyond = await range('bytes=10-');
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(middle.headers.get('x-goog-hash')).toContain(`crc32c=${encodeCrc32c(crc32c(Buffer.from('0123456789')))}`);
    const missing = await ask('GET', media('nobody'));
    expect([missing.status, missing.text]).toEqual([404, 'No such object: data/nobody']);
  });

  test('what is packed comes unpacked to who cannot unpack', async () => {
    const packed = gzipSync('hello');
    server.put('gs://data/packed', packed, { contentEncoding: 'gzip' });
    const plain = await raw(media('packed'), {});
    expect([plain.body.toString(), plain.headers['x-goog-stored-content-encoding']]).toEqual(['hello', 'gzip']);
    const as = await raw(media('packed'), { 'accept-encoding': 'gzip' });
    expect(as.body.equals(packed)).toBe(true);
    expect(as.headers['content-encoding']).toBe('gzip');
  });

  test('only the state that was asked for', async () => {
    const { generation } = server.put('gs://data/state', 'x');
    expect((await ask('GET', `${media('state')}&generation=${generation}`)).status).toBe(200);
    expect((await ask('GET', `${media('state')}&generation=1`)).status).toBe(404);
    expect((await ask('GET', `${media('state')}&ifGenerationMatch=1`)).status).toBe(412);
    expect((await ask('GET', `${media('state')}&ifGenerationNotMatch=${generation}`)).status).toBe(304);
  });
});

describe('lists', () => {
  test('pages, prefixes and places to begin and end', async () => {
    for (const name of ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/～', 'l/😀']) server.put(`gs://data/${name}`, 'x');
    const list = (query: string) => ask('GET', `/storage/v1/b/data/o?prefix=l/${query}`);
    expect(names((await list('')).json)).toEqual(['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/～', 'l/😀']);
    const level = (await list('&delimiter=/')).json;
    expect([names(level), level['prefixes']]).toEqual([['l/a', 'l/c', 'l/～', 'l/😀'], ['l/b/']]);
    const seen: unknown[] = [];
    let token = '';
    do {
      const page = (await list(`&delimiter=/&maxResults=2&pageToken=${encodeURIComponent(token)}`)).json;
      seen.push([...names(page), ...((page['prefixes'] ?? []) as readonly string[])]);
      token = (page['nextPageToken'] as string | undefined) ?? '';
    } while (token !== '');
    expect(seen).toEqual([['l/a', 'l/b/'], ['l/c', 'l/～'], ['l/😀']]);
    expect(names((await list('&startOffset=l/b/2&endOffset=l/d')).json)).toEqual(['l/b/2', 'l/c']);
  });

  test('only the fields that were asked for', async () => {
    server.put('gs://data/f/one', 'x');
    const { json } = await ask('GET', '/storage/v1/b/data/o?prefix=f/&fields=items(name,size),prefixes');
    expect(json).toEqual({ items: [{ name: 'f/one', size: '1' }] });
    const page = await ask('GET', '/storage/v1/b/data/o?maxResults=1&fields=items/name');
    expect(Object.keys(page.json)).toEqual(['items']);
  });
});

describe('joining, copying, deleting', () => {
  test('compose: up to 32 parts, each as it was seen, and no MD5', async () => {
    const { generation } = server.put('gs://data/c1', 'one,');
    server.put('gs://data/c2', 'two');
    const compose = (sourceObjects: unknown, query = '') =>
      ask('POST', `/storage/v1/b/data/o/joined/compose${query}`, { json: { sourceObjects } });
    const { json } = await compose([{ name: 'c1', generation: null }, { name: 'c2' }]);
    expect(json).toMatchObject({ size: '7', componentCount: 2, crc32c: encodeCrc32c(crc32c(Buffer.from('one,two'))) });
    expect(json['md5Hash']).toBeUndefined();
    expect((await compose([{ name: 'c1' }], '?ifGenerationMatch=0')).status).toBe(412);
    const stale = { name: 'c1', objectPreconditions: { ifGenerationMatch: '1' } };
    expect((await compose([stale])).status).toBe(412);
    expect((await compose([{ ...stale, objectPreconditions: { ifGenerationMatch: generation } }])).status).toBe(200);
    expect((await compose([{ name: 'nobody' }])).status).toBe(404);
    expect((await compose(Array.from({ length: 33 }, () => ({ name: 'c1' })))).status).toBe(400);
    expect((await compose([])).status).toBe(400);
  });

  test('a rewrite goes on with its token', async () => {
    server.put('gs://data/r', randomBytes(2500), { contentType: 'a/b' });
    const route = '/storage/v1/b/data/o/r/rewriteTo/b/data/o/r%2Fcopy';
    const first = (await ask('POST', route)).json;
    expect(first).toMatchObject({ done: false, totalBytesRewritten: '1000', objectSize: '2500' });
    const second = (await ask('POST', `${route}?rewriteToken=${first['rewriteToken']}`)).json;
    const third = (await ask('POST', `${route}?rewriteToken=${second['rewriteToken']}`)).json;
    expect(third).toMatchObject({ done: true, resource: { name: 'r/copy', size: '2500', contentType: 'a/b' } });
    expect(server.content('gs://data/r/copy')?.equals(server.content('gs://data/r') ?? Buffer.alloc(0))).toBe(true);
  });

  test('delete and patch look at the generation', async () => {
    const { generation } = server.put('gs://data/d', 'x');
    expect((await ask('DELETE', '/storage/v1/b/data/o/d?ifGenerationMatch=1')).status).toBe(412);
    const { json } = await ask('PATCH', '/storage/v1/b/data/o/d', { json: { contentType: 'n/m', size: '99' } });
    expect(json).toMatchObject({ contentType: 'n/m', size: '1', generation, metageneration: '2' });
    expect((await ask('DELETE', `/storage/v1/b/data/o/d?ifGenerationMatch=${generation}`)).status).toBe(204);
    expect((await ask('DELETE', '/storage/v1/b/data/o/d')).status).toBe(404);
  });

  test('a name is one escaped segment', async () => {
    server.put('gs://data/x/y', 'x');
    expect((await ask('GET', '/storage/v1/b/data/o/x/y')).status).toBe(404);
    expect((await ask('GET', '/storage/v1/b/data/o/x%2Fy')).status).toBe(200);
  });
});

describe('buckets and rights', () => {
  test('made once, listed by project, deleted when empty', async () => {
    const make = (name: string) => ask('POST', '/storage/v1/b?project=p9', { json: { name, location: 'eu' } });
    expect((await make('new-one')).json).toMatchObject({ name: 'new-one', location: 'EU' });
    expect((await make('new-one')).text).toContain('you already own it');
    expect((await make('theirs')).text).toContain('not available');
    expect((await make('No Name')).status).toBe(400);
    expect((await ask('POST', '/storage/v1/b', { json: { name: 'abc' } })).status).toBe(400);
    expect(names((await ask('GET', '/storage/v1/b?project=p9')).json)).toEqual(['new-one']);
    server.put('gs://new-one/a', 'x');
    expect((await ask('DELETE', '/storage/v1/b/new-one')).status).toBe(409);
  });

  test('of others, denied, and paid by the reader', async () => {
    expect((await ask('GET', '/storage/v1/b/theirs')).status).toBe(403);
    expect((await ask('GET', '/storage/v1/b/denied')).status).toBe(200);
    expect((await ask('GET', '/storage/v1/b/denied/o/a')).text).toContain('storage.objects.get');
    expect((await ask('GET', '/storage/v1/b/paid/o')).text).toContain('requester pays');
    expect((await ask('GET', '/storage/v1/b/paid/o?userProject=p')).status).toBe(200);
  });

  test('tokens: none, a wrong one, a right one', async () => {
    const closed = await startGcsStandIn({ buckets: ['data'], tokens: ['good'] });
    const get = (headers: Record<string, string>) => askOf(closed)('GET', '/storage/v1/b/data/o', { headers });
    expect((await get({})).text).toContain('Anonymous caller');
    expect((await get({ authorization: 'Bearer bad' })).text).toContain('Invalid Credentials');
    expect((await get({ authorization: 'Bearer good' })).status).toBe(200);
    expect((await askOf(closed)('POST', '/token')).json).toMatchObject({ access_token: 'good' });
    await closed.stop();
  });
});

describe('faults', () => {
  test('an answer instead of work, as often and as late as told', async () => {
    server.put('gs://data/once', 'x');
    server.faults.add({
      kind: 'status',
      status: 503,
      retryAfter: 7,
      on: 'object.get',
      object: 'once',
      skip: 1,
      times: 2,
    });
    const answers = [];
    for (let round = 0; round < 4; round++) answers.push(await ask('GET', '/storage/v1/b/data/o/once'));
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 200]);
    expect(answers[1]?.headers.get('retry-after')).toBe('7');
    expect((await ask('GET', media('once'))).status).toBe(200);
    expect(server.faults.pending).toBe(0);
  });

  test('content that is cut, changed, shorter or longer than told; the object stays as it is', async () => {
    const bytes = randomBytes(100_000);
    server.put('gs://data/broken', bytes);
    server.faults.add({ kind: 'cutResponse', afterBytes: 60_000 });
    await expect(raw(media('broken'), {})).rejects.toThrow();
    expect(server.counts.sent('data/broken')).toBe(60_000);
    server.faults.add({ kind: 'corrupt', at: 5 });
    const changed = await raw(media('broken'), {});
    expect(changed.body.findIndex((byte, index) => byte !== bytes[index])).toBe(5);
    server.faults.add({ kind: 'lie', by: -10 });
    expect((await raw(media('broken'), {})).body).toHaveLength(99_990);
    server.faults.add({ kind: 'lie', by: 10 });
    await expect(raw(media('broken'), {})).rejects.toThrow();
    server.faults.add({ kind: 'wrongCrc' });
    expect((await raw(media('broken'), {})).headers['x-goog-hash']).not.toContain(encodeCrc32c(crc32c(bytes)));
    server.faults.add({ kind: 'ignoreRange' });
    expect((await raw(media('broken'), { range: 'bytes=5-' })).body).toHaveLength(100_000);
    expect((await raw(media('broken'), {})).body.equals(bytes)).toBe(true);
  });

  test('work that is done and not answered', async () => {
    server.faults.add({ kind: 'noAnswer', on: 'object.insert' });
    const write = () => ask('POST', '/upload/storage/v1/b/data/o?uploadType=media&name=silent', { body: 'x' });
    await expect(write()).rejects.toThrow();
    expect(server.content('gs://data/silent')?.toString()).toBe('x');
  });
});

test('a process of its own: counted, made to fail and ended from here; over TLS', async () => {
  const { cert, key } = selfSigned();
  const secure = await startGcsStandIn({ buckets: ['data'], certificate: { cert, key } });
  expect(secure.uri).toMatch(/^https:/);
  await secure.stop();
  const other = await spawnGcsStandIn({ buckets: ['data'] });
  const write = () =>
    fetch(`${other.uri}/upload/storage/v1/b/data/o?uploadType=media&name=a`, { method: 'POST', body: 'xyz' });
  await other.addFaults({ kind: 'status', status: 429 });
  expect((await write()).status).toBe(429);
  expect((await write()).status).toBe(200);
  expect((await other.counts()).received('data/a')).toBe(3 + 3);
  await other.resetCounts();
  expect((await other.counts()).records).toEqual([]);
  await fetch(`${other.uri}/upload/storage/v1/b/data/o?uploadType=resumable&name=b`, { method: 'POST' });
  expect(await other.unfinished()).toBe(1);
  await other.addFaults({ kind: 'status', status: 500, times: null });
  await other.clearFaults();
  expect((await write()).status).toBe(200);
  await other.stop();
  expect(() => process.kill(other.pid, 0)).toThrow();
});

/** Without the unpacking that fetch does. */
function raw(
  route: string,
  headers: http.OutgoingHttpHeaders,
): Promise<{ body: Buffer; headers: http.IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = http.get(server.uri + route, { headers, agent: false }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ body: Buffer.concat(chunks), headers: response.headers }));
    });
    request.on('error', reject);
  });
}
