import { expect, test } from 'vitest';
import { type Probed, probeFile } from '../../../../../src/lib/data/remote/fetch/probe-file.ts';
import type { FetchAnswer } from '../../../../../src/lib/data/remote/fetch/types.ts';
import { createWorld, give, neverAborted, serve, type Web } from '../web.ts';

const CONTENT = Buffer.alloc(3000, 'x');

async function probe(web: Web): Promise<Probed> {
  const found = await probeAny(web);
  if ('status' in found) throw new Error(`HTTP ${found.status}`);
  return found;
}

async function probeAny(web: Web): Promise<Probed | FetchAnswer> {
  const { fetcher } = createWorld();
  const signal = neverAborted();
  return await probeFile(headers => fetcher.open({ url: new URL(web.url), headers, signal }), { ...fetcher, signal });
}

test('the first bytes tell how long the whole is', async () => {
  const web = await serve(give(CONTENT));
  const { bytes, tag, start } = await probe(web);
  expect({ bytes, tag, start: start.length }).toEqual({ bytes: 3000, tag: '"one"', start: 1024 });
  expect(web.got[0]?.method).toBe('GET');
  expect(web.got[0]?.headers.range).toBe('bytes=0-1023');
});

test('a server without ranges is hung up on after them', async () => {
  const big = Buffer.alloc(20_000_000);
  const ends: boolean[] = [];
  const web = await serve((got, response, index) => {
    response.on('close', () => ends.push(response.writableFinished));
    return give(big, { ranges: false })(got, response, index);
  });
  expect(await probe(web)).toMatchObject({ bytes: big.length });
  await expect.poll(() => ends).toEqual([false]);
});

test('an empty file has no first byte', async () => {
  const web = await serve(give(Buffer.alloc(0)));
  expect(await probe(web)).toMatchObject({ bytes: 0, tag: '"one"' });
});

test('what is not said is null', async () => {
  const web = await serve((_, response) => response.writeHead(200).end('no length, no tag'));
  expect(await probe(web)).toMatchObject({ bytes: null, tag: null, name: null, crc32c: null, md5: null });
});

test("the sums of Google's stores are read, in one header or in two", async () => {
  const sums = (value: string | string[]) =>
    serve((_, response) => response.writeHead(200, { 'x-goog-hash': value }).end('x'));
  for (const value of [
    'crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==',
    ['crc32c=n03x6A==', 'md5=Ojk9c3dhfxgoKVVHYwFbHQ=='],
  ])
    expect(await probe(await sums(value))).toMatchObject({ crc32c: 'n03x6A==', md5: 'Ojk9c3dhfxgoKVVHYwFbHQ==' });
});

test('a refusal comes back with its body unread', async () => {
  const web = await serve((_, response) => response.writeHead(403).end('no'));
  const answer = await probeAny(web);
  if (!('status' in answer)) throw new Error('found');
  expect(answer.status).toBe(403);
  expect((await answer.body.toArray()).join('')).toBe('no');
});
