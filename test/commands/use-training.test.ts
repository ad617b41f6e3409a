import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainReport } from '../../src/lib/train/result.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { runCli } from '../helpers/run-cli.ts';
import { startServedStore } from '../helpers/served-store.ts';
import { useTraining } from '../helpers/use-training.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-use-training-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

async function train(name: string, where: readonly string[]) {
  const cwd = path.join(dir, name);
  fs.mkdirSync(cwd);
  writeReviews(path.join(cwd, 'reviews.csv'), { rows: 300 });
  const args = ['train', '--input', 'reviews.csv', '--output', 'models', '--models', 'lr,nb', '--num-features', '256'];
  const { stdout, stderr, code } = await runCli([...args, '--min-accuracy', '0.1', '--json', ...where], { cwd });
  if (code !== 0) throw new Error(`${stderr}${stdout}`);
  return { cwd, report: JSON.parse(stdout) as TrainReport };
}

test('a training that is recorded in the store of its project is of use', async () => {
  const { cwd, report } = await train('embedded', []);
  await useTraining(cwd, report, []);
}, 120_000);

test('a training that is recorded by a server is of use, and leaves nothing of a store in the project', async () => {
  const server = await startServedStore();
  try {
    const where = ['--mlflow-uri', server.url];
    const { cwd, report } = await train('served', where);
    expect(report.tracking).toMatchObject({ uri: server.url, failure: null });
    expect(report.models.map(({ registered }) => registered?.version)).toEqual([1, 1]);
    await useTraining(cwd, report, where);
    expect(fs.existsSync(path.join(cwd, '.sentops'))).toBe(false);
  } finally {
    await server.stop();
  }
}, 120_000);
