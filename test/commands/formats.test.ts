import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-formats-'));
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'project: { name: reviews }\ntrain:\n  seed: 7 # luck\n');
  fs.writeFileSync(path.join(dir, 'bad.yaml'), 'projct: {}\nbackend: sprak\n');
  fs.writeFileSync(path.join(dir, 'variables.json'), '{"GCP_REGION":"europe-west1"}');
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { cwd: dir });
const csv = async (...args: string[]) => (await run(...args, '--format', 'csv')).stdout.split('\r\n');

describe('a result that is no list but about several things is a table in CSV and Markdown, not JSON in one cell', () => {
  test('doctor: the checks', async () => {
    const [head, row] = await csv('doctor', '--only', 'node');
    expect(head).toBe('id,status,detail,fix,repaired');
    expect(row).toMatch(/^node,ok,Node\.js /);
    const { stdout } = await run('doctor', '--only', 'node', '--format', 'md');
    expect(stdout).toMatch(/^\| id \| status \| detail \| fix \| repaired \|\n\| --- \|.*\n\| node \| ok \|/);
  });

  test('config validate: the problems, and only the head where there is none', async () => {
    expect(await csv('config', 'validate', '-C', 'bad.yaml')).toEqual([
      'severity,file,line,column,path,code,message,hint',
      'error,bad.yaml,1,1,projct,KEY_UNKNOWN,"there is no key ""projct"" in the project file",did you mean project?',
      expect.stringMatching(/^error,bad\.yaml,2,10,backend,/),
      '',
    ]);
    expect(await csv('config', 'validate')).toEqual(['severity,file,line,column,path,code,message,hint', '']);
  });

  test('config explain: the layers', async () => {
    expect(await csv('config', 'explain', 'train.seed')).toEqual([
      'wins,value,layer,file,line',
      'true,7,sentops.yaml,sentops.yaml,3',
      'false,42,built-in default,,',
      '',
    ]);
  });

  test('config show: the values, by their whole path', async () => {
    expect(await csv('config', 'show', 'project', '--origins')).toContain('project.name,reviews,sentops.yaml:1');
    expect(await csv('config', 'show')).toContain('train.seed,7');
  });

  test('config set and config import airflow: the changes', async () => {
    expect(await csv('config', 'set', 'train.seed', '8', '--dry-run')).toEqual([
      'path,before,after',
      'train.seed,7,8',
      '',
    ]);
    expect(await csv('config', 'import', 'airflow', 'variables.json', '--dry-run')).toContain(
      'variables.region.default,,europe-west1',
    );
  });
});

describe('-q prints bare ids', () => {
  test.for([
    [['doctor', '--only', 'node'], 0, ''],
    [['doctor', '--only', 'project.file', '-C', 'bad.yaml'], 1, 'project.file\n'],
    [['config', 'set', 'train.seed', '8', '--dry-run'], 0, 'train.seed\n'],
    [['config', 'explain', 'train.seed'], 0, 'train.seed\n'],
  ] as const)('%j', async ([args, code, stdout]) => {
    expect(await run(...args, '-q')).toMatchObject({ code, stdout });
  });
});

test('what changed a file does not print the whole file before the change, which its schema does not know', async () => {
  for (const args of [
    ['config', 'set', 'train.seed', '8', '--dry-run', '--json'],
    ['config', 'import', 'airflow', 'variables.json', '--dry-run', '--json'],
  ]) {
    const { stdout } = await run(...args);
    expect(Object.keys(JSON.parse(stdout) as object)).not.toContain('before');
    expect(stdout).not.toContain('luck');
  }
});

test('the explanation of a whole section shows its layers and not a page of JSON; --json has all of it', async () => {
  const { stdout, stderr } = await run('config', 'explain', 'train');
  expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThan(300);
  expect(stderr).toContain('sentops config show train --origins');
  const full = JSON.parse((await run('config', 'explain', 'train', '--json')).stdout) as { value: object };
  expect(full.value).toHaveProperty('schedule');
});

test('path=value, as --set takes it, is answered with the two words that config set takes', async () => {
  expect((await run('config', 'set', 'train.seed=8')).stderr).toContain(
    'hint: write it in two words: config set train.seed 8\n',
  );
});

test('a time limit of nothing is refused: it would let no command do anything', async () => {
  expect(await run('version', '--timeout', '0')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--timeout: 0 leaves no time'),
  });
});

test('a summary of CI shows the checks of doctor and not only that all is well', async () => {
  const file = path.join(dir, 'summary.md');
  await runCli(['doctor', '--only', 'node'], {
    cwd: dir,
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file },
  });
  expect(fs.readFileSync(file, 'utf8')).toContain('| node | ok | Node.js');
});

test('an error whose only problem is the error itself is told once', async () => {
  fs.writeFileSync(path.join(dir, 'tab.yaml'), 'project:\n\tname: x\n');
  const { stderr } = await run('config', 'show', '-C', 'tab.yaml');
  expect(stderr).toBe('error: tab.yaml:2:1: a tab is used for indentation\nhint: indent with spaces\n');
});
