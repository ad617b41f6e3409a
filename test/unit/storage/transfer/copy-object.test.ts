import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checksumObject } from '../../../../src/lib/storage/transfer/checksum-object.ts';
import { copyObject } from '../../../../src/lib/storage/transfer/copy-object.ts';
import { uploadFile } from '../../../../src/lib/storage/transfer/upload-file.ts';
import type { Storage } from '../../../../src/lib/storage/types.ts';
import { MIB, memorySessions, noise, sumOf, withServer } from '../gs/upload/fixture.ts';

const CONTENT = noise(3 * MIB, 3);
const FROM = 'gs://data/from.csv';
const TO = 'gs://data/to.csv';

/** A store with the members that every store has and no more. */
function plain(storage: Storage): Storage {
  const { stat, list, read, write, delete: remove } = storage;
  return { stat, list, read, write, delete: remove };
}

function withoutSums(storage: Storage): Storage {
  const bare = plain(storage);
  return {
    ...bare,
    async write(uri, body, options) {
      const { crc32c: _, ...object } = await bare.write(uri, body, options);
      return object;
    },
  };
}

test('inside a store the bytes do not come here', () =>
  withServer(async ({ server, storage, signal }) => {
    server.put(FROM, CONTENT, { contentType: 'text/csv' });
    const told: number[] = [];
    const copied = await copyObject(
      { uri: FROM, storage },
      { uri: TO, storage },
      { signal, sessions: memorySessions(), onBytes: bytes => told.push(bytes) },
    );
    expect(copied).toMatchObject({ to: TO, bytes: CONTENT.length, crc32c: sumOf(CONTENT), resumedFrom: 0 });
    expect([server.counts.sent(), server.counts.received()]).toEqual([0, 0]);
    expect(told).toEqual([CONTENT.length]);
    expect((await storage.stat(TO, { signal }))?.contentType).toBe('text/csv');
  }));

test.each([0, 5, CONTENT.length])('between stores %i bytes pass through, with their type', bytes =>
  withServer(async ({ server, storage, signal }) => {
    const content = CONTENT.subarray(0, bytes);
    server.put(FROM, content, { contentType: 'text/csv' });
    const copied = await copyObject(
      { uri: FROM, storage: plain(storage) },
      { uri: TO, storage },
      { signal, sessions: memorySessions() },
    );
    expect(copied).toMatchObject({ bytes, crc32c: sumOf(content) });
    expect(server.content(TO)?.equals(content)).toBe(true);
    expect((await storage.stat(TO, { signal }))?.contentType).toBe('text/csv');
  }),
);

test('what is missing is told, and a condition is kept, both ways', () =>
  withServer(async ({ server, storage, signal }) => {
    const options = { signal, sessions: memorySessions(), ifGeneration: null };
    for (const source of [storage, plain(storage)]) {
      const copy = () => copyObject({ uri: FROM, storage: source }, { uri: TO, storage }, options);
      await storage.delete(FROM, { signal });
      await expect(copy()).rejects.toMatchObject({ code: 'NOT_FOUND' });
      server.put(FROM, CONTENT);
      server.put(TO, 'there');
      await expect(copy()).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(server.content(TO)?.toString()).toBe('there');
    }
  }));

test('a source that is replaced while it is sent is a conflict, and nothing is stored', () =>
  withServer(async ({ server, storage, signal }) => {
    server.put(FROM, CONTENT);
    const object = await storage.stat(FROM, { signal });
    server.put(FROM, noise(CONTENT.length, 8));
    const from = { uri: FROM, storage: plain(storage), ...(object === null ? {} : { object }) };
    const copy = copyObject(from, { uri: TO, storage }, { signal, sessions: memorySessions() });
    await expect(copy).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(server.content(TO)).toBeUndefined();
  }));

test('a store without sessions of its own is written to, and compared', () =>
  withServer(async ({ server, storage, folder, signal }) => {
    const file = path.join(folder, 'a.bin');
    writeFileSync(file, CONTENT);
    const told: number[] = [];
    const onBytes = (bytes: number) => told.push(bytes);
    for (const store of [plain(storage), withoutSums(storage)]) {
      const sent = await uploadFile(file, TO, store, { signal, sessions: memorySessions(), onBytes });
      expect(sent).toMatchObject({ to: TO, bytes: CONTENT.length, crc32c: sumOf(CONTENT) });
    }
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(2 * CONTENT.length);
    const lying: Storage = {
      ...plain(storage),
      write: async (uri, body, options) => ({ ...(await storage.write(uri, body, options)), crc32c: 'AAAAAA==' }),
    };
    await expect(uploadFile(file, TO, lying, { signal, sessions: memorySessions() })).rejects.toMatchObject({
      code: 'DATA_INVALID',
    });
    expect(server.content(TO)?.equals(CONTENT)).toBe(true);
  }));

test('the checksum of what a store has no checksum of is that of its bytes', () =>
  withServer(async ({ server, storage, signal }) => {
    for (const content of [CONTENT, Buffer.alloc(0)]) {
      server.put(FROM, content);
      const object = await storage.stat(FROM, { signal });
      if (object === null) throw new Error('it is not there');
      server.counts.reset();
      expect(await checksumObject(object, storage, signal)).toBe(sumOf(content));
      expect(server.counts.requests()).toBe(0);
      const { crc32c: _, ...bare } = object;
      expect(await checksumObject(bare, storage, signal)).toBe(sumOf(content));
    }
  }));
