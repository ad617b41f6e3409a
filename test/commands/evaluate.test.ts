import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot, runCli } from '../helpers/run-cli.ts';

const golden = (name: string) => path.join(repositoryRoot, `test/golden/spark/4.3-${name}/model`);
const rows = (['good', 'bad'] as const).flatMap(word =>
  Array.from({ length: 30 }, (_, row) => [`a ${word} thing, number ${row}`, word === 'good' ? 'pos' : 'neg']),
);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-evaluate-'));
  const lines = rows.map(([text, label]) => `"${text}",${label}\n`);
  fs.writeFileSync(path.join(folder, 'test.csv'), `text,label\n${lines.join('')}`);
  fs.writeFileSync(path.join(folder, 'long.csv'), `text,label\n${'good,1\nbad,0\n'.repeat(40_000)}`);
  fs.writeFileSync(path.join(folder, 'one.csv'), 'text,label\ngood,1\nfine,1\nwell,NaN\n');
  fs.writeFileSync(path.join(folder, 'cats.csv'), 'text,label\ngood,cat\nfine,cat\n');
  fs.writeFileSync(path.join(folder, 'texts.csv'), 'text\nonly a text\n');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const evaluate = (args: readonly string[], input?: string) =>
  runCli(['evaluate', ...args], { cwd: folder, ...(input === undefined ? {} : { input }) });
const model = ['--model-path', golden('lr')];

describe.concurrent('a model on labelled rows', () => {
  test('is shown to a person, with progress on standard error', async () => {
    const { stdout, stderr, code } = await evaluate(['--data', 'test.csv', ...model]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/accuracy +auc +f1 +precision +recall +logLoss/);
    expect(stdout).toMatch(/^By length$/m);
    expect(stderr).toMatch(/^Evaluating: 100%/m);
  });

  test('said many times over that it was done', async () => {
    const { stderr, code } = await evaluate(['--data', 'long.csv', ...model]);
    expect(code).toBe(0);
    expect(stderr.match(/^Evaluating: 100%/gm)).toHaveLength(1);
  });

  test('may find one class only in the file, and labels that are none', async () => {
    const args = ['--data', 'one.csv', ...model, '--out', 'one'];
    const { stdout, code } = await evaluate([...args, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      data: { rows: 2 },
      labels: { mapping: { '1': 'positive', NaN: null }, dropped: [{ value: 'NaN', rows: 1, why: 'no label' }] },
      metrics: { auc: null },
    });
    expect(fs.existsSync(path.join(folder, 'one/report.html'))).toBe(true);
  });

  test('is one object with --json, and reads a pipe', async () => {
    const input = fs.readFileSync(path.join(folder, 'test.csv'), 'utf8');
    const { stdout, stderr, code } = await evaluate(['-i', '-', ...model, '--compare', golden('svc'), '--json'], input);
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      schemaVersion: 1,
      data: { rows: 60 },
      labels: { mapping: { pos: expect.any(String), neg: expect.any(String) } },
      comparison: { pValue: expect.any(Number), model: { path: golden('svc') } },
    });
  });

  test('writes a report', async () => {
    const { stdout, code } = await evaluate(['--data', 'test.csv', ...model, '--out', 'report']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Report in report')]);
    expect(fs.readdirSync(path.join(folder, 'report'))).toEqual(
      expect.arrayContaining(['report.html', 'report.md', 'metrics.json', 'roc.png']),
    );
  });

  test('that misses its gate ends with 12, and is shown and written all the same', async () => {
    const args = ['--data', 'test.csv', ...model, '--min-accuracy', '1', '--min-f1', '0', '--out', 'missed'];
    const { stdout, stderr, code } = await evaluate(args);
    expect([code, stdout]).toEqual([12, expect.stringContaining('accuracy')]);
    expect(stderr).toMatch(/error: .*accuracy is 0\.\d+, below 1/);
    expect(fs.existsSync(path.join(folder, 'missed/report.md'))).toBe(true);
    const json = await evaluate([...args, '--json']);
    expect(json.code).toBe(12);
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'GATE_NOT_MET', exit: 12 },
      gate: { met: false },
      metrics: {},
    });
  });
});

describe.concurrent('what cannot be done', () => {
  test.for([
    [[...model], 2, '--data'],
    [['--data', 'test.csv'], 5, 'no trained model'],
    [['--data', 'nowhere.csv', ...model], 5, 'nowhere.csv'],
    [['--data', 'texts.csv', ...model], 9, 'label'],
    [['--data', 'test.csv', ...model, '--label-column', 'stars'], 9, 'stars'],
    [['--data', 'cats.csv', ...model], 9, 'cats.csv: the labels of column label (cat) are not the classes'],
    [['--data', 'test.csv', ...model, '--min-f1', 'high'], 2, '--min-f1'],
    [['--data', 'test.csv', ...model, '--compare', golden('lr-3')], 9, 'different classes'],
  ] as const)('%j ends with %i', async ([args, exit, message]) => {
    const { stdout, stderr, code } = await evaluate(args);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(message);
  });
});
