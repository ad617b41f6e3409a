import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { createRemoteFile } from '../../../../src/lib/data/write/remote-file.ts';
import type { Storage, StoredObject, WriteOptions } from '../../../../src/lib/storage/types.ts';

const OBJECT: StoredObject = { uri: 'gs://b/a', bytes: 0, updated: '', generation: '1' };

/** A store of one object that keeps what was written whole; `refuse` fails after that many bytes. */
function oneObject(refuse = Number.POSITIVE_INFINITY) {
  const kept: { bytes: Buffer | null; options: WriteOptions | null } = { bytes: null, options: null };
  const write: Storage['write'] = async (_uri, body, options) => {
    kept.options = options;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of body) {
      options.signal.throwIfAborted();
      pieces.push(Buffer.from(piece));
      length += piece.length;
      if (length > refuse) throw new SentopsError('PERMISSION_DENIED', 'refused');
    }
    options.signal.throwIfAborted();
    kept.bytes = Buffer.concat(pieces);
    return OBJECT;
  };
  return { kept, storage: { write } as unknown as Storage };
}

const open = (storage: Storage, more: Partial<Parameters<typeof createRemoteFile>[0]> = {}) =>
  createRemoteFile({
    uri: 'gs://b/a',
    storage,
    compression: 'none',
    force: false,
    signal: new AbortController().signal,
    ...more,
  });

describe('an object that is written in chunks', () => {
  test.for([
    ['none', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => zlib.gunzipSync(bytes)],
    ['zstd', (bytes: Buffer) => zlib.zstdDecompressSync(bytes)],
  ] as const)(
    'arrives whole, compression %s; the memory of a chunk may be used again',
    async ([compression, unpack]) => {
      const { kept, storage } = oneObject();
      const file = open(storage, { compression });
      const memory = Buffer.alloc(1000);
      const expected: Buffer[] = [];
      for (let chunk = 0; chunk < 200; chunk++) {
        memory.fill(chunk % 251);
        expected.push(Buffer.from(memory));
        await file.write(memory);
      }
      expect(kept.bytes).toBe(null);
      await file.finish();
      await file.discard();
      expect(unpack(kept.bytes as Buffer).equals(Buffer.concat(expected))).toBe(true);
    },
  );

  test('an empty one is there too', async () => {
    const { kept, storage } = oneObject();
    await open(storage).finish();
    expect(kept.bytes?.length).toBe(0);
  });

  test('replaces nothing unless told to', async () => {
    const { kept, storage } = oneObject();
    await open(storage).finish();
    expect(kept.options?.ifGeneration).toBe(null);
    await open(storage, { force: true }).finish();
    expect(kept.options).not.toHaveProperty('ifGeneration');
  });

  test('one that is given up is not stored', async () => {
    const { kept, storage } = oneObject();
    const file = open(storage, { compression: 'gzip' });
    await file.write(Buffer.alloc(10));
    await file.discard();
    expect(kept.bytes).toBe(null);
  });

  test('a store that gives up tells the writer instead of keeping it waiting', async () => {
    const { storage } = oneObject(2500);
    const file = open(storage);
    const writing = async () => {
      for (let chunk = 0; chunk < 100; chunk++) await file.write(Buffer.alloc(1000));
      await file.finish();
    };
    await expect(writing()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await file.discard();
  });

  test('a store that gives up is told with a compressor in between as well', async () => {
    const { storage } = oneObject(0);
    const file = open(storage, { compression: 'gzip' });
    await file.write(Buffer.from('a'));
    await expect(file.finish()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await file.discard();
  });
});
