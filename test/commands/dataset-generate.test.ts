import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-dataset-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(['dataset', 'generate', ...args], { cwd: dir });

describe('dataset generate', () => {
  test('writes a file, says that it is synthetic, and does not write over it', async () => {
    const first = await run('--rows', '30', '--seed', '7', '--output', 'reviews.csv');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^wrote 30 synthetic reviews \(\d+ negative, \d+ positive\) to .*reviews\.csv\n$/);
    const again = await run('--rows', '5', '--output', 'reviews.csv');
    expect(again.code).toBe(6);
    expect(again.stderr).toContain('--force');
    const forced = await run('--rows', '5', '--seed', '7', '--output', 'reviews.csv', '--force', '--json');
    expect(JSON.parse(forced.stdout)).toMatchObject({ rows: 5, seed: 7, synthetic: true, written: true });
    expect(fs.readdirSync(dir)).toEqual(['reviews.csv']);
  });

  test('- prints the rows and nothing else', async () => {
    const { stdout, stderr, code } = await run('--rows', '3', '--classes', '3', '--output', '-', '--type', 'jsonl');
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows.length).toBe(3);
    expect(Object.keys(rows[0])).toEqual(['text', 'label']);
    expect(stderr).toContain('3 synthetic reviews');
  });

  test.each([
    ['--rows', '0'],
    ['--classes', '9'],
    ['--label-noise', 'much'],
    ['--positive-share', '1.5'],
    ['--output', 'reviews.xlsx'],
  ])('%s %s is refused with exit 2', async (flag, value) => {
    const output = flag === '--output' ? [] : ['--output', 'a.csv'];
    const { code, stderr } = await run(flag, value, ...output);
    expect(code).toBe(2);
    expect(stderr).toContain(flag);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.each([
    [['--rows', '1.5'], '--rows'],
    [['--label-noise', '1'], '--label-noise'],
    [['--positive-share', ''], '--positive-share'],
    [['--type', 'parquet'], '--type'],
    [['--output', 'reviews.csv.bz2'], '--output'],
  ])('%j is refused, and says which flag', async (args, flag) => {
    const output = args.includes('--output') ? [] : ['--output', 'a.csv'];
    const { code, stderr, stdout } = await run(...args, ...output);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(flag);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.each(['--json', '--format=yaml'])('-o - with %s printed CSV in place of one object', async format => {
    const { code, stdout, stderr } = await run('--rows', '3', '-o', '-', format);
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain('add --type jsonl');
    expect(stdout).not.toContain('text,label');
  });

  test('-o - with --format jsonl prints JSON lines', async () => {
    const { code, stdout } = await run('--rows', '1', '-o', '-', '--format', 'jsonl');
    expect([code, Object.keys(JSON.parse(stdout))]).toEqual([0, ['text', 'label']]);
  });

  test('the hint for a name that says nothing told of a flag that does not exist', async () => {
    const { code, stderr } = await run('--rows', '3', '-o', 'g.parquet');
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --type csv')]);
  });

  test('without an output says that one is needed', async () => {
    const { code, stderr } = await run('--rows', '3');
    expect(code).toBe(2);
    expect(stderr).toContain('output');
  });

  test('the same seed gives the same bytes, whatever the compression, another seed others', async () => {
    const bytes = (name: string) => fs.readFileSync(path.join(dir, name));
    const chances = ['--classes', '3', '--label-noise', '0.1', '--positive-share', '0.5'];
    const made = await Promise.all([
      run('--rows', '200', '--seed', '9', ...chances, '-o', 'a.csv.zst'),
      run('--rows', '20', '--seed', '9', ...chances, '-o', 'fewer.csv.gz'),
      run('--rows', '200', '--seed', '9', ...chances, '-o', '-'),
      run('--rows', '20', '--seed', '10', ...chances, '-o', '-'),
    ]);
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const text = zlib.zstdDecompressSync(bytes('a.csv.zst')).toString();
    const fewer = zlib.gunzipSync(bytes('fewer.csv.gz')).toString();
    expect(made[2]?.stdout).toBe(text);
    expect(text.startsWith(fewer)).toBe(true);
    expect(fewer.split('\n').length).toBe(22);
    expect(text.startsWith(made[3]?.stdout ?? '')).toBe(false);
  });

  test('JSON lines and CSV hold the same rows; --type goes before the name', async () => {
    await Promise.all([run('--rows', '50', '-o', 'data', '--type', 'jsonl'), run('--rows', '50', '-o', 'a.csv')]);
    const text = fs.readFileSync(path.join(dir, 'data'), 'utf8');
    const rows = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { text: string; label: string });
    const cell = (field: string) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
    const lines = rows.map(row => `${cell(row.text)},${row.label}\n`);
    expect(fs.readFileSync(path.join(dir, 'a.csv'), 'utf8')).toBe(`text,label\n${lines.join('')}`);
  });

  test('a place that cannot be written is told, and nothing is left there', async () => {
    fs.mkdirSync(path.join(dir, 'folder.csv'));
    fs.writeFileSync(path.join(dir, 'file'), 'x');
    const folder = await run('--rows', '3', '-o', 'folder.csv');
    expect([folder.code, folder.stderr]).toEqual([4, expect.stringContaining('it is a folder')]);
    const below = await run('--rows', '3', '-o', 'file/a.csv');
    expect(below.code).not.toBe(0);
    expect(below.stderr).toContain('file/a.csv');
    expect(fs.readdirSync(dir).sort()).toEqual(['file', 'folder.csv']);
    expect(fs.readdirSync(path.join(dir, 'folder.csv'))).toEqual([]);
  });

  test('a trial run says what it would write, and writes nothing', async () => {
    const { code, stdout, stderr } = await run('--rows', '30', '-o', 'sub/a.csv', '--dry-run');
    expect(stderr).not.toContain('written');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^would write 30 synthetic reviews/)]);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('Ctrl-C leaves nothing behind, and the file that was there as it was', async () => {
    fs.writeFileSync(path.join(dir, 'old.csv'), 'mine');
    const { code } = await runCli(['dataset', 'generate', '--rows', '50000000', '-o', 'old.csv', '--force'], {
      cwd: dir,
      signal: { name: 'SIGINT', after: /reviews written/ },
    });
    expect(code).toBe(130);
    expect(fs.readdirSync(dir)).toEqual(['old.csv']);
    expect(fs.readFileSync(path.join(dir, 'old.csv'), 'utf8')).toBe('mine');
  });
});
