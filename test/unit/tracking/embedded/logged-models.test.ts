import { describe, expect, test } from 'vitest';
import { failure, metric, openTemp } from './stores.ts';

describe('a logged model', () => {
  test('is a row as MLflow writes it, pending until its files are there', async () => {
    const { tracker, store } = await openTemp();
    const made = await tracker.loggedModels.create({
      experimentId: '0',
      name: 'best',
      sourceRunId: 'r',
      modelType: 'Classifier',
      params: { depth: '3' },
      tags: { team: 'x' },
    });
    expect(made.modelId).toMatch(/^m-[0-9a-f]{32}$/);
    const root = (await tracker.experiments.get('0'))?.artifactLocation;
    expect(made).toMatchObject({
      experimentId: '0',
      name: 'best',
      artifactUri: `${root}/models/${made.modelId}/artifacts`,
      status: 'PENDING',
      statusMessage: null,
      modelType: 'Classifier',
      sourceRunId: 'r',
      params: { depth: '3' },
      tags: { team: 'x' },
      metrics: [],
    });
    const status = async () =>
      (await store.read(() => store.get<{ s: number }>('SELECT status AS s FROM logged_models')))?.s;
    expect(await status()).toBe(1);
    await tracker.loggedModels.finish(made.modelId, 'READY');
    expect(await status()).toBe(2);
    await tracker.loggedModels.finish(made.modelId, 'UPLOAD_FAILED');
    expect(await status()).toBe(3);
    expect(await tracker.loggedModels.get(made.modelId)).toMatchObject({ status: 'UPLOAD_FAILED' });
  });

  test('has parameters that are written once, all of them or none, of any length', async () => {
    const { tracker } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'm', params: { a: '1' } });
    const long = 'v'.repeat(10_000);
    await tracker.loggedModels.logParams(modelId, { a: '1', b: long });
    await expect(tracker.loggedModels.logParams(modelId, { c: '1', a: '2' })).rejects.toMatchObject({
      ...failure('CONFLICT', 'INVALID_PARAMETER_VALUE'),
      message: expect.stringContaining('"a"'),
    });
    expect((await tracker.loggedModels.get(modelId))?.params).toEqual({ a: '1', b: long });
  });

  test('has tags that are written over and taken away', async () => {
    const { tracker } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'm', tags: { a: '1' } });
    await tracker.loggedModels.setTags(modelId, { a: '2', b: '3' });
    await tracker.loggedModels.deleteTag(modelId, 'b');
    expect((await tracker.loggedModels.get(modelId))?.tags).toEqual({ a: '2' });
    await expect(tracker.loggedModels.deleteTag(modelId, 'b')).rejects.toMatchObject(failure('NOT_FOUND'));
    await expect(tracker.loggedModels.setTags(modelId, { 'a,': 'x' })).rejects.toMatchObject(failure('FLAG_INVALID'));
  });

  test('keeps every metric of every run that measured it', async () => {
    const { tracker } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'm' });
    const runs = [await tracker.runs.create({ experimentId: '0' }), await tracker.runs.create({ experimentId: '0' })];
    for (const [i, { runId }] of runs.entries())
      await tracker.runs.log(runId, {
        metrics: [metric('f1', i, { modelId, step: 1 - i }), metric('f1', i, { modelId, step: 5 })],
      });
    const metrics = (await tracker.loggedModels.get(modelId))?.metrics ?? [];
    expect(metrics.map(({ step }) => step)).toEqual([0, 1, 5, 5]);
    expect(metrics.map(({ value }) => value).slice(0, 2)).toEqual([1, 0]);
    expect(new Set(metrics.map(({ runId }) => runId)).size).toBe(2);
  });

  test('that is deleted or was never there is null when asked for and NOT_FOUND when worked on', async () => {
    const { tracker, store } = await openTemp();
    const { modelId } = await tracker.loggedModels.create({ experimentId: '0', name: 'm' });
    await tracker.loggedModels.delete(modelId);
    for (const id of [modelId, 'm-1']) {
      expect(await tracker.loggedModels.get(id)).toBeNull();
      for (const work of [
        () => tracker.loggedModels.finish(id, 'READY'),
        () => tracker.loggedModels.setTags(id, { a: 'b' }),
        () => tracker.loggedModels.deleteTag(id, 'a'),
        () => tracker.loggedModels.logParams(id, { a: 'b' }),
        () => tracker.loggedModels.delete(id),
      ])
        await expect(work()).rejects.toMatchObject(failure('NOT_FOUND'));
    }
    expect((await tracker.loggedModels.search({ experimentIds: ['0'], limit: 5 })).items).toEqual([]);
    expect(await store.read(() => store.get('SELECT lifecycle_stage AS l FROM logged_models'))).toEqual({
      l: 'deleted',
    });
  });

  test.each(['', 'a/b', 'a.b', 'a%b'])('is not called %j', async name => {
    const { tracker } = await openTemp();
    await expect(tracker.loggedModels.create({ experimentId: '0', name })).rejects.toMatchObject(
      failure('FLAG_INVALID'),
    );
  });

  test('needs an experiment that is there and not deleted', async () => {
    const { tracker } = await openTemp();
    await expect(tracker.loggedModels.create({ experimentId: '7', name: 'm' })).rejects.toMatchObject(
      failure('NOT_FOUND'),
    );
    await tracker.experiments.delete('0');
    await expect(tracker.loggedModels.create({ experimentId: '0', name: 'm' })).rejects.toMatchObject(
      failure('CONFLICT', 'INVALID_PARAMETER_VALUE'),
    );
  });

  test('lists are whole, in the order of the search', async () => {
    const { tracker } = await openTemp();
    for (const name of ['b', 'c', 'a'])
      await tracker.loggedModels.create({ experimentId: '0', name, tags: { is: name } });
    const { items } = await tracker.loggedModels.search({ experimentIds: ['0'], limit: 5, orderBy: ['name ASC'] });
    expect(items.map(({ name, tags }) => [name, tags['is']])).toEqual(['a', 'b', 'c'].map(name => [name, name]));
  });
});
