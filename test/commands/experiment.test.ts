import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-experiment-'));
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const cli = (...args: string[]) => runCli(args, { cwd: home, home });
const names = async (...args: string[]) =>
  (await cli('experiment', 'list', '-q', ...args)).stdout.trim().split('\n').sort();

test('an experiment is made once, with tags that can be changed', async () => {
  const made = await cli('experiment', 'create', 'reviews', '--tag', 'team=nlp', '-q');
  expect([made.code, made.stdout]).toEqual([0, '1\n']);
  expect((await cli('experiment', 'create', 'reviews')).code).toBe(6);
  await cli('experiment', 'tag', 'reviews', 'owner=ann', '--delete', 'team');
  const { experiment, runs } = JSON.parse((await cli('experiments', 'get', 'reviews', '--json')).stdout);
  expect([experiment.tags, runs.items]).toEqual([{ owner: 'ann' }, []]);
  expect((await cli('experiment', 'describe', '1')).stdout).toContain('sentops train --mlflow-experiment reviews');
  expect(await names('--filter', "name LIKE 'rev%'")).toEqual(['reviews']);
});

test('an experiment is renamed, deleted with a yes, and brought back', async () => {
  await cli('experiment', 'create', 'old');
  expect((await cli('experiment', 'rename', 'old', 'kept')).stdout).toContain('is renamed from old');
  expect((await cli('experiment', 'delete', 'kept')).code).toBe(2);
  const deleted = await cli('experiment', 'rm', 'kept', '--yes');
  expect(deleted.stdout).toContain('sentops experiment restore kept');
  expect(await names('--view', 'deleted')).toEqual(['kept']);
  await cli('experiment', 'restore', 'kept');
  expect(await names()).toContain('kept');
});

test('a name that is not there is told with the one that comes near', async () => {
  const { code, stderr } = await cli('experiment', 'describe', 'Defualt');
  expect([code, stderr]).toEqual([5, expect.stringContaining('did you mean Default?')]);
});
