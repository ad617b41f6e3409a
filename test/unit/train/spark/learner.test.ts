import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import { compileFeatures } from '../../../../src/lib/model/compile/features.ts';
import type { IDFStage, Stage } from '../../../../src/lib/model/stages.ts';
import { PART } from '../../../../src/lib/train/batch.ts';
import { madeRows } from '../made-batch.ts';
import { COLUMNS, entriesOf, ROWS, spy, task, textsOf, train } from './train-texts.ts';

function idfOf(stages: readonly Stage[]): IDFStage {
  const stage = stages.find(({ kind }) => kind === 'IDF');
  if (stage?.kind !== 'IDF') throw new Error('the pipeline has no IDF');
  return stage;
}

const KINDS = [
  ['logisticregression', 2, {}],
  ['logisticregression', 3, {}],
  ['logisticregression', 2, { elasticNetParam: 1, regParam: 0.02 }],
  ['logisticregression', 2, { threshold: 0.8 }],
  ['linearsvc', 2, { maxIter: 20, regParam: 0.1 }],
  ['randomforest', 2, { numTrees: 7 }],
  ['randomforest', 3, { numTrees: 7, maxDepth: 8 }],
  ['naivebayes', 2, {}],
  ['naivebayes', 3, { modelType: 'complement' }],
] as const;

describe('what a learner says of its rows is what the written model says of the texts', () => {
  test.each(KINDS)('%s of %i classes %j', async (name, classes, params) => {
    const odd = ['', '   ', 'ÀÉ Ünïcode İ great Σ', 'GREAT great GreaT', '😀 😀 awful…', 'unseen words only'];
    const rows = [
      ...madeRows(300, classes),
      ...odd.map((text, at) => ({ text, label: at % classes, part: at % 2 === 0 ? PART.test : PART.validation })),
    ];
    const [fitted] = await train(rows, [task(name, params)], { classes });
    if (!fitted) throw new Error('nothing was fitted');
    const labels = Array.from({ length: classes }, (_, klass) => `class ${klass}`);
    // Probabilities of Spark differ from those of this engine in the last bit, by the exponential that they are made with.
    const scorer = compileModel({ stages: fitted.stages, labels, about: {} }, { math: 'fdlibm' });
    for (const part of ['validation', 'test'] as const) {
      const scores = await fitted.scores(part);
      const written = textsOf(rows, PART[part]).map(text => scorer.score(text));
      expect(scores.rows).toBe(written.length);
      expect([...scores.predictions]).toEqual(written.map(({ prediction }) => prediction));
      expect([...scores.raw]).toEqual(written.flatMap(({ raw }) => [...raw]));
      expect(scores.probabilities === null).toBe(written[0]?.probabilities === null);
      const probabilities = written.flatMap(row => [...(row.probabilities ?? [])]);
      for (const [at, value] of (scores.probabilities ?? []).entries())
        expect(Math.abs(value - (probabilities[at] ?? Number.NaN))).toBeLessThan(1e-15);
      expect([...scores.labels]).toEqual(rows.filter(row => row.part === PART[part]).map(({ label }) => label));
    }
  });
});

describe('the features', () => {
  test('are those of the stages, and what is asked of one part does not disturb another', async () => {
    const seen: [number, number][][] = [];
    const [fitted] = await train(ROWS, [{ ...task('spy'), trainer: spy(seen) }]);
    const maker = compileFeatures((fitted?.stages ?? []).filter(({ kind }) => kind !== 'Plugin') as never);
    expect(seen).toEqual(textsOf(ROWS, PART.train).map(text => entriesOf(maker.fromText(text))));
    for (const part of ['test', 'validation', 'test'] as const) {
      seen.length = 0;
      await fitted?.scores(part);
      expect(seen).toEqual(textsOf(ROWS, PART[part]).map(text => entriesOf(maker.fromText(text))));
    }
    seen.length = 0;
    await fitted?.scores('train');
    expect(seen).toHaveLength(textsOf(ROWS, PART.train).length);
  });

  test('idf is learnt from the rows to train on alone', async () => {
    const rows = madeRows(100);
    const flooded = rows.map(row => (row.part === PART.train ? row : { ...row, text: 'great camera '.repeat(9) }));
    const [one] = await train(rows, [task('naivebayes')]);
    const [other] = await train(flooded, [task('naivebayes')]);
    expect(idfOf(other?.stages ?? [])).toEqual(idfOf(one?.stages ?? []));
    const learnt = textsOf(rows, PART.train);
    const { docFreq, idf, numDocs } = idfOf(one?.stages ?? []);
    expect(numDocs).toBe(learnt.length);
    const maker = compileFeatures((one?.stages ?? []).slice(0, 3) as never);
    const counts = new Float64Array(COLUMNS);
    for (const text of learnt)
      for (const [index] of entriesOf(maker.fromText(text))) counts[index] = (counts[index] ?? 0) + 1;
    expect([...(docFreq ?? [])]).toEqual([...counts]);
    expect([...idf]).toEqual([...counts].map(count => Math.log((learnt.length + 1) / (count + 1))));
  });

  test('do not depend on the size of the batches, which are overwritten after each', async () => {
    const stages = async (batch: number) => (await train(ROWS, [task('logisticregression')], { batch }))[0]?.stages;
    const whole = await stages(1000);
    expect(await stages(1)).toEqual(whole);
    expect(await stages(7)).toEqual(whole);
  });

  test('more rows than were expected at first are no different', async () => {
    const many = madeRows(3000);
    const [fitted] = await train(many, [task('naivebayes')], { batch: 512 });
    const scores = await fitted?.scores('test');
    expect(scores?.rows).toBe(textsOf(many, PART.test).length);
    expect([...(scores?.labels ?? [])]).toEqual(
      many.filter(({ part }) => part === PART.test).map(({ label }) => label),
    );
  });

  test('stages are called the same for the same seed, and otherwise for another', async () => {
    const uids = async (seed: number) =>
      ((await train(ROWS, [task('naivebayes')], { seed }))[0]?.stages ?? []).slice(0, 4).map(({ uid }) => uid);
    expect(await uids(1)).toEqual(await uids(1));
    expect(new Set([...(await uids(1)), ...(await uids(2))]).size).toBe(8);
  });
});

describe('rows and labels', () => {
  test('a label that stands for no class takes its rows along, from every part', async () => {
    // Label 2 is dropped, labels 0 and 3 mean the same class.
    const rows = madeRows(300, 2).map((row, at) => ({
      ...row,
      label: at % 5 === 0 ? 2 : row.label === 0 && at % 4 === 0 ? 3 : row.label,
    }));
    const classOf = Int32Array.of(0, 1, -1, 0);
    const kept = rows.filter(({ label }) => label !== 2).map(row => ({ ...row, label: classOf[row.label] as number }));
    const [dropped] = await train(rows, [task('logisticregression')], { classOf });
    const [without] = await train(kept, [task('logisticregression')]);
    expect(dropped?.stages).toEqual(without?.stages);
    for (const part of ['validation', 'test'] as const)
      expect(await dropped?.scores(part)).toEqual(await without?.scores(part));
  });

  test('rows that are left out leave no trace', async () => {
    const noise = Array.from({ length: 50 }, () => ({ text: 'great great great', label: 0, part: PART.left }));
    const [clean] = await train(ROWS, [task('naivebayes')]);
    const [noisy] = await train([...noise, ...ROWS, ...noise], [task('naivebayes')]);
    expect(noisy?.stages).toEqual(clean?.stages);
    expect(await noisy?.scores('test')).toEqual(await clean?.scores('test'));
  });

  test('a test file numbers its labels in its own way', async () => {
    const swapped = ROWS.map(row => (row.part === PART.test ? { ...row, label: 1 - row.label } : row));
    const [plain] = await train(ROWS, [task('logisticregression')]);
    const [other] = await train(swapped, [task('logisticregression')]);
    expect(await other?.scores('test', Int32Array.of(1, 0))).toEqual(await plain?.scores('test'));
    expect(await other?.scores('validation')).toEqual(await plain?.scores('validation'));
  });

  test('a part without rows has no scores', async () => {
    const [fitted] = await train(
      ROWS.filter(({ part }) => part === PART.train),
      [task('logisticregression')],
    );
    expect(await fitted?.scores('validation')).toMatchObject({ rows: 0, labels: new Int32Array(0) });
  });

  test('a model of two classes is left out where there are three, the others stay', async () => {
    const fitted = await train(madeRows(200, 3), [task('linearsvc'), task('naivebayes')], { classes: 3 });
    expect(fitted.map(({ name }) => name)).toEqual(['naivebayes']);
  });
});

describe('what goes wrong', () => {
  test('a parameter that no trainer takes is a wrong setting', async () => {
    const error = await train(ROWS, [task('logisticregression', { regParam: -1 })]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SentopsError);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('train.params') });
    expect(String(error)).toContain('regParam must be at least 0, not -1');
  });

  test('an abort ends it with its own reason', async () => {
    const stop = new AbortController();
    const request = { signal: stop.signal, progress: () => stop.abort(new Error('enough')) };
    await expect(train(ROWS, [task('randomforest', { numTrees: 100_000 })], { request })).rejects.toThrow('enough');
  });

  test('progress names the model', async () => {
    const seen = new Set<string>();
    await train(ROWS, [task('naivebayes'), task('randomforest', { numTrees: 2 })], {
      request: { progress: name => seen.add(name) },
    });
    expect([...seen].sort()).toEqual(['naivebayes', 'randomforest']);
  });
});
