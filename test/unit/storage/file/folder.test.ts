import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import createFileStorage from '../../../../src/lib/storage/file/storage.ts';
import type { ResumableBody, Storage } from '../../../../src/lib/storage/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

/** What is peculiar to files; what every store does is in the contract suite. */
let folder: string;
let storage: Storage;
const at = (...names: string[]) => path.join(folder, ...names);
const calm = { signal: new AbortController().signal };
beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-file-')));
  storage = await createFileStorage({}, createTestContext({ cwd: folder }));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function* body(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const write = (uri: string, text: string, ifGeneration?: string | null) =>
  storage.write(uri, body(text), { ...calm, ...(ifGeneration === undefined ? {} : { ifGeneration }) });
const put = (name: string, text = name) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
};
const list = async (prefix = '', recursive = true) => {
  const names: string[] = [];
  for await (const { uri } of storage.list(prefix, { ...calm, recursive })) names.push(uri);
  return names;
};
const read = async (uri: string, more: { generation?: string } = {}) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of storage.read(uri, { ...calm, ...more })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof SentopsError ? error.code : String(error)),
  );
const generation = async (uri: string) => (await storage.stat(uri, calm))?.generation ?? '';

describe('locations', () => {
  test('a URL is a path as it stands: nothing in it is escaped', async () => {
    await write(`file://${folder}/100 %25 ü?#.csv`, 'x');
    expect(fs.readdirSync(folder)).toEqual(['100 %25 ü?#.csv']);
    expect(await read(`FILE://localhost${folder}/100 %25 ü?#.csv`)).toBe('x');
  });

  test('.. and . and doubled slashes mean what they mean to the system', async () => {
    put('a/b');
    expect(await list('a/../a//')).toEqual(['a/../a//b']);
    expect(await list('./a/')).toEqual(['./a/b']);
  });

  test.each(['file://relative/path', 'a\0b'])('%j is none', async location => {
    expect(await codeOf(storage.stat(location, calm))).toBe('FLAG_INVALID');
  });
});

describe('links', () => {
  beforeEach(() => {
    put('real/file', 'text');
    fs.symlinkSync('real', at('folder'));
    fs.symlinkSync('real/file', at('link'));
    fs.symlinkSync('nowhere', at('dangling'));
    fs.symlinkSync('loop', at('loop'));
  });

  test('are followed by lists and reads; what leads nowhere is nothing', async () => {
    expect(await list()).toEqual(['folder/file', 'link', 'real/file']);
    expect(await list('', false)).toEqual(['folder/', 'link', 'real/']);
    expect(await read('link')).toBe('text');
    expect(await storage.stat('link', calm)).toMatchObject({ bytes: 4 });
    expect(await storage.stat('dangling', calm)).toBeNull();
    expect(await codeOf(read('loop'))).toBe('NOT_FOUND');
  });

  test('around in a circle are not walked without end', async () => {
    fs.symlinkSync('..', at('real/up'));
    fs.symlinkSync('.', at('real/here'));
    fs.mkdirSync(at('a'));
    fs.mkdirSync(at('b'));
    fs.symlinkSync('../b', at('a/b'));
    fs.symlinkSync('../a', at('b/a'));
    put('a/x');
    expect(await list()).toEqual(['a/x', 'b/a/x', 'folder/file', 'link', 'real/file']);
  });

  test('writing through one keeps it', async () => {
    await write('link', 'new');
    expect([fs.readFileSync(at('real/file'), 'utf8'), fs.readlinkSync(at('link'))]).toEqual(['new', 'real/file']);
  });

  test('deleting one deletes nothing else', async () => {
    expect(await storage.delete('link', calm)).toBe(true);
    expect(await storage.delete('dangling', calm)).toBe(true);
    expect(await storage.delete('folder', calm)).toBe(false);
    expect(fs.readdirSync(folder).sort()).toEqual(['folder', 'loop', 'real']);
    expect(fs.readFileSync(at('real/file'), 'utf8')).toBe('text');
  });
});

describe('what is no file', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [at('pipe')]);
    fs.mkdirSync(at('folder'));
  });

  test('a pipe is not waited for, listed, replaced or deleted', async () => {
    expect(await list()).toEqual([]);
    expect(await storage.stat('pipe', calm)).toBeNull();
    expect(await codeOf(read('pipe'))).toBe('DATA_INVALID');
    expect(await codeOf(write('pipe', 'x'))).toBe('NOT_WRITABLE');
    expect(await codeOf(storage.delete('pipe', calm))).toBe('DATA_INVALID');
    expect(await codeOf(storage.copy?.('pipe', 'x', calm) ?? Promise.resolve())).toBe('DATA_INVALID');
  });

  test('nor is a folder an object', async () => {
    expect(await codeOf(read('folder'))).toBe('NOT_FOUND');
    expect(await codeOf(write('folder', 'x'))).toBe('NOT_WRITABLE');
    expect(await codeOf(write('folder/', 'x'))).toBe('NOT_WRITABLE');
    expect(await storage.delete('folder', calm)).toBe(false);
    expect(await codeOf(storage.copy?.('folder', 'x', calm) ?? Promise.resolve())).toBe('NOT_FOUND');
  });

  test('a file in the way of a folder is told', async () => {
    put('file');
    expect(await codeOf(write('file/below', 'x'))).toBe('NOT_WRITABLE');
    expect(await list('file/')).toEqual([]);
    expect(await storage.stat('file/below', calm)).toBeNull();
  });
});

describe('writes', () => {
  test('leave neither drafts nor folders where the body fails', async () => {
    const failing = (async function* () {
      yield Buffer.from('half');
      throw new Error('cut');
    })();
    await expect(storage.write('new/deep/file', failing, calm)).rejects.toThrow('cut');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('folders in which somebody else put a file meanwhile stay', async () => {
    const failing = (async function* () {
      yield Buffer.from('half');
      put('new/theirs');
      throw new Error('cut');
    })();
    await expect(storage.write('new/deep/file', failing, calm)).rejects.toThrow('cut');
    expect(await list()).toEqual(['new/theirs']);
  });

  test('keep the permissions of the file that is replaced', async () => {
    put('script');
    fs.chmodSync(at('script'), 0o750);
    await write('script', 'new');
    expect(fs.statSync(at('script')).mode & 0o777).toBe(0o750);
  });

  test('what a killed writer left is removed by the next, and never listed', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']);
    put(`.file.sentops-${dead.pid}-1.tmp`);
    put(`.file.sentops-${process.ppid}-1.tmp`);
    expect(await list()).toEqual([]);
    await write('file', 'x');
    expect(fs.readdirSync(folder).sort()).toEqual([`.file.sentops-${process.ppid}-1.tmp`, 'file']);
  });

  test('parts of downloads and locks are no objects, names that look alike are', async () => {
    put('.a.csv.sentops-0123456789abcdef.part');
    put('..sentops-0123456789abcdef.lock');
    for (const name of ['.yarn.lock', '.a.part', 'a.sentops-0123456789abcdef.part']) put(name);
    expect(await list()).toEqual(['.a.part', '.yarn.lock', 'a.sentops-0123456789abcdef.part']);
  });

  test('of many that saw the same state, one wins, over processes too', async () => {
    await write('file', 'old');
    const seen = await generation('file');
    const work = Array.from({ length: 20 }, (_, index) => codeOf(write('file', `new ${index}`, seen)));
    const outcomes = await Promise.all(work);
    expect(outcomes.filter(code => code === 'no error')).toHaveLength(1);
    expect(outcomes.filter(code => code === 'CONFLICT')).toHaveLength(19);
    expect(fs.readdirSync(folder)).toEqual(['file']);
  });

  test('the same bytes written again are another generation', async () => {
    const first = await write('file', 'same');
    const second = await write('file', 'same');
    expect(second.generation).not.toBe(first.generation);
    expect(await generation('file')).toBe(second.generation);
  });
});

describe('reads of a file that changes', () => {
  const slowly = async (more: { generation?: string }, change: () => void) => {
    put('log', 'x'.repeat(3 << 20));
    const pinned = more.generation === '' ? { generation: await generation('log') } : {};
    let bytes = 0;
    for await (const chunk of storage.read('log', { ...calm, ...pinned })) {
      if (bytes === 0) change();
      bytes += chunk.length;
    }
    return bytes;
  };

  test('what is appended meanwhile is not part of it', async () => {
    expect(await slowly({}, () => fs.appendFileSync(at('log'), 'more'))).toBe(3 << 20);
  });

  test('a pinned one has to be the same at the end', async () => {
    expect(await codeOf(slowly({ generation: '' }, () => fs.appendFileSync(at('log'), 'more')))).toBe('CONFLICT');
  });

  test('one that is cut is not taken for whole', async () => {
    expect(await codeOf(slowly({}, () => fs.truncateSync(at('log'), 1 << 20)))).toBe('CONFLICT');
  });

  test('one that is replaced is read to its end as it was', async () => {
    const replace = () => fs.renameSync(at('other'), at('log'));
    put('other', 'y');
    expect(await slowly({ generation: '' }, replace)).toBe(3 << 20);
    expect(await read('log')).toBe('y');
  });
});

describe('copies', () => {
  test('of large files can be stopped, and leave nothing', async () => {
    fs.writeFileSync(at('large'), '');
    fs.truncateSync(at('large'), 200 << 20);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new SentopsError('INTERRUPTED')), 5);
    expect(await codeOf(storage.copy?.('large', 'copy', controller) ?? Promise.resolve())).toBe('INTERRUPTED');
    expect(fs.readdirSync(folder)).toEqual(['large']);
  });

  test('are files of their own', async () => {
    put('a', 'one');
    await storage.copy?.('a', 'b/c', calm);
    fs.writeFileSync(at('a'), 'two');
    expect(await read('b/c')).toBe('one');
  });
});

describe('uploads', () => {
  const upload = (bytes: number | null, ...texts: string[]) => {
    const told: number[] = [];
    const source: ResumableBody = { bytes, fingerprint: '1', open: () => body(...texts) };
    const work = storage.upload?.('file', source, { ...calm, onProgress: stored => void told.push(stored) });
    return { told, work: work ?? Promise.reject(new Error('none')) };
  };

  test('tell how far they came', async () => {
    const { work, told } = upload(6, 'abc', 'def');
    expect([await work, told]).toMatchObject([{ bytes: 6, resumedFrom: 0 }, [3, 6]]);
  });

  test('are as long as was said, or not at all', async () => {
    expect(await codeOf(upload(7, 'abc', 'def').work)).toBe('DATA_INVALID');
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(await codeOf(upload(null, 'abc').work)).toBe('no error');
  });
});

describe('folders as buckets', () => {
  test('a file in place of one is a CONFLICT, and a folder keeps no rules', async () => {
    put('file');
    expect(await codeOf(storage.buckets?.describe('file', calm) ?? Promise.resolve())).toBe('CONFLICT');
    await storage.buckets?.create('new/bucket', { ...calm, lifecycle: [{ prefix: '', days: 1 }] });
    const described = await storage.buckets?.setLifecycle('new/bucket', [{ prefix: '', days: 1 }], calm);
    expect(described).toMatchObject({ uri: 'new/bucket', location: null, lifecycle: [] });
    expect(await codeOf(storage.buckets?.setLifecycle('none', [], calm) ?? Promise.resolve())).toBe('NOT_FOUND');
  });
});
