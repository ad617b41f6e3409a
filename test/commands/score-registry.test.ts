import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import openEmbedded from '../../src/lib/tracking/embedded/tracker.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createWorld, golden } from '../unit/score/world.ts';

let folder: string;
beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-score-registry-')));
  fs.writeFileSync(path.join(folder, 'sentops.yaml'), 'version: 1\nproject: { name: reviews }\n');
  fs.writeFileSync(path.join(folder, 'rows.csv'), 'text,label\nI love this,1\nterrible broken phone,0\n');
  const file = path.join(folder, '.sentops/mlflow/mlflow.db');
  const { models, close } = await openEmbedded({ file, mode: 'write', uri: '' }, createWorld(folder).world);
  await models.create({ name: 'reviews' });
  for (const kind of ['lr', 'svc'])
    await models.createVersion({ name: 'reviews', source: `file://${golden(kind)}`, key: kind });
  await models.setAlias('reviews', 'champion', 1);
  await close();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { cwd: folder });

describe.concurrent('a model of the registry is taken by', () => {
  test('score: rows carry its version, and a note tells what stood in for a stage', async () => {
    const { stdout, stderr, code } = await run(
      'score',
      'I love it',
      '--model-name',
      'reviews',
      '--model-stage',
      'Production',
    );
    expect([code, JSON.parse(stdout).model_version]).toEqual([0, '1']);
    expect(stderr).toContain('version 1 is used, its alias champion (mlflow.stageAliases)');
  });

  test('score, as CSV', async () => {
    const { stdout } = await run('score', '-i', 'rows.csv', '--model-path', 'models:/reviews/2', '--format', 'csv');
    expect(stdout.split('\r\n').map(line => line.split(',')[5])).toEqual(['model_version', '2', '2', undefined]);
  });

  test('evaluate, for both models', async () => {
    const { stdout } = await run(
      'evaluate',
      '-i',
      'rows.csv',
      '--model-name',
      'reviews',
      '--model-alias',
      'champion',
      '--compare',
      'models:/reviews/1',
      '--json',
    );
    const { model, comparison } = JSON.parse(stdout);
    expect([model.version, comparison.model.version, comparison.disagree]).toEqual(['1', '1', 0]);
  });

  test('model inspect and model diff', async () => {
    const [inspected, differing] = await Promise.all([
      run('model', 'inspect', '--model-name', 'reviews', '--model-version', '2', '-q'),
      run('model', 'diff', 'models:/reviews/1', 'models:/reviews@champion', '--format', 'ids'),
    ]);
    expect([inspected.stdout, inspected.code]).toEqual([`${golden('svc')}\n`, 0]);
    expect([differing.stdout, differing.code]).toEqual(['', 0]);
  });

  test('model verify and model convert', async () => {
    const converted = await run('model', 'convert', 'models:/reviews@champion', '--to', 'native', '--output', 'native');
    expect(converted.code).toBe(0);
    await run('score', '-i', 'rows.csv', '--model-path', 'native', '--vectors', '-o', 'scores.jsonl');
    expect((await run('model', 'verify', 'models:/reviews/1', '--against', 'scores.jsonl')).code).toBe(0);
  });

  test('none of them, when two ways name one', async () => {
    const call = ['score', 'x', '--model-name', 'reviews', '--model-version', '1', '--json'];
    const both = await run(...call, '--model-path', 'models:/reviews/1');
    const twice = await run(...call, '--model-alias', 'champion');
    expect([both.code, twice.code]).toEqual([2, 2]);
    expect(JSON.parse(twice.stdout).error.message).toContain('--model-alias and --model-version');
  });
});
