import { describe, expect, test } from 'vitest';
import { joinUri, localRoot } from '../../../../src/lib/tracking/embedded/artifact-roots.ts';
import { change, openTemp } from './stores.ts';

describe('a new experiment lies beside the first one', () => {
  test.each([
    ['file:///data/mlruns/0', 'file:///data/mlruns/1'],
    ['/data/mlruns/0', '/data/mlruns/1'],
    ['./mlruns/0', './mlruns/1'],
    ['mlflow-artifacts:/0', 'mlflow-artifacts:/1'],
    ['gs://bucket/some/where/0', 'gs://bucket/some/where/1'],
  ])('at %s', async (first, expected) => {
    const { store, tracker } = await openTemp();
    await change(store, `UPDATE experiments SET artifact_location = '${first}'`);
    const id = await tracker.experiments.create({ name: 'next' });
    expect(await tracker.experiments.get(id)).toMatchObject({ experimentId: '1', artifactLocation: expected });
  });

  test('or, where that one lies somewhere of its own, beside the next that tells where the store has its files', async () => {
    const { store, tracker } = await openTemp();
    await change(
      store,
      "UPDATE experiments SET artifact_location = 'gs://own'",
      "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage) VALUES (7, 'x', '/data/17', 'active')",
      "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage) VALUES (8, 'y', '/data/8', 'active')",
    );
    const id = await tracker.experiments.create({ name: 'next' });
    expect((await tracker.experiments.get(id))?.artifactLocation).toBe('/data/9');
  });

  test('or in the folder of the store, where no experiment tells', async () => {
    const { store, tracker, file } = await openTemp();
    await change(store, 'DELETE FROM experiments');
    const id = await tracker.experiments.create({ name: 'next' });
    expect((await tracker.experiments.get(id))?.artifactLocation).toBe(
      `file://${file.replace('mlflow.db', `artifacts/${id}`)}`,
    );
  });

  test('unless it is told where', async () => {
    const { tracker } = await openTemp();
    const id = await tracker.experiments.create({ name: 'next', artifactLocation: 'gs://b/f?versions=1' });
    const run = await tracker.runs.create({ experimentId: id });
    expect(run.artifactUri).toBe(`gs://b/f/${run.runId}/artifacts?versions=1`);
    for (const artifactLocation of ['', 'runs:/a/b', 'models:/a/1'])
      await expect(tracker.experiments.create({ name: 'bad', artifactLocation })).rejects.toMatchObject({
        code: 'FLAG_INVALID',
      });
  });
});

describe('an artifact URI', () => {
  test.each([
    ['/a/b', ['c d', 'e'], '/a/b/c d/e'],
    ['/a/b/', ['c'], '/a/b/c'],
    ['file:///a%20b', ['c d/e%f'], 'file:///a%20b/c%20d/e%25f'],
    ['gs://b/p', ['c d'], 'gs://b/p/c d'],
    ['s3://b/p?region=eu#x', ['c'], 's3://b/p/c?region=eu#x'],
    ['/odd?path#here', ['c'], '/odd?path#here/c'],
    ['C:/data', ['c'], 'C:/data/c'],
    ['./mlruns/1', ['c', ''], './mlruns/1/c'],
  ])('%s goes on', (root, parts, expected) => {
    expect(joinUri(root, ...parts)).toBe(expected);
  });

  test.each([
    ['mlflow-artifacts:/0/abc', 'file:///data/store/mlartifacts/0/abc'],
    ['mlflow-artifacts://host:5000/0/abc', 'file:///data/store/mlartifacts/0/abc'],
    ['./mlruns/0', '/data/store/mlruns/0'],
    ['mlruns/0', '/data/store/mlruns/0'],
    ['/abs/0', '/abs/0'],
    ['file:///abs/0', 'file:///abs/0'],
    ['gs://b/0', 'gs://b/0'],
  ])('%s of a store lies at %s', (root, expected) => {
    expect(localRoot('/data/store/mlflow.db', root)).toBe(expected);
  });
});
