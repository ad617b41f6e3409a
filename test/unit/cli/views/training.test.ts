import { describe, expect, test } from 'vitest';
import { renderTraining } from '../../../../src/cli/views/training.ts';
import type { TrainedModel, TrainReport } from '../../../../src/lib/train/result.ts';
import { draw, widthOf } from './draw.ts';

function model(name: string, accuracy: number, auc: number | null = 0.9): TrainedModel {
  const metrics = { accuracy, auc, f1: 0.8, precision: 0.75, recall: 0.85, logLoss: null };
  return { name, metrics, validation: null, params: {}, search: null, path: `/out/${name}`, seconds: 1.234 };
}

const REPORT: TrainReport = {
  dryRun: false,
  models: [model('logisticregression', 0.91234), model('linearsvc', 0.9, null)],
  best: {
    name: 'logisticregression',
    metric: 'accuracy',
    on: 'test',
    value: 0.91234,
    accuracy: 0.91234,
    path: '/out/best-model-lr',
  },
  gate: null,
  labels: {
    scheme: '0/4',
    classes: ['negative', 'positive'],
    mapping: { 0: 'negative', 4: 'positive', 2: null },
    dropped: [],
  },
  data: {
    input: 'rows.csv',
    sha256: 'ab',
    bytes: 9,
    rows: 100,
    badRows: 0,
    train: 80,
    validation: 0,
    test: 20,
    testInput: null,
  },
  layout: 'CSV, UTF-8',
  seed: 1,
  gitCommit: null,
  environment: { sentops: '1.0.0', node: '24.0.0', platform: 'linux x64', cpu: 'one' },
  output: '/out',
  report: '/out/report.html',
  seconds: 3,
  warnings: [],
};

describe('a training run', () => {
  test('shows what was read, every model, the best one and what to type next', async () => {
    const { text, lines } = await draw(renderTraining, REPORT, 120);
    expect(lines.slice(0, 4)).toEqual([
      'input:  rows.csv',
      'layout: CSV, UTF-8',
      'rows:   100 (80 to train on, 0 to validate, 20 to test)',
      'labels: 0 = negative, 4 = positive (0/4)',
    ]);
    expect(text).toMatch(/model +accuracy +auc +f1 +precision +recall +seconds +folder\n/);
    expect(text).toMatch(
      /logisticregression \* +0\.9123 +0\.9000 +0\.8000 +0\.7500 +0\.8500 +1\.23 +\/out\/logisticregression/,
    );
    expect(text).toMatch(/linearsvc +0\.9000 +- +0\.8000/);
    expect(text).toContain('✔ Best by accuracy on the test rows: logisticregression, in /out/best-model-lr');
    expect(text).toContain('report: /out/report.html');
    expect(text).toMatch(/Next:\n {2}sentops score --model-path \/out\/best-model-lr "I love this!"\n$/);
  });

  test('marks the best model only', async () => {
    const { text } = await draw(
      renderTraining,
      { ...REPORT, best: { ...(REPORT.best as object), name: 'linearsvc' } as never },
      120,
    );
    expect(text).toMatch(/linearsvc \*/);
    expect(text).not.toMatch(/logisticregression \*/);
  });

  test('names labels that were left out, however they are written', async () => {
    const dropped = [{ value: '2 "maybe"', rows: 7, why: 'neutral' }];
    const { text } = await draw(renderTraining, {
      ...REPORT,
      labels: { ...(REPORT.labels as object), dropped } as never,
    });
    expect(text).toContain('⚠ 7 rows labelled "2 \\"maybe\\"" were left out: neutral');
  });

  test('shortens a long list of labels', async () => {
    const mapping = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`label${at}`, `class${at}`]));
    const { text } = await draw(
      renderTraining,
      { ...REPORT, labels: { ...(REPORT.labels as object), mapping } as never },
      400,
    );
    expect(text).toContain('label11 = class11, … (0/4)');
    expect(text).not.toContain('label12');
  });

  test('names the test file', async () => {
    const { text } = await draw(renderTraining, { ...REPORT, data: { ...REPORT.data, testInput: 'test.csv' } });
    expect(text).toMatch(/test input: +test\.csv/);
  });

  test.each([
    ['/a/b c', "'/a/b c'"],
    ["/it's", "'/it'\\''s'"],
    ['/$HOME', "'/$HOME'"],
  ])('a folder called %s can be typed as it is shown', async (path, shown) => {
    const { text } = await draw(
      renderTraining,
      { ...REPORT, best: { ...(REPORT.best as object), path } as never },
      200,
    );
    expect(text).toContain(`--model-path ${shown} "I love`);
  });

  test.each([30, 40, 60, 80])('fits a terminal of %i columns', async width => {
    const { lines, text } = await draw(renderTraining, REPORT, width);
    const tables = lines.filter(line => !/sentops score|Best by|^report|\/out/.test(line));
    expect(widthOf(tables)).toBeLessThanOrEqual(width);
    expect(text).toContain('0.9123');
    expect(text.replaceAll(/\s/g, '')).toContain('logisticregression');
  });
});

describe('a dry run', () => {
  test('tells what was found and where models would go, and no more', async () => {
    const { lines } = await draw(renderTraining, { ...REPORT, dryRun: true, models: [], best: null, labels: null });
    expect(lines).toEqual(['input:  rows.csv', 'layout: CSV, UTF-8', 'Would write models into /out', '']);
  });
});
