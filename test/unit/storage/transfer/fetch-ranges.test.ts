import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { crc32c } from '../../../../src/lib/storage/crc32c.ts';
import {
  crcOfRanges,
  explainPartFailure,
  fetchRanges,
  planRanges,
  type Range,
} from '../../../../src/lib/storage/transfer/fetch-ranges.ts';
import type { ReadObjectOptions, Storage } from '../../../../src/lib/storage/types.ts';
import { MIB, noise } from '../gs/upload/fixture.ts';

const CONTENT = noise(3 * MIB + 77, 5);
const LIVE = new AbortController().signal;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sentops-ranges-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store of one object, read in odd chunks; `trouble` may throw before any of them. */
function storeOf(trouble: (at: number, options: ReadObjectOptions) => void = () => {}, chunk = 77_777): Storage {
  async function* read(_: string, options: ReadObjectOptions) {
    const { start = 0, end = CONTENT.length } = options;
    for (let at = start; at < end; at += chunk) {
      await new Promise(resolve => setImmediate(resolve));
      trouble(at, options);
      yield CONTENT.subarray(at, Math.min(at + chunk, end));
    }
  }
  return { read } as unknown as Storage;
}

async function fetch(ranges: readonly Range[], storage: Storage, signal = LIVE): Promise<number> {
  let saved = 0;
  const handle = await open(path.join(folder, 'part'), 'a+').then(async created => {
    await created.close();
    return await open(path.join(folder, 'part'), 'r+');
  });
  const onSaved = async (bytes: number) => {
    saved += bytes;
  };
  try {
    await fetchRanges(handle, ranges, { uri: 'x://y', generation: '1', storage, signal, onSaved });
  } finally {
    await handle.close();
  }
  return saved;
}

test('ranges cover everything once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 9 }), (bytes, count) => {
      const ranges = planRanges(bytes, count);
      expect(ranges).toHaveLength(count);
      expect(ranges.map(({ start }) => start)).toEqual([0, ...ranges.slice(0, -1).map(({ end }) => end)]);
      expect(ranges.at(-1)?.end).toBe(bytes);
    }),
  );
});

test.each([1, 3, 4])('%i ranges side by side make the whole, with its checksum', async count => {
  const ranges = planRanges(CONTENT.length, count);
  expect(await fetch(ranges, storeOf())).toBe(CONTENT.length);
  expect(readFileSync(path.join(folder, 'part')).equals(CONTENT)).toBe(true);
  expect(crcOfRanges(ranges)).toBe(crc32c(CONTENT));
});

test('a failure stops all of them; what had come is in the file, and a second attempt brings the rest', async () => {
  const ranges = planRanges(CONTENT.length, 3);
  const failing = storeOf(at => {
    if (at > 2.5 * MIB) throw new SentopsError('REMOTE_UNAVAILABLE', 'gone');
  });
  await expect(fetch(ranges, failing)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
  const file = readFileSync(path.join(folder, 'part'));
  for (const { start, at, crc } of ranges) {
    expect(file.subarray(start, at).equals(CONTENT.subarray(start, at))).toBe(true);
    expect(crc).toBe(crc32c(CONTENT.subarray(start, at)));
  }
  const had = ranges.reduce((sum, { start, at }) => sum + at - start, 0);
  expect(had).toBeGreaterThan(0);
  expect(await fetch(ranges, storeOf())).toBe(CONTENT.length - had);
  expect(crcOfRanges(ranges)).toBe(crc32c(CONTENT));
});

test('each read asks for its own stretch of the one state of the object', async () => {
  const asked: ReadObjectOptions[] = [];
  const ranges = planRanges(CONTENT.length, 2);
  await fetch(
    ranges,
    storeOf((_, options) => asked.includes(options) || asked.push(options)),
  );
  expect(asked.map(({ start, end, generation }) => [start, end, generation])).toEqual(
    ranges.map(({ start, end }) => [start, end, '1']),
  );
});

test('an abort ends all of them with its reason', async () => {
  const stop = new AbortController();
  const storage = storeOf(at => at > MIB && stop.abort(new Error('enough')));
  await expect(fetch(planRanges(CONTENT.length, 2), storage, stop.signal)).rejects.toThrow('enough');
});

test('a read that ends early is told with what came', async () => {
  const storage = { read: async function* () {} } as unknown as Storage;
  await expect(fetch(planRanges(CONTENT.length, 1), storage)).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: expect.stringContaining(`0 of ${CONTENT.length}`),
  });
});

test('an error of the file names the file, one of the network does not', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
  expect(explainPartFailure(full, '/a/b')).toMatchObject({ code: 'DISK_FULL', place: { file: '/a/b' } });
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });
  expect(explainPartFailure(reset, '/a/b')).toBe(reset);
});
