import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import { type RegisterCall, registerModel, registerOn } from '../../../src/lib/registry/register.ts';
import { uploadTree } from '../../../src/lib/tracking/artifacts/upload-tree.ts';
import { MODEL, newRun, RegistryWorld, wordModel } from './registry-world.ts';

function call(world: RegistryWorld, more: Partial<RegisterCall>): RegisterCall {
  return {
    ...world.world,
    project: world.project,
    name: MODEL,
    run: undefined,
    path: 'model',
    modelPath: undefined,
    description: undefined,
    tags: {},
    dryRun: false,
    ...more,
  };
}

async function writeModel(world: RegistryWorld, name: string, good = 1): Promise<string> {
  const dir = path.join(world.dir, name);
  await saveModel(wordModel(good, -1), dir);
  return dir;
}

/** A run with files in its artifacts. */
async function runWith(world: RegistryWorld, dir: string, into = 'model'): Promise<string> {
  return world.on(async tracker => {
    const run = await newRun(tracker);
    await uploadTree(tracker.artifacts, dir, run.artifactUri, into, world.world);
    return run.runId;
  });
}

const versionsOf = (world: RegistryWorld) =>
  world.on(async tracker => (await tracker.models.searchVersions({ limit: 100 })).items);

describe('what a run logged', () => {
  test('becomes a version, and the same one when it is registered again', async () => {
    const world = new RegistryWorld();
    const run = await runWith(world, await writeModel(world, 'm'));
    const more = { run, description: 'two words', tags: { team: 'search' } };
    const first = await registerModel(call(world, more));
    expect(first).toMatchObject({
      model: MODEL,
      version: 1,
      created: true,
      runId: run,
      format: 'mlflow',
      uploaded: null,
    });
    expect(first.flavors).toContain('python_function');
    expect(await versionsOf(world)).toMatchObject([
      { version: 1, status: 'READY', runId: run, description: 'two words', tags: { team: 'search' } },
    ]);
    expect(await registerModel(call(world, more))).toMatchObject({ version: 1, created: false });
    expect(await versionsOf(world)).toHaveLength(1);
  });

  test('is the same thing when Python registered it by a runs:/ address', async () => {
    const world = new RegistryWorld();
    const run = await runWith(world, await writeModel(world, 'm'));
    await world.on(async ({ models }) => {
      await models.create({ name: MODEL });
      await models.createVersion({ name: MODEL, source: `runs:/${run}/model`, runId: run, key: 'python' });
    });
    expect(await registerModel(call(world, { run }))).toMatchObject({ version: 1, created: false });
  });

  test('may be a logged model of MLflow 3, named as its path', async () => {
    const world = new RegistryWorld();
    const dir = await writeModel(world, 'm');
    const { run, modelId } = await world.on(async tracker => {
      const made = await newRun(tracker);
      const { experimentId, runId } = made;
      const model = await tracker.loggedModels.create({ experimentId, name: 'classifier', sourceRunId: runId });
      await uploadTree(tracker.artifacts, dir, model.artifactUri, '', world.world);
      await tracker.loggedModels.finish(model.modelId, 'READY');
      await tracker.runs.logOutputs(runId, [{ modelId: model.modelId, step: 0 }]);
      return { run: runId, modelId: model.modelId };
    });
    expect(await registerModel(call(world, { run, path: 'classifier' }))).toMatchObject({
      version: 1,
      source: `models:/${modelId}`,
    });
    await expect(registerModel(call(world, { run, path: 'other' }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringMatching(/models that it logged: classifier/),
    });
  });

  test('is refused where nothing lies there, before there is a model or a version', async () => {
    const world = new RegistryWorld();
    const run = await runWith(world, await writeModel(world, 'm'), 'other/place');
    await expect(registerModel(call(world, { run }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/^run training \(\w+\) has no artifact model$/),
      hint: 'its artifacts are other; name one with --path',
    });
    expect(await world.on(tracker => tracker.models.get(MODEL))).toBe(null);
    expect(await registerModel(call(world, { run, path: '/other/place/' }))).toMatchObject({ version: 1 });
  });

  test.for<[string, Record<string, string>, RegExp]>([
    ['a letter', { 'letter.txt': 'Dear all' }, /is no model: there is no MLmodel, model.sentops or metadata in it/],
    ['an MLmodel without flavors', { MLmodel: 'run_id: 1\n' }, /MLmodel names no flavors/],
    ['an MLmodel that is no YAML', { MLmodel: '\t: [' }, /MLmodel names no flavors/],
    ['a file of ours that is none', { 'model.sentops': 'hello' }, /is no model/],
    ['metadata of something else', { 'metadata/part-00000': '{"class":1}' }, /is no model/],
  ])('is refused where it is %s', async ([, files, message]) => {
    const world = new RegistryWorld();
    const dir = path.join(world.dir, 'm');
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    }
    const run = await runWith(world, dir);
    await expect(registerModel(call(world, { run }))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(message),
    });
    expect(await versionsOf(world)).toEqual([]);
  });

  test('of another kind than ours is registered all the same', async () => {
    const world = new RegistryWorld();
    const dir = path.join(world.dir, 'm');
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'MLmodel'), 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n');
    const run = await runWith(world, dir);
    expect(await registerModel(call(world, { run }))).toMatchObject({
      version: 1,
      format: 'mlflow',
      flavors: ['sklearn'],
    });
  });

  test('by a run that was deleted is not registered', async () => {
    const world = new RegistryWorld();
    const run = await runWith(world, await writeModel(world, 'm'));
    await world.on(tracker => tracker.runs.delete(run));
    await expect(registerModel(call(world, { run }))).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a folder', () => {
  test('is uploaded into a run made for it, then registered, once', async () => {
    const world = new RegistryWorld();
    const modelPath = await writeModel(world, 'm');
    const first = await registerModel(call(world, { modelPath, tags: { team: 'search' } }));
    expect(first).toMatchObject({
      version: 1,
      created: true,
      format: 'mlflow',
      uploaded: { files: expect.any(Number) },
    });
    const [version] = await versionsOf(world);
    expect(version?.tags).toMatchObject({
      team: 'search',
      'sentops.model.digest': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const run = await world.on(tracker => tracker.runs.get(first.runId ?? ''));
    expect(run).toMatchObject({
      name: 'register-reviews',
      status: 'FINISHED',
      tags: { 'mlflow.user': 'ann', 'mlflow.source.type': 'LOCAL' },
    });
    const { model } = await openModel(new URL(version?.artifactUri ?? '').pathname);
    expect(model.labels).toEqual(['negative', 'positive']);
    const elsewhere = path.join(world.dir, 'elsewhere');
    fs.cpSync(modelPath, elsewhere, { recursive: true });
    expect(await registerModel(call(world, { modelPath: elsewhere }))).toMatchObject({
      version: 1,
      created: false,
      uploaded: null,
    });
    expect(await registerModel(call(world, { modelPath: await writeModel(world, 'better', 2) }))).toMatchObject({
      version: 2,
      created: true,
    });
  });

  test('that changes while it is sent is not registered under the digest of what it was', async () => {
    const world = new RegistryWorld();
    const modelPath = await writeModel(world, 'm');
    await world.on(async tracker => {
      const runs = {
        ...tracker.runs,
        // What is sent is read after the run is there.
        create: async (run: Parameters<typeof tracker.runs.create>[0]) => {
          fs.appendFileSync(path.join(modelPath, 'MLmodel'), '# later\n');
          return tracker.runs.create(run);
        },
      };
      await expect(registerOn({ ...tracker, runs }, call(world, { modelPath }))).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringMatching(/changed while it was read/),
      });
    });
    expect(await versionsOf(world)).toEqual([]);
    expect(await registerModel(call(world, { modelPath }))).toMatchObject({ version: 1, created: true });
  });

  test('whose files were deleted from the store is stored again, as the version that it was', async () => {
    const world = new RegistryWorld();
    const modelPath = await writeModel(world, 'm');
    await registerModel(call(world, { modelPath }));
    const [version] = await versionsOf(world);
    const place = new URL(version?.artifactUri ?? '').pathname;
    fs.rmSync(place, { recursive: true });
    expect(await registerModel(call(world, { modelPath }))).toMatchObject({
      version: 1,
      created: false,
      uploaded: { files: expect.any(Number) },
    });
    expect((await openModel(place)).model.labels).toEqual(['negative', 'positive']);
    expect(await versionsOf(world)).toHaveLength(1);
  });

  test('by a dry run is only looked at', async () => {
    const world = new RegistryWorld();
    const modelPath = await writeModel(world, 'm');
    const report = await registerModel(call(world, { modelPath, dryRun: true }));
    expect(report).toMatchObject({ version: null, created: true, dryRun: true, source: null });
    expect(fs.existsSync(world.file)).toBe(false);
  });

  test.for<[string, (dir: string) => void, string]>([
    ['is not there', () => {}, 'NOT_FOUND'],
    ['is empty', dir => void fs.mkdirSync(dir), 'NOT_FOUND'],
    ['is a file', dir => fs.writeFileSync(dir, 'text'), 'NOT_FOUND'],
    [
      'holds a damaged MLmodel',
      dir => {
        fs.mkdirSync(dir);
        fs.writeFileSync(path.join(dir, 'MLmodel'), '{');
      },
      'DATA_INVALID',
    ],
  ])('that %s is refused', async ([, make, code]) => {
    const world = new RegistryWorld();
    const modelPath = path.join(world.dir, 'm');
    make(modelPath);
    await expect(registerModel(call(world, { modelPath }))).rejects.toMatchObject({ code });
    expect(await versionsOf(world)).toEqual([]);
  });

  test('of one file is refused with the way to a folder', async () => {
    const world = new RegistryWorld();
    const dir = path.join(world.dir, 'm');
    await saveModel(wordModel(1, -1), dir, { format: 'native' });
    const modelPath = path.join(dir, 'model.sentops');
    await expect(registerModel(call(world, { modelPath }))).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringMatching(/sentops model convert/),
    });
    expect(await registerModel(call(world, { modelPath: dir }))).toMatchObject({
      version: 1,
      format: 'native',
      flavors: [],
    });
  });
});

test('two that register the first version of a model at once both get one', async () => {
  const world = new RegistryWorld();
  const folders = [await writeModel(world, 'a', 1), await writeModel(world, 'b', 2)];
  await world.on(tracker => tracker.experiments.create({ name: 'reviews' }));
  const made = await world.on(tracker => {
    // Each has seen that there is no such model before the other one makes it.
    const models = { ...tracker.models, get: async () => null };
    return Promise.all(folders.map(modelPath => registerOn({ ...tracker, models }, call(world, { modelPath }))));
  });
  expect(made.map(({ version }) => version).toSorted()).toEqual([1, 2]);
});

test('one thing at a time, under a name that MLflow takes', async () => {
  const world = new RegistryWorld();
  expect(() => registerModel(call(world, {}))).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => registerModel(call(world, { run: 'a', modelPath: 'b' }))).toThrow(
    expect.objectContaining({ code: 'USAGE' }),
  );
  for (const name of ['', ' ', 'a/b', 'a:b'])
    expect(() => registerModel(call(world, { name, run: 'a' }))).toThrow(
      expect.objectContaining({ code: 'FLAG_INVALID' }),
    );
});
