import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-validate-'));
  const rows = Array.from(
    { length: 120 },
    (_, row) => `text number ${row},${(row * 7) % 5 < 3 ? 'positive' : 'negative'}\n`,
  );
  fs.writeFileSync(path.join(dir, 'reviews.csv'), `text,label\n${rows.join('')}`);
  fs.writeFileSync(path.join(dir, 'train.csv'), `text,label\n${rows.slice(100).join('')}`);
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(['dataset', ...args], { cwd: dir });

describe('dataset validate', () => {
  test('a good file passes, without a project', async () => {
    const { code, stdout } = await run('validate', 'reviews.csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/rows: +120 in /);
    expect(stdout).toMatch(/checks passed\n/);
  });

  test('exits with 9 and lists what failed, with what was expected and what was found', async () => {
    const { code, stdout, stderr } = await run(
      'validate',
      'reviews.csv',
      '--min-rows',
      '200',
      '--label-balance',
      '0.45',
    );
    expect(code).toBe(9);
    expect(stdout).toContain('--min-rows');
    expect(stderr).toContain(
      'reviews.csv: min-rows: expected at least 200 rows, found 120 rows; label-balance: expected',
    );
  });

  test('--json has the profile, the checks and the error in one object', async () => {
    const { code, stdout } = await run('validate', 'reviews.csv', '--max-null', '0', '--min-rows', '121', '--json');
    expect(code).toBe(9);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      ...{ schemaVersion: 1, rows: 120, ok: false, failed: 1, labels: { positive: 72, negative: 48 }, anomalies: [] },
      error: { code: 'DATA_INVALID', exit: 9, details: { checks: [{ id: 'min-rows', status: 'fail' }] } },
    });
    expect(result.columns.map(({ name }: { name: string }) => name)).toEqual(['text', 'label']);
  });

  test('rows in the other formats are the checks', async () => {
    const { stdout } = await run('validate', 'reviews.csv', '--format', 'csv');
    const [head, first] = stdout.split('\r\n');
    expect(head).toBe('id,status,expected,found,origin,hint');
    expect(first).toMatch(/^readable,pass,/);
    expect((await run('validate', 'reviews.csv', '--format', 'md')).stdout).toContain('| label-balance | pass |');
  });

  test('--against counts texts of both, --strict makes warnings fail, --output writes the report all the same', async () => {
    const leak = await run('validate', 'reviews.csv', '--against', 'train.csv', '-o', 'checks.html');
    expect(leak.code).toBe(9);
    expect(leak.stderr).toContain('leakage: expected rows whose text is in train.csv too: at most 1 %, found 20 rows');
    expect(fs.readFileSync(path.join(dir, 'checks.html'), 'utf8')).toContain('<svg');
    const loose = ['validate', 'reviews.csv', '--against', 'train.csv', '--max-leak', '0.5'];
    expect((await run(...loose)).code).toBe(0);
    fs.writeFileSync(
      path.join(dir, 'odd.csv'),
      `${fs.readFileSync(path.join(dir, 'reviews.csv'), 'utf8')}me@x.org,positive\n`,
    );
    expect((await run('validate', 'odd.csv')).code).toBe(0);
    expect((await run('validate', 'odd.csv', '--strict')).code).toBe(9);
  });

  test.each([
    [['validate', 'missing.csv'], 5],
    [['validate', 'reviews.csv', '--max-null', '2'], 2],
    [['validate', 'reviews.csv', '-o', 'checks.doc'], 2],
    [['validate', 'reviews.csv', '--text-column', 'txt'], 9],
    [['profile', 'reviews.csv', '--min-rows', '1'], 2],
  ])('%j exits with %i', async (args, expected) => {
    const { code, stdout } = await run(...args);
    expect([code, stdout]).toEqual([expected, '']);
  });
});

describe('in a bucket', () => {
  test('a file is checked where it is, and one that is missing is not found', async () => {
    const store = await startGcsStandIn({ buckets: ['raw'] });
    try {
      const rows = fs.readFileSync(path.join(dir, 'reviews.csv'));
      store.put('gs://raw/data/reviews.csv', rows);
      store.put('gs://raw/data/packed', zlib.gzipSync(rows));
      const env = { STORAGE_EMULATOR_HOST: store.uri };
      const found = await runCli(['dataset', 'validate', 'gs://raw/data/reviews.csv', '--json'], { cwd: dir, env });
      expect(found.code).toBe(0);
      expect(JSON.parse(found.stdout)).toMatchObject({ location: 'gs://raw/data/reviews.csv', rows: 120, ok: true });
      const packed = await runCli(['dataset', 'validate', 'gs://raw/data/packed', '--json'], { cwd: dir, env });
      expect(JSON.parse(packed.stdout)).toMatchObject({ rows: 120, layout: { compression: 'gzip' }, ok: true });
      const missing = await runCli(['dataset', 'validate', 'gs://raw/data/review.csv'], { cwd: dir, env });
      expect([missing.code, missing.stdout]).toEqual([5, '']);
    } finally {
      await store.stop();
    }
  });
});

describe('dataset profile', () => {
  test('shows columns, lengths and what is odd, and never fails for it', async () => {
    const { code, stdout } = await run('profile', 'reviews.csv');
    expect(code).toBe(0);
    for (const part of ['Columns', 'Lengths', 'characters', 'positive 72 (60 %)', 'scripts:'])
      expect(stdout).toContain(part);
  });

  test('-q prints the sum of the file, --dry-run writes no report', async () => {
    expect((await run('profile', 'reviews.csv', '-q')).stdout).toMatch(/^[0-9a-f]{64}\n$/);
    const { code } = await run('profile', 'reviews.csv', '-o', 'none.md', '--dry-run');
    expect([code, fs.existsSync(path.join(dir, 'none.md'))]).toEqual([0, false]);
  });

  test('reads what is piped into it', async () => {
    const { stdout } = await runCli(['dataset', 'profile', '-', '--json'], {
      cwd: dir,
      input: 'text,label\ngood,1\nbad,0\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({ location: 'standard input', rows: 2, labels: { 0: 1, 1: 1 } });
  });
});
