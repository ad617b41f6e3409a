import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withLock } from '../../../src/lib/core/lock-file.ts';

function tempFile(): { readonly dir: string; readonly file: string; readonly lock: string } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-lock-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  return { dir, file: path.join(dir, 'a.yaml'), lock: path.join(dir, '.a.yaml.lock') };
}

describe('a lock', () => {
  test('lets one in after the other, and is gone afterwards', async () => {
    const { file, dir } = tempFile();
    let inside = 0;
    const most = await Promise.all(
      [1, 2, 3].map(() =>
        withLock(file, async () => {
          inside += 1;
          await new Promise(resolve => setTimeout(resolve, 5));
          const seen = inside;
          inside -= 1;
          return seen;
        }),
      ),
    );
    expect(most).toEqual([1, 1, 1]);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('is given back when the work fails', async () => {
    const { file, dir } = tempFile();
    await expect(withLock(file, async () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('held by a living process it is an error that names the file, after the wait', async () => {
    const { file, lock } = tempFile();
    fs.writeFileSync(lock, String(process.ppid));
    await expect(withLock(file, async () => 'in', { waitMs: 50 })).rejects.toMatchObject({
      code: 'LOCKED',
      exit: 6,
      details: { lock },
    });
    expect(fs.existsSync(lock)).toBe(true);
  });

  test('left by a process that is gone it is taken over', async () => {
    const { file, lock, dir } = tempFile();
    fs.writeFileSync(lock, execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    expect(await withLock(file, async () => 'in', { waitMs: 0 })).toBe('in');
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('left by one that had our number, as happens where a container starts again, it is taken over', async () => {
    const { file, lock, dir } = tempFile();
    fs.writeFileSync(lock, String(process.pid));
    expect(await withLock(file, async () => 'in', { waitMs: 0 })).toBe('in');
    expect(fs.readdirSync(dir)).toEqual([]);
    // Our own is not, while it is held.
    await withLock(file, async () => {
      await expect(withLock(file, async () => 'in', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCKED' });
    });
  });

  test('left without a name it is taken over once it is old', async () => {
    const { file, lock } = tempFile();
    fs.writeFileSync(lock, '');
    await expect(withLock(file, async () => 'in', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCKED' });
    const old = new Date(Date.now() - 60_000);
    fs.utimesSync(lock, old, old);
    expect(await withLock(file, async () => 'in', { waitMs: 0 })).toBe('in');
  });

  test('in a folder that is not there it says so', async () => {
    const { dir } = tempFile();
    await expect(withLock(path.join(dir, 'gone', 'a'), async () => 'in')).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
    });
  });
});
