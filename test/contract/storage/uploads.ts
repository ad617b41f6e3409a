import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ResumableBody, Storage, Uploaded, UploadOptions } from '../../../src/lib/storage/types.ts';
import { crc32c, encodeCrc32c } from '../../helpers/gcs-stand-in/crc32c.ts';
import {
  bodyOf,
  calm,
  codeOf,
  collect,
  type Lacking,
  memorySessions,
  namesBelow,
  needed,
  type Open,
  put,
  resumable,
  textAt,
} from './opened.ts';

const BIG = 9_000_001;

function upload(storage: Storage, uri: string, body: ResumableBody, more: Partial<UploadOptions> = {}) {
  return needed(storage.upload, 'upload').call(storage, uri, body, { ...calm, ...more });
}

export function describeUploads(open: Open, lacking: Lacking): void {
  describe('uploads', () => {
    test.each([0, 1, 262_144, 1_000_000, BIG])('%i bytes arrive, and progress ends at them', async size => {
      const { storage, root } = open();
      const bytes = randomBytes(size);
      const progress: number[] = [];
      const sessions = memorySessions();
      const onProgress = (stored: number) => progress.push(stored);
      const stored = await upload(storage, `${root}a`, resumable(bytes), { sessions, onProgress });
      expect(stored).toMatchObject({ uri: `${root}a`, bytes: size, resumedFrom: 0 });
      if (stored.crc32c !== undefined) expect(stored.crc32c).toBe(encodeCrc32c(crc32c(bytes)));
      expect((await collect(storage.read(`${root}a`, calm))).equals(bytes)).toBe(true);
      if (!lacking.answers) expect(progress).toEqual([...progress].sort((a, b) => a - b));
      if (size > 0) expect(progress.at(-1)).toBe(size);
      expect([...sessions.kept]).toEqual([]);
    });

    test('a body whose length nobody knows before the end', async () => {
      const { storage, root } = open();
      for (const size of [0, 262_144, 3_000_000]) {
        const bytes = randomBytes(size);
        const stored = await upload(storage, `${root}a`, resumable(bytes, { bytes: null }), {
          sessions: memorySessions(),
        });
        expect(stored.bytes).toBe(size);
        expect((await collect(storage.read(`${root}a`, calm))).equals(bytes)).toBe(true);
      }
    });

    test.each([100_000, BIG])('a body of %i bytes that ends early is refused and leaves nothing', async size => {
      const { storage, root } = open();
      const short = resumable(randomBytes(size - 1), { bytes: size });
      const code = await codeOf(upload(storage, `${root}a`, short, { sessions: memorySessions() }));
      expect(code).toBe('DATA_INVALID');
      expect(await namesBelow(storage, root)).toEqual([]);
    });

    test.each([10, BIG])('a precondition holds for %i bytes', async size => {
      const { storage, root } = open();
      const first = await put(storage, `${root}a`, 'first');
      const body = resumable(randomBytes(size));
      expect(await codeOf(upload(storage, `${root}a`, body, { ifGeneration: null }))).toBe('CONFLICT');
      expect(await textAt(storage, `${root}a`)).toBe('first');
      const stored = await upload(storage, `${root}a`, body, { ifGeneration: first.generation });
      expect(stored.bytes).toBe(size);
    });

    test('one that broke is done by the next attempt, which reads from where it goes on', async () => {
      const { storage, root } = open();
      const bytes = randomBytes(BIG);
      const sessions = memorySessions();
      const fails = resumable(bytes, { fingerprint: 'same', open: start => breaking(bytes, start, BIG - 500_000) });
      await expect(upload(storage, `${root}a`, fails, { sessions })).rejects.toThrow('the disk was pulled');
      expect(await storage.stat(`${root}a`, calm)).toBeNull();
      if (lacking.resuming) return;
      const opened: number[] = [];
      const again = resumable(bytes, {
        fingerprint: 'same',
        open: start => {
          opened.push(start);
          return bodyOf(bytes.subarray(start));
        },
      });
      const stored = await upload(storage, `${root}a`, again, { sessions });
      if (!lacking.answers) expect(opened[0]).toBe(stored.resumedFrom);
      expectWhole(stored, bytes, await collect(storage.read(`${root}a`, calm)));
      expect([...sessions.kept]).toEqual([]);
      expect(await namesBelow(storage, root)).toEqual(['a']);
    });

    test('one whose content has changed meanwhile begins anew', async () => {
      const { storage, root } = open();
      const sessions = memorySessions();
      const old = randomBytes(BIG);
      const fails = resumable(old, { fingerprint: 'old', open: start => breaking(old, start, BIG - 500_000) });
      await expect(upload(storage, `${root}a`, fails, { sessions })).rejects.toThrow('the disk was pulled');
      const bytes = randomBytes(BIG);
      const stored = await upload(storage, `${root}a`, resumable(bytes, { fingerprint: 'new' }), { sessions });
      expect(stored.resumedFrom).toBe(0);
      expectWhole(stored, bytes, await collect(storage.read(`${root}a`, calm)));
    });

    test('parts side by side make one object and leave nothing beside it', async () => {
      const { storage, root } = open();
      const bytes = randomBytes(BIG);
      const progress: number[] = [];
      const options = { sessions: memorySessions(), parallelThreshold: 1_000_000 };
      const onProgress = (stored: number) => progress.push(stored);
      const stored = await upload(storage, `${root}a`, resumable(bytes), { ...options, onProgress });
      expectWhole(stored, bytes, await collect(storage.read(`${root}a`, calm)));
      expect(progress.at(-1)).toBe(BIG);
      expect(await namesBelow(storage, root)).toEqual(['a']);
    });

    test('who is stopped leaves no object', async () => {
      const { storage, root } = open();
      const controller = new AbortController();
      const bytes = randomBytes(BIG);
      const body = resumable(bytes, {
        async *open(start) {
          yield bytes.subarray(start, start + 1_000_000);
          controller.abort(new Error('enough'));
          yield bytes.subarray(start + 1_000_000);
        },
      });
      const work = upload(storage, `${root}a`, body, { signal: controller.signal, sessions: memorySessions() });
      await expect(work).rejects.toThrow();
      expect(await storage.stat(`${root}a`, calm)).toBeNull();
    });
  });
}

function expectWhole(stored: Uploaded, bytes: Buffer, read: Buffer): void {
  expect(stored.bytes).toBe(bytes.length);
  if (stored.crc32c !== undefined) expect(stored.crc32c).toBe(encodeCrc32c(crc32c(bytes)));
  expect(read.equals(bytes)).toBe(true);
}

async function* breaking(bytes: Buffer, start: number, at: number): AsyncGenerator<Uint8Array> {
  if (start < at) yield* bodyOf(bytes.subarray(start, at));
  throw new Error('the disk was pulled');
}
