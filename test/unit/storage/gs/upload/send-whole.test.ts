import { expect, test } from 'vitest';
import { SentopsError } from '../../../../../src/lib/core/errors.ts';
import { bodyOf, noise, sumOf, withServer } from './fixture.ts';

const URI = 'gs://data/small.bin';
const CONTENT = noise(8192, 4);

test.each([408, 429, 500, 502, 503, 504])('gets over HTTP %i', status =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'status', status, on: 'object.insert', times: 2, retryAfter: 0 });
    await storage.upload(URI, bodyOf(CONTENT), { signal });
    await storage.upload(`${URI}2`, bodyOf(CONTENT), { signal, ifGeneration: null });
    expect(server.content(URI)?.equals(CONTENT)).toBe(true);
    expect(server.content(`${URI}2`)?.equals(CONTENT)).toBe(true);
  }),
);

test.each([undefined, null])('an answer that is lost is not taken for a conflict (condition: %s)', ifGeneration =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'noAnswer', on: 'object.insert' });
    const asked = ifGeneration === undefined ? { signal } : { signal, ifGeneration };
    const uploaded = await storage.upload(URI, bodyOf(CONTENT), asked);
    expect(uploaded.crc32c).toBe(sumOf(CONTENT));
    expect(uploaded.generation).toBe((await storage.stat(URI, { signal }))?.generation);
  }),
);

test('a retry does not overwrite what somebody else has written meanwhile', () =>
  withServer(
    async ({ server, storage, signal }) => {
      server.put(URI, 'old');
      server.faults.add({ kind: 'status', status: 503, on: 'object.insert', times: 2 });
      // Another writer comes between our second attempt, made for what we saw, and the third.
      const timer = setInterval(() => {
        if (server.counts.requests('object.insert') < 2) return;
        clearInterval(timer);
        server.put(URI, 'newer');
      }, 2);
      await expect(storage.upload(URI, bodyOf(CONTENT), { signal })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(server.content(URI)?.toString()).toBe('newer');
    },
    {},
    { retryDelayMs: 150 },
  ));

test('a retry after an unknown end is made for the state that was seen', () =>
  withServer(async ({ server, storage, signal }) => {
    server.put(URI, 'old');
    server.faults.add({ kind: 'status', status: 503, on: 'object.insert' });
    await storage.upload(URI, bodyOf(CONTENT), { signal });
    const urls = server.counts.records.filter(({ operation }) => operation === 'object.insert').map(({ url }) => url);
    expect(urls.map(url => /ifGenerationMatch=\d+/.test(url))).toEqual([false, true]);
    expect(server.content(URI)?.equals(CONTENT)).toBe(true);
  }));

test('a content type that would end the line is refused', () =>
  withServer(async ({ storage, signal }) => {
    const upload = storage.upload(URI, bodyOf(CONTENT), { signal, contentType: 'text/csv\r\nx: y' });
    await expect(upload).rejects.toThrow(SentopsError);
  }));
