import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogisticRegressionStage } from '../../../../src/lib/model/stages.ts';
import { PART } from '../../../../src/lib/train/batch.ts';
import type { FitRequest, TextLearner } from '../../../../src/lib/train/learner.ts';
import { createNgramLearner } from '../../../../src/lib/train/ngram/learner.ts';
import { NGRAM_DEFAULTS, type NgramOptions } from '../../../../src/lib/train/ngram/options.ts';
import { batchesOf, type MadeText, madeTexts } from './made-texts.ts';

/** What a learner does in each of its states, and what is left of it afterwards. */
let folder: string;
let learner: TextLearner;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ngram-states-'));
});
afterEach(async () => {
  await learner.close();
  expect(fs.readdirSync(folder)).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});

function open(other: Partial<NgramOptions> = {}): TextLearner {
  learner = createNgramLearner({
    ...{ ...NGRAM_DEFAULTS, numFeatures: 2 ** 12, seed: 7, temporaryDir: folder, parallel: false },
    ...other,
  });
  return learner;
}

async function addAll(rows: readonly MadeText[]): Promise<void> {
  for (const batch of batchesOf(rows)) await learner.add(batch);
}

function request(other: Partial<FitRequest> = {}): FitRequest {
  const classOf = Int32Array.of(0, 1);
  return { classOf, classes: 2, signal: new AbortController().signal, progress: () => {}, ...other };
}

const only = (rows: readonly MadeText[], part: number) => rows.filter(row => row.part === part);
const SMALL = madeTexts(300, 2);
/** More than a chunk of text, and enough for the second thread to be worth it. */
const LARGE = madeTexts(8000, 2, 50);

describe('a closed learner', () => {
  it('is gone with its folder, whether or not it got rows, and can be closed again', async () => {
    open();
    expect(fs.readdirSync(folder)).toHaveLength(1);
    await learner.close();
    expect(fs.readdirSync(folder)).toEqual([]);
    await learner.close();
    open({ memoryBudget: 0 });
    await addAll(SMALL);
    await learner.close();
  });

  it.each([false, true])(
    'leaves no file of rows behind that did not fit into memory (second thread: %s)',
    async two => {
      open({ memoryBudget: 0, parallel: two });
      await addAll(LARGE);
      const [own = ''] = fs.readdirSync(folder);
      if (!two) expect(fs.readdirSync(path.join(folder, own))).toContain('train.rows');
      await learner.close();
      expect(fs.readdirSync(folder)).toEqual([]);
    },
  );

  it('takes no rows', async () => {
    open();
    await learner.close();
    await expect(addAll(SMALL)).rejects.toThrow('rows were added to a training that is closed');
  });

  it('ends a fit that is under way', async () => {
    open({ parallel: true, passes: 100 });
    await addAll(LARGE);
    const fit = expect(learner.fit(request())).rejects.toThrow('the training was closed');
    await new Promise(resolve => setTimeout(resolve, 50));
    await learner.close();
    await fit;
  });
});

describe('a learner that fits or has fitted', () => {
  it('takes test rows only', async () => {
    open();
    await addAll(SMALL);
    const fit = learner.fit(request());
    await expect(addAll(only(SMALL, PART.train))).rejects.toThrow('training rows were added while the training runs');
    const validation = only(SMALL, PART.test).map(row => ({ ...row, part: PART.validation }));
    await expect(addAll(validation)).rejects.toThrow('training rows were added');
    await addAll(only(SMALL, PART.test));
    const [model] = await fit;
    expect((await model?.scores('test'))?.rows).toBe(120);
    await expect(addAll(only(SMALL, PART.train))).rejects.toThrow('training rows were added');
  });

  it.each([false, true])('scores rows that came after it as those before it (second thread: %s)', async parallel => {
    open({ parallel });
    await addAll(LARGE);
    const [model] = await learner.fit(request());
    const before = await model?.scores('test');
    expect(before?.rows).toBe(1600);
    // More than a chunk: with a second thread it hashes these again.
    const tests = only(LARGE, PART.test);
    await addAll([...tests, ...tests, ...tests, ...tests]);
    const after = await model?.scores('test');
    expect(after?.rows).toBe(5 * 1600);
    for (let time = 0; time < 5; time++)
      expect(after?.raw.subarray(time * 3200, (time + 1) * 3200)).toEqual(before?.raw);
  });

  it('gives the scores of both parts to who asks for them at once', async () => {
    const rows = LARGE.map((row, at) => (at % 10 === 0 ? { ...row, part: PART.validation } : row));
    open({ parallel: true });
    await addAll(rows);
    const [model] = await learner.fit(request());
    const [first, second, again] = await Promise.all([
      model?.scores('test'),
      model?.scores('validation'),
      model?.scores('test'),
    ]);
    expect([first?.rows, second?.rows]).toEqual([800, 800]);
    expect(again).toEqual(first);
  });

  it('has no scores for a part without rows, and none for the training rows', async () => {
    open();
    await addAll(only(SMALL, PART.train));
    const [model] = await learner.fit(request());
    for (const part of ['test', 'validation'] as const)
      expect(await model?.scores(part)).toMatchObject({ rows: 0, classes: 2 });
    await expect(model?.scores('train')).rejects.toThrow('the training rows are not kept');
  });

  it('says how it was trained', async () => {
    open({ passes: 2, alpha: 0.5, ngrams: 1 });
    await addAll(SMALL);
    const [model] = await learner.fit(request());
    expect(model).toMatchObject({ name: 'ngram' });
    expect(model?.params).toEqual({
      ...{ numFeatures: 4096, ngrams: 1, characters: 0, passes: 2 },
      ...{ learningRate: NGRAM_DEFAULTS.learningRate, alpha: 0.5, minRows: 2, seed: 7 },
    });
    expect(model?.seconds).toBeGreaterThan(0);
    expect(model?.stages.at(-1)?.extras).toMatchObject({ alpha: 0.5, rows: 240 });
  });
});

describe('a learner whose second thread fails', () => {
  it('says why, and leaves nothing behind', async () => {
    open({ parallel: true, memoryBudget: 0 });
    await addAll(LARGE);
    const [own = ''] = fs.readdirSync(folder);
    // Chunks are under way: whatever is written, it is gone when the fit reads it.
    await new Promise(resolve => setTimeout(resolve, 500));
    await learner.add(batchesOf(only(SMALL, PART.train)).next().value as never);
    const file = path.join(folder, own, 'train.rows');
    if (!fs.existsSync(file)) fs.writeFileSync(file, '');
    const fit = learner.fit(request());
    fs.rmSync(file, { force: true });
    fs.mkdirSync(file);
    await expect(fit).rejects.toMatchObject({ code: expect.stringMatching(/^E[A-Z]+$/) });
  });

  it('tells a lack of rows as an error of the data, with a hint', async () => {
    open({ parallel: true });
    await addAll(LARGE.map(row => ({ ...row, label: 1 })));
    await expect(learner.fit(request())).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: 'ngram cannot be trained: class 0 has no rows',
      hint: 'every class needs rows in the training part',
    });
  });
});

describe('rows that are many', () => {
  it('come to the same model whatever the memory, the threads and the size of the batches', async () => {
    const stages = [];
    for (const [options, size] of [
      [{}, 100],
      [{ memoryBudget: 0 }, 1000],
      [{ parallel: true }, 37],
      [{ parallel: true, memoryBudget: 300_000 }, 4000],
    ] as const) {
      open(options);
      for (const batch of batchesOf(LARGE, size)) await learner.add(batch);
      const [model] = await learner.fit(request());
      stages.push(model?.stages);
      await learner.close();
    }
    for (const each of stages.slice(1)) expect(each).toEqual(stages[0]);
  });

  it('come to another model with another seed', async () => {
    const classifiers = [];
    for (const seed of [1, 2, 1]) {
      open({ seed });
      await addAll(SMALL);
      const [model] = await learner.fit(request());
      classifiers.push(model?.stages.at(-1));
      await learner.close();
    }
    expect(classifiers[2]).toEqual(classifiers[0]);
    expect(classifiers[1]).not.toMatchObject({ intercepts: (classifiers[0] as LogisticRegressionStage).intercepts });
  });

  it('keep no more in memory than the budget says', async () => {
    const sizeOf = async (memoryBudget: number) => {
      open({ memoryBudget });
      await addAll(only(LARGE, PART.train));
      const [own = ''] = fs.readdirSync(folder);
      const file = path.join(folder, own, 'train.rows');
      const size = fs.existsSync(file) ? fs.statSync(file).size : 0;
      await learner.close();
      return size;
    };
    expect(await sizeOf(2 ** 30)).toBe(0);
    expect(await sizeOf(0)).toBeGreaterThan(300_000);
  });
});
