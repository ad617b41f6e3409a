import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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
});
