import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { localFolder } from '../../../../src/lib/tracking/artifacts/local-folder.ts';
import { collectGarbage } from '../../../../src/lib/tracking/maintain/collect-garbage.ts';
import { measureFolder } from '../../../../src/lib/tracking/maintain/own-folders.ts';
import { dump, filesIn, inStore, type Place, placeIn, tempDir, trainOnce, writeArtifact } from './maintenance.ts';

const DAY = 86_400_000;

/** Everything is a month from now. */
function collect(place: Place, more: Partial<Parameters<typeof collectGarbage>[0]> = {}) {
  return collectGarbage({ ...place, olderThanMs: 30 * DAY, now: Date.now() + 31 * DAY, dryRun: false, ...more });
}

function artifactsOf(place: Place): string[] {
  return filesIn(path.join(place.dir, '.sentops/mlflow/artifacts'));
}

async function unregister(place: Place, version: number): Promise<void> {
  await inStore(place, ({ tracker }) => tracker.models.deleteVersion('sentiment', version));
}

async function deleteAll(place: Place, { runId, modelId }: { runId: string; modelId: string }): Promise<void> {
  await inStore(place, async ({ tracker }) => {
    await tracker.runs.delete(runId);
    await tracker.loggedModels.delete(modelId);
  });
}

describe('what is marked as deleted', () => {
  test('goes for good, rows and files, and nothing else does', async () => {
    const place = await placeIn(tempDir());
    const kept = await trainOnce(place);
    const gone = await trainOnce(place);
    await unregister(place, gone.version);
    const before = await dump(place);
    const marks = new RegExp(`${gone.runId}|${gone.modelId}`);
    expect(before).toMatch(marks);
    await deleteAll(place, gone);
    expect(await collect(place)).toMatchObject({
      experiments: 0,
      runs: 1,
      loggedModels: 1,
      folders: 2,
      bytes: 27,
      kept: [],
      written: true,
    });
    const rows = (await dump(place))
      .split('\n')
      .filter(line => !line.includes('sentops.key') && !line.includes('"model_versions"'));
    expect(rows.filter(line => marks.test(line) && !line.includes('Deleted_Internal'))).toEqual([]);
    expect(rows.filter(line => line.includes(kept.runId)).length).toBe(
      before.split('\n').filter(line => line.includes(kept.runId)).length,
    );
    expect(artifactsOf(place)).toEqual(
      [`1/${kept.runId}/artifacts/report/metrics.json`, `1/models/${kept.modelId}/artifacts/MLmodel`].sort(),
    );
    expect(await collect(place)).toMatchObject({ runs: 0, folders: 0, bytes: 0 });
  });

  test('an experiment goes with all its runs, and its folder with the last file', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await unregister(place, made.version);
    await inStore(place, ({ tracker }) => tracker.experiments.delete(made.experimentId));
    expect(await collect(place)).toMatchObject({ experiments: 1, runs: 1, loggedModels: 1, folders: 2 });
    expect(fs.existsSync(path.join(place.dir, '.sentops/mlflow/artifacts/1'))).toBe(false);
    await inStore(place, async ({ store, tracker }) => {
      expect(await tracker.experiments.find('reviews')).toBeNull();
      expect(store.all('PRAGMA foreign_key_check')).toEqual([]);
      for (const table of [
        'metrics',
        'latest_metrics',
        'params',
        'tags',
        'inputs',
        'input_tags',
        'datasets',
        'logged_models',
      ])
        expect(store.all(`SELECT * FROM ${table}`)).toEqual([]);
    });
  });

  test('stays where it is young, and nothing is deleted by looking', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await unregister(place, made.version);
    await deleteAll(place, made);
    const before = [await dump(place), artifactsOf(place)];
    expect(await collect(place, { now: Date.now() })).toMatchObject({ runs: 0, loggedModels: 0, folders: 0 });
    expect(await collect(place, { dryRun: true })).toMatchObject({
      runs: 1,
      loggedModels: 1,
      folders: 2,
      bytes: 27,
      written: false,
    });
    expect([await dump(place), artifactsOf(place)]).toEqual(before);
  });

  test('stays where a registered version is made of it, and that is told', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await inStore(place, ({ tracker }) => tracker.experiments.delete(made.experimentId));
    const before = artifactsOf(place);
    const { kept, ...result } = await collect(place);
    expect(result).toMatchObject({ experiments: 0, runs: 0, loggedModels: 0, folders: 0 });
    expect(kept).toEqual([
      { kind: 'loggedModel', id: made.modelId, reason: 'version 1 of sentiment is made of it' },
      { kind: 'run', id: made.runId, reason: 'version 1 of sentiment is made of it' },
      { kind: 'experiment', id: made.experimentId, reason: 'runs or logged models of it stay' },
    ]);
    expect(artifactsOf(place)).toEqual(before);
  });

  test('stays where a version names the run by its id only', async () => {
    const place = await placeIn(tempDir());
    const { runId, modelId } = await trainOnce(place);
    await inStore(place, async ({ store, tracker }) => {
      const source = `runs:/${runId}/report`;
      const { version } = await tracker.models.createVersion({ name: 'sentiment', source, key: 'k' });
      // MLflow's client leaves both out where it is given the source alone.
      await store.write(() =>
        store.run('UPDATE model_versions SET run_id = NULL, storage_location = NULL WHERE version = ?', version),
      );
      await tracker.models.deleteVersion('sentiment', 1);
    });
    await deleteAll(place, { runId, modelId });
    const { kept } = await collect(place);
    expect(kept).toEqual([{ kind: 'run', id: runId, reason: 'version 2 of sentiment is made of it' }]);
    expect(artifactsOf(place)).toContain(`1/${runId}/artifacts/report/metrics.json`);
  });

  test('of a training of our own goes with the model that it made; the model of another run stays', async () => {
    const place = await placeIn(tempDir());
    const [ours, theirs] = [await trainOnce(place), await trainOnce(place)];
    await inStore(place, async ({ tracker }) => {
      await tracker.runs.log(ours.runId, { tags: { 'mlflow.source.name': 'sentops train' } });
      for (const { runId } of [ours, theirs]) await tracker.runs.delete(runId);
    });
    const reason = `version ${ours.version} of sentiment is made of it`;
    expect((await collect(place)).kept).toEqual(
      expect.arrayContaining([
        { kind: 'loggedModel', id: ours.modelId, reason },
        { kind: 'run', id: ours.runId, reason },
      ]),
    );
    for (const { version } of [ours, theirs]) await unregister(place, version);
    expect(await collect(place)).toMatchObject({
      ...{ runs: 1, loggedModels: 1, folders: 2 },
      kept: [{ kind: 'run', id: theirs.runId, reason: `logged model ${theirs.modelId} of it is still there` }],
    });
    expect(artifactsOf(place).filter(name => name.includes(ours.modelId) || name.includes(ours.runId))).toEqual([]);
    expect(artifactsOf(place)).toContain(`1/models/${theirs.modelId}/artifacts/MLmodel`);
  });

  test('is asked about first, and a no leaves everything as it was', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await unregister(place, made.version);
    await deleteAll(place, made);
    const before = [await dump(place), artifactsOf(place)];
    const asked: number[] = [];
    const confirm = async ({ runs }: { runs: number }) => {
      asked.push(runs);
      throw new Error('no');
    };
    await expect(collect(place, { confirm })).rejects.toThrow('no');
    expect(asked).toEqual([1]);
    expect([await dump(place), artifactsOf(place)]).toEqual(before);
  });

  test('what is restored while a person thinks about it stays', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await unregister(place, made.version);
    await inStore(place, ({ tracker }) => tracker.runs.delete(made.runId));
    const confirm = () => inStore(place, ({ tracker }) => tracker.runs.restore(made.runId));
    await collect(place, { confirm });
    expect(artifactsOf(place)).toHaveLength(2);
    await inStore(place, async ({ tracker }) => expect(await tracker.runs.get(made.runId)).not.toBeNull());
  });
});

describe('folders that nothing names', () => {
  test('left by a kill between rows and files are removed by the next run', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    await inStore(place, async ({ store }) => {
      await store.write(() => store.run("DELETE FROM model_versions WHERE name = 'sentiment' AND 0"));
    });
    const orphan = path.join(place.dir, '.sentops/mlflow/artifacts/7', 'f'.repeat(32), 'artifacts');
    writeArtifact(orphan, 'x.txt', 'four');
    expect(await collect(place)).toMatchObject({ runs: 0, folders: 1, bytes: 4 });
    expect(artifactsOf(place)).toEqual(
      [`1/${made.runId}/artifacts/report/metrics.json`, `1/models/${made.modelId}/artifacts/MLmodel`].sort(),
    );
    expect(fs.existsSync(path.join(place.dir, '.sentops/mlflow/artifacts/7'))).toBe(false);
  });

  test('stay while they are young, as long as what is marked as deleted does', async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    const orphan = path.join(place.dir, '.sentops/mlflow/artifacts/1', 'f'.repeat(32));
    writeArtifact(orphan, 'x.txt', 'four');
    expect(await collect(place, { now: Date.now() })).toMatchObject({ folders: 0 });
    expect(await collect(place)).toMatchObject({ folders: 1 });
  });

  test('stay where another database lies beside this one, whose runs they may be; what this one deletes still goes', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    const other = { ...place, file: path.join(path.dirname(place.file), 'other.db') };
    const theirs = await trainOnce(other);
    await unregister(place, made.version);
    await deleteAll(place, made);
    expect(await collect(place)).toMatchObject({ runs: 1, loggedModels: 1, folders: 2 });
    expect(artifactsOf(place)).toEqual(
      [`1/${theirs.runId}/artifacts/report/metrics.json`, `1/models/${theirs.modelId}/artifacts/MLmodel`].sort(),
    );
  });

  test("stay where they are runs of MLflow's file store, or in a folder where this store keeps nothing", async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    const beside = path.dirname(place.file);
    const run = path.join(beside, 'artifacts/1', 'e'.repeat(32));
    writeArtifact(run, 'meta.yaml');
    writeArtifact(run, 'metrics/accuracy', '1 0.9 0');
    writeArtifact(path.join(beside, 'mlruns/1', 'f'.repeat(32)), 'artifacts/model.bin');
    writeArtifact(path.join(beside, 'mlartifacts/1', 'f'.repeat(32)), 'artifacts/model.bin');
    const before = filesIn(beside);
    expect(await collect(place)).toMatchObject({ folders: 0 });
    expect(filesIn(beside)).toEqual(before);
  });

  test('that another process removes meanwhile are no failure', async () => {
    const folder = tempDir();
    writeArtifact(folder, 'x/y.txt', 'four');
    expect(await measureFolder(folder)).toMatchObject({ bytes: 4, isFileStore: false });
    fs.rmSync(folder, { recursive: true });
    expect(await measureFolder(folder)).toEqual({ bytes: 0, changedAt: 0, isFileStore: false });
  });

  test('stay where a version lies in them', async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    const orphan = path.join(place.dir, '.sentops/mlflow/artifacts/1', 'f'.repeat(32));
    writeArtifact(path.join(orphan, 'artifacts'), 'model/MLmodel');
    await inStore(place, ({ tracker }) =>
      tracker.models.createVersion({ name: 'sentiment', source: path.join(orphan, 'artifacts/model'), key: 'k' }),
    );
    expect(await collect(place)).toMatchObject({ folders: 0 });
    expect(fs.existsSync(orphan)).toBe(true);
  });

  test('whatever else lies there is not touched, and links are not followed', async () => {
    const place = await placeIn(tempDir());
    const made = await trainOnce(place);
    const root = path.join(place.dir, '.sentops/mlflow/artifacts');
    const outside = path.join(tempDir(), 'a'.repeat(32));
    writeArtifact(outside, 'precious.txt');
    fs.symlinkSync(path.dirname(outside), path.join(root, '9'));
    fs.symlinkSync(outside, path.join(root, '1', 'b'.repeat(32)));
    const models = tempDir();
    writeArtifact(path.join(models, `m-${'a'.repeat(32)}`), 'precious.txt');
    fs.mkdirSync(path.join(root, '8'));
    fs.symlinkSync(models, path.join(root, '8', 'models'));
    writeArtifact(path.join(root, 'notes'), 'mine.txt');
    writeArtifact(path.join(root, '1', 'not-a-run'), 'mine.txt');
    writeArtifact(path.join(place.dir, '5', 'c'.repeat(32)), 'mine.txt');
    const orphan = path.join(root, '1', 'd'.repeat(32));
    fs.mkdirSync(orphan);
    fs.symlinkSync(outside, path.join(orphan, 'link'));
    expect(await collect(place)).toMatchObject({ folders: 1 });
    expect(fs.existsSync(orphan)).toBe(false);
    expect(fs.existsSync(path.join(outside, 'precious.txt'))).toBe(true);
    expect(filesIn(models)).toHaveLength(1);
    expect(fs.lstatSync(path.join(root, '1', 'b'.repeat(32))).isSymbolicLink()).toBe(true);
    expect(filesIn(place.dir).filter(name => name.endsWith('mine.txt'))).toHaveLength(3);
    expect(fs.existsSync(localFolder(made.artifactUri))).toBe(true);
  });
});

test('a server does this itself', async () => {
  const place = await placeIn(tempDir(), 'https://mlflow.example.com');
  await expect(collect(place)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    hint: expect.stringContaining('mlflow gc'),
  });
});
