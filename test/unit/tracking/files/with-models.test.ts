import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { asLocal } from '../../../../src/lib/tracking/artifacts/as-local.ts';
import type { LoggedModel, Run } from '../../../../src/lib/tracking/entities.ts';
import { withModels } from '../../../../src/lib/tracking/files/with-models.ts';
import { createRegistry } from '../../registry/registry-scene.ts';

const registry = createRegistry();
let experimentId: string;
let run: Run;

beforeEach(async () => {
  experimentId = await registry.tracker.experiments.create({ name: 'e' });
  run = await registry.tracker.runs.create({ experimentId, name: 'r' });
});

async function put(root: string, name: string, text = name) {
  async function* body() {
    yield Buffer.from(text);
  }
  await registry.tracker.artifacts.write(root, name, body(), Buffer.byteLength(text));
}

async function log(name: string): Promise<LoggedModel> {
  const { loggedModels, runs } = registry.tracker;
  const model = await loggedModels.create({ experimentId, name, sourceRunId: run.runId });
  await runs.logOutputs(run.runId, [{ modelId: model.modelId, step: 0 }]);
  return model;
}

async function view() {
  const found = await registry.tracker.runs.get(run.runId);
  if (found === null) throw new Error('the run is gone');
  return await withModels(registry.tracker, found);
}

const namesOf = (files: readonly { path: string; isFolder: boolean }[]) =>
  files.map(file => (file.isFolder ? `${file.path}/` : file.path));

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the files of a run', () => {
  test('have the models that it made as folders beside its own', async () => {
    await put(run.artifactUri, 'a.json');
    await put(run.artifactUri, 'plots/z.png');
    const model = await log('model');
    await put(model.artifactUri, 'MLmodel');
    await put(model.artifactUri, 'data/weights');
    const { list } = await view();
    expect(namesOf(await list(run.artifactUri))).toEqual(['a.json', 'model/', 'plots/']);
    expect(namesOf(await list(run.artifactUri, 'model'))).toEqual(['model/MLmodel', 'model/data/']);
    expect(namesOf(await list(run.artifactUri, 'model/data'))).toEqual(['model/data/weights']);
    expect(namesOf(await list(run.artifactUri, 'plots'))).toEqual(['plots/z.png']);
    expect(await list(run.artifactUri, 'model/nothing')).toEqual([]);
  });

  test('are read where they lie, from any byte on', async () => {
    await put(run.artifactUri, 'a.json', '{}');
    const model = await log('model');
    await put(model.artifactUri, 'data/weights', '0123456789');
    const { read } = await view();
    expect(await textOf(read(run.artifactUri, 'a.json'))).toBe('{}');
    expect(await textOf(read(run.artifactUri, 'model/data/weights', { start: 7 }))).toBe('789');
    await expect(textOf(read(run.artifactUri, 'model/nothing'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('on this machine are found on it', async () => {
    await put(run.artifactUri, 'a.json');
    const model = await log('model');
    const local = asLocal(await view());
    expect(local?.locate(run.artifactUri, 'model/data')).toBe(path.join(new URL(model.artifactUri).pathname, 'data'));
    expect(local?.locate(run.artifactUri, 'a.json')).toBe(path.join(new URL(run.artifactUri).pathname, 'a.json'));
  });

  test('come before a model of the same name', async () => {
    await put(run.artifactUri, 'model/MLmodel', 'own');
    const model = await log('model');
    await put(model.artifactUri, 'MLmodel', 'logged');
    const { list, read } = await view();
    expect(namesOf(await list(run.artifactUri))).toEqual(['model/']);
    expect(await textOf(read(run.artifactUri, 'model/MLmodel'))).toBe('own');
  });

  test('are as they are where it made none, or where they are gone', async () => {
    expect(await view()).toBe(registry.tracker.artifacts);
    const { modelId } = await log('model');
    await registry.tracker.loggedModels.delete(modelId);
    expect(await view()).toBe(registry.tracker.artifacts);
  });
});
