import { expect, test } from 'vitest';
import { planParts } from '../../../../../src/lib/storage/gs/upload/send-parts.ts';
import {
  afterKill,
  bodyOf,
  MIB,
  memorySessions,
  noise,
  sumOf,
  tellWrong,
  type WatchedSessions,
  withServer,
} from './fixture.ts';

const URI = 'gs://data/huge.bin';
const HUGE = noise(3 * 8 * MIB + 777, 3);
const SUM = sumOf(HUGE);
const PARTS = { parallelThreshold: 16 * MIB };
const chunk = 512 * 1024;

test.each([64 * MIB, 1024 * MIB, 5 * 1024 * MIB, 3 * 2 ** 40 + 1])(
  '%i bytes are cut into at most 32 parts without a gap',
  bytes => {
    const parts = planParts(bytes);
    expect(parts.length).toBeLessThanOrEqual(32);
    expect(parts[0]?.start).toBe(0);
    expect(parts.at(-1)?.end).toBe(bytes);
    for (const [at, { start, end }] of parts.entries()) {
      expect(start).toBe(parts[at - 1]?.end ?? 0);
      expect(end).toBeGreaterThan(start);
      expect(start % (256 * 1024)).toBe(0);
    }
  },
);

test('parts go side by side, are joined, and are gone afterwards', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    let stored = 0;
    const uploaded = await storage.upload(URI, bodyOf(HUGE, { chunk }), {
      signal,
      sessions,
      ...PARTS,
      contentType: 'text/csv',
      ifGeneration: null,
      onProgress: bytes => {
        stored = bytes;
      },
    });
    expect(uploaded).toMatchObject({ bytes: HUGE.length, crc32c: SUM, contentType: 'text/csv', resumedFrom: 0 });
    expect(server.content(URI)?.equals(HUGE)).toBe(true);
    expect(server.uris()).toEqual([URI]);
    expect([server.counts.requests('object.compose'), server.counts.requests('upload.begin')]).toEqual([1, 4]);
    expect(sessions.entries.size).toBe(0);
    expect(stored).toBe(HUGE.length);
  }));

test('goes on with the parts that a killed process had stored, and ends what it had begun', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = await interrupted(server, storage, signal);
    server.counts.reset();
    const uploaded = await storage.upload(URI, bodyOf(HUGE, { chunk }), {
      signal,
      sessions: afterKill(sessions),
      ...PARTS,
    });
    expect(uploaded.crc32c).toBe(SUM);
    expect(uploaded.resumedFrom).toBeGreaterThan(20 * MIB);
    expect(server.counts.received()).toBeLessThan(HUGE.length - uploaded.resumedFrom + 2 * MIB);
    expect(server.content(URI)?.equals(HUGE)).toBe(true);
    expect(server.uris()).toEqual([URI]);
    expect(server.uploads.unfinished).toBe(0);
  }));

test('parts of a content that is not wanted any more are deleted', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = afterKill(await interrupted(server, storage, signal));
    const other = noise(HUGE.length, 77);
    const uploaded = await storage.upload(URI, bodyOf(other, { chunk }), { signal, sessions, ...PARTS });
    expect(uploaded).toMatchObject({ crc32c: sumOf(other), resumedFrom: 0 });
    expect(server.uris()).toEqual([URI]);
    expect(server.uploads.unfinished).toBe(0);
    expect(sessions.entries.size).toBe(0);
  }));

test('what was joined by a process that was killed before it could say so is known for its own', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'noAnswer', on: 'object.compose' });
    server.faults.add({ kind: 'status', status: 503, on: 'object.compose', skip: 1, times: null });
    const first = storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions, ...PARTS, ifGeneration: null });
    await expect(first).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
    server.faults.clear();
    server.counts.reset();
    const later = afterKill(sessions);
    const uploaded = await storage.upload(URI, bodyOf(HUGE, { chunk }), {
      signal,
      sessions: later,
      ...PARTS,
      ifGeneration: null,
    });
    expect(uploaded).toMatchObject({ crc32c: SUM, resumedFrom: HUGE.length });
    expect([server.counts.received(), server.counts.requests('object.compose')]).toEqual([0, 0]);
    expect(server.uris()).toEqual([URI]);
    expect(later.entries.size).toBe(0);
  }));

test('parts that somebody deleted make the next run begin anew', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'status', status: 403, on: 'object.compose' });
    await expect(storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions, ...PARTS })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    for (const uri of server.uris()) await storage.delete(uri, { signal });
    const later = afterKill(sessions);
    await expect(
      storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions: later, ...PARTS }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('parts'),
    });
    const again = await storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions: later, ...PARTS });
    expect(again.crc32c).toBe(SUM);
  }));

test('parts that are gone leave nothing of the others', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.faults.add({ kind: 'status', status: 403, on: 'object.compose' });
    const first = storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions, ...PARTS });
    await expect(first).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await storage.delete(server.uris()[1] ?? '', { signal });
    const later = afterKill(sessions);
    const second = storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions: later, ...PARTS });
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([server.uris(), later.entries.size]).toEqual([[], 0]);
  }));

test('an object that appears meanwhile where none was expected stays, and no part does', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const onProgress = () => void (server.uris().includes(URI) || server.put(URI, 'theirs'));
    const options = { signal, sessions, ...PARTS, onProgress, ifGeneration: null };
    await expect(storage.upload(URI, bodyOf(HUGE, { chunk }), options)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([server.uris(), server.content(URI)?.toString()]).toEqual([[URI], 'theirs']);
    expect([server.uploads.unfinished, sessions.entries.size]).toEqual([0, 0]);
  }));

test('an object that appears between the look at it and the joining is replaced where nothing was expected of it', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'status', status: 412, on: 'object.compose' });
    const uploaded = await storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, ...PARTS });
    expect([uploaded.crc32c, server.counts.requests('object.compose')]).toEqual([SUM, 2]);
    // Where it is not known whether the first attempt joined them, what is there may be newer.
    server.faults.add({ kind: 'status', status: 503, on: 'object.compose' });
    server.faults.add({ kind: 'status', status: 412, on: 'object.compose' });
    server.put(URI, 'newer');
    const again = storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, ...PARTS });
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([server.uris(), server.content(URI)?.toString()]).toEqual([[URI], 'newer']);
  }));

test('two at once of the same content do not take the parts from each other', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    const send = () => storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions, ...PARTS });
    const both = await Promise.all([send(), send()]);
    expect(both.map(({ crc32c }) => crc32c)).toEqual([SUM, SUM]);
    expect(server.uris()).toEqual([URI]);
    expect([server.uploads.unfinished, sessions.entries.size]).toEqual([0, 0]);
  }));

test('parts of an upload that is then sent in one piece are deleted', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = afterKill(await interrupted(server, storage, signal));
    expect((await storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions })).crc32c).toBe(SUM);
    expect(server.uris()).toEqual([URI]);
    expect([server.uploads.unfinished, sessions.entries.size]).toEqual([0, 0]);
  }));

test('a part that came out wrong is sent again', () =>
  withServer(async ({ server, storage, signal }) => {
    tellWrong(server, 1);
    const uploaded = await storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, ...PARTS });
    expect(uploaded.crc32c).toBe(SUM);
    expect([server.counts.requests('object.compose'), server.counts.requests('upload.begin')]).toEqual([1, 5]);
    expect(server.uris()).toEqual([URI]);
  }));

type Given = Parameters<Parameters<typeof withServer>[0]>[0];

/** Two parts are stored and two are under way when the server is gone. */
async function interrupted(
  server: Given['server'],
  storage: Given['storage'],
  signal: AbortSignal,
): Promise<WatchedSessions> {
  const sessions = memorySessions();
  server.faults.add({ kind: 'cutRequest', afterBytes: 5 * MIB, on: 'upload.chunk', object: '/02' });
  server.faults.add({ kind: 'slow', delayMs: 600, on: 'upload.status', object: '/02' });
  server.faults.add({ kind: 'status', status: 403, on: 'upload.status', object: '/02' });
  await expect(storage.upload(URI, bodyOf(HUGE, { chunk }), { signal, sessions, ...PARTS })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  expect(server.uris()).toHaveLength(3);
  server.faults.clear();
  return sessions;
}
