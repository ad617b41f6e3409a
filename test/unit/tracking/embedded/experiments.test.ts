import { describe, expect, test } from 'vitest';
import { change, failure, metric, openTemp } from './stores.ts';

describe('an experiment', () => {
  test('is a row as MLflow writes it', async () => {
    const { tracker, store, file } = await openTemp();
    const before = Date.now();
    const id = await tracker.experiments.create({ name: 'Größe', tags: { a: 'b', __proto__x: '1' } });
    const experiment = await tracker.experiments.get(id);
    expect(experiment).toEqual({
      experimentId: '1',
      name: 'Größe',
      artifactLocation: `file://${file.replace('mlflow.db', 'artifacts/1')}`,
      lifecycle: 'active',
      createdAt: expect.any(Number),
      updatedAt: experiment?.createdAt,
      tags: { a: 'b', __proto__x: '1' },
    });
    expect(experiment?.createdAt).toBeGreaterThanOrEqual(before);
    expect(
      await store.read(() =>
        store.get(
          'SELECT typeof(creation_time) AS t, typeof(experiment_id) AS i FROM experiments WHERE name = ?',
          'Größe',
        ),
      ),
    ).toEqual({ t: 'integer', i: 'integer' });
  });

  test('has a name of its own, which stays taken while it is deleted', async () => {
    const { tracker } = await openTemp();
    const id = await tracker.experiments.create({ name: 'a' });
    await expect(tracker.experiments.create({ name: 'a' })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { experimentId: id, lifecycle: 'active' },
    });
    await tracker.experiments.delete(id);
    await expect(tracker.experiments.create({ name: 'a' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('deleted'),
      hint: expect.stringContaining(`experiment restore ${id}`),
    });
    expect(await tracker.experiments.find('a')).toMatchObject({ experimentId: id, lifecycle: 'deleted' });
    expect(await tracker.experiments.find('A')).toBeNull();
    await tracker.experiments.create({ name: 'A' });
  });

  test.each(['', ' ', 'n'.repeat(501)])('is not called %j', async name => {
    const { tracker } = await openTemp();
    await expect(tracker.experiments.create({ name })).rejects.toMatchObject(failure('FLAG_INVALID'));
    await expect(tracker.experiments.rename('0', name)).rejects.toMatchObject(failure('FLAG_INVALID'));
  });

  test('is renamed, to what is free', async () => {
    const { tracker } = await openTemp();
    const id = await tracker.experiments.create({ name: 'a' });
    await tracker.experiments.rename(id, 'b');
    await tracker.experiments.rename(id, 'b');
    await expect(tracker.experiments.rename(id, 'Default')).rejects.toMatchObject(failure('CONFLICT'));
    expect(await tracker.experiments.get(id)).toMatchObject({ name: 'b' });
    await tracker.experiments.delete(id);
    await expect(tracker.experiments.rename(id, 'c')).rejects.toMatchObject(failure('CONFLICT', 'INVALID_STATE'));
  });

  test('is deleted and brought back once each, and takes no tags meanwhile', async () => {
    const { tracker } = await openTemp();
    const id = await tracker.experiments.create({ name: 'a', tags: { k: 'v' } });
    await expect(tracker.experiments.restore(id)).rejects.toMatchObject(failure('NOT_FOUND'));
    await tracker.experiments.delete(id);
    await expect(tracker.experiments.delete(id)).rejects.toMatchObject(failure('NOT_FOUND'));
    for (const work of [() => tracker.experiments.setTag(id, 'a', 'b'), () => tracker.experiments.deleteTag(id, 'k')])
      await expect(work()).rejects.toMatchObject(failure('CONFLICT', 'INVALID_PARAMETER_VALUE'));
    await tracker.experiments.restore(id);
    expect(await tracker.experiments.get(id)).toMatchObject({ lifecycle: 'active', tags: { k: 'v' } });
  });

  test('has tags that are written over and taken away', async () => {
    const { tracker } = await openTemp();
    await tracker.experiments.setTag('0', 'k', '1');
    await tracker.experiments.setTag('0', 'k', '2');
    expect((await tracker.experiments.get('0'))?.tags).toEqual({ k: '2' });
    await tracker.experiments.deleteTag('0', 'k');
    await expect(tracker.experiments.deleteTag('0', 'k')).rejects.toMatchObject(failure('NOT_FOUND'));
    await expect(tracker.experiments.setTag('0', 'a,b', '1')).rejects.toMatchObject(failure('FLAG_INVALID'));
  });

  test('that is not there is null when asked for and NOT_FOUND when worked on', async () => {
    const { tracker } = await openTemp();
    for (const id of ['7', 'x', '', '00', '-0', '1e0']) {
      if (id !== '00') expect(await tracker.experiments.get(id)).toBeNull();
      await expect(tracker.experiments.rename(`9${id}`, 'n')).rejects.toMatchObject(failure('NOT_FOUND'));
    }
    for (const work of [
      () => tracker.experiments.delete('7'),
      () => tracker.experiments.restore('7'),
      () => tracker.experiments.setTag('7', 'a', 'b'),
    ])
      await expect(work()).rejects.toMatchObject(failure('NOT_FOUND'));
  });

  test('may have an id of 18 digits: MLflow keeps those of a folder of files that it takes into a database', async () => {
    const { tracker, store } = await openTemp();
    const id = '987654321098765431';
    await change(store, `UPDATE experiments SET experiment_id = ${id}, artifact_location = 'file:///old/${id}'`);
    expect(await tracker.experiments.find('Default')).toMatchObject({ experimentId: id });
    expect((await tracker.experiments.search({ limit: 10 })).items).toMatchObject([{ experimentId: id }]);
    await tracker.experiments.setTag(id, 'team', 'a');
    await tracker.experiments.rename(id, 'old');
    const { runId } = await tracker.runs.create({ experimentId: id });
    const { modelId } = await tracker.loggedModels.create({ experimentId: id, name: 'm', params: { a: '1' } });
    const one = { name: 'd', digest: '1', sourceType: 'local', source: '{}', schema: null, profile: null, tags: {} };
    await tracker.runs.log(runId, { metrics: [metric('f1', 0.5, { modelId })] });
    await tracker.runs.logInputs(runId, [one]);
    await tracker.experiments.delete(id);
    await expect(tracker.runs.create({ experimentId: id })).rejects.toMatchObject(failure('CONFLICT'));
    await tracker.experiments.restore(id);
    expect(await tracker.experiments.get(id)).toMatchObject({ name: 'old', lifecycle: 'active', tags: { team: 'a' } });
    expect(await tracker.runs.get(runId)).toMatchObject({ experimentId: id, inputs: [one] });
    expect(await tracker.loggedModels.get(modelId)).toMatchObject({ experimentId: id, metrics: [{ value: 0.5 }] });
    const query = { experimentIds: [id], limit: 10 };
    expect((await tracker.runs.search(query)).items).toHaveLength(1);
    expect((await tracker.loggedModels.search(query)).items).toHaveLength(1);
    expect(await tracker.experiments.create({ name: 'next' })).toBe('987654321098765432');
    expect(await tracker.experiments.get('987654321098765430')).toBeNull();
  });

  test('lists come page by page, each whole', async () => {
    const { tracker } = await openTemp();
    for (let i = 0; i < 5; i += 1) await tracker.experiments.create({ name: `e${i}`, tags: { i: `${i}` } });
    const first = await tracker.experiments.search({ limit: 4, orderBy: ['name ASC'] });
    expect(first.items.map(({ name, tags }) => [name, tags['i']])).toEqual([
      ['Default', undefined],
      ['e0', '0'],
      ['e1', '1'],
      ['e2', '2'],
    ]);
    const pageToken = first.nextPageToken ?? '';
    const second = await tracker.experiments.search({ limit: 4, orderBy: ['name ASC'], pageToken });
    expect(second).toMatchObject({ items: [{ name: 'e3' }, { name: 'e4' }], nextPageToken: null });
  });
});
