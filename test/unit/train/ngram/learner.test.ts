import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mix } from '../../../../src/lib/learn/ngram/random.ts';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import type { HashingTFStage, LogisticRegressionStage, Matrix } from '../../../../src/lib/model/stages.ts';
import { finishHash, mixWords } from '../../../../src/lib/text/murmur3.ts';
import { PART, type PartScores } from '../../../../src/lib/train/batch.ts';
import type { FitRequest, FittedText } from '../../../../src/lib/train/learner.ts';
import { createNgramLearner } from '../../../../src/lib/train/ngram/learner.ts';
import { NGRAM_DEFAULTS, type NgramOptions } from '../../../../src/lib/train/ngram/options.ts';
import { randomTexts } from '../../../helpers/random-texts.ts';
import { batchesOf, type MadeText, madeTexts } from './made-texts.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ngram-test-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function optionsWith(other: Partial<NgramOptions> = {}): NgramOptions {
  return { ...NGRAM_DEFAULTS, numFeatures: 2 ** 14, seed: 7, temporaryDir: folder, parallel: false, ...other };
}

function requestFor(classes: number, other: Partial<FitRequest> = {}): FitRequest {
  const classOf = Int32Array.from({ length: classes }, (_, label) => label);
  return { classOf, classes, signal: new AbortController().signal, progress: () => {}, ...other };
}

interface Trained {
  readonly model: FittedText;
  readonly test: PartScores;
}

async function train(rows: readonly MadeText[], classes: number, other: Partial<NgramOptions> = {}): Promise<Trained> {
  const learner = createNgramLearner(optionsWith(other));
  try {
    for (const batch of batchesOf(rows)) await learner.add(batch);
    const [model] = await learner.fit(requestFor(classes));
    if (!model) throw new Error('no model came out');
    return { model, test: await model.scores('test') };
  } finally {
    await learner.close();
  }
}

function accuracy({ rows, labels, predictions }: PartScores): number {
  return predictions.filter((prediction, row) => prediction === labels[row]).length / rows;
}

const classifierOf = (model: FittedText) => model.stages.at(-1) as LogisticRegressionStage;

/** What the stages say about a text, computed the slow way: strings, sets, sums over ascending indices. */
function scoreSlowly(model: FittedText, text: string): number[] {
  const columns = new Map<string, string[]>();
  let features: number[] = [];
  for (const stage of model.stages) {
    if (stage.kind === 'RegexTokenizer')
      columns.set(stage.outputCol, text.toLowerCase().match(new RegExp(stage.pattern, 'gu')) ?? []);
    else if (stage.kind === 'NGram') {
      const tokens = columns.get(stage.inputCol) ?? [];
      const grams = tokens.map((_, at) => tokens.slice(at, at + stage.n).join(' '));
      columns.set(stage.outputCol, grams.slice(0, Math.max(0, tokens.length - stage.n + 1)));
    } else if (stage.kind === 'ConcatTokens')
      columns.set(
        stage.outputCol,
        stage.inputCols.flatMap(column => columns.get(column) ?? []),
      );
    else if (stage.kind === 'HashingTF') features = hashSlowly(columns.get(stage.inputCol) ?? [], stage);
  }
  const { coefficients, intercepts, numFeatures } = classifierOf(model);
  const weights = spread(coefficients);
  return [...intercepts.values].map((intercept, row) => {
    const sum = features.reduce((total, index) => total + (weights[row * numFeatures + index] as number), 0);
    return sum + intercept;
  });
}

function spread(matrix: Matrix): Float64Array {
  if (matrix.type === 'dense' || !matrix.transposed) throw new Error('rows of single weights were expected');
  const dense = new Float64Array(matrix.rows * matrix.columns);
  for (let row = 0; row < matrix.rows; row++)
    for (let at = matrix.starts[row] as number; at < (matrix.starts[row + 1] as number); at++)
      dense[row * matrix.columns + (matrix.indices[at] as number)] = matrix.values[at] as number;
  return dense;
}

function hashSlowly(tokens: readonly string[], { numFeatures }: HashingTFStage): number[] {
  const hashes = tokens.map(token => {
    const bytes = new TextEncoder().encode(token);
    return finishHash(mixWords(42, bytes, 0, bytes.length), bytes, bytes.length, bytes.length);
  });
  return [...new Set(hashes.map(hash => ((hash % numFeatures) + numFeatures) % numFeatures))].sort((a, b) => a - b);
}

describe('createNgramLearner', () => {
  it.each([2, 3])('tells %i classes apart', async classes => {
    const { model, test } = await train(madeTexts(2000, classes), classes);
    expect(test).toMatchObject({ rows: 400, classes });
    expect(accuracy(test)).toBeGreaterThan(0.95);
    expect(test.raw).toHaveLength(400 * classes);
    const { multinomial, numClasses, coefficients } = classifierOf(model);
    expect({ multinomial, numClasses }).toEqual({ multinomial: classes > 2, numClasses: classes });
    expect(coefficients).toMatchObject({ rows: classes === 2 ? 1 : classes, columns: 2 ** 14 });
  });

  it.each([
    ['two classes', 2, {}],
    ['three classes', 3, {}],
    ['one word', 2, { ngrams: 1 }],
    ['three words and characters', 2, { ngrams: 3, characters: 3 }],
    ['a smaller table for many rows', 3, { numFeatures: 1024 }],
  ])('gives the scores that its stages give: %s', async (_, classes, other) => {
    const extra = ['', '   ', 'ÀÉ Ünïcode İ dull Σ', 'DULL dull DuLL', '😀 😀 wonderful…'];
    const rows = [
      ...madeTexts(600, classes),
      ...extra.map(text => ({ text, label: 0, part: PART.test })),
      ...extra.map(text => ({ text, label: 1, part: PART.train })),
    ];
    const { model, test } = await train(rows, classes, other);
    const texts = rows.filter(({ part }) => part === PART.test).map(({ text }) => text ?? '');
    const slow = texts.map(text => scoreSlowly(model, text));
    const raw = classes === 2 ? slow.flatMap(([margin = Number.NaN]) => [-margin, margin]) : slow.flat();
    expect([...test.raw]).toEqual(raw);
    for (const [row, { text: _text, label }] of rows.filter(({ part }) => part === PART.test).entries())
      expect(test.labels[row]).toBe(label);
  });

  it.each([2, 3])(
    'gives the probabilities that the compiled model gives, to the bit, for %i classes',
    async classes => {
      const rows = [
        ...madeTexts(400, classes),
        ...randomTexts(200, 3).map((text, at) => ({
          ...{ text: text.toWellFormed(), label: at % classes },
          part: at % 2 === 0 ? PART.test : PART.train,
        })),
      ];
      const { model, test } = await train(rows, classes, { characters: 2 });
      const labels = ['a', 'b', 'c'].slice(0, classes);
      const scorer = compileModel({ stages: model.stages, labels, about: {} });
      const texts = rows.filter(({ part }) => part === PART.test).map(({ text }) => text ?? '');
      const compiled = texts.map(text => scorer.score(text));
      expect([...test.predictions]).toEqual(compiled.map(({ prediction }) => prediction));
      expect([...test.raw]).toEqual(compiled.flatMap(({ raw }) => [...raw]));
      expect([...(test.probabilities ?? [])]).toEqual(
        compiled.flatMap(({ probabilities }) => [...(probabilities ?? [])]),
      );
    },
  );

  it('shrinks the table by itself for many classes, and scores as its stages do', async () => {
    const rows = madeTexts(800, 3).map((row, at) => ({ ...row, label: row.label * 2 + (at % 2) }));
    const { model, test } = await train(rows, 6, { numFeatures: null });
    expect(classifierOf(model).numFeatures).toBe(2 ** 21);
    const text = rows[0]?.text ?? '';
    expect([...test.raw.subarray(0, 6)]).toEqual(scoreSlowly(model, text));
  });

  it('gives the same bits when rows are spilled to a file', async () => {
    const rows = madeTexts(4000, 2, 40);
    const [kept, spilled] = [await train(rows, 2), await train(rows, 2, { memoryBudget: 100_000 })];
    expect(spilled.model.stages).toEqual(kept.model.stages);
    expect(spilled.test).toEqual(kept.test);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('gives the same bits with one thread and with two, spilled or not', async () => {
    // More than a chunk of text and enough rows for the second thread to be worth it.
    const rows = madeTexts(9000, 2, 45);
    const one = await train(rows, 2);
    const two = await train(rows, 2, { parallel: true });
    expect(two.model.stages).toEqual(one.model.stages);
    expect(two.test).toEqual(one.test);
    const spilled = await train(rows, 2, { parallel: true, memoryBudget: 1_000_000 });
    expect(spilled.model.stages).toEqual(one.model.stages);
    expect(spilled.test).toEqual(one.test);
  });

  it('takes test rows while it fits', async () => {
    const rows = madeTexts(9000, 2, 45);
    const expected = await train(rows, 2);
    const learner = createNgramLearner(optionsWith({ parallel: true }));
    for (const batch of batchesOf(rows.filter(({ part }) => part === PART.train))) await learner.add(batch);
    const fitted = learner.fit(requestFor(2));
    for (const batch of batchesOf(rows.filter(({ part }) => part === PART.test))) {
      await new Promise(resolve => setImmediate(resolve));
      await learner.add(batch);
    }
    const [model] = await fitted;
    expect(await model?.scores('test')).toEqual(expected.test);
    await learner.close();
  });

  it('leaves out rows without text, rows of no part and dropped labels', async () => {
    const rows = madeTexts(500, 2);
    const noise: MadeText[] = [
      { text: null, label: 0, part: PART.train },
      { text: null, label: 0, part: PART.test },
      { text: 'dull', label: 1, part: PART.left },
      { text: 'dull', label: 2, part: PART.test },
    ];
    const plain = await train(rows, 2);
    const noisy = await train([...noise, ...rows], 2);
    expect(noisy.test).toEqual(plain.test);
    expect(noisy.model.stages).toEqual(plain.model.stages);
  });

  it('takes test rows whose labels are numbered apart', async () => {
    const rows = madeTexts(500, 2);
    const expected = await train(rows, 2);
    const learner = createNgramLearner(optionsWith());
    const turned = rows.map(row => (row.part === PART.test ? { ...row, label: 4 - 3 * row.label } : row));
    for (const batch of batchesOf(turned)) await learner.add(batch);
    const [model] = await learner.fit(requestFor(2));
    expect(await model?.scores('test', Int32Array.of(-1, 1, -1, -1, 0))).toEqual(expected.test);
    const positive = rows.filter(({ part, label }) => part === PART.test && label === 1).length;
    expect((await model?.scores('test', Int32Array.of(-1, 1)))?.rows).toBe(positive);
    await learner.close();
  });

  it('keeps a text that is longer than a chunk', async () => {
    const long = Array.from({ length: 300_000 }, (_, at) => `w${mix(5, at) % 3000}`).join(' ');
    const rows = [...madeTexts(300, 2), { text: `${long} dull`, label: 0, part: PART.test }];
    const { model, test } = await train(rows, 2);
    expect([...test.raw.subarray(-1)]).toEqual(scoreSlowly(model, `${long} dull`));
  });

  it('scores the validation rows too, both at once, and has no training rows any more', async () => {
    const rows = madeTexts(1000, 2).map((row, at) => ({ ...row, part: at % 4 === 0 ? PART.validation : PART.train }));
    const learner = createNgramLearner(optionsWith());
    for (const batch of batchesOf(rows)) await learner.add(batch);
    const [model] = await learner.fit(requestFor(2));
    const [validation, test] = await Promise.all([model?.scores('validation'), model?.scores('test')]);
    expect(validation?.rows).toBe(250);
    expect(accuracy(validation as PartScores)).toBeGreaterThan(0.9);
    await expect(model?.scores('train')).rejects.toThrow('the training rows are not kept');
    expect(test?.rows).toBe(0);
    await learner.close();
  });

  it('says what is wrong when there is one class only, or none', async () => {
    const one = madeTexts(50, 2).map(row => ({ ...row, label: 1 }));
    await expect(train(one, 2)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: 'ngram cannot be trained: class 0 has no rows',
    });
    await expect(train([], 2)).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.each([false, true])('stops soon after an abort and leaves no files (second thread: %s)', async parallel => {
    const learner = createNgramLearner(optionsWith({ parallel, memoryBudget: 1_000_000, passes: 100 }));
    for (const batch of batchesOf(madeTexts(9000, 2, 45))) await learner.add(batch);
    const controller = new AbortController();
    const reason = new Error('the user has gone');
    setTimeout(() => controller.abort(reason), 300);
    await expect(learner.fit(requestFor(2, { signal: controller.signal }))).rejects.toBe(reason);
    await learner.close();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('does not start with a signal that was aborted before', async () => {
    const learner = createNgramLearner(optionsWith());
    await expect(learner.fit(requestFor(2, { signal: AbortSignal.abort(new Error('gone')) }))).rejects.toThrow('gone');
    await learner.close();
    await expect(learner.add(batchesOf(madeTexts(1, 2)).next().value as never)).rejects.toThrow('closed');
  });

  it('settles what is left to it by the length of the training texts alone', async () => {
    const long = `${'never ever so '.repeat(60)}!`;
    const rows = madeTexts(300, 2);
    const tests = rows.map(row => ({ ...row, text: long, part: PART.test }));
    expect((await train([...tests, ...rows], 2)).model.params).toMatchObject({ ngrams: 2, minRows: 2 });
    const longRows = rows.map(row => ({ ...row, text: `${row.text} ${long}` }));
    const { model } = await train(longRows, 2);
    expect(model.params).toMatchObject({ ngrams: 3, minRows: 4 });
    expect(model.stages.map(stage => stage.kind)).toEqual([
      ...['RegexTokenizer', 'NGram', 'NGram', 'ConcatTokens', 'HashingTF', 'LogisticRegression'],
    ]);
  });

  it('clears away what a training that was killed left behind, not what a living one uses', async () => {
    const dead = '.ngram.sentops-99999999-1.tmp';
    const living = `.ngram.sentops-${process.ppid}-1.tmp`;
    for (const name of [dead, living]) fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(path.join(folder, dead, 'train.rows'), 'rows');
    const learner = createNgramLearner(optionsWith());
    await learner.close();
    expect(fs.readdirSync(folder)).toEqual([living]);
  });

  it('reports each pass', async () => {
    const learner = createNgramLearner(optionsWith({ passes: 4 }));
    for (const batch of batchesOf(madeTexts(200, 2))) await learner.add(batch);
    const steps: string[] = [];
    await learner.fit(requestFor(2, { progress: (model, done, total) => steps.push(`${model} ${done}/${total}`) }));
    expect(steps).toEqual(['ngram 1/4', 'ngram 2/4', 'ngram 3/4', 'ngram 4/4']);
    await learner.close();
  });
});
