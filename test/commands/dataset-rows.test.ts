import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GcsStandIn, startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-rows-'));
  const rows = Array.from({ length: 400 }, (_, row) => `"review ${row}, nice",${row % 4 === 0 ? 'bad' : 'good'}\n`);
  fs.writeFileSync(path.join(dir, 'reviews.csv'), `text,label\n${rows.join('')}`);
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(['dataset', ...args], { cwd: dir });
const read = (name: string) => fs.readFileSync(path.join(dir, name), 'utf8');

describe('dataset convert', () => {
  test('there and back, outside of any project', async () => {
    const first = await run('convert', 'reviews.csv', '-o', 'reviews.parquet');
    expect([first.code, first.stdout]).toEqual([0, 'wrote 400 rows of csv as parquet to reviews.parquet\n']);
    const second = await run('convert', 'reviews.parquet', '-o', 'again.csv', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ rows: 400, from: 'parquet', to: 'csv', written: true });
    expect(read('again.csv')).toBe(read('reviews.csv'));
  });

  test('- prints the rows and nothing else; a result as JSON has no place there', async () => {
    const { stdout, stderr, code } = await run('convert', 'reviews.csv', '-o', '-', '--to', 'jsonl');
    expect([code, stdout.split('\n')[0]]).toEqual([0, '{"text":"review 0, nice","label":"bad"}']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(400);
    expect(stderr).toContain('wrote 400 rows of csv as jsonl');
    expect((await run('convert', 'reviews.csv', '-o', '-', '--json')).code).toBe(2);
  });

  test.for([
    [2, ['reviews.csv', '-o', 'rows']],
    [2, ['reviews.csv', '-o', 'a.csv', '--to', 'xml']],
    [5, ['review.csv', '-o', 'a.csv']],
    [6, ['reviews.csv', '-o', 'reviews.csv']],
  ] as const)('exit %i: %s', async ([code, args]) => {
    expect((await run('convert', ...args)).code).toBe(code);
    expect(fs.readdirSync(dir)).toEqual(['reviews.csv']);
  });
});

describe('dataset sample', () => {
  test('takes its numbers from flags, or from the project', async () => {
    const { stdout } = await run('sample', 'reviews.csv', '--max-rows', '40', '--stratify', '-o', 'a.csv', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ rows: 40, of: 400, labels: { bad: 10, good: 30 }, seed: 42 });
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'version: 1\ntrain: { sampleFraction: 0.5, seed: 7 }\n');
    const other = await run('sample', 'reviews.csv', '--stratify', '-o', 'b.csv', '--json');
    expect(JSON.parse(other.stdout)).toMatchObject({ rows: 200, seed: 7 });
  });

  test('-q prints the path', async () => {
    const { stdout } = await run('sample', 'reviews.csv', '--max-rows', '3', '-o', 'a.jsonl', '-q');
    expect(stdout).toBe('a.jsonl\n');
  });

  test('all rows are refused', async () => {
    const { code, stderr } = await run('sample', 'reviews.csv', '-o', 'a.csv');
    expect(code).toBe(2);
    expect(stderr).toContain('--max-rows');
  });
});

describe('dataset split', () => {
  test('tells rows and shares, and what to do next', async () => {
    const { stdout, code } = await run('split', 'reviews.csv', '--stratify');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^part +rows +share +labels +file$/m);
    expect(stdout).toMatch(/train +320 +80\.00 % +80 bad, 240 good/);
    expect(stdout).toContain('sentops train --input');
    expect(fs.readdirSync(dir).sort()).toEqual([
      'reviews-test.csv',
      'reviews-train.csv',
      'reviews-val.csv',
      'reviews.csv',
    ]);
    const rows = ['train', 'val', 'test'].flatMap(part => read(`reviews-${part}.csv`).trimEnd().split('\n').slice(1));
    expect(rows.sort()).toEqual(read('reviews.csv').trimEnd().split('\n').slice(1).sort());
  });

  test('files go by the names that were typed, and the next command can be pasted', async () => {
    const { stdout } = await run('split', './reviews.csv', '--output', 'my parts');
    expect(stdout).not.toContain(dir);
    expect(stdout).toMatch(/ my parts\/reviews-train\.csv$/m);
    expect(stdout).toContain(
      "sentops train --input 'my parts/reviews-train.csv' --test-input 'my parts/reviews-test.csv'",
    );
    const absolute = await run('split', path.join(dir, 'reviews.csv'), '--json');
    expect(JSON.parse(absolute.stdout).parts[0].path).toBe(path.join(dir, 'reviews-train.csv'));
  });

  test('a dry run writes nothing', async () => {
    const { stdout } = await run('split', 'reviews.csv', '--dry-run', '--train-ratio', '0.5', '--val-ratio', '0');
    expect(stdout).toContain('would write');
    expect(fs.readdirSync(dir)).toEqual(['reviews.csv']);
  });
});

describe('dataset inject-drift', () => {
  test('shows both sides', async () => {
    const { stdout, code } = await run(
      'inject-drift',
      'reviews.csv',
      '--kind',
      'label',
      '--strength',
      '1',
      '-o',
      'a.csv',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/before +400 .*100 bad, 300 good/);
    expect(stdout).toMatch(/after +100 .*100 bad/);
    expect(read('a.csv').trimEnd().split('\n')).toHaveLength(101);
  });

  test.for([
    ['--kind', 'weather'],
    ['--strength', '2'],
    ['--strength', 'much'],
  ] as const)('%s %s is refused', async ([flag, value]) => {
    const kind = flag === '--kind' ? [] : ['--kind', 'noise'];
    expect((await run('inject-drift', 'reviews.csv', ...kind, flag, value, '-o', 'a.csv')).code).toBe(2);
  });
});

describe('objects in a bucket', () => {
  let gcs: GcsStandIn;
  beforeAll(async () => {
    gcs = await startGcsStandIn({ buckets: ['data'] });
  });
  afterAll(() => gcs.stop());
  const remote = (...args: string[]) =>
    runCli(['dataset', ...args], { cwd: dir, env: { STORAGE_EMULATOR_HOST: gcs.uri } });

  test('are read and written where they are', async () => {
    gcs.put('gs://data/raw/reviews.csv', read('reviews.csv'));
    const split = await remote('split', 'gs://data/raw/reviews.csv', '--stratify', '--to', 'parquet');
    expect([split.code, split.stderr]).toEqual([0, expect.any(String)]);
    const parts = ['test', 'train', 'val'].map(part => `gs://data/raw/reviews-${part}.parquet`);
    expect(gcs.uris('data')).toEqual([...parts, 'gs://data/raw/reviews.csv']);
    const again = await remote('split', 'gs://data/raw/reviews.csv', '--stratify', '--to', 'parquet');
    expect(again.code).toBe(6);
    const { stdout } = await remote('convert', parts[2] as string, '-o', '-', '--to', 'jsonl');
    expect(stdout.trimEnd().split('\n')).toHaveLength(40);
    const packed = await remote('convert', 'gs://data/raw/reviews.csv', '-o', 'gs://data/raw/copy.jsonl.gz');
    expect(packed.code).toBe(0);
    const back = await remote('convert', 'gs://data/raw/copy.jsonl.gz', '-o', 'copy.csv');
    expect(back.code).toBe(0);
    expect(read('copy.csv')).toBe(read('reviews.csv'));
  });
});
