import { describe, expect, test } from 'vitest';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { change, failure, openTemp } from './stores.ts';

async function register(tracker: Tracker, name: string, versions: number): Promise<void> {
  await tracker.models.create({ name });
  for (let i = 1; i <= versions; i += 1)
    await tracker.models.createVersion({ name, source: `/models/${name}/${i}`, key: `${name}-${i}` });
}

describe('the numbers of versions', () => {
  test('go on after a deleted one, whose row keeps nothing of what it said', async () => {
    const { tracker, store } = await openTemp();
    await register(tracker, 'm', 2);
    await tracker.models.setAlias('m', 'champion', 2);
    await tracker.models.deleteVersion('m', 2);
    const made = await tracker.models.createVersion({ name: 'm', source: '/x', key: 'third' });
    expect(made.version).toBe(3);
    expect(await tracker.models.find('m', { version: 2 })).toBeNull();
    expect(await tracker.models.find('m', { alias: 'champion' })).toBeNull();
    expect(
      await store.read(() =>
        store.get('SELECT current_stage, source, run_id, description FROM model_versions WHERE version = 2'),
      ),
    ).toEqual({
      current_stage: 'Deleted_Internal',
      source: 'REDACTED-SOURCE-PATH',
      run_id: 'REDACTED-RUN-ID',
      description: null,
    });
    for (const work of [
      () => tracker.models.deleteVersion('m', 2),
      () => tracker.models.describeVersion('m', 2, 'x'),
      () => tracker.models.setVersionTag('m', 2, 'a', 'b'),
      () => tracker.models.deleteVersionTag('m', 2, 'a'),
      () => tracker.models.setAlias('m', 'a', 2),
      () => tracker.models.transition('m', 2, 'Staging', { archiveExisting: false }),
    ])
      await expect(work()).rejects.toMatchObject(failure('NOT_FOUND'));
  });

  test('go on from the highest also where MLflow removed a row for good', async () => {
    const { tracker, store } = await openTemp();
    await register(tracker, 'm', 3);
    await change(
      store,
      'DELETE FROM model_version_tags WHERE version = 1',
      'DELETE FROM model_versions WHERE version = 1',
    );
    expect(await tracker.models.createVersion({ name: 'm', source: '/x', key: 'k' })).toMatchObject({ version: 4 });
  });

  test('are one for one key, also when two ask at once, and another after that one was deleted', async () => {
    const { tracker, file } = await openTemp();
    const other = await openTemp('write', file);
    await tracker.models.create({ name: 'm' });
    const ask = (by: Tracker, key: string) => by.models.createVersion({ name: 'm', source: '/x', key });
    const made = await Promise.all(
      [tracker, other.tracker].flatMap(by => ['a', 'b', 'a', 'b', 'c'].map(key => ask(by, key))),
    );
    expect(new Set(made.map(({ version }) => version))).toEqual(new Set([1, 2, 3]));
    expect(new Set(made.map(({ version, tags }) => `${version} ${tags['sentops.key']}`)).size).toBe(3);
    const [first] = made;
    await tracker.models.deleteVersion('m', first?.version ?? 0);
    expect((await ask(tracker, first?.tags['sentops.key'] ?? '')).version).toBe(4);
  });

  test('begin again with a model of the same name', async () => {
    const { tracker, store } = await openTemp();
    await register(tracker, 'm', 3);
    await tracker.models.setTag('m', 'a', 'b');
    await tracker.models.setAlias('m', 'champion', 1);
    await tracker.models.delete('m');
    for (const table of ['model_versions', 'model_version_tags', 'registered_model_tags', 'registered_model_aliases'])
      expect(await store.read(() => store.get(`SELECT count(*) AS n FROM ${table}`))).toEqual({ n: 0 });
    await register(tracker, 'm', 1);
    expect((await tracker.models.get('m'))?.latest.map(({ version }) => version)).toEqual([1]);
  });
});

describe('a version', () => {
  test('says where its files are, whatever its source is', async () => {
    const { tracker } = await openTemp();
    const run = await tracker.runs.create({ experimentId: '0' });
    const logged = await tracker.loggedModels.create({ experimentId: '0', name: 'l', sourceRunId: run.runId });
    await tracker.models.create({ name: 'm' });
    const make = (source: string, more: object = {}) =>
      tracker.models.createVersion({ name: 'm', source, key: source, ...more });
    expect(await make(`runs:/${run.runId}/my model`)).toMatchObject({
      artifactUri: `${run.artifactUri}/my%20model`,
      source: `runs:/${run.runId}/my model`,
      runId: run.runId,
    });
    expect(await make(`models:/${logged.modelId}`)).toMatchObject({
      artifactUri: logged.artifactUri,
      runId: run.runId,
    });
    expect(await make('models:/m/1')).toMatchObject({ artifactUri: `${run.artifactUri}/my%20model`, runId: null });
    await tracker.models.setAlias('m', 'champion', 3);
    expect(await make('models:/m@champion')).toMatchObject({ artifactUri: `${run.artifactUri}/my%20model` });
    expect(await make('gs://b/model')).toMatchObject({ artifactUri: 'gs://b/model', runId: null });
    expect(await make('/own', { runId: run.runId })).toMatchObject({ artifactUri: '/own', runId: run.runId });
    const { items } = await tracker.models.searchVersions({ limit: 50, orderBy: ['version_number ASC'] });
    expect(items.map(({ artifactUri }) => artifactUri)).toEqual([
      `${run.artifactUri}/my%20model`,
      logged.artifactUri,
      `${run.artifactUri}/my%20model`,
      `${run.artifactUri}/my%20model`,
      'gs://b/model',
      '/own',
    ]);
  });

  test('whose source MLflow left as it was is looked up when it is read', async () => {
    const { tracker, store } = await openTemp();
    const run = await tracker.runs.create({ experimentId: '0' });
    await register(tracker, 'm', 4);
    await store.write(() => {
      const set = 'UPDATE model_versions SET source = ?, storage_location = ? WHERE version = ?';
      store.run(set, `runs:/${run.runId}/model`, `runs:/${run.runId}/model`, 1);
      store.run(set, 'models:/m/1', null, 2);
      store.run(set, 'runs:/gone/model', 'runs:/gone/model', 3);
      store.run(set, 'models:/m/4', null, 4);
    });
    const at = async (version: number) => (await tracker.models.find('m', { version }))?.artifactUri;
    expect(await at(1)).toBe(`${run.artifactUri}/model`);
    expect(await at(2)).toBe(`${run.artifactUri}/model`);
    expect(await at(3)).toBe('runs:/gone/model');
    expect(await at(4)).toMatch(/^models:\/m\/4/);
  });

  test.each([
    'runs:/nobody/model',
    'models:/m-00000000000000000000000000000000',
    'models:/other/1',
    'models:/m@none',
    'models:/m/1',
  ])('is not made of %s, behind which there is nothing', async source => {
    const { tracker } = await openTemp();
    await register(tracker, 'm', 1);
    await tracker.models.deleteVersion('m', 1);
    await expect(tracker.models.createVersion({ name: 'm', source, key: 'k' })).rejects.toMatchObject(
      failure('NOT_FOUND'),
    );
    expect((await tracker.models.searchVersions({ limit: 9 })).items).toEqual([]);
  });

  test.each(['', ' ', 'runs:/r/../../x', '/a/../b', '..', 'file:///a\\..\\b'])('has no source %j', async source => {
    const { tracker } = await openTemp();
    await tracker.models.create({ name: 'm' });
    await expect(tracker.models.createVersion({ name: 'm', source, key: 'k' })).rejects.toMatchObject(
      failure('FLAG_INVALID'),
    );
  });

  test('of a logged model whose tag somebody wrote over is noted anew', async () => {
    const { tracker } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'l' });
    await tracker.models.create({ name: 'm' });
    for (const junk of ['{', '{"a":1}']) {
      await tracker.loggedModels.setTags(modelId, { 'mlflow.modelVersions': junk });
      const { version } = await tracker.models.createVersion({ name: 'm', source: '/x', modelId, key: junk });
      expect((await tracker.loggedModels.get(modelId))?.tags['mlflow.modelVersions']).toBe(
        `[{"name":"m","version":${version}}]`,
      );
    }
  });

  test('of a logged model is noted there, as MLflow notes it', async () => {
    const { tracker } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'l' });
    await tracker.models.create({ name: 'a' });
    await tracker.models.create({ name: 'b' });
    for (const name of ['a', 'b'])
      await tracker.models.createVersion({ name, source: `models:/${modelId}`, modelId, key: name });
    expect(JSON.parse((await tracker.loggedModels.get(modelId))?.tags['mlflow.modelVersions'] ?? '')).toEqual([
      { name: 'a', version: 1 },
      { name: 'b', version: 1 },
    ]);
    await expect(
      tracker.models.createVersion({ name: 'a', source: '/x', modelId: 'm-1', key: 'x' }),
    ).rejects.toMatchObject(failure('NOT_FOUND'));
  });

  test('is found by number, alias and stage, and only then', async () => {
    const { tracker } = await openTemp();
    await register(tracker, 'm', 3);
    await tracker.models.setAlias('m', 'champion', 1);
    await tracker.models.setAlias('m', 'champion', 2);
    await tracker.models.setAlias('m', 'second', 2);
    await tracker.models.transition('m', 1, 'Production', { archiveExisting: false });
    await tracker.models.transition('m', 2, 'Production', { archiveExisting: false });
    const find = async (which: Parameters<Tracker['models']['find']>[1]) =>
      (await tracker.models.find('m', which))?.version;
    expect(await find({ version: 3 })).toBe(3);
    expect(await find({ alias: 'champion' })).toBe(2);
    expect(await find({ stage: 'Production' })).toBe(2);
    expect(await find({ stage: 'None' })).toBe(3);
    expect(await find({ stage: 'Archived' })).toBeUndefined();
    expect(await find({ alias: 'CHAMPION' })).toBeUndefined();
    expect(await find({ version: 4 })).toBeUndefined();
    expect(await tracker.models.find('n', { version: 1 })).toBeNull();
    expect((await tracker.models.find('m', { version: 2 }))?.aliases).toEqual(['champion', 'second']);
  });

  test('makes room for itself where it is asked to', async () => {
    const { tracker } = await openTemp();
    await register(tracker, 'm', 4);
    await tracker.models.transition('m', 4, 'Production', { archiveExisting: true });
    for (const version of [1, 2]) await tracker.models.transition('m', version, 'Staging', { archiveExisting: false });
    const moved = await tracker.models.transition('m', 3, 'Staging', { archiveExisting: true });
    expect(moved).toMatchObject({ version: 3, stage: 'Staging' });
    const { items } = await tracker.models.searchVersions({ limit: 9, orderBy: ['version_number ASC'] });
    expect(items.map(({ stage }) => stage)).toEqual(['Archived', 'Archived', 'Staging', 'Production']);
    await tracker.models.transition('m', 3, 'Staging', { archiveExisting: true });
    expect(await tracker.models.find('m', { version: 3 })).toMatchObject({ stage: 'Staging' });
    for (const stage of ['None', 'Archived', 'production'] as const)
      await expect(tracker.models.transition('m', 3, stage as 'None', { archiveExisting: true })).rejects.toMatchObject(
        failure('FLAG_INVALID'),
      );
  });
});

describe('a registered model', () => {
  test('keeps versions, tags and aliases under its new name', async () => {
    const { tracker, store } = await openTemp();
    await register(tracker, 'old', 2);
    await register(tracker, 'taken', 1);
    await tracker.models.setTag('old', 'a', 'b');
    await tracker.models.setVersionTag('old', 2, 'c', 'd');
    await tracker.models.setAlias('old', 'champion', 1);
    await expect(tracker.models.rename('old', 'taken')).rejects.toMatchObject(failure('CONFLICT'));
    await expect(tracker.models.rename('old', 'a/b')).rejects.toMatchObject(failure('FLAG_INVALID'));
    await tracker.models.rename('old', 'new');
    expect(await tracker.models.get('old')).toBeNull();
    expect(await tracker.models.get('new')).toMatchObject({ tags: { a: 'b' }, aliases: { champion: 1 } });
    expect(await tracker.models.find('new', { version: 2 })).toMatchObject({ tags: { c: 'd' } });
    expect(store.db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    await tracker.models.rename('new', 'new');
  });

  test('that is not there is null when asked for and NOT_FOUND when worked on', async () => {
    const { tracker } = await openTemp();
    expect(await tracker.models.get('m')).toBeNull();
    for (const work of [
      () => tracker.models.describe('m', 'x'),
      () => tracker.models.rename('m', 'n'),
      () => tracker.models.delete('m'),
      () => tracker.models.setTag('m', 'a', 'b'),
      () => tracker.models.deleteTag('m', 'a'),
      () => tracker.models.createVersion({ name: 'm', source: '/x', key: 'k' }),
      () => tracker.models.deleteAlias('m', 'a'),
    ])
      await expect(work()).rejects.toMatchObject(failure('NOT_FOUND'));
  });

  test('is written over tag by tag; deleting what is not there changes nothing', async () => {
    const { tracker } = await openTemp();
    await register(tracker, 'm', 1);
    await tracker.models.describe('m', 'what it is');
    for (const value of ['1', '2']) {
      await tracker.models.setTag('m', 'a', value);
      await tracker.models.setVersionTag('m', 1, 'a', value);
    }
    expect(await tracker.models.get('m')).toMatchObject({ description: 'what it is', tags: { a: '2' } });
    for (let i = 0; i < 2; i += 1) {
      await tracker.models.deleteTag('m', 'a');
      await tracker.models.deleteVersionTag('m', 1, 'a');
      await tracker.models.deleteAlias('m', 'none');
    }
    expect(await tracker.models.get('m')).toMatchObject({ tags: {}, latest: [{ tags: { 'sentops.key': 'm-1' } }] });
  });

  test('shows the newest version of each stage', async () => {
    const { tracker } = await openTemp();
    await register(tracker, 'm', 4);
    await tracker.models.transition('m', 1, 'Production', { archiveExisting: false });
    await tracker.models.transition('m', 2, 'Production', { archiveExisting: false });
    await tracker.models.deleteVersion('m', 4);
    const { items } = await tracker.models.search({ limit: 5 });
    expect(items[0]?.latest.map(({ version, stage }) => [version, stage])).toEqual([
      [2, 'Production'],
      [3, 'None'],
    ]);
  });
});
