import { expect, test } from 'vitest';
import { bodyOf, MIB, noise, sumOf, withServer } from './fixture.ts';

const URI = 'gs://data/stream.bin';
const PIECE = 8 * MIB;

test.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 300_001])('stores a stream of %i bytes', bytes =>
  withServer(async ({ server, storage, signal }) => {
    const content = noise(bytes, 6);
    const stored = await storage.write(URI, bodyOf(content, { chunk: 333_333 }).open(0), { signal });
    expect(stored).toMatchObject({ uri: URI, bytes, crc32c: sumOf(content) });
    expect(server.content(URI)?.equals(content)).toBe(true);
    expect(server.uploads.unfinished).toBe(0);
  }),
);

test('a piece whose connection breaks is sent from where the server has it', () =>
  withServer(async ({ server, storage, signal }) => {
    const content = noise(2 * PIECE + 5, 6);
    server.faults.add({ kind: 'cutRequest', afterBytes: 5 * MIB, on: 'upload.chunk', skip: 1 });
    const stored = await storage.write(URI, bodyOf(content).open(0), { signal });
    expect(stored.crc32c).toBe(sumOf(content));
    expect(server.counts.received()).toBeLessThan(content.length + 2 * MIB);
  }));

test('an answer to the last piece that is lost is asked for', () =>
  withServer(async ({ server, storage, signal }) => {
    const content = noise(PIECE + 5, 6);
    server.faults.add({ kind: 'noAnswer', on: 'upload.chunk', skip: 1 });
    const stored = await storage.write(URI, bodyOf(content).open(0), { signal, ifGeneration: null });
    expect(stored.crc32c).toBe(sumOf(content));
  }));

test('a lost session is the end of what comes only once, and says so', () =>
  withServer(async ({ server, storage, signal }) => {
    server.faults.add({ kind: 'loseSession', on: 'upload.chunk', skip: 1 });
    await expect(storage.write(URI, bodyOf(noise(2 * PIECE, 6)).open(0), { signal })).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      hint: expect.stringContaining('run the command again'),
    });
    expect(server.uris()).toEqual([]);
  }));

test.each([100, PIECE + 100])('a source that fails after %i bytes stores nothing and is closed', bytes =>
  withServer(async ({ server, storage, signal }) => {
    let isClosed = false;
    async function* source() {
      try {
        yield noise(bytes, 6);
        throw new Error('the source broke');
      } finally {
        isClosed = true;
      }
    }
    await expect(storage.write(URI, source(), { signal })).rejects.toThrow('the source broke');
    expect(server.uris()).toEqual([]);
    expect(server.uploads.unfinished).toBe(0);
    expect(isClosed).toBe(true);
  }),
);

test('a source is closed where the store refuses', () =>
  withServer(async ({ server, storage, signal }) => {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield noise(MIB, 6);
      } finally {
        isClosed = true;
      }
    }
    server.faults.add({ kind: 'status', status: 403, on: 'upload.chunk' });
    await expect(storage.write(URI, source(), { signal })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(isClosed).toBe(true);
  }));
