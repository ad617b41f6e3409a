import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import type { KaggleStandIn } from '../helpers/kaggle/types.ts';
import { startKaggleStandIn } from '../helpers/kaggle-stand-in.ts';
import { type CliResult, runCli } from '../helpers/run-cli.ts';

const FILE = 'training.1600000.processed.noemoticon.csv';
const TWEETS = Buffer.from(
  '"0","1","Mon","NO_QUERY","ann","caf\u00e9 closed"\n"4","2","Mon","NO_QUERY","bob","good"\n',
  'latin1',
);
const REVIEWS = 'review,sentiment\n"a film\nof two lines",positive\n';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-dataset-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

async function open(): Promise<{ kaggle: KaggleStandIn; run: (...args: readonly string[]) => Promise<CliResult> }> {
  const kaggle = await startKaggleStandIn({
    'kazanova/sentiment140': { title: 'Sentiment140', versions: [{ [FILE]: TWEETS }] },
    'lakshmi25npathi/imdb-dataset-of-50k-movie-reviews': { versions: [{ 'IMDB Dataset.csv': Buffer.from(REVIEWS) }] },
  });
  const gcs = await startGcsStandIn({ buckets: ['sentiment-bucket-raw'] });
  onTestFinished(async () => {
    await Promise.all([kaggle.close(), gcs.stop()]);
  });
  const env = { KAGGLE_API_ENDPOINT: kaggle.url, STORAGE_EMULATOR_HOST: gcs.uri };
  return { kaggle, run: (...args) => runCli(args, { cwd: dir, env, home: dir }) };
}

describe('the dataset of the reference pipeline', () => {
  test('comes with its name alone, and is trained on where it was uploaded', async () => {
    const { run } = await open();
    const named = await run('dataset', 'download', '--dataset', 'kazanova/sentiment140');
    expect([named.code, named.stderr]).toEqual([0, expect.stringContaining('Unpacking sentiment140.zip')]);
    expect(fs.readFileSync(path.join(dir, 'data_raw/sentiment140', FILE))).toEqual(TWEETS);
    const again = await run('dataset', 'download', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      dataset: 'kazanova/sentiment140',
      version: '1',
      outputDir: 'data_raw/sentiment140',
      files: [{ path: FILE, state: 'kept', skipped: true, archive: 'sentiment140.zip' }],
      fetchedBytes: 0,
    });
    const upload = await run('dataset', 'upload');
    expect(upload.stdout).toContain(
      'Next:\n  sentops train\n  sentops dataset verify kazanova/sentiment140 --uploaded\n',
    );
    const train = await run('config', 'show', 'train', '--resolved', '--json');
    expect(train.stdout).toContain(`.sentops/buckets/raw/data_raw/sentiment140/${FILE}`);
    expect(fs.existsSync(path.join(dir, '.sentops/buckets/raw/data_raw/sentiment140', FILE))).toBe(true);
  }, 60_000);

  test('goes to the bucket with the arguments of the reference script', async () => {
    const { run } = await open();
    const args = [
      ['--dataset', 'kazanova/sentiment140'],
      ['--gcs-bucket', 'sentiment-bucket-raw'],
      ['--output-dir', 'data_raw/sentiment140'],
      ['--gcs-prefix', 'data_raw/sentiment140'],
      ['--unzip'],
    ].flat();
    const uri = `gs://sentiment-bucket-raw/data_raw/sentiment140/${FILE}`;
    const plan = await run('dataset', 'sync', ...args, '--dry-run', '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({ written: false, to: path.posix.dirname(uri) });
    expect(fs.readdirSync(dir)).toEqual([]);
    const sync = await run('dataset', 'sync', ...args);
    expect(sync.code, sync.stderr).toBe(0);
    expect(sync.stdout).toContain(`sentops train --input ${uri}`);
    expect((await run('dataset', 'sync', ...args, '-q')).stdout).toBe(`${uri}\n`);
    const verify = await run(
      'dataset',
      'verify',
      '--uploaded',
      '--at-source',
      '--gcs-bucket',
      'sentiment-bucket-raw',
      '--json',
    );
    expect(verify.code, verify.stderr).toBe(0);
    const { checks } = JSON.parse(verify.stdout) as { checks: { where: string; state: string }[] };
    expect(checks.map(({ where, state }) => `${where} ${state}`)).toEqual(['folder ok', 'bucket ok', 'source ok']);
  }, 60_000);

  test('of a newer version is told, and its files are named', async () => {
    const { run, kaggle } = await open();
    await run('dataset', 'download');
    kaggle.publish('kazanova/sentiment140', { [FILE]: Buffer.concat([TWEETS, TWEETS]) });
    const told = await run('dataset', 'download', '--json');
    expect(told.code).toBe(6);
    const { error } = JSON.parse(told.stdout) as { error: { message: string; hint: string } };
    expect(error.message).toContain('is at version 2, the lock file has 1: changed: sentiment140.zip');
    expect(error.hint).toBe('take it with --update, or stay with what you had: --version 1');
    const verify = await run('dataset', 'verify', '--no-local', '--at-source');
    expect([verify.code, verify.stderr]).toEqual([9, expect.stringContaining('sentops dataset download --update')]);
    expect((await run('dataset', 'info')).stdout).toContain(
      '  sentops dataset download kazanova/sentiment140 --update\n',
    );
    expect((await run('dataset', 'download', '--version', '1')).code).toBe(0);
    expect(fs.statSync(path.join(dir, 'data_raw/sentiment140', FILE)).size).toBe(TWEETS.length);
    expect((await run('dataset', 'download', '--update')).code).toBe(0);
    expect(fs.statSync(path.join(dir, 'data_raw/sentiment140', FILE)).size).toBe(2 * TWEETS.length);
    expect(fs.readFileSync(path.join(dir, 'sentops.lock.yaml'), 'utf8')).toContain('version: "2"');
  }, 60_000);
});

test('a preset is enough of a name, and one of its files comes alone', async () => {
  const { run, kaggle } = await open();
  const one = await run('dataset', 'download', 'imdb', '--file', 'IMDB Dataset.csv', '--json');
  expect(one.code, one.stderr).toBe(0);
  expect(fs.readFileSync(path.join(dir, 'data_raw/imdb/IMDB Dataset.csv'), 'utf8')).toBe(REVIEWS);
  const info = await run('dataset', 'info', 'imdb', '--json');
  expect(JSON.parse(info.stdout)).toMatchObject({ preset: { rows: 50_000, labels: { negative: 0, positive: 1 } } });
  const list = await run('dataset', 'ls', '--filter', 'state=here', '-q');
  expect([list.stdout, list.code]).toEqual(['imdb\n', 0]);
  Object.assign(kaggle.faults, { packed: true });
  fs.rmSync(path.join(dir, 'data_raw'), { recursive: true });
  const packed = await run('dataset', 'download', 'imdb', '--file', 'IMDB Dataset.csv', '--force');
  expect(packed.code, packed.stderr).toBe(0);
  expect(fs.readFileSync(path.join(dir, 'data_raw/imdb/IMDB Dataset.csv'), 'utf8')).toBe(REVIEWS);
}, 60_000);

test('damage is found by verify, exit 9, and told as CSV and in the envelope', async () => {
  const { run } = await open();
  await run('dataset', 'download');
  fs.writeFileSync(path.join(dir, 'data_raw/sentiment140', FILE), 'x');
  const csv = await run('dataset', 'verify', '--format', 'csv');
  expect(csv.code).toBe(9);
  expect(csv.stdout).toContain(`folder,${FILE},data_raw/sentiment140/${FILE},changed,`);
  const json = JSON.parse((await run('dataset', 'verify', '--json')).stdout) as {
    ok: boolean;
    error: { code: string; hint: string };
  };
  expect([json.ok, json.error.code]).toEqual([false, 'DATA_INVALID']);
  expect(json.error.hint).toBe('replace changed files with sentops dataset download --force');
}, 60_000);

test('a cloud project from init uploads where it trains, and says so', async () => {
  const { run } = await open();
  const answers = [
    '--template',
    'imdb',
    '--name',
    'films',
    '--backend',
    'dataproc',
    '--gcp-project',
    'films-project',
    '--mlflow-uri',
    'http://127.0.0.1:9',
  ];
  const init = await run('init', '.', '--no-input', ...answers, '--bucket', 'sentiment-bucket');
  expect(init.code, init.stderr).toBe(0);
  expect((await run('dataset', 'download')).code).toBe(0);
  const upload = await run('dataset', 'upload');
  expect(upload.code, upload.stderr).toBe(0);
  expect(upload.stdout).toContain('IMDB Dataset.csv');
  expect(upload.stdout).toContain(
    'uploaded lakshmi25npathi/imdb-dataset-of-50k-movie-reviews to gs://sentiment-bucket-raw/data_raw/imdb',
  );
  expect(upload.stdout).toContain('  sentops train\n');
  const list = await run('dataset', 'list', '--format', 'csv', '--columns', 'name,state,isProject');
  expect(list.stdout.split(/\r?\n/)[1]).toBe('imdb,here,true');
}, 60_000);

test('what people read names files, sizes, what happened and what to do next', async () => {
  const { run } = await open();
  const info = await run('dataset', 'info', 'sentiment140');
  expect(info.stdout).toMatch(/rows: +1,600,000\ncolumns: +target, ids, date, flag, user, text\n/);
  expect(info.stdout).toContain('downloaded: no');
  const plan = await run('dataset', 'download', 'sentiment140', '--dry-run');
  expect(plan.stdout).toMatch(/^would download kazanova\/sentiment140 \(version 1\) to data_raw\/sentiment140: 1 file/);
  expect(plan.stdout).toMatch(/sentiment140\.zip +\d+ B +planned\n\d+ B to fetch/);
  await run('dataset', 'download', 'sentiment140');
  const verify = await run('dataset', 'verify');
  expect(verify.stdout).toContain('kazanova/sentiment140 (version 1) is what was locked: 1 check');
  const both = await run('dataset', 'download', 'imdb', '--dataset', 'kindle');
  expect([both.code, both.stderr]).toEqual([
    2,
    expect.stringContaining('both imdb and --dataset kindle name a dataset'),
  ]);
}, 60_000);
