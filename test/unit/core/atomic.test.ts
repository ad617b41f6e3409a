import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { explainWriteFailure, writeFileAtomic, writeFilesAtomic } from '../../../src/lib/core/atomic.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';

const isRoot = process.getuid?.() === 0;

function tempFolder(): string {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-atomic-')));
  onTestFinished(() => {
    fs.chmodSync(dir, 0o700);
    fs.rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

function thrownBy(work: () => void): SentopsError {
  try {
    work();
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

async function rejected(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

/** A file system with room for almost nothing, or null where mounting is not allowed. */
function tinyDisk(): string | null {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-tiny-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    fs.rmdirSync(dir);
    return null;
  }
}

const disk = tinyDisk();
afterAll(() => {
  if (disk === null) return;
  execFileSync('umount', [disk], { stdio: 'ignore' });
  fs.rmdirSync(disk);
});

describe('writing one file', () => {
  test('makes it, replaces it, and leaves nothing else', () => {
    const dir = tempFolder();
    const file = path.join(dir, 'a.txt');
    writeFileAtomic(file, 'one');
    writeFileAtomic(file, new Uint8Array([116, 119, 111]));
    expect(fs.readFileSync(file, 'utf8')).toBe('two');
    expect(fs.readdirSync(dir)).toEqual(['a.txt']);
  });

  test('a new file gets the mode asked for, one that is there keeps its own', () => {
    const file = path.join(tempFolder(), 'a.txt');
    writeFileAtomic(file, 'x', { mode: 0o600 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    fs.chmodSync(file, 0o640);
    writeFileAtomic(file, 'y', { mode: 0o644 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o640);
  });

  test('a link stays a link, also one to nothing', () => {
    const dir = tempFolder();
    fs.mkdirSync(path.join(dir, 'real'));
    for (const name of ['there', 'missing']) {
      if (name === 'there') fs.writeFileSync(path.join(dir, 'real', name), 'old');
      fs.symlinkSync(path.join('real', name), path.join(dir, name));
      writeFileAtomic(path.join(dir, name), 'new');
      expect(fs.lstatSync(path.join(dir, name)).isSymbolicLink()).toBe(true);
      expect(fs.readFileSync(path.join(dir, 'real', name), 'utf8')).toBe('new');
    }
  });

  test('a very long name is no problem', () => {
    const file = path.join(tempFolder(), 'n'.repeat(255));
    writeFileAtomic(file, 'x');
    expect(fs.readFileSync(file, 'utf8')).toBe('x');
  });

  test.each([
    ['a folder', (dir: string) => dir, 'it is a folder'],
    ['below a file', (dir: string) => path.join(dir, 'file', 'x'), 'a part of its path is a file'],
    ['in a folder that is not there', (dir: string) => path.join(dir, 'gone', 'x'), 'its folder does not exist'],
  ])('%s is refused with the path named', (_what, place, reason) => {
    const dir = tempFolder();
    fs.writeFileSync(path.join(dir, 'file'), 'kept');
    const error = thrownBy(() => writeFileAtomic(place(dir), 'x'));
    expect(error.code).toBe('NOT_WRITABLE');
    expect(error.exit).toBe(4);
    expect(error.message).toContain(place(dir));
    expect(error.message).toContain(reason);
    expect(fs.readdirSync(dir)).toEqual(['file']);
  });

  test('links in a circle are refused', () => {
    const dir = tempFolder();
    fs.symlinkSync('b', path.join(dir, 'a'));
    fs.symlinkSync('a', path.join(dir, 'b'));
    expect(thrownBy(() => writeFileAtomic(path.join(dir, 'a'), 'x')).message).toContain('circle');
  });

  test.skipIf(isRoot)('a read-only folder is refused (skipped as root, who may write everywhere)', () => {
    const dir = tempFolder();
    fs.chmodSync(dir, 0o500);
    expect(thrownBy(() => writeFileAtomic(path.join(dir, 'a'), 'x')).message).toContain('permission denied');
  });

  test.skipIf(process.platform !== 'linux')('a file system that takes no files is refused', () => {
    const error = thrownBy(() => writeFileAtomic('/proc/sentops-test', 'x'));
    expect(error.code).toBe('NOT_WRITABLE');
    expect(error.message).toContain('/proc/sentops-test');
  });

  test.skipIf(disk === null)(
    'a full disk keeps the old file and nothing else (skipped where tmpfs cannot be mounted)',
    () => {
      const file = path.join(disk ?? '', 'a.txt');
      writeFileAtomic(file, 'old');
      const error = thrownBy(() => writeFileAtomic(file, 'x'.repeat(200_000)));
      expect(error.code).toBe('DISK_FULL');
      expect(error.message).toContain(file);
      expect(fs.readFileSync(file, 'utf8')).toBe('old');
      expect(fs.readdirSync(disk ?? '')).toEqual(['a.txt']);
    },
  );

  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'NOT_WRITABLE'],
    ['EPERM', 'NOT_WRITABLE'],
    ['EROFS', 'NOT_WRITABLE'],
    ['EFBIG', 'NOT_WRITABLE'],
  ])('%s is %s', (code, expected) => {
    const error = explainWriteFailure(Object.assign(new Error('x'), { code }), '/some/file');
    expect(error).toMatchObject({ code: expected, place: { file: '/some/file' } });
  });

  test('what is no refusal to write stays what it is', () => {
    const bug = new TypeError('a bug');
    expect(explainWriteFailure(bug, 'x')).toBe(bug);
  });
});

describe('writing several files', () => {
  test('makes all of them with their folders', async () => {
    const dir = path.join(tempFolder(), 'new');
    await writeFilesAtomic(dir, [
      { path: 'a', data: '1' },
      { path: 'b/c/d', data: '2', mode: 0o700 },
    ]);
    expect(fs.readdirSync(dir, { recursive: true }).map(String).sort()).toEqual(['a', 'b', 'b/c', 'b/c/d']);
    expect(fs.statSync(path.join(dir, 'b/c/d')).mode & 0o777).toBe(0o700);
  });

  test('a folder that is not there yet appears with all of its files at once', async () => {
    const parent = tempFolder();
    const dir = path.join(parent, 'new', 'folder');
    const writing = writeFilesAtomic(dir, [
      { path: 'a', data: '1' },
      { path: 'b/c', data: '2' },
    ]);
    const seen = new Set<string>();
    let done = false;
    void writing.finally(() => {
      done = true;
    });
    while (!done) {
      if (fs.existsSync(dir)) seen.add(fs.readdirSync(dir, { recursive: true }).map(String).sort().join());
      await new Promise(resolve => setImmediate(resolve));
    }
    expect([...seen].filter(names => names !== 'a,b,b/c')).toEqual([]);
    expect(fs.readdirSync(path.dirname(dir))).toEqual(['folder']);
  });

  test('a new folder that cannot be completed leaves nothing, and the message names the file where it was to be', async () => {
    const parent = tempFolder();
    const dir = path.join(parent, 'new', 'folder');
    const files = [
      { path: 'a', data: '1' },
      { path: 'a/b', data: '2' },
    ];
    expect(await rejected(writeFilesAtomic(dir, files))).toMatchObject({
      code: 'NOT_WRITABLE',
      message: expect.stringContaining(path.join(dir, 'a')),
    });
    expect(fs.readdirSync(parent)).toEqual([]);
  });

  test('what somebody else put in the place of a new folder meanwhile is theirs to keep', async () => {
    const parent = tempFolder();
    const dir = path.join(parent, 'folder');
    const writing = rejected(writeFilesAtomic(dir, [{ path: 'a', data: 'ours' }]));
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'b'), 'theirs');
    expect(await writing).toMatchObject({ code: 'NOT_WRITABLE', message: expect.stringContaining('meanwhile') });
    expect(fs.readdirSync(parent)).toEqual(['folder']);
    expect(fs.readdirSync(dir)).toEqual(['b']);
  });

  test('a failure at the last one undoes the others: new files and folders are gone, old ones are back', async () => {
    const dir = tempFolder();
    fs.writeFileSync(path.join(dir, 'old'), 'before');
    fs.mkdirSync(path.join(dir, 'blocked'));
    const files = [
      { path: 'old', data: 'after' },
      { path: 'sub/new', data: 'x' },
      { path: 'blocked', data: 'x' },
    ];
    expect(await rejected(writeFilesAtomic(dir, files))).toMatchObject({ code: 'NOT_WRITABLE' });
    expect(fs.readdirSync(dir).sort()).toEqual(['blocked', 'old']);
    expect(fs.readFileSync(path.join(dir, 'old'), 'utf8')).toBe('before');
  });

  test('a target that turns into a folder while files are renamed undoes what was renamed before it', async () => {
    const dir = tempFolder();
    fs.writeFileSync(path.join(dir, 'a'), 'before');
    const files = [
      { path: 'a', data: 'after' },
      { path: 'b', data: 'x' },
      { path: 'c', data: 'x' },
    ];
    const writing = rejected(writeFilesAtomic(dir, files));
    // The third file is staged two turns later; what stands in its way then is met only by the rename.
    const wait = () => new Promise(resolve => setImmediate(resolve));
    while (fs.readdirSync(dir).filter(name => name.startsWith('.c')).length === 0) await wait();
    fs.mkdirSync(path.join(dir, 'c'));
    fs.writeFileSync(path.join(dir, 'c', 'inside'), 'theirs');
    expect(await writing).toMatchObject({ code: 'NOT_WRITABLE' });
    expect(fs.readdirSync(dir).sort()).toEqual(['a', 'c']);
    expect(fs.readFileSync(path.join(dir, 'a'), 'utf8')).toBe('before');
  });

  test('an abort half-way leaves nothing', async () => {
    const dir = tempFolder();
    const abort = new AbortController();
    const files = Array.from({ length: 20 }, (_, i) => ({ path: `d${i}/f`, data: 'x' }));
    const writing = rejected(writeFilesAtomic(dir, files, { signal: abort.signal }));
    while (fs.readdirSync(dir).length < 3) await new Promise(resolve => setImmediate(resolve));
    const reason = new SentopsError('INTERRUPTED');
    abort.abort(reason);
    expect(await writing).toBe(reason);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.each(['../out', '/etc/out', '.', 'a/../../out'])('%s is not below the folder and refused', async name => {
    const dir = tempFolder();
    expect(
      await rejected(
        writeFilesAtomic(dir, [
          { path: 'fine', data: '' },
          { path: name, data: '' },
        ]),
      ),
    ).toMatchObject({ code: 'NOT_WRITABLE' });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.skipIf(disk === null)('a full disk leaves nothing (skipped where tmpfs cannot be mounted)', async () => {
    const dir = path.join(disk ?? '', 'several');
    const files = [
      { path: 'a', data: 'x' },
      { path: 'b', data: 'x'.repeat(200_000) },
    ];
    expect(await rejected(writeFilesAtomic(dir, files))).toMatchObject({ code: 'DISK_FULL' });
    expect(fs.existsSync(dir)).toBe(false);
  });
});
