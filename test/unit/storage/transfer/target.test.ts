import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { downloadObject } from '../../../../src/lib/storage/transfer/download-object.ts';
import { fileSessions } from '../../../../src/lib/storage/transfer/file-sessions.ts';
import type { Storage } from '../../../../src/lib/storage/types.ts';
import { MIB, noise, type Place, withServer } from '../gs/upload/fixture.ts';

const URI = 'gs://data/object.bin';
const SIZES = [
  ['small', noise(20_000, 2)],
  ['large', noise(3 * MIB + 7, 3)],
] as const;

interface Local extends Place {
  at(name: string): string;
  /** What lies in the folder of the targets, hidden names too. */
  names(): string[];
  download(name: string, more?: { readonly storage?: Storage; readonly signal?: AbortSignal }): Promise<unknown>;
  /** Stops when the first bytes have come, as a kill does: a part is left. */
  interrupt(name: string): Promise<void>;
}

function withTargets(work: (local: Local) => Promise<void>): Promise<void> {
  return withServer(async place => {
    const folder = path.join(place.folder, 'in');
    fs.mkdirSync(folder);
    const sessions = fileSessions(path.join(place.folder, 'sessions'));
    const at = (name: string) => path.join(folder, name);
    const download: Local['download'] = (name, { storage = place.storage, signal = place.signal } = {}) =>
      downloadObject(URI, at(name), storage, { signal, sessions });
    await work({
      ...place,
      at,
      download,
      names: () => fs.readdirSync(folder).sort(),
      async interrupt(name) {
        const away = new AbortController();
        const { storage } = place;
        async function* read(...args: Parameters<Storage['read']>) {
          let had = 0;
          for await (const chunk of storage.read(...args)) {
            had += chunk.length;
            if (had > MIB) away.abort(new Error('stopped'));
            yield chunk;
          }
        }
        const stopped = download(name, { storage: { ...storage, read }, signal: away.signal });
        await expect(stopped).rejects.toThrow('stopped');
        expect(fs.readdirSync(folder).some(one => one.endsWith('.part'))).toBe(true);
      },
    });
  });
}

testSizes('a pipe or a device is never replaced by a file', async (content, { server, at, names, download }) => {
  server.put(URI, content);
  execFileSync('mkfifo', [at('pipe')]);
  await expect(download('pipe')).rejects.toMatchObject({
    code: 'NOT_WRITABLE',
    message: expect.stringContaining('pipe'),
  });
  expect(fs.statSync(at('pipe')).isFIFO()).toBe(true);
  expect(names()).toEqual(['pipe']);
});

testSizes('a link stays, and what it leads to is replaced', async (content, { server, at, names, download }) => {
  server.put(URI, content);
  fs.mkdirSync(at('elsewhere'));
  fs.writeFileSync(at('elsewhere/real'), 'old');
  fs.symlinkSync('elsewhere/real', at('link'));
  await download('link');
  expect(fs.lstatSync(at('link')).isSymbolicLink()).toBe(true);
  expect(fs.readFileSync(at('elsewhere/real')).equals(content)).toBe(true);
  expect([names(), fs.readdirSync(at('elsewhere'))]).toEqual([['elsewhere', 'link'], ['real']]);
});

testSizes('the permissions of the file that is replaced are kept', async (content, { server, at, download }) => {
  server.put(URI, content);
  fs.writeFileSync(at('secret'), 'old', { mode: 0o600 });
  await download('secret');
  expect(fs.statSync(at('secret')).mode & 0o777).toBe(0o600);
  expect(fs.readFileSync(at('secret')).equals(content)).toBe(true);
});

testSizes('a name as long as the file system has it can be a target', async (content, { server, names, download }) => {
  server.put(URI, content);
  await download('n'.repeat(255));
  expect(names()).toEqual(['n'.repeat(255)]);
});

test('what a killed download leaves beside its target is nothing that a list or a copy of the folder takes for a file', () =>
  withTargets(async ({ server, storage, at, names, interrupt }) => {
    server.put(URI, noise(3 * MIB, 4));
    const seen: string[][] = [];
    const read = storage.read.bind(storage);
    storage.read = (...args) => {
      seen.push(names());
      return read(...args);
    };
    await interrupt('data.bin');
    const { listFiles } = await import('../../../../src/lib/storage/file/list-files.ts');
    // While it runs there are a lock and a part; a kill leaves both.
    for (const name of seen.flat()) if (!fs.existsSync(at(name))) fs.writeFileSync(at(name), String(2 ** 30));
    expect(names().length).toBeGreaterThan(1);
    const listed: string[] = [];
    const options = { recursive: true, signal: new AbortController().signal };
    for await (const { uri } of listFiles(`${at('.')}/`, '/', options)) listed.push(uri);
    expect(listed).toEqual([]);
  }));

test.each([
  ['with a short name', 'data.bin'],
  ['with a name too long to be in that of its part', 'd'.repeat(100)],
])('the part of an object that was replaced by a larger or a smaller one goes (%s)', (_, name) =>
  withTargets(async ({ server, names, download, interrupt }) => {
    for (const content of [noise(4 * MIB, 5), noise(10_000, 6)]) {
      server.put(URI, noise(3 * MIB, 4));
      await interrupt(name);
      server.put(URI, content);
      await download(name);
      expect(names()).toEqual([name]);
    }
  }),
);

function testSizes(name: string, work: (content: Uint8Array, local: Local) => Promise<void>): void {
  test.each(SIZES)(`${name} (%s)`, (_, content) => withTargets(local => work(content, local)));
}
