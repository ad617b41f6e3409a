import { describe, expect, test } from 'vitest';
import { compareRemote, differs, remoteChanged } from '../../../../src/lib/data/fetch/compare-remote.ts';
import type { LockedDataset, LockedFile } from '../../../../src/lib/data/fetch/lock-types.ts';
import type { RemoteFile } from '../../../../src/lib/data/types.ts';

const KNOWN: LockedFile = { bytes: 3, sha256: 'a'.repeat(64), crc32c: 'AAAAAA==', tag: 'one' };

function remote(more: Partial<RemoteFile> = {}): RemoteFile {
  return { path: 'a.csv', bytes: null, sha256: null, ...more };
}

describe('whether a file is another one', () => {
  test.for([
    [{}, null],
    [{ bytes: 3 }, null],
    [{ bytes: 4 }, true],
    [{ bytes: 3, tag: 'one' }, false],
    [{ bytes: 3, tag: 'two' }, true],
    [{ bytes: 4, tag: 'one' }, true],
    [{ sha256: 'a'.repeat(64), tag: 'two' }, false],
    [{ sha256: 'b'.repeat(64), tag: 'one' }, true],
    [{ crc32c: 'AAAAAA==', tag: 'two', bytes: 3 }, false],
    [{ crc32c: 'AAAAAA==', bytes: 4 }, true],
    [{ crc32c: 'BBBBBA==', tag: 'one' }, true],
  ] as const)('%j: %j', ([more, answer]) => {
    expect(differs(KNOWN, remote(more))).toBe(answer);
  });

  test('what was streamed has no sha256 and is compared by its checksum', () => {
    const streamed = { ...KNOWN, sha256: null };
    expect(differs(streamed, remote({ sha256: 'b'.repeat(64) }))).toBe(null);
    expect(differs(streamed, remote({ sha256: 'b'.repeat(64), crc32c: 'AAAAAA==' }))).toBe(false);
    expect(differs(undefined, remote())).toBe(null);
  });
});

function locked(more: Partial<LockedDataset> = {}): LockedDataset {
  const files = { 'a.csv': KNOWN };
  return { source: 'kaggle', ref: 'a/b', version: '1', folder: null, partial: false, archives: {}, files, ...more };
}

function found(version: string, ...files: readonly RemoteFile[]) {
  return { ref: 'a/b', version, files };
}

describe('how a dataset changed', () => {
  const same = remote({ tag: 'one' });

  test('not at all where its files did not, whatever the version is called', () => {
    expect(compareRemote(locked(), found('1', same), null)).toBe(null);
    expect(compareRemote(locked(), found('2', same), null)).toBe(null);
  });

  test('by files that are other, new and gone', () => {
    const before = locked({ files: { 'a.csv': KNOWN, 'b.csv': KNOWN } });
    const after = found('2', remote({ tag: 'two' }), remote({ path: 'c.csv' }));
    expect(compareRemote(before, after, null)).toEqual({ changed: ['a.csv'], added: ['c.csv'], gone: ['b.csv'] });
  });

  test('by its version where nothing is known of the files', () => {
    expect(compareRemote(locked(), found('2', remote()), null)?.changed).toEqual(['a.csv']);
    expect(compareRemote(locked(), found('1', remote()), null)).toBe(null);
  });

  test('not by files that were never asked for', () => {
    const other = remote({ path: 'b.csv' });
    expect(compareRemote(locked({ partial: true }), found('x', same, other), null)).toBe(null);
    expect(compareRemote(locked(), found('1', same, other), null)).toBe(null);
    expect(compareRemote(locked({ version: 'y' }), found('x', other), 'b.csv')).toBe(null);
  });

  test('by the number of its version, also for a file that was never asked for', () => {
    const other = remote({ path: 'b.csv' });
    expect(compareRemote(locked(), found('2', other), 'b.csv')?.changed).toEqual(['b.csv']);
  });

  test('what came out of archives is not looked for at the source', () => {
    const files = { 'a.csv': { ...KNOWN, from: 'a.zip' } };
    const packed = locked({ archives: { 'a.zip': KNOWN }, files });
    expect(compareRemote(packed, found('2', remote({ path: 'a.zip', tag: 'one' })), null)).toBe(null);
  });
});

test('a change is told with its files and the way out', () => {
  const change = { changed: Array.from({ length: 7 }, (_, index) => `${index}.csv`), added: ['n.csv'], gone: [] };
  const told = remoteChanged({ ref: 'a/b' }, locked(), found('2'), change);
  expect(told.message).toBe(
    'a/b is at version 2, the lock file has 1: changed: 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 2 more; new: n.csv',
  );
  expect(told.hint).toBe('take it with --update, or stay with what you had: --version 1');
  const silent = remoteChanged({ ref: 'x' }, locked({ source: 'http' }), found('1'), { ...change, added: [] });
  expect([silent.message.slice(0, 31), silent.hint]).toEqual([
    'x has changed at its source: ch',
    'take it with --update',
  ]);
});
