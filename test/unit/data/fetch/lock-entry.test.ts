import { describe, expect, test } from 'vitest';
import type { ChosenDataset } from '../../../../src/lib/data/fetch/choose-dataset.ts';
import { chooseDataset } from '../../../../src/lib/data/fetch/choose-dataset.ts';
import { lockEntry } from '../../../../src/lib/data/fetch/lock-entry.ts';
import type { LockedDataset } from '../../../../src/lib/data/fetch/lock-types.ts';
import type { RemoteFile } from '../../../../src/lib/data/types.ts';
import { Desk, sha256 } from './desk.ts';

function known(content: string, more: { readonly from?: string; readonly tag?: string } = {}) {
  return { bytes: content.length, sha256: sha256(content), crc32c: 'AAAAAA==', mtimeMs: 1, version: '2', ...more };
}

function file(path: string, more: Partial<RemoteFile> = {}): RemoteFile {
  return { path, bytes: null, sha256: null, ...more };
}

async function choose(more: Partial<ChosenDataset> = {}): Promise<ChosenDataset> {
  return { ...chooseDataset(await new Desk().call(undefined)), ...more };
}

const remote = { ref: 'kazanova/sentiment140', version: '2', files: [] };

describe('what is locked', () => {
  test('is what came, with its tag where the source tells no hash', async () => {
    const entry = lockEntry({
      chosen: await choose(),
      asked: { remote },
      base: null,
      brought: [
        { file: file('a.csv'), arrived: { known: known('a', { tag: '"a"' }) }, unpacked: null },
        {
          file: file('b.csv', { sha256: sha256('b') }),
          arrived: { known: known('b', { tag: '"b"' }) },
          unpacked: null,
        },
      ],
    });
    const { bytes, sha256: hash, crc32c } = known('a');
    expect(entry).toMatchObject({
      source: 'kaggle',
      ref: 'kazanova/sentiment140',
      version: '2',
      folder: 'data_raw/sentiment140',
      partial: false,
      archives: {},
    });
    expect(entry.files['a.csv']).toEqual({ bytes, sha256: hash, crc32c, tag: '"a"' });
    expect(entry.files['b.csv']).not.toHaveProperty('tag');
  });

  test('names the archive that a file came in, and keeps it where only that file was asked for', async () => {
    const first = lockEntry({
      chosen: await choose(),
      asked: { remote },
      base: null,
      brought: [
        {
          file: file('all.zip'),
          arrived: { known: known('zip') },
          unpacked: [
            { path: 'a.csv', known: known('a', { from: 'all.zip' }) },
            { path: 'b.csv', known: known('b', { from: 'all.zip' }) },
          ],
        },
      ],
    });
    expect(Object.keys(first.archives)).toEqual(['all.zip']);
    expect(first.files['a.csv']?.from).toBe('all.zip');
    const again = lockEntry({
      chosen: await choose({ only: 'a.csv' }),
      asked: { remote },
      base: first,
      brought: [
        {
          file: file('a.csv.zip'),
          arrived: null,
          unpacked: [{ path: 'a.csv', known: known('a', { from: 'all.zip' }) }],
        },
      ],
    });
    expect(again).toEqual(first);
  });

  test('holds no path that only this machine has', async () => {
    const chosen = await choose({ outputDir: '/elsewhere/data' });
    expect(lockEntry({ chosen, asked: { remote }, base: null, brought: [] }).folder).toBe(null);
  });

  test('of a part of a dataset is said to be one, until all of it is there', async () => {
    const part = (only: string | null, base: LockedDataset | null) => async () =>
      lockEntry({
        chosen: await choose({ only }),
        asked: { remote: { ...remote, version: only ?? 'all' } },
        base,
        brought: [{ file: file('a.csv'), arrived: { known: known('a') }, unpacked: null }],
      });
    const one = await part('a.csv', null)();
    expect([one.partial, one.version]).toEqual([true, 'a.csv']);
    const all = await part(null, one)();
    expect([all.partial, all.version]).toEqual([false, 'all']);
    expect((await part('a.csv', all)()).partial).toBe(false);
  });
});
