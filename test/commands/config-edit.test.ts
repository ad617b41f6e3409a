import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-edit-'));
  file = path.join(dir, 'sentops.yaml');
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { cwd: dir });
const read = (name = 'sentops.yaml') => fs.readFileSync(path.join(dir, name), 'utf8');

const COMMENTED = `# the head
version: 1   # the format

project: { name: demo, id: demo }   # flow style stays

train:
  # why so many
  numFeatures: 32768
  seed: 1   # for the paper
`;

describe('config set', () => {
  test('changes the one value and nothing else: comments, order, blank lines, flow style', async () => {
    fs.writeFileSync(file, COMMENTED);
    const { code, stdout } = await run('config', 'set', 'train.seed', '7');
    expect(code).toBe(0);
    expect(read()).toBe(COMMENTED.replace('seed: 1 ', 'seed: 7 '));
    expect(stdout).toMatch(/train\.seed\s+1\s+7/);
  });

  test('makes the parents that are missing, and takes out what --unset names', async () => {
    fs.writeFileSync(file, COMMENTED);
    await run('config', 'set', 'serve.http.port', '9000');
    expect(read()).toContain('serve:\n  http:\n    port: 9000\n');
    expect((await run('config', 'set', 'train.seed', '--unset')).code).toBe(0);
    expect(read()).not.toContain('seed');
    expect(read()).toContain('numFeatures: 32768');
  });

  test('with --target the value belongs to the target, with --local to the file that is not committed', async () => {
    fs.writeFileSync(file, COMMENTED);
    await run('config', 'set', 'train.maxRows', '10', '--target', 'test');
    expect(read()).toMatch(/targets:\n {2}test:\n {4}train:\n {6}maxRows: 10\n/);
    await run('config', 'set', 'train.maxRows', '5', '--local');
    expect(read('sentops.local.yaml')).toBe('train:\n  maxRows: 5\n');
    const { stdout } = await run('config', 'show', 'train', '--json');
    expect(JSON.parse(stdout).values.maxRows).toBe(5);
  });

  test.each([
    [['train.sed', '1'], 'USAGE', /train\.seed/],
    [['train.seed', 'abc'], 'CONFIG_INVALID', /integer/],
    [['train.seed'], 'USAGE', /--unset/],
    [['train.seed', '1', '--unset'], 'USAGE', /--unset/],
  ])('%j is refused and the file stays as it was', async (args, code, message) => {
    fs.writeFileSync(file, COMMENTED);
    const { stdout } = await run('config', 'set', ...args, '--json');
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(message);
    expect(read()).toBe(COMMENTED);
  });

  test('a mistyped target silently became a new one', async () => {
    const text = `${COMMENTED}targets:\n  production: {}\n`;
    fs.writeFileSync(file, text);
    const { code, stderr } = await run('config', 'set', 'train.seed', '7', '--target', 'prodction');
    expect(code).toBe(3);
    expect(stderr).toContain('did you mean production');
    expect(read()).toBe(text);
  });

  test('--dry-run shows the change and writes nothing', async () => {
    fs.writeFileSync(file, COMMENTED);
    const { stdout } = await run('config', 'set', 'train.seed', '7', '-n');
    expect(stdout).toContain('would be written');
    expect(read()).toBe(COMMENTED);
    expect(fs.readdirSync(dir)).toEqual(['sentops.yaml']);
  });

  test('four writers at once: every value arrives, none is lost', async () => {
    fs.writeFileSync(file, 'version: 1\n');
    const keys = ['seed', 'maxRows', 'numFeatures', 'cvFolds'];
    const results = await Promise.all(
      keys.map((key, index) => run('config', 'set', `train.${key}`, String(index + 2))),
    );
    expect(results.map(({ code }) => code)).toEqual(keys.map(() => 0));
    for (const [index, key] of keys.entries()) expect(read()).toContain(`${key}: ${index + 2}`);
    expect(fs.readdirSync(dir)).toEqual(['sentops.yaml']);
  });

  test('without a project file it says how to make one', async () => {
    const { code, stderr } = await run('config', 'set', 'train.seed', '1');
    expect(code).toBe(3);
    expect(stderr).toContain('sentops init');
  });
});

describe('config import airflow', () => {
  const variables = {
    GCP_PROJECT_ID: 'my-project',
    GCP_REGION: 'europe-west4',
    DATAPROC_CLUSTER_NAME: 'big',
    MLFLOW_VM_IP: '10.1.2.3',
    serving_deploy_mode: 'production',
    serving_batch_interval: '15',
    kafka_input_topic: 'texts',
  };

  test('the variables of the reference pipelines land where they belong, typed', async () => {
    fs.writeFileSync(file, COMMENTED);
    fs.writeFileSync(path.join(dir, 'vars.json'), JSON.stringify(variables));
    expect((await run('config', 'import', 'airflow', 'vars.json')).code).toBe(0);
    const { values } = JSON.parse((await run('config', 'show', '--resolved', '--json')).stdout);
    expect(values.cluster).toMatchObject({ name: 'big', region: 'europe-west4' });
    expect(values.serve).toMatchObject({ deployMode: 'production', batchIntervalSeconds: 15 });
    expect(values.kafka.inputTopic).toBe('texts');
    expect(values.mlflow.trackingUri).toBe('http://10.1.2.3:5000');
    expect(read()).toContain('# why so many');
  });

  test('variables without a meaning are named, not written', async () => {
    fs.writeFileSync(file, 'version: 1\n');
    const { code, stdout } = await runCli(['config', 'import', 'airflow', '-', '--json'], {
      cwd: dir,
      input: '{"GCP_REGION":"x1","GCP_REGIN":"y"}',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      written: true,
      unknown: [{ variable: 'GCP_REGIN', meant: 'GCP_REGION' }],
    });
    expect(read()).not.toContain('GCP_REGIN');
  });

  test.each([
    ['{"GCP_REGION": ', 3, /not valid JSON/],
    ['{"serving_batch_interval": "soon"}', 3, /serving_batch_interval/],
    ['{"other": 1}', 5, /no variable/],
    ['[]', 3, /object/],
  ])('%s is refused with %i and nothing is written', async (text, exit, message) => {
    fs.writeFileSync(file, 'version: 1\n');
    fs.writeFileSync(path.join(dir, 'vars.json'), text);
    const { code, stderr } = await run('config', 'import', 'airflow', 'vars.json');
    expect(code).toBe(exit);
    expect(stderr).toMatch(message);
    expect(read()).toBe('version: 1\n');
  });

  test('a file that is not there', async () => {
    fs.writeFileSync(file, 'version: 1\n');
    expect(await run('config', 'import', 'airflow', 'nope.json')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('nope.json'),
    });
  });
});
