import { describe, expect, test } from 'vitest';
import { renderTraining } from '../../../../src/cli/views/training.ts';
import type { BestModel, TrainedModel, TrainReport } from '../../../../src/lib/train/result.ts';
import { draw, widthOf } from './draw.ts';

function model(name: string, accuracy: number, auc: number | null = 0.9): TrainedModel {
  const metrics = { accuracy, auc, f1: 0.8, precision: 0.75, recall: 0.85, logLoss: null };
  const run = { runId: `run-of-${name}`, registered: { name: `reviews-${name}`, version: 3 } };
  return { name, ...run, metrics, validation: null, params: {}, search: null, path: `/out/${name}`, seconds: 1.234 };
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
    runId: null,
    registered: null,
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
  tracking: null,
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

describe('a run that was recorded', () => {
  const tracking = {
    uri: 'sqlite:////srv/reviews/.sentops/mlflow/mlflow.db',
    experiment: 'our reviews',
    experimentId: '1',
    parentRunId: 'f00d',
    failure: null,
  };
  const best = { ...(REPORT.best as BestModel), registered: { name: 'reviews-best', version: 7 } };

  test('says where, names every version and what to type to look at them', async () => {
    const { text } = await draw(renderTraining, { ...REPORT, tracking, best }, 300);
    expect(text).toContain(`recorded in: ${tracking.uri}, experiment our reviews, run f00d`);
    expect(text).toMatch(
      /registered: +reviews-logisticregression version 3, reviews-linearsvc version 3, reviews-best version 7/,
    );
    expect(text).toContain("sentops run list --experiment 'our reviews'");
    expect(text).toContain('sentops model promote reviews-best --version 7 --to Production');
  });

  test('does not suggest to promote what missed the gate, nor what is not registered', async () => {
    const gate = { model: 'logisticregression', met: false, checks: [], missed: 'accuracy is 0.5, not > 0.75' };
    const missed = await draw(renderTraining, { ...REPORT, tracking, best, gate }, 300);
    expect(missed.text).toContain('reviews-best version 7');
    expect(missed.text).not.toContain('promote');
    const plain = await draw(renderTraining, { ...REPORT, tracking }, 300);
    expect(plain.text).not.toContain('promote');
    expect(plain.text).toContain('sentops run list');
  });

  test('names the server again, which was perhaps named on the command line only', async () => {
    const server = { ...tracking, uri: 'http://127.0.0.1:5000' };
    const { text } = await draw(renderTraining, { ...REPORT, tracking: server, best }, 300);
    expect(text).toContain("run list --experiment 'our reviews' --mlflow-uri http://127.0.0.1:5000");
    expect(text).toContain('--to Production --mlflow-uri http://127.0.0.1:5000');
  });

  test('says nothing of runs where none was recorded', async () => {
    const { text } = await draw(renderTraining, REPORT, 300);
    expect(text).not.toMatch(/recorded|registered|run list/);
  });
});

describe('a dry run', () => {
  test('tells what was found and where models would go, and no more', async () => {
    const { lines } = await draw(renderTraining, { ...REPORT, dryRun: true, models: [], best: null, labels: null });
    expect(lines).toEqual(['input:  rows.csv', 'layout: CSV, UTF-8', 'Would write models into /out', '']);
  });
});
