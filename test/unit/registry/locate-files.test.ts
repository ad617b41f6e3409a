import { describe, expect, test } from 'vitest';
import { locateUri } from '../../../src/lib/registry/locate-files.ts';
import { failureOf } from '../tracking/artifacts/scene.ts';
import { createRegistry } from './registry-scene.ts';

const registry = createRegistry();

async function makeRun(name = 'first') {
  const experimentId = (await registry.tracker.experiments.find('e'))?.experimentId;
  return await registry.tracker.runs.create({
    experimentId: experimentId ?? (await registry.tracker.experiments.create({ name: 'e' })),
    name,
  });
}

async function store(root: string, path: string) {
  async function* body() {
    yield Buffer.from(path);
  }
  await registry.tracker.artifacts.write(root, path, body(), Buffer.byteLength(path));
}

describe('a registered version', () => {
  test('lies where its source is, with the path behind it', async () => {
    await registry.register('reviews', 2);
    const place = await locateUri(registry.tracker, 'models:/reviews/2/data/x');
    expect(place).toMatchObject({ artifactUri: 'gs://models/reviews/1', path: 'data/x', title: 'reviews version 2' });
    expect(place.version?.version).toBe(2);
  });
});

describe('a run', () => {
  test('is found by id, by its beginning and by name', async () => {
    const run = await makeRun('my run');
    for (const named of [run.runId, run.runId.slice(0, 12), 'my run'])
      expect(await locateUri(registry.tracker, `runs:/${named}/model`)).toMatchObject({
        artifactUri: run.artifactUri,
        path: 'model',
        version: null,
      });
    expect((await failureOf(locateUri(registry.tracker, 'runs:/nobody/model'))).code).toBe('NOT_FOUND');
  });

  test('has the models that it made, though MLflow 3 keeps them beside it', async () => {
    const run = await makeRun();
    const { loggedModels, runs } = registry.tracker;
    const other = await loggedModels.create({ experimentId: run.experimentId, name: 'other', sourceRunId: run.runId });
    const made = await loggedModels.create({ experimentId: run.experimentId, name: 'model', sourceRunId: run.runId });
    await runs.logOutputs(
      run.runId,
      [other, made].map(({ modelId }) => ({ modelId, step: 0 })),
    );
    const uri = `runs:/${run.runId}/model`;
    expect(await locateUri(registry.tracker, `${uri}/data`)).toMatchObject({
      artifactUri: made.artifactUri,
      path: 'data',
    });
    expect(await locateUri(registry.tracker, `runs:/${run.runId}/plots`)).toMatchObject({
      artifactUri: run.artifactUri,
    });
    const newer = await loggedModels.create({ experimentId: run.experimentId, name: 'model', sourceRunId: run.runId });
    await runs.logOutputs(run.runId, [{ modelId: newer.modelId, step: 1 }]);
    expect(await locateUri(registry.tracker, uri)).toMatchObject({ artifactUri: newer.artifactUri, path: '' });
    await store(run.artifactUri, 'model/MLmodel');
    expect(await locateUri(registry.tracker, uri)).toMatchObject({ artifactUri: run.artifactUri, path: 'model' });
  });
});

describe('a logged model', () => {
  test('is found by its id', async () => {
    const { experimentId } = await makeRun();
    const { modelId, artifactUri } = await registry.tracker.loggedModels.create({ experimentId, name: 'm' });
    expect(await locateUri(registry.tracker, `models:/${modelId}/data`)).toMatchObject({ artifactUri, path: 'data' });
    const failure = await failureOf(locateUri(registry.tracker, `models:/m-${'0'.repeat(32)}`));
    expect([failure.code, failure.message]).toEqual(['NOT_FOUND', expect.stringContaining('no logged model')]);
  });
});
