import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { createLearners } from '../../../src/lib/train/create-learners.ts';
import type { FittedText } from '../../../src/lib/train/learner.ts';
import type { TrainSpec } from '../../../src/lib/train/spec.ts';
import { batchOf, madeRows } from './made-batch.ts';
import { ALWAYS_PLUGIN, linkPlugin, trainSpec, trainWorld } from './train-world.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-learners-'));
  linkPlugin(dir, 'sentops-plugin-always', ALWAYS_PLUGIN);
  fs.mkdirSync(path.join(dir, 'models'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** What the learners make of some rows. */
async function learn(more: Partial<TrainSpec>): Promise<FittedText[][]> {
  const { request } = trainWorld(dir);
  const learners = await createLearners(trainSpec(dir, more), request);
  try {
    for (const learner of learners) await learner.add(batchOf(madeRows(120)));
    const { signal } = new AbortController();
    const call = { classOf: Int32Array.of(0, 1), classes: 2, signal, progress() {} };
    return await Promise.all(learners.map(async learner => [...(await learner.fit(call))]));
  } finally {
    for (const learner of learners) await learner.close();
  }
}

const failureOf = (work: Promise<unknown>): Promise<SentopsError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof SentopsError ? error : Promise.reject(error)),
  );

describe('learners', () => {
  test('models of the same features share one learner, n-grams have their own', async () => {
    const found = await learn({ models: ['linearsvc', 'ngram', 'naivebayes'] });
    expect(found.map(models => models.map(({ name }) => name))).toEqual([['linearsvc', 'naivebayes'], ['ngram']]);
  });

  test('nothing but n-grams needs no other learner', async () => {
    expect((await learn({ models: ['ngram'] })).map(models => models.map(({ name }) => name))).toEqual([['ngram']]);
  });

  test('each model gets its own parameters, and only these', async () => {
    const params = { naivebayes: { smoothing: 4 }, logisticregression: { maxIter: 3 } };
    const [models] = await learn({ models: ['logisticregression', 'naivebayes', 'randomforest'], params });
    expect(models?.map(model => model.params)).toEqual([{ maxIter: 3 }, { smoothing: 4 }, {}]);
    expect(models?.[1]?.stages.at(-1)?.extras).toMatchObject({ smoothing: 4 });
  });

  test('the grid counts with cross-validation only', async () => {
    const grid = { naivebayes: { smoothing: [1, 50] }, linearsvc: { regParam: [1] } };
    const [[without] = []] = await learn({ grid });
    expect(without?.search).toBeUndefined();
    const [[searched] = []] = await learn({ grid, cvFolds: 2 });
    expect(searched?.search?.map(({ params }) => params)).toEqual([{ smoothing: 1 }, { smoothing: 50 }]);
  });

  test('a wrong option of n-grams is told before a row is read', async () => {
    const { request } = trainWorld(dir);
    const spec = trainSpec(dir, { models: ['ngram'], params: { ngram: { ngrams: 99 } } });
    expect(await failureOf(createLearners(spec, request))).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a plugin', () => {
  test('brings a trainer, which is found by its name and has its own defaults', async () => {
    const [models] = await learn({ models: ['always', 'naivebayes'], params: { always: { klass: 0 } } });
    expect(models?.map(({ name }) => name)).toEqual(['always', 'naivebayes']);
    const [model] = models ?? [];
    expect(model?.params).toEqual({ klass: 0, patience: 5 });
    expect(model?.stages.at(-1)).toMatchObject({ kind: 'Plugin', trainer: 'always' });
    expect(new Set((await model?.scores('test'))?.predictions)).toEqual(new Set([0]));
  });

  test('takes part in cross-validation', async () => {
    const [[model] = []] = await learn({ models: ['always'], grid: { always: { klass: [0, 1] } }, cvFolds: 2 });
    expect(model?.search).toHaveLength(2);
    expect(model?.search?.[0]?.params).toEqual({ klass: 0, patience: 5 });
  });

  test('that cannot load its trainer is named, with what it says', async () => {
    const { request } = trainWorld(dir);
    const error = await createLearners(trainSpec(dir, { models: ['broken'] }), request).catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).toMatch(/broken/);
    expect(String(error)).toMatch(/no such engine/);
  });

  test('that nobody has is an unknown model: all names of ours are in the hint', async () => {
    const { request } = trainWorld(dir);
    const error = await failureOf(createLearners(trainSpec(dir, { models: ['naivebayes', 'bert'] }), request));
    expect(error).toMatchObject({ code: 'EXTENSION_UNKNOWN', message: 'there is no model "bert"' });
    for (const name of ['logisticregression', 'lr', 'ngram', 'linearsvc', 'randomforest', 'naivebayes'])
      expect(error.hint).toContain(name);
  });

  test('that is damaged does not hide behind a name that is unknown', async () => {
    const home = fs.mkdtempSync(path.join(dir, 'home-'));
    linkPlugin(home, 'sentops-plugin-damaged', 'this is no JavaScript');
    const { request } = trainWorld(home, { env: { HOME: home } });
    const error = await failureOf(createLearners(trainSpec(dir, { models: ['theirs'] }), request));
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).toContain('sentops-plugin-damaged');
  });

  test('that announces a trainer and cannot be loaded is no unknown model', async () => {
    const home = fs.mkdtempSync(path.join(dir, 'home-'));
    linkPlugin(home, 'sentops-plugin-late', 'this is no JavaScript', { trainer: ['theirs'] });
    const { request } = trainWorld(home, { env: { HOME: home } });
    const error = await failureOf(createLearners(trainSpec(dir, { models: ['theirs'] }), request));
    expect(error.code).not.toBe('EXTENSION_UNKNOWN');
    expect(error.message).toContain('sentops-plugin-late');
  });
});
