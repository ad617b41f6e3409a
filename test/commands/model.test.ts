import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot, runCli } from '../helpers/run-cli.ts';

const goldenFolder = (name: string) => path.join(repositoryRoot, `test/golden/spark/4.3-${name}`);
const golden = (name: string) => path.join(goldenFolder(name), 'model');

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-model-'));
  fs.cpSync(golden('lr'), path.join(folder, 'damaged'), { recursive: true });
  const stages = path.join(folder, 'damaged/stages');
  const last = fs.readdirSync(stages).find(name => name.includes('LogisticRegression')) ?? '';
  const data = path.join(stages, last, 'data');
  for (const name of fs.readdirSync(data)) fs.truncateSync(path.join(data, name), 200);
  fs.writeFileSync(path.join(folder, 'texts.csv'), 'text\na good thing\na bad thing\n');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const model = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(['model', ...args], { cwd: folder, env });
const answer = async (args: readonly string[]) => {
  const { stdout, stderr, code } = await model([...args, '--json']);
  expect(stderr).toBe('');
  return { code, json: JSON.parse(stdout) as Record<string, unknown> };
};

describe.concurrent('model inspect', () => {
  test('shows the stages and the weightiest features', async () => {
    const { stdout, code } = await model(['inspect', golden('counts')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/CountVectorizer +vocabulary \d+/);
    expect(stdout).toMatch(/^Speaks most for /m);
  });

  test('is one object with --json', async () => {
    const { code, json } = await answer(['inspect', golden('forest')]);
    expect([code, json['schemaVersion'], json['topFeatures']]).toEqual([0, 1, null]);
  });
});

describe.concurrent('model verify', () => {
  test('finds no difference from what Spark stored', async () => {
    const against = path.join(goldenFolder('lr'), 'expected.json');
    const { stdout, code } = await model(['verify', golden('lr'), '--against', against]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('to the last bit')]);
  });

  test('ends with 9 where anything differs, with the facts beside the error', async () => {
    const against = path.join(goldenFolder('lr-plain'), 'expected.json');
    const { code, json } = await answer(['verify', golden('lr'), '--against', against]);
    expect(code).toBe(9);
    expect(json).toMatchObject({
      error: { code: 'DATA_INVALID', exit: 9 },
      parity: { mismatches: expect.any(Number), columns: expect.any(Array) },
    });
  });

  test('agrees with what score wrote', async () => {
    const scored = await runCli(
      ['score', '-i', 'texts.csv', '--model-path', golden('lr'), '--vectors', '-o', 'scored.csv'],
      { cwd: folder },
    );
    expect(scored.code).toBe(0);
    const { code, json } = await answer(['verify', golden('lr'), '--against', 'scored.csv']);
    expect([code, json]).toMatchObject([0, { parity: { rows: 2, mismatches: 0, columns: { length: 4 } } }]);
  });

  test('says what it needs where there is no PySpark', async () => {
    const { stderr, code } = await model(['verify', golden('lr'), '--against', 'pyspark'], {
      PYSPARK_PYTHON: '/nonexistent',
    });
    expect([code, stderr]).toEqual([5, expect.stringContaining('pip install pyspark')]);
  });
});

describe.concurrent('model convert', () => {
  test('writes a folder that the other commands take', async () => {
    const { stdout, code } = await model(['convert', golden('lr'), '--to', 'mlflow', '--output', 'mlflow']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Wrote mlflow \(MLflow folder\)/)]);
    const difference = await answer(['diff', golden('lr'), 'mlflow', '-i', 'texts.csv']);
    expect(difference).toMatchObject({ code: 0, json: { same: true, predictions: { rows: 2, changed: 0 } } });
    const again = await model(['convert', golden('svc'), '--to', 'spark', '--output', 'mlflow']);
    expect([again.code, again.stderr]).toEqual([6, expect.stringContaining('--force')]);
  });
});

describe.concurrent('model diff', () => {
  test('shows what changed', async () => {
    const { stdout, code } = await model(['diff', golden('lr'), golden('lr-plain')]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/fitIntercept: true → false/)]);
    expect(stdout).toMatch(/coefficients: \d+ of 256 entries differ/);
  });
});

describe.concurrent('what cannot be done', () => {
  test.for([
    [['inspect'], 5, 'no trained model'],
    [['inspect', 'nowhere'], 5, 'nowhere'],
    [['inspect', 'damaged'], 9, 'LogisticRegression'],
    [['verify', golden('lr')], 2, '--against'],
    [['convert', golden('lr'), '--output', 'x'], 2, '--to'],
    [['convert', golden('lr'), '--to', 'onnx', '--output', 'x'], 2, 'onnx'],
    [['convert', golden('unfitted'), '--to', 'native', '--output', 'x'], 9, 'fitted'],
    [['diff', golden('lr')], 2, 'TO'],
  ] as const)('%j ends with %i', async ([args, exit, message]) => {
    const { stdout, stderr, code } = await model(args);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(message);
    expect(fs.existsSync(path.join(folder, 'x'))).toBe(false);
  });
});
