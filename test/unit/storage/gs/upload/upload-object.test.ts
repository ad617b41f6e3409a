import { expect, test } from 'vitest';
import { SentopsError } from '../../../../../src/lib/core/errors.ts';
import type { GcsStandIn } from '../../../../helpers/gcs-stand-in/start.ts';
import { afterKill, bodyOf, MIB, memorySessions, noise, sumOf, tellWrong, withServer } from './fixture.ts';

const URI = 'gs://data/folder/100 % ü.bin';
const SMALL = noise(20_000, 2);
const LARGE = noise(12 * MIB + 12_345, 3);

function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'fulfilled',
    (error: unknown) => (error instanceof SentopsError ? error.code : String(error)),
  );
}

test('a small body goes with one request, which carries its checksum', () =>
  withServer(async ({ server, storage, signal }) => {
    const uploaded = await storage.upload(URI, bodyOf(SMALL), { signal, contentType: 'text/csv' });
    expect(uploaded).toMatchObject({ uri: URI, bytes: SMALL.length, crc32c: sumOf(SMALL), resumedFrom: 0 });
    expect(server.content(URI)?.equals(SMALL)).toBe(true);
    expect(server.counts.requests()).toBe(1);
    expect((await storage.stat(URI, { signal }))?.contentType).toBe('text/csv');
  }));

test('an empty body makes an empty object', () =>
  withServer(async ({ server, storage, signal }) => {
    expect(await storage.upload(URI, bodyOf(Buffer.alloc(0)), { signal })).toMatchObject({ bytes: 0 });
    expect(server.content(URI)).toHaveLength(0);
  }));

test('a large body goes once, with one request for its bytes, and leaves no session', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const stored: number[] = [];
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, sessions, onProgress: at => stored.push(at) });
    expect(uploaded).toMatchObject({ bytes: LARGE.length, crc32c: sumOf(LARGE), resumedFrom: 0 });
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
    expect([server.counts.requests('upload.begin'), server.counts.requests('upload.chunk')]).toEqual([1, 1]);
    expect(server.counts.received()).toBe(LARGE.length);
    expect(sessions.entries.size).toBe(0);
    expect(stored.at(-1)).toBe(LARGE.length);
  }));

test('a session is saved before the first byte is asked for', () =>
  withServer(async ({ storage, signal }) => {
    const sessions = memorySessions();
    let before: string[] = [];
    const body = bodyOf(LARGE);
    const open = (start: number) => {
      before = [...sessions.log];
      return body.open(start);
    };
    await storage.upload(URI, { ...body, open }, { signal, sessions });
    expect(before).toEqual([expect.stringMatching(/^save upload http.* gs:\/\/data/)]);
  }));

test('a connection that breaks costs what was under way and no more', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'cutRequest', afterBytes: 9 * MIB + 100, on: 'upload.chunk' });
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal });
    expect(uploaded.crc32c).toBe(sumOf(LARGE));
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
    expect(server.counts.requests('upload.status')).toBe(1);
    expect(server.counts.received()).toBeLessThan(LARGE.length + 2 * MIB);
  }));

test('goes on where a killed process stopped: at the place that the server tells, with the checksum of all of it', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const away = new AbortController();
    const body = bodyOf(LARGE);
    server.faults.add({ kind: 'cutRequest', afterBytes: 11 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    expect(await code(storage.upload(URI, body, { signal: away.signal, sessions }))).toBe('REMOTE_UNAVAILABLE');
    server.faults.clear();
    expect(sessions.entries.size).toBe(1);
    const next = bodyOf(LARGE);
    const later = afterKill(sessions);
    const uploaded = await storage.upload(URI, next, { signal, sessions: later });
    expect(uploaded).toMatchObject({ bytes: LARGE.length, crc32c: sumOf(LARGE) });
    expect(uploaded.resumedFrom % (256 * 1024)).toBe(0);
    expect(uploaded.resumedFrom).toBeGreaterThan(9 * MIB);
    // From the last step whose checksum was saved, not from the beginning.
    expect(next.opened).toEqual([8 * MIB]);
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
    expect(later.entries.size).toBe(0);
  }));

test('a checksum that was never saved is made again from the beginning of the body', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'cutRequest', afterBytes: 11 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions }));
    server.faults.clear();
    for (const session of sessions.entries.values()) (session as { sums: number[] }).sums.length = 0;
    const next = bodyOf(LARGE);
    const uploaded = await storage.upload(URI, next, { signal, sessions: afterKill(sessions) });
    expect(uploaded.crc32c).toBe(sumOf(LARGE));
    expect(next.opened[0]).toBe(0);
    expect(server.counts.received()).toBeLessThan(LARGE.length + 3 * MIB);
  }));

test('what was finished by a process that was killed before it could say so is not sent again', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'noAnswer', on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    expect(await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions, ifGeneration: null }))).toBe(
      'REMOTE_UNAVAILABLE',
    );
    server.faults.clear();
    server.counts.reset();
    const uploaded = await storage.upload(URI, bodyOf(LARGE), {
      signal,
      sessions: afterKill(sessions),
      ifGeneration: null,
    });
    expect(uploaded).toMatchObject({ resumedFrom: LARGE.length, crc32c: sumOf(LARGE) });
    expect(server.counts.received()).toBe(0);
  }));

test('it is also known for its own where the server has forgotten the session since', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'noAnswer', on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions, ifGeneration: null }));
    server.faults.clear();
    server.faults.add({ kind: 'loseSession', on: 'upload.status', status: 410 });
    const again = storage.upload(URI, bodyOf(LARGE), { signal, sessions: afterKill(sessions), ifGeneration: null });
    expect((await again).crc32c).toBe(sumOf(LARGE));
  }));

test('another content under the same name ends the session of the old one and begins anew', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'cutRequest', afterBytes: 11 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions }));
    server.faults.clear();
    server.counts.reset();
    const other = noise(LARGE.length, 99);
    const uploaded = await storage.upload(URI, bodyOf(other), { signal, sessions: afterKill(sessions) });
    expect(uploaded).toMatchObject({ resumedFrom: 0, crc32c: sumOf(other) });
    expect(server.counts.requests('upload.cancel')).toBe(1);
    expect(server.content(URI)?.equals(other)).toBe(true);
    expect(server.uploads.unfinished).toBe(0);
  }));

test.each([404, 410] as const)('a server that lost the session (%i) is sent everything anew', status =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'cutRequest', afterBytes: 9 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'loseSession', status, on: 'upload.status' });
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, sessions });
    expect(uploaded).toMatchObject({ resumedFrom: 0, crc32c: sumOf(LARGE) });
    expect(server.counts.requests('upload.begin')).toBe(2);
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
  }),
);

test('a saved session that the server refuses for good does not stand in the way', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'cutRequest', afterBytes: 9 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions }));
    server.faults.clear();
    server.faults.add({ kind: 'status', status: 400, on: 'upload.status' });
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, sessions: afterKill(sessions) });
    expect(uploaded).toMatchObject({ resumedFrom: 0, crc32c: sumOf(LARGE) });
  }));

test.each([408, 429, 500, 502, 503, 504])('a large upload gets over HTTP %i in its middle', status =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'status', status, on: 'upload.chunk', times: 2, retryAfter: 0 });
    server.faults.add({ kind: 'status', status, on: 'upload.begin', retryAfter: 0 });
    const content = LARGE.subarray(0, 3 * MIB);
    const uploaded = await storage.upload(URI, bodyOf(content), { signal });
    expect(uploaded.crc32c).toBe(sumOf(content));
    expect(server.content(URI)?.equals(content)).toBe(true);
  }),
);

test('a server that keeps less than it was sent is sent the rest', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'keepLess', bytes: 5 * MIB, on: 'upload.chunk', times: 2 });
    expect((await storage.upload(URI, bodyOf(LARGE), { signal })).crc32c).toBe(sumOf(LARGE));
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
  }));

test('a server that keeps nothing is given up after the retries', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'keepLess', bytes: 0, on: 'upload.chunk', times: null });
    expect(await code(storage.upload(URI, bodyOf(LARGE), { signal }))).toBe('REMOTE_UNAVAILABLE');
    expect(server.uris()).toEqual([]);
  }));

test('a condition that is not met is a conflict, small or large, and nothing is overwritten', () =>
  withServer(async ({ server, storage, signal }) => {
    server.put(URI, 'of somebody else');
    const sessions = memorySessions();
    for (const content of [SMALL, LARGE])
      for (const ifGeneration of [null, '12'])
        expect(await code(storage.upload(URI, bodyOf(content), { signal, sessions, ifGeneration }))).toBe('CONFLICT');
    expect(server.content(URI)?.toString()).toBe('of somebody else');
    expect(sessions.entries.size).toBe(0);
  }));

test('an object that appears while a large upload is under way is not overwritten', () =>
  withServer(async ({ server, storage, signal }) => {
    const body = bodyOf(LARGE);
    async function* open(start: number) {
      for await (const chunk of body.open(start)) {
        if (server.uris().length === 0) server.put(URI, 'quicker');
        yield chunk;
      }
    }
    const sessions = memorySessions();
    const upload = storage.upload(URI, { ...body, open }, { signal, sessions, ifGeneration: null });
    expect(await code(upload)).toBe('CONFLICT');
    expect(server.content(URI)?.toString()).toBe('quicker');
    expect(sessions.entries.size).toBe(0);
  }));

test('the right generation is replaced', () =>
  withServer(async ({ server, storage, signal }) => {
    for (const content of [SMALL, LARGE]) {
      server.put(URI, 'old');
      const { generation = '' } = (await storage.stat(URI, { signal })) ?? {};
      const uploaded = await storage.upload(URI, bodyOf(content), { signal, ifGeneration: generation });
      expect(uploaded.generation).not.toBe(generation);
      expect(server.content(URI)?.equals(content)).toBe(true);
    }
  }));

test('a body that fails or changes is told as it is, and nothing is stored', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const changed = new SentopsError('CONFLICT', 'changed while it was read');
    for (const content of [SMALL, LARGE]) {
      const body = bodyOf(content);
      async function* open() {
        yield content.subarray(0, 10_000);
        throw changed;
      }
      await expect(storage.upload(URI, { ...body, open }, { signal, sessions })).rejects.toBe(changed);
      const shorter = { ...body, open: () => bodyOf(content.subarray(0, content.length - 1)).open(0) };
      expect(await code(storage.upload(URI, shorter, { signal, sessions }))).toBe('DATA_INVALID');
    }
    expect(server.uris()).toEqual([]);
    expect(sessions.entries.size).toBe(0);
    expect(server.uploads.unfinished).toBe(0);
  }));

test.each([
  [
    'deleted',
    (server: GcsStandIn) => void server.store.buckets.get('data')?.objects.delete(URI.slice('gs://data/'.length)),
  ],
  ['replaced', (server: GcsStandIn) => void server.put(URI, 'newer')],
])('what an earlier process had finished and somebody %s since is stored again', (_, change) =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'noAnswer', on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    expect(await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions }))).toBe('REMOTE_UNAVAILABLE');
    server.faults.clear();
    change(server);
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, sessions: afterKill(sessions) });
    expect(uploaded).toMatchObject({ resumedFrom: 0, crc32c: sumOf(LARGE) });
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
    expect((await storage.stat(URI, { signal }))?.generation).toBe(uploaded.generation);
  }),
);

test('a source that still waits when the connection breaks does not disturb the next attempt', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const body = bodyOf(LARGE, { chunk: MIB });
    const late = Promise.withResolvers<void>();
    let opened = 0;
    async function* open(start: number) {
      const isFirst = opened++ === 0;
      let had = 0;
      for await (const chunk of body.open(start)) {
        // The first reader has its next chunk only when the second one is under way.
        if (isFirst && had === 3) await late.promise;
        if (!isFirst && had === 3) {
          late.resolve();
          await new Promise(resolve => setTimeout(resolve, 50));
        }
        had++;
        yield chunk;
      }
    }
    server.faults.add({ kind: 'cutRequest', afterBytes: 2 * MIB, on: 'upload.chunk' });
    const uploaded = await storage.upload(URI, { ...body, open }, { signal, sessions });
    expect(opened).toBe(2);
    expect(uploaded.crc32c).toBe(sumOf(LARGE));
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
    expect([server.counts.requests('upload.begin'), server.counts.requests('object.delete')]).toEqual([1, 0]);
  }));

test('what came out wrong does not stay where it cannot be sent again', () =>
  withServer(async ({ server, storage, signal }) => {
    tellWrong(server, 1);
    server.faults.add({ kind: 'status', status: 503, on: 'upload.begin', skip: 1, times: null });
    expect(await code(storage.upload(URI, bodyOf(LARGE), { signal }))).toBe('REMOTE_UNAVAILABLE');
    expect(server.uris()).toEqual([]);
  }));

test('an abort stops a large upload at once and keeps its session', () =>
  withServer(async ({ storage }) => {
    const sessions = memorySessions();
    const stop = new AbortController();
    const reason = new Error('enough');
    const upload = storage.upload(URI, bodyOf(LARGE), {
      signal: stop.signal,
      sessions,
      onProgress: at => at > 9 * MIB && stop.abort(reason),
    });
    await expect(upload).rejects.toBe(reason);
    expect(sessions.entries.size).toBe(1);
  }));

test('two uploads of one name at once do not share a session', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const both = [LARGE, noise(LARGE.length, 5)].map(content =>
      storage.upload(URI, bodyOf(content), { signal, sessions }),
    );
    const sums = (await Promise.all(both)).map(({ crc32c }) => crc32c);
    expect(sums).toEqual([sumOf(LARGE), sumOf(noise(LARGE.length, 5))]);
    expect(server.counts.requests('upload.begin')).toBe(2);
  }));

test('the session of a process that lives is left to it', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'cutRequest', afterBytes: 9 * MIB, on: 'upload.chunk' });
    server.faults.add({ kind: 'status', status: 503, on: 'upload.status', times: null });
    await code(storage.upload(URI, bodyOf(LARGE), { signal, sessions }));
    server.faults.clear();
    // The parent of this process lives.
    for (const session of sessions.entries.values()) (session as { owner: number }).owner = process.ppid;
    const before = structuredClone([...sessions.entries]);
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, sessions });
    expect(uploaded).toMatchObject({ resumedFrom: 0, crc32c: sumOf(LARGE) });
    expect([...sessions.entries]).toEqual(before);
  }));

test('a body of unknown length goes in pieces, and is gone on with as well', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'status', status: 403, on: 'upload.chunk', skip: 1 });
    expect(await code(storage.upload(URI, bodyOf(LARGE, { bytes: null }), { signal, sessions }))).toBe(
      'PERMISSION_DENIED',
    );
    const next = bodyOf(LARGE, { bytes: null });
    const uploaded = await storage.upload(URI, next, { signal, sessions: afterKill(sessions) });
    expect(uploaded).toMatchObject({ bytes: LARGE.length, crc32c: sumOf(LARGE), resumedFrom: 8 * MIB });
    expect(next.opened).toEqual([8 * MIB]);
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
  }));

test('a body of unknown length begins anew where the session is lost', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'loseSession', on: 'upload.chunk', skip: 1 });
    const uploaded = await storage.upload(URI, bodyOf(LARGE, { bytes: null }), { signal });
    expect(uploaded.crc32c).toBe(sumOf(LARGE));
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
  }));
