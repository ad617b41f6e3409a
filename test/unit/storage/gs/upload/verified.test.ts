import { expect, test } from 'vitest';
import { bodyOf, MIB, memorySessions, noise, sumOf, tellWrong, withServer } from './fixture.ts';

const URI = 'gs://data/large.bin';
const LARGE = noise(10 * MIB, 3);

test('an object that came out wrong is sent once more, in its place', () =>
  withServer(async ({ server, storage, signal }) => {
    tellWrong(server, 1);
    const uploaded = await storage.upload(URI, bodyOf(LARGE), { signal, ifGeneration: null });
    expect(uploaded).toMatchObject({ crc32c: sumOf(LARGE), resumedFrom: 0 });
    const begun = server.counts.records.filter(({ operation }) => operation === 'upload.begin');
    expect(begun.map(({ url }) => /ifGenerationMatch=(\d+)/.exec(url)?.[1])).toEqual([
      '0',
      expect.stringMatching(/^\d{3,}$/),
    ]);
    expect(server.content(URI)?.equals(LARGE)).toBe(true);
  }));

test('nothing stays of an object that came out wrong twice', () =>
  withServer(async ({ server, storage, signal }) => {
    const sessions = memorySessions();
    server.put('gs://data/other', 'stays');
    tellWrong(server, 9);
    await expect(storage.upload(URI, bodyOf(LARGE), { signal, sessions })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      details: { uri: URI, sent: sumOf(LARGE) },
    });
    expect(server.uris()).toEqual(['gs://data/other']);
    expect(sessions.entries.size).toBe(0);
  }));

test('what comes only once cannot be sent again: the wrong object is deleted', () =>
  withServer(async ({ server, storage, signal }) => {
    tellWrong(server, 1);
    await expect(storage.write(URI, bodyOf(LARGE).open(0), { signal })).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(server.uris()).toEqual([]);
  }));
