import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installTarball } from '../helpers/pack.ts';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
let bin: { file: string };
beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-e2e-train-'));
  bin = { file: (await installTarball()).bin };
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Threads are files of their own in the package: nothing of the sources is there to fall back on. */
test('the installed command trains in its threads, scores and evaluates', async () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: dir, home: dir, bin });
    expect([args.join(' '), code, stderr.match(/error.*/)?.[0]]).toEqual([args.join(' '), 0, undefined]);
    return stdout;
  };
  await run('dataset', 'generate', '--rows', '1500', '--seed', '3', '--output', 'reviews.csv');
  await run('train', '--input', 'reviews.csv', '--output', 'models', '--models', 'lr,svc,rf,nb,ngram', '--calibrate');
  const scored = await run('score', '--model-path', 'models/ngram', 'A wonderful story');
  expect(JSON.parse(scored)).toMatchObject({ sentiment: 'positive' });
  const evaluated = await run(
    'evaluate',
    '--model-path',
    'models/logisticregression',
    '--input',
    'reviews.csv',
    '--json',
  );
  expect(JSON.parse(evaluated).metrics.accuracy).toBeGreaterThan(0.8);
  await run('model', 'convert', 'models/randomforest', '--to', 'spark', '--output', 'spark');
  await run('model', 'diff', 'models/randomforest', 'spark');
}, 120_000);
