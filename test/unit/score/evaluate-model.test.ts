import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../../src/lib/model/compile/compile.ts';
import type { Scorer } from '../../../src/lib/model/compile/types.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import { type EvaluationCall, runEvaluation } from '../../../src/lib/score/run-evaluation.ts';
import { repositoryRoot } from '../../helpers/run-cli.ts';
import { createWorld, golden } from './world.ts';

let folder: string;
let scorer: Scorer;
const texts = (
  JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'test/golden/spark/rows/ordinary.json'), 'utf8')) as string[]
).filter(text => /[^ \t-\r]/.test(text));

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-evaluation-'));
  scorer = compileModel(await loadModel(golden('lr')));
  // Every third row is labelled against what the model says.
  write(
    'rows.jsonl',
    texts.map((text, row) => ({ text, sentiment: names[truth(text, row)] })),
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const names = ['negative', 'positive'];
const truth = (text: string, row: number) => {
  const { prediction } = scorer.score(text);
  return row % 3 === 0 ? 1 - prediction : prediction;
};
const write = (name: string, rows: readonly object[]) =>
  fs.writeFileSync(path.join(folder, name), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
const wrong = Math.ceil(texts.length / 3);

function run(call: Partial<EvaluationCall>) {
  const { world } = createWorld(folder);
  return runEvaluation({
    modelPath: golden('lr'),
    compare: undefined,
    input: 'rows.jsonl',
    textColumn: undefined,
    labelColumn: undefined,
    out: undefined,
    minimum: { accuracy: undefined, f1: undefined },
    math: 'hotspot-x64',
    ...world,
    loadProject: () => Promise.reject(new Error('no project is needed')),
    ...call,
  });
}

describe('a model on labelled rows', () => {
  test('is measured: metrics, classes and confusion agree with each other and with the labels', async () => {
    const report = await run({});
    expect(report.metrics.accuracy).toBeCloseTo(1 - wrong / texts.length, 12);
    expect(report.data).toMatchObject({ rows: texts.length, withoutText: 0, badRows: 0 });
    const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = report.confusion;
    expect([a + b + c + d, b + c]).toEqual([texts.length, wrong]);
    expect(report.perClass.map(({ support }) => support)).toEqual([a + b, c + d]);
    expect(report.metrics.auc).toBeGreaterThan(0.3);
    expect(report.calibration?.brier).toBeGreaterThan(0);
    expect(report.slices.reduce((sum, { rows }) => sum + rows, 0)).toBe(texts.length);
    expect([report.comparison, report.gate, report.out, report.files]).toEqual([null, null, null, []]);
  });

  test('labels may be written in other ways, rows that say nothing are counted', async () => {
    const rows = texts.map((text, row) => ({ review: text, target: truth(text, row) * 4 }));
    write('other.jsonl', [
      ...rows,
      { review: 'so so', target: 2 },
      { review: '  ', target: 4 },
      { review: 'no label' },
    ]);
    const report = await run({ input: 'other.jsonl', textColumn: 'review', labelColumn: 'target' });
    expect(report.metrics.accuracy).toBeCloseTo(1 - wrong / texts.length, 12);
    expect(report.labels.mapping).toMatchObject({ '2': null });
    expect(report.labels.dropped.map(({ value, rows: count }) => [value, count])).toEqual([
      ['', 1],
      ['2', 1],
    ]);
    expect(report.data).toMatchObject({ rows: texts.length, withoutText: 1 });
  });

  test('without probabilities has no calibration and no log-loss, but an AUC', async () => {
    const { metrics, calibration } = await run({ modelPath: golden('svc') });
    expect([metrics.logLoss, calibration]).toEqual([null, null]);
    expect(metrics.auc).not.toBeNull();
  });

  test('a gate says what was missed', async () => {
    const met = await run({ minimum: { accuracy: '0.5', f1: '0.1' } });
    expect(met.gate).toMatchObject({ met: true });
    const missed = await run({ minimum: { accuracy: '0.99', f1: '0.1' } });
    expect(missed.gate).toMatchObject({ met: false });
    expect(missed.gate?.checks.map(({ met }) => met)).toEqual([false, true]);
    for (const accuracy of ['1.5', 'high', ' ', '-1', 'NaN'])
      await expect(run({ minimum: { accuracy, f1: undefined } })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('a report, metrics and plots are written, all together', async () => {
    const report = await run({ out: 'report', compare: golden('svc') });
    expect(fs.readdirSync(path.join(folder, 'report')).sort()).toEqual([...report.files].sort());
    expect(report.files).toEqual(
      expect.arrayContaining(['report.md', 'report.html', 'metrics.json', 'confusion_matrix.png', 'evaluation.json']),
    );
    expect(read('report/report.md').replaceAll('\\', '')).toContain(report.metrics.accuracy.toFixed(4));
    expect(report.model.name).toBe('4.3-lr');
    for (const page of ['report/report.md', 'report/report.html']) {
      const text = read(page).replaceAll('\\', '');
      expect(text).toContain('Evaluation report: 4.3-lr');
      expect(text.indexOf('By the length of the texts')).toBeLessThan(text.indexOf('Confusion matrix'));
      expect(text).toContain('Beside another model');
      expect(text).toContain('4.3-svc');
    }
    expect(JSON.parse(read('report/evaluation.json'))).toMatchObject({
      metrics: report.metrics,
      slices: report.slices,
    });
    expect(fs.readFileSync(path.join(folder, 'report/confusion_matrix.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('beside another model', () => {
  test('one that is the same makes no difference', async () => {
    const { comparison } = await run({ compare: golden('lr') });
    expect(comparison).toMatchObject({ onlyFirst: 0, onlySecond: 0, disagree: 0, pValue: 1, better: null });
    expect(comparison?.metrics).toEqual((await run({})).metrics);
  });

  test('one that is right less often is worse, by more than chance, whichever comes first', async () => {
    const model = await loadModel(golden('lr'));
    await saveModel({ ...model, labels: ['positive', 'negative'] }, path.join(folder, 'turned'), { format: 'native' });
    write(
      'named.jsonl',
      texts.map((text, row) => ({
        text,
        label: names[row % 9 === 0 ? 1 - scorer.score(text).prediction : scorer.score(text).prediction],
      })),
    );
    await saveModel({ ...model, labels: names }, path.join(folder, 'straight'), { format: 'native' });
    const [straight, turned] = ['straight', 'turned'];
    const { comparison, metrics } = await run({ input: 'named.jsonl', modelPath: straight, compare: turned });
    expect(metrics.accuracy).toBeGreaterThan(0.8);
    expect(comparison).toMatchObject({ disagree: texts.length, better: 'first' });
    expect(comparison?.metrics.accuracy).toBeCloseTo(1 - metrics.accuracy, 12);
    expect(comparison?.pValue).toBeLessThan(0.01);
    const swapped = await run({ input: 'named.jsonl', modelPath: turned, compare: straight });
    expect(swapped.comparison).toMatchObject({
      better: 'second',
      onlyFirst: comparison?.onlySecond,
      onlySecond: comparison?.onlyFirst,
    });
  });

  test('one is measured as it would be by itself, also with its classes in another order', async () => {
    const model = await loadModel(golden('svc'));
    const labels = ['positive', 'negative'];
    await saveModel({ ...model, labels: names }, path.join(folder, 'alone'), { format: 'native' });
    const straight = await loadModel(golden('lr'));
    await saveModel({ ...straight, labels: names }, path.join(folder, 'first'), { format: 'native' });
    const alone = await run({ modelPath: 'alone' });
    const { comparison } = await run({ modelPath: 'first', compare: 'alone' });
    expect(comparison?.metrics).toEqual(alone.metrics);
    // The first one decides which class is the positive one.
    await saveModel({ ...straight, labels }, path.join(folder, 'turned-first'), { format: 'native' });
    const turned = await run({ modelPath: 'turned-first', compare: 'alone' });
    expect(turned.comparison?.metrics.auc).toBeCloseTo(alone.metrics.auc as number, 12);
    expect(turned.comparison?.metrics.accuracy).toBe(alone.metrics.accuracy);
    expect(turned.comparison?.metrics.precision).toBeCloseTo(alone.perClass[0]?.precision as number, 12);
  });

  test('one that learnt the opposite of the same labels is not called bad', async () => {
    const model = await loadModel(golden('lr'));
    const save = (name: string, labelMapping: Record<string, string>) =>
      saveModel({ ...model, labels: names, about: { ...model.about, labelMapping } }, path.join(folder, name), {
        format: 'native',
      });
    await save('four-is-good', { '0': 'negative', '4': 'positive' });
    await save('four-is-bad', { '0': 'positive', '4': 'negative' });
    write(
      'numbers.jsonl',
      texts.map((text, row) => ({ text, label: 4 * truth(text, row) })),
    );
    const call = { input: 'numbers.jsonl', modelPath: 'four-is-good' };
    await expect(run({ ...call, compare: 'four-is-bad' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/the label "[04]" is (negative|positive) to one of the models and /),
    });
    expect((await run({ ...call, compare: 'four-is-good' })).comparison?.disagree).toBe(0);
  });

  test('one of other classes cannot be compared', async () => {
    await expect(run({ compare: golden('lr-3') })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('different classes'),
    });
  });
});

describe('what cannot be measured', () => {
  test('a file without that column lists what it has', async () => {
    await expect(run({ labelColumn: 'nope' })).rejects.toMatchObject({
      exit: 9,
      message: expect.stringMatching(/sentiment/),
    });
  });

  test('labels of something else', async () => {
    write('pets.jsonl', [
      { text: 'meow', label: 'cat' },
      { text: 'woof', label: 'dog' },
    ]);
    await expect(run({ input: 'pets.jsonl' })).rejects.toMatchObject({
      exit: 9,
      message: expect.stringContaining('cat, dog'),
    });
  });

  test('a model that is not there, to try or to compare with', async () => {
    await expect(run({ modelPath: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run({ compare: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('rows of which none can be used', async () => {
    write('blank.jsonl', [
      { text: ' ', label: 'positive' },
      { text: '', label: 'negative' },
    ]);
    await expect(run({ input: 'blank.jsonl', textColumn: 'text', labelColumn: 'label' })).rejects.toMatchObject({
      exit: 9,
    });
  });
});
