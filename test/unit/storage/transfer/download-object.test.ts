import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { downloadObject } from '../../../../src/lib/storage/transfer/download-object.ts';
import { fileSessions } from '../../../../src/lib/storage/transfer/file-sessions.ts';
import type { Storage } from '../../../../src/lib/storage/types.ts';
import { MIB, noise, type Place, sumOf, withServer } from '../gs/upload/fixture.ts';

const URI = 'gs://data/folder/100 % ü.bin';
const SMALL = noise(20_000, 2);
const LARGE = noise(12 * MIB + 777, 3);

interface Local extends Place {
  readonly file: string;
  /** What lies in the folder of the file, hidden names too. */
  names(): string[];
  download(more?: object): ReturnType<typeof downloadObject>;
}

function withFile(work: (local: Local) => Promise<void>): Promise<void> {
  return withServer(async place => {
    const target = path.join(place.folder, 'in');
    const file = path.join(target, 'data ü.bin');
    const sessions = fileSessions(path.join(place.folder, 'sessions'));
    await work({
      ...place,
      file,
      names: () => (existsSync(target) ? readdirSync(target) : []),
      download: more => downloadObject(URI, file, place.storage, { signal: place.signal, sessions, ...more }),
    });
    if (existsSync(path.join(place.folder, 'sessions')) && existsSync(file))
      expect(readdirSync(path.join(place.folder, 'sessions'))).toEqual([]);
  });
}

test.each([0, 1, 8192, MIB, MIB + 1, LARGE.length])('fetches %i bytes, and nothing else is left', bytes =>
  withFile(async ({ server, file, names, download }) => {
    const content = LARGE.subarray(0, bytes);
    server.put(URI, content);
    let told = 0;
    const onBytes = (more: number) => {
      told += more;
    };
    expect(await download({ onBytes })).toEqual({
      to: file,
      bytes,
      crc32c: sumOf(content),
      generation: null,
      resumedFrom: 0,
    });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(names()).toEqual(['data ü.bin']);
    expect(told).toBe(bytes);
  }),
);

test('what a list said of the object saves asking again', () =>
  withFile(async ({ server, storage, signal, download }) => {
    server.put(URI, SMALL);
    const object = await storage.stat(URI, { signal });
    server.counts.reset();
    await download({ object });
    expect(server.counts.requests()).toBe(1);
  }));

test('four ranges side by side make the same file', () =>
  withFile(async ({ server, file, download }) => {
    server.put(URI, LARGE);
    expect((await download({ parallelThreshold: MIB })).crc32c).toBe(sumOf(LARGE));
    expect(readFileSync(file).equals(LARGE)).toBe(true);
    expect(server.counts.requests('object.media')).toBe(4);
  }));

test.each([
  ['in one', 0],
  ['in ranges', MIB],
])('goes on where it was stopped (%s), for no more than the rest', (_, parallelThreshold) =>
  withFile(async ({ server, file, names, download }) => {
    server.put(URI, LARGE);
    const stop = new AbortController();
    let come = 0;
    const onBytes = (more: number) => {
      come += more;
      if (come > 5 * MIB) stop.abort(new Error('enough'));
    };
    await expect(download({ parallelThreshold, signal: stop.signal, onBytes })).rejects.toThrow('enough');
    expect(existsSync(file)).toBe(false);
    expect(names()).toHaveLength(1);
    server.counts.reset();
    const received = await download({ parallelThreshold });
    expect(received.resumedFrom).toBeGreaterThan(4 * MIB);
    expect(received.crc32c).toBe(sumOf(LARGE));
    expect(server.counts.sent()).toBeLessThanOrEqual(LARGE.length - received.resumedFrom);
    expect(readFileSync(file).equals(LARGE)).toBe(true);
    expect(names()).toEqual(['data ü.bin']);
  }),
);

test('an object that was replaced since is fetched from its beginning', () =>
  withFile(async ({ server, file, names, download }) => {
    server.put(URI, LARGE);
    server.faults.add({ kind: 'cutResponse', afterBytes: 5 * MIB, on: 'object.media' });
    server.faults.add({ kind: 'status', status: 403, on: 'object.media', skip: 1 });
    await expect(download()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const other = noise(LARGE.length, 9);
    server.put(URI, other);
    expect(await download()).toMatchObject({ resumedFrom: 0, crc32c: sumOf(other) });
    expect(readFileSync(file).equals(other)).toBe(true);
    expect(names()).toEqual(['data ü.bin']);
  }));

test('a part whose session is lost, cut or damaged is not trusted', () =>
  withFile(async ({ server, folder, file, names, download }) => {
    server.put(URI, LARGE);
    for (const spoil of ['session', 'part', 'bytes']) {
      server.faults.add({ kind: 'cutResponse', afterBytes: 5 * MIB, on: 'object.media' });
      server.faults.add({ kind: 'status', status: 403, on: 'object.media', skip: 1 });
      await expect(download()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      const part = path.join(path.dirname(file), names().find(name => name.endsWith('.part')) ?? '');
      const sessions = path.join(folder, 'sessions');
      if (spoil === 'session') writeFileSync(path.join(sessions, readdirSync(sessions)[0] ?? ''), '{');
      if (spoil === 'part') writeFileSync(part, '');
      if (spoil === 'bytes') writeFileSync(part, Buffer.alloc(5 * MIB, 7));
      expect((await download({ ifGeneration: undefined })).crc32c).toBe(sumOf(LARGE));
      expect(readFileSync(file).equals(LARGE)).toBe(true);
      expect(names()).toEqual(['data ü.bin']);
    }
  }));

test.each([SMALL, LARGE])('bytes that came damaged are fetched once more', content =>
  withFile(async ({ server, file, download }) => {
    server.put(URI, content);
    server.faults.add({ kind: 'corrupt', at: 100, on: 'object.media' });
    let told = 0;
    const onBytes = (more: number) => {
      told += more;
    };
    expect((await download({ onBytes })).crc32c).toBe(sumOf(content));
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(told).toBe(content.length);
  }),
);

test.each([SMALL, LARGE])('bytes that come damaged again leave nothing', content =>
  withFile(async ({ server, names, folder, download }) => {
    server.put(URI, content);
    server.faults.add({ kind: 'corrupt', at: 100, on: 'object.media', times: null });
    await expect(download()).rejects.toMatchObject({ code: 'DATA_INVALID', details: { uri: URI } });
    expect(names()).toEqual([]);
    const sessions = path.join(folder, 'sessions');
    expect(existsSync(sessions) ? readdirSync(sessions) : []).toEqual([]);
  }),
);

test('a file that was there stays what it was through every failure', () =>
  withFile(async ({ server, file, download }) => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, 'before');
    for (const content of [SMALL, LARGE]) {
      server.put(URI, content);
      server.faults.add({ kind: 'corrupt', at: 100, on: 'object.media', times: 2 });
      await expect(download()).rejects.toMatchObject({ code: 'DATA_INVALID' });
      expect(readFileSync(file, 'utf8')).toBe('before');
    }
    await download();
    expect(readFileSync(file).equals(LARGE)).toBe(true);
  }));

test.each([SMALL, LARGE])('a server that is wrong about the length is not believed', content =>
  withFile(async ({ server, names, storage, signal, download }) => {
    server.put(URI, content);
    const object = await storage.stat(URI, { signal });
    await expect(download({ object: { ...object, bytes: content.length + 10 } })).rejects.toMatchObject({
      code: 'DATA_INVALID',
    });
    expect(names().filter(name => !name.endsWith('.part'))).toEqual([]);
  }),
);

test.each([SMALL, LARGE])('a store that sends more than was asked for is stopped', content =>
  withFile(async ({ server, storage, signal, names, file }) => {
    server.put(URI, content);
    const object = await storage.stat(URI, { signal });
    const endless: Storage = {
      ...storage,
      async *read() {
        for (;;) yield SMALL;
      },
    };
    const sessions = fileSessions(path.join(path.dirname(path.dirname(file)), 'sessions'));
    await expect(
      downloadObject(URI, file, endless, { signal, sessions, object: object as NonNullable<typeof object> }),
    ).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(names().filter(name => !name.endsWith('.part'))).toEqual([]);
  }),
);

test('a file that is to be kept is kept', () =>
  withFile(async ({ server, file, names, download }) => {
    for (const content of [SMALL, LARGE]) {
      server.put(URI, content);
      await download({ ifGeneration: null });
      await expect(download({ ifGeneration: null })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(readFileSync(file).equals(content)).toBe(true);
      expect(names()).toEqual(['data ü.bin']);
      rmSync(file);
    }
  }));

test('one that appears meanwhile is kept as well', () =>
  withFile(async ({ server, file, download }) => {
    server.put(URI, LARGE);
    const onBytes = () => existsSync(file) || writeFileSync(file, 'quicker');
    await expect(download({ ifGeneration: null, onBytes })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(readFileSync(file, 'utf8')).toBe('quicker');
  }));

test('two downloads into one file at once: the second is told that it is locked', () =>
  withFile(async ({ server, file, download }) => {
    server.put(URI, LARGE);
    const results = await Promise.allSettled([download(), download()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'LOCKED' } });
    expect(readFileSync(file).equals(LARGE)).toBe(true);
  }));

test('what does not fit on the disk is told before anything is fetched', () =>
  withFile(async ({ server, storage, signal, names, download }) => {
    server.put(URI, LARGE);
    const object = await storage.stat(URI, { signal });
    server.counts.reset();
    await expect(download({ object: { ...object, bytes: 2 ** 52 } })).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(server.counts.requests()).toBe(0);
    expect(names()).toEqual([]);
  }));

test('what is missing, and what is no place for a file, is told', () =>
  withFile(async ({ server, file, download }) => {
    await expect(download()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    server.put(URI, SMALL);
    mkdirSync(file, { recursive: true });
    await expect(download()).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
  }));

test('what a killed process left half-written is cleared by the next one', () =>
  withFile(async ({ server, file, names, download }) => {
    mkdirSync(path.dirname(file));
    writeFileSync(path.join(path.dirname(file), '.x.sentops-999999999-1.tmp'), 'half');
    server.put(URI, SMALL);
    await download();
    expect(names()).toEqual(['data ü.bin']);
  }));
