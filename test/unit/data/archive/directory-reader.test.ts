import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomAccessReader } from 'yauzl';
import { directoryReader } from '../../../../src/lib/data/archive/directory-reader.ts';

/** Some blocks and a bit of the reader. */
const SIZE = 3 * 256 * 1024 + 1234;
const content = randomBytes(SIZE);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-directory-reader-'));
let fd = -1;

beforeAll(() => {
  fs.writeFileSync(path.join(folder, 'file'), content);
  fd = fs.openSync(path.join(folder, 'file'), 'r');
});

afterAll(() => {
  fs.closeSync(fd);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** What a read of so many bytes gives; only what was read. */
function read(reader: RandomAccessReader, position: number, length: number): Promise<Buffer> {
  const into = Buffer.alloc(length + 2, 0xaa);
  return new Promise((resolve, reject) => {
    // The declared callback lacks the number of bytes, which yauzl counts on.
    const done = (error: Error | null, bytes = -1) => {
      if (error) return reject(error);
      expect([into[0], into[bytes + 1]]).toEqual([0xaa, 0xaa]);
      resolve(into.subarray(1, 1 + bytes));
    };
    reader.read(into, 1, length, position, done);
  });
}

test('reads what is in the file at any place, in any order, also over the ends of its blocks', async () => {
  const place = fc.record({ position: fc.nat(SIZE + 1000), length: fc.nat(600_000) });
  const reads = fc.array(place, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(reads, async places => {
      const reader = directoryReader(RandomAccessReader, fd);
      for (const { position, length } of places) {
        const found = await read(reader, position, length);
        expect(found.equals(content.subarray(position, position + length))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('answers later, as a read of the system does: a list of many files must not grow the stack', async () => {
  const reader = directoryReader(RandomAccessReader, fd);
  let isBack = false;
  const reading = new Promise<boolean>(resolve => {
    reader.read(Buffer.alloc(46), 0, 46, 0, () => resolve(isBack));
  });
  isBack = true;
  expect(await reading).toBe(true);
});

test('hands on what the system says against a read', async () => {
  const closed = fs.openSync(path.join(folder, 'file'), 'r');
  const reader = directoryReader(RandomAccessReader, closed);
  fs.closeSync(closed);
  await expect(read(reader, 0, 46)).rejects.toThrow('EBADF');
});
