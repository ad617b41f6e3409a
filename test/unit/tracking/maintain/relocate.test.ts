import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { moveLocation, partBelow } from '../../../../src/lib/tracking/maintain/move-location.ts';
import { relocate } from '../../../../src/lib/tracking/maintain/relocate.ts';
import { dump, inStore, placeIn, tempDir, trainOnce } from './maintenance.ts';

describe('one location', () => {
  test.each([
    ['file:///old/art/1/r/artifacts', 'file:///old/art', 'file:///new/a', 'file:///new/a/1/r/artifacts'],
    ['/old/art/1', 'file:///old/art', 'file:///new', '/new/1'],
    ['file:///old/art/1', '/old/art/', '/new/', 'file:///new/1'],
    ['file:///old/a%20b/%C3%A9/1', '/old/a b', '/new x', 'file:///new%20x/%C3%A9/1'],
    ['file:///old/art', 'file:///old/art', 'file:///new', 'file:///new'],
    ['file:///old/art/1', 'file:///old/art', 'gs://bucket/x/', 'gs://bucket/x/1'],
    ['gs://bucket/x/1/a b', 'gs://bucket/x', '/new', 'file:///new/1/a%20b'],
    ['gs://bucket/x/1', 'gs://bucket/x/', 'gs://other', 'gs://other/1'],
    // Whole segments only.
    ['file:///old/artefacts/1', 'file:///old/art', 'file:///new', null],
    ['gs://bucket/xy/1', 'gs://bucket/x', 'gs://other', null],
    // What was moved already is not moved further.
    ['file:///a/b/1', 'file:///a', 'file:///a/b', null],
    ['runs:/abc/model', 'file:///old', 'file:///new', null],
    ['mlruns/1', '/old', '/new', null],
    ['s3://b/1', 'file:///b', 'file:///c', null],
  ])('%s from %s to %s', (location, from, to, moved) => {
    expect(moveLocation(location, from, to)).toBe(moved);
  });

  test('the root of the machine is above everything', () => {
    expect(partBelow('file:///a/b', 'file:///')).toBe('a/b');
    expect(partBelow('file:///a', 'file:///a/b')).toBeNull();
  });
});

async function movedProject() {
  const dir = tempDir();
  const before = await placeIn(path.join(dir, 'old'));
  const made = await trainOnce(before);
  fs.renameSync(before.dir, path.join(dir, 'new é'));
  return { dir, before, made, after: await placeIn(path.join(dir, 'new é')) };
}

describe('a store whose project moved', () => {
  test('finds out by itself where its files are, and everything can be read again', async () => {
    const { before, made, after } = await movedProject();
    const seen = await dump(after);
    const plan = await relocate({ ...after, dryRun: true });
    expect(plan).toMatchObject({ written: false, rows: 5 });
    expect(plan.changes.map(({ table, column, rows }) => `${table}.${column} ${rows}`)).toEqual([
      'experiments.artifact_location 2',
      'runs.artifact_uri 1',
      'logged_models.artifact_location 1',
      'model_versions.storage_location 1',
    ]);
    expect(await dump(after)).toBe(seen);
    expect(await relocate({ ...after, dryRun: false })).toEqual({ ...plan, written: true });
    expect((await dump(after)).includes(before.dir)).toBe(false);
    await inStore(after, async ({ tracker }) => {
      const run = await tracker.runs.get(made.runId);
      expect(run?.artifactUri).toBe(
        `${pathToFileURL(after.dir).href}/.sentops/mlflow/artifacts/1/${made.runId}/artifacts`,
      );
      expect(await tracker.artifacts.list(run?.artifactUri ?? '', 'report')).toHaveLength(1);
      const version = await tracker.models.find('sentiment', { alias: 'champion' });
      expect(await tracker.artifacts.list(version?.artifactUri ?? '')).toMatchObject([{ path: 'MLmodel' }]);
    });
  });

  test('a second time there is nothing to do', async () => {
    const { after } = await movedProject();
    await relocate({ ...after, dryRun: false });
    expect(await relocate({ ...after, dryRun: false })).toMatchObject({ moves: [], changes: [], rows: 0 });
  });

  test('files somewhere else are taken from where they are said to be', async () => {
    const { dir, after } = await movedProject();
    fs.renameSync(path.join(after.dir, '.sentops/mlflow/artifacts'), path.join(dir, 'files'));
    const result = await relocate({ ...after, to: '../files', dryRun: false });
    expect(result.moves).toEqual([
      { from: expect.stringContaining('/old/'), to: pathToFileURL(path.join(dir, 'files')).href },
    ]);
    await inStore(after, async ({ store }) => {
      const rows = store.all<{ uri: string }>('SELECT artifact_uri AS uri FROM runs');
      expect(rows[0]?.uri.startsWith(pathToFileURL(path.join(dir, 'files')).href)).toBe(true);
    });
  });

  test('artifacts of several places need to be told apart, and others are left alone', async () => {
    const { after } = await movedProject();
    await inStore(after, ({ tracker }) =>
      tracker.experiments.create({ name: 'x', artifactLocation: 'file:///elsewhere/2' }),
    );
    await expect(relocate({ ...after, to: '/new', dryRun: false })).rejects.toMatchObject({
      code: 'USAGE',
      details: { roots: [expect.any(String), 'file:///elsewhere'] },
    });
    const result = await relocate({ ...after, from: '/elsewhere', to: 'gs://bucket/new', dryRun: false });
    expect(result).toMatchObject({
      rows: 1,
      changes: [{ example: { from: 'file:///elsewhere/2', to: 'gs://bucket/new/2' } }],
    });
  });
});

describe('what is refused', () => {
  test('a start without an end, a server, a store that is not there', async () => {
    const place = await placeIn(tempDir());
    await expect(relocate({ ...place, from: '/a', dryRun: true })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(relocate({ ...place, dryRun: true })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(fs.existsSync(place.file)).toBe(false);
    const server = await placeIn(tempDir(), 'http://127.0.0.1:1');
    await expect(relocate({ ...server, dryRun: true })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
