import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import create from '../../../../../src/lib/data/remote/local/source.ts';
import type { DatasetSource, RemoteFile } from '../../../../../src/lib/data/types.ts';
import { createTestContext } from '../../../../helpers/extension-context.ts';
import { collect, failureOf, neverAborted } from '../web.ts';

const signal = neverAborted();
let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-local-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function open(cwd = folder): Promise<DatasetSource> {
  return await create({}, createTestContext({ cwd }));
}

function put(name: string, content: string | Uint8Array): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

describe('a file', () => {
  test('is found by path and by address, from the folder of the work', async () => {
    put('data/reviews 100% é.csv', 'a,b\n');
    const source = await open();
    const name = 'data/reviews 100% é.csv';
    for (const ref of [name, path.join(folder, name), pathToFileURL(path.join(folder, name)).href]) {
      const dataset = await source.find(ref, { signal });
      expect(dataset.ref).toBe(ref);
      expect(dataset.files).toEqual([
        { path: 'reviews 100% é.csv', bytes: 4, sha256: sha256('a,b\n'), tag: expect.any(String) },
      ]);
      const [file] = dataset.files as [RemoteFile];
      expect((await collect(source.read(dataset, file, { signal, start: 0 }))).toString()).toBe('a,b\n');
      expect((await collect(source.read(dataset, file, { signal, start: 2 }))).toString()).toBe('b\n');
      expect(await collect(source.read(dataset, file, { signal, start: 4 }))).toHaveLength(0);
    }
  });

  test('that is empty is one, too', async () => {
    put('empty.csv', '');
    const source = await open();
    const dataset = await source.find('empty.csv', { signal });
    expect(dataset.files[0]).toMatchObject({ bytes: 0, sha256: sha256('') });
    expect(await collect(source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 0 }))).toHaveLength(0);
  });

  test('has the same version with the same content, whenever and wherever it was written', async () => {
    put('a/x.csv', 'same');
    put('b/x.csv', 'same');
    fs.utimesSync(path.join(folder, 'b/x.csv'), 1, 1);
    const source = await open();
    const [a, b] = [await source.find('a/x.csv', { signal }), await source.find('b/x.csv', { signal })];
    expect(a.version).toBe(b.version);
    put('b/x.csv', 'more');
    expect((await source.find('b/x.csv', { signal })).version).not.toBe(a.version);
    await source.find('a/x.csv', { signal, version: a.version });
    expect((await failureOf(source.find('b/x.csv', { signal, version: a.version }))).code).toBe('NOT_FOUND');
  });

  test('that changed after it was found is another one', async () => {
    put('x.csv', 'first');
    const source = await open();
    const dataset = await source.find('x.csv', { signal });
    put('x.csv', 'again, and longer');
    const error = await failureOf(collect(source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 0 })));
    expect(error.code).toBe('CONFLICT');
  });

  test('that changes while it is read is no file to keep', async () => {
    put('x.csv', Buffer.alloc(3_000_000));
    const source = await open();
    const dataset = await source.find('x.csv', { signal });
    const reading = async () => {
      for await (const _ of source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 0 }))
        fs.appendFileSync(path.join(folder, 'x.csv'), 'more');
    };
    expect((await failureOf(reading())).code).toBe('CONFLICT');
  });

  test('an abort ends the reading with its own reason', async () => {
    put('x.csv', Buffer.alloc(5_000_000));
    const source = await open();
    const dataset = await source.find('x.csv', { signal });
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const reading = async () => {
      const chunks = source.read(dataset, dataset.files[0] as RemoteFile, { signal: abort.signal, start: 0 });
      for await (const _ of chunks) abort.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
  });
});

describe('a folder', () => {
  test('is all files below it, in one order, without the hidden ones', async () => {
    for (const name of ['b.csv', 'a/2.csv', 'a/10.csv', '.git/config', 'a/.DS_Store', 'Z.csv']) put(name, name);
    const source = await open();
    const dataset = await source.find('.', { signal });
    expect(dataset.files.map(file => file.path)).toEqual(['Z.csv', 'a/10.csv', 'a/2.csv', 'b.csv']);
    const [, ten] = dataset.files as [RemoteFile, RemoteFile];
    expect((await collect(source.read(dataset, ten, { signal, start: 0 }))).toString()).toBe('a/10.csv');
  });

  test('of many small files does not ask for a large buffer for each', async () => {
    const count = 50;
    const content = Buffer.alloc(8192, 'x');
    for (let at = 0; at < count; at += 1) put(`${at}.bin`, content);
    const asked = [vi.spyOn(Buffer, 'allocUnsafeSlow'), vi.spyOn(Buffer, 'allocUnsafe')];
    onTestFinished(() => {
      for (const spy of asked) spy.mockRestore();
    });
    const source = await open();
    const dataset = await source.find('.', { signal });
    for (const file of dataset.files)
      expect(await collect(source.read(dataset, file, { signal, start: 0 }))).toEqual(content);
    const bytes = asked.flatMap(spy => spy.mock.calls).reduce((sum, [size]) => sum + size, 0);
    // Looked up and read, each time with one more buffer that finds the end.
    expect(bytes).toBeGreaterThanOrEqual(2 * count * content.length);
    expect(bytes).toBeLessThan(8 * count * content.length);
  });

  test('may give one of its files', async () => {
    put('train.csv', 'x');
    put('test.csv', 'y');
    const source = await open();
    expect((await source.find('.', { signal, file: 'test.csv' })).files.map(file => file.path)).toEqual(['test.csv']);
    const error = await failureOf(source.find('.', { signal, file: 'trian.csv' }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', hint: 'did you mean train.csv?' });
  });

  test('with nothing in it is no dataset', async () => {
    fs.mkdirSync(path.join(folder, 'empty'));
    const error = await failureOf((await open()).find('empty', { signal }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'the folder empty holds no files' });
  });

  test.skipIf(process.platform === 'win32')(
    'links lead to files and not to folders, so that none goes in circles',
    async () => {
      put('real/x.csv', 'x');
      fs.symlinkSync('x.csv', path.join(folder, 'real/link.csv'));
      fs.symlinkSync('..', path.join(folder, 'real/up'));
      fs.symlinkSync('nowhere', path.join(folder, 'real/broken'));
      const dataset = await (await open()).find('real', { signal });
      expect(dataset.files.map(file => file.path)).toEqual(['link.csv', 'x.csv']);
    },
  );
});

describe('what is none', () => {
  test('a name that is not there', async () => {
    put('file', 'x');
    for (const ref of ['nothing.csv', 'file/below.csv']) {
      const error = await failureOf((await open()).find(ref, { signal }));
      expect(error).toMatchObject({ code: 'NOT_FOUND', message: `${ref} is not there` });
    }
  });

  test.skipIf(process.platform === 'win32')('a device', async () => {
    const error = await failureOf((await open()).find('/dev/zero', { signal }));
    expect(error).toMatchObject({ code: 'DATA_INVALID', message: '/dev/zero is neither a file nor a folder' });
  });
});
