import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileBody } from '../../../../src/lib/storage/transfer/file-body.ts';
import { noise } from '../gs/upload/fixture.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sentops-body-'));
  file = path.join(folder, 'data.bin');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(body: { open(start: number): AsyncIterable<Uint8Array> }, start = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open(start)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([0, 1, 8192, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024 + 7])(
  'gives a file of %i bytes, from any place',
  async bytes => {
    const content = noise(bytes);
    writeFileSync(file, content);
    const body = fileBody(file);
    expect(body.bytes).toBe(bytes);
    for (const start of [0, 1, Math.floor(bytes / 2), bytes].filter(at => at <= bytes))
      expect((await read(body, start)).equals(content.subarray(start))).toBe(true);
  },
);

test('chunks that were given stay what they are', async () => {
  const content = noise(2 * 1024 * 1024);
  writeFileSync(file, content);
  const kept: Uint8Array[] = [];
  for await (const chunk of fileBody(file).open(0)) kept.push(chunk);
  expect(Buffer.concat(kept).equals(content)).toBe(true);
});

test('chunks that were given back lend their memory to later ones', async () => {
  const content = noise(4 * 1024 * 1024 + 5);
  writeFileSync(file, content);
  const body = fileBody(file);
  const memory = new Set<ArrayBufferLike>();
  const copied: Buffer[] = [];
  for await (const chunk of body.open(3)) {
    memory.add(chunk.buffer);
    copied.push(Buffer.from(chunk));
    body.release?.(chunk);
  }
  expect(Buffer.concat(copied).equals(content.subarray(3))).toBe(true);
  expect(memory.size).toBe(1);
});

test('the fingerprint is that of the content: another one for every change', () => {
  writeFileSync(file, 'abc');
  const first = fileBody(file).fingerprint;
  expect(fileBody(file).fingerprint).toBe(first);
  utimesSync(file, 1, 1);
  const second = fileBody(file).fingerprint;
  writeFileSync(file, 'abcd');
  utimesSync(file, 1, 1);
  expect(new Set([first, second, fileBody(file).fingerprint]).size).toBe(3);
});

test.each([
  ['longer', 1000],
  ['longer', 1024 * 1024],
  ['shorter', 1000],
  ['shorter', 1024 * 1024],
])('a file that became %s before it was read (%i bytes) is a conflict', async (how, bytes) => {
  writeFileSync(file, noise(bytes));
  const body = fileBody(file);
  if (how === 'longer') appendFileSync(file, 'x');
  else writeFileSync(file, noise(bytes - 1));
  await expect(read(body)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(file) });
});

test('nothing that was read after a change is given', async () => {
  writeFileSync(file, noise(2 * 1024 * 1024));
  const chunks = fileBody(file).open(0)[Symbol.asyncIterator]();
  await chunks.next();
  utimesSync(file, 5, 5);
  await expect(chunks.next()).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('what is no file, or not there, is told', () => {
  expect(() => fileBody(folder)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  expect(() => fileBody('/dev/null')).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  expect(() => fileBody(file)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('a file that vanishes before it is read is told', async () => {
  for (const bytes of [10, 1024 * 1024]) {
    writeFileSync(file, noise(bytes));
    const body = fileBody(file);
    rmSync(file);
    await expect(read(body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});
