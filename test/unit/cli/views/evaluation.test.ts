import { describe, expect, test } from 'vitest';
import { renderEvaluation } from '../../../../src/cli/views/evaluation.ts';
import type { EvaluationReport, ModelComparison } from '../../../../src/lib/score/evaluation-result.ts';
import { draw, widthOf } from './draw.ts';

const REPORT: EvaluationReport = {
  model: { name: 'naivebayes', path: '/models/nb', version: '3', labels: ['negative', 'positive'] },
  data: { input: 'test.csv', layout: 'CSV', sha256: 'ab', bytes: 10, rows: 12_345, withoutText: 0, badRows: 0 },
  labels: { scheme: 'as in training', mapping: { 0: 'negative', 4: 'positive', 2: null }, dropped: [] },
  metrics: { accuracy: 0.87654, auc: null, f1: 0.5, precision: 1, recall: 0.25, logLoss: 0.33 },
  perClass: [
    { label: 'negative', support: 10, predicted: 9, precision: 0.1, recall: 0.2, f1: 0.3, auc: 0.5 },
    { label: 'positive', support: 20, predicted: 21, precision: 0.4, recall: 0.5, f1: 0.6, auc: 0.5 },
  ],
  confusion: [
    [8, 2],
    [1, 19],
  ],
  calibration: null,
  slices: [{ name: 'short', from: 1, to: 7, rows: 5, accuracy: 0.8, f1: 0.7, auc: null }],
  comparison: null,
  gate: null,
  out: null,
  files: [],
  seconds: 1,
};

const COMPARISON: ModelComparison = {
  model: { name: 'ngram', path: '/models/ng', version: null, labels: ['negative', 'positive'] },
  metrics: { accuracy: 0.9, f1: 0.9, auc: 0.9, precision: 0.9, recall: 0.9, logLoss: null },
  onlyFirst: 1200,
  onlySecond: 34,
  disagree: 1234,
  test: 'chi-squared',
  statistic: 11,
  pValue: 0.00004,
  better: 'first',
};

describe('an evaluation', () => {
  test('names model and data and shows every metric, a dash for those there are not', async () => {
    const { text, lines } = await draw(renderEvaluation, REPORT);
    expect(lines.slice(0, 3)).toEqual([
      'model:  naivebayes in /models/nb',
      'data:   test.csv: 12,345 rows (CSV)',
      'labels: 0 = negative, 4 = positive (as in training)',
    ]);
    expect(text).toMatch(
      /accuracy +auc +f1 +precision +recall +logLoss\n +0\.8765 +- +0\.5000 +1\.0000 +0\.2500 +0\.3300\n/,
    );
    expect(text).toMatch(
      /Classes\nclass +rows +predicted +precision +recall +f1\nnegative +10 +9 +0\.1000 +0\.2000 +0\.3000\n/,
    );
    expect(text).toMatch(/By length\ntexts +words +rows +accuracy +f1 +auc\nshort +1–7 +5 +0\.8000 +0\.7000 +-\n/);
    expect(text).not.toContain('Report in');
  });

  test('tells what was left out', async () => {
    const dropped = [
      { value: '2', rows: 1500, why: 'the model does not know it' },
      { value: '', rows: 3, why: 'no label' },
    ];
    const { text } = await draw(renderEvaluation, {
      ...REPORT,
      data: { ...REPORT.data, withoutText: 2, badRows: 5 },
      labels: { ...REPORT.labels, dropped },
    });
    expect(text).toContain('⚠ 1,500 rows labelled "2" were left out: the model does not know it');
    expect(text).toContain('⚠ 3 rows were left out: no label');
    expect(text).toContain('⚠ 2 rows without a text were left out');
    expect(text).toContain('⚠ 5 rows could not be read');
  });

  test('counts one row as one row', async () => {
    const { text } = await draw(renderEvaluation, {
      ...REPORT,
      data: { ...REPORT.data, rows: 1, withoutText: 1, badRows: 1 },
      labels: { ...REPORT.labels, dropped: [{ value: '2', rows: 1, why: 'unknown' }] },
    });
    expect(text).toContain('test.csv: 1 row (CSV)');
    expect(text).toContain('1 row labelled "2" was left out: unknown');
    expect(text).toContain('1 row without a text was left out');
    expect(text).toContain('1 row could not be read');
  });

  test('says where the report is', async () => {
    expect((await draw(renderEvaluation, { ...REPORT, out: 'eval' })).text).toMatch(/✔ Report in eval\n$/);
  });

  test.each([36, 60, 80])('fits a terminal of %i columns', async width => {
    const { lines } = await draw(renderEvaluation, REPORT, width);
    expect(widthOf(lines)).toBeLessThanOrEqual(width);
  });
});

describe('two models', () => {
  const compare = async (more: Partial<ModelComparison>) =>
    (await draw(renderEvaluation, { ...REPORT, comparison: { ...COMPARISON, ...more } })).text;

  test('are told apart by name', async () => {
    const text = await compare({});
    expect(text).toContain('Beside ngram in /models/ng');
    expect(text).toMatch(/accuracy: +0\.8765 beside 0\.9000/);
    expect(text).toMatch(/right alone: +1,200 and 34 rows/);
    expect(text).toMatch(/p \(McNemar\): +4\.0e-5/);
    expect(text).toContain('✔ naivebayes is better, and by more than chance.');
    expect(await compare({ better: 'second' })).toContain('✔ ngram is better, and by more than chance.');
  });

  test('of one name are told apart by their place', async () => {
    const model = { ...COMPARISON.model, name: 'naivebayes' };
    expect(await compare({ model })).toContain('The first one is better');
    expect(await compare({ model, better: 'second' })).toContain('The second one is better');
  });

  test('that may differ by chance', async () => {
    const text = await compare({ better: null, pValue: 0.25 });
    expect(text).toMatch(/p \(McNemar\): +0\.2500/);
    expect(text).toContain('The difference may well be chance.');
    expect(text).not.toContain('is better');
  });
});
