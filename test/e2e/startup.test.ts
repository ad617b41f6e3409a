import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledPackage, installTarball } from '../helpers/pack.ts';
import { type CliResult, runCli } from '../helpers/run-cli.ts';

interface Loaded extends CliResult {
  /** Paths inside the package. */
  readonly files: string[];
  readonly builtins: string[];
}

const recorder = path.resolve(import.meta.dirname, '../helpers/record-modules.cjs');
/** Each of them costs more than a plain command may: see docs/startup.md. */
const EXPENSIVE = [
  'https',
  'http',
  'http2',
  'crypto',
  'tls',
  'zlib',
  'child_process',
  'readline',
  'fs/promises',
  'worker_threads',
];

let installed: InstalledPackage;
let folder: string;

beforeAll(async () => {
  installed = await installTarball();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-startup-'));
  fs.writeFileSync(path.join(folder, 'sentops.yaml'), 'version: 1\nproject:\n  name: demo\n');
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function load(args: string[], env: Record<string, string> = {}, home?: string): Promise<Loaded> {
  const record = path.join(folder, `modules-${Math.random().toString(36).slice(2)}.json`);
  const options = { cwd: folder, bin: { file: installed.bin }, ...(home ? { home } : {}) };
  const result = await runCli(args, {
    ...options,
    env: { NODE_OPTIONS: `--require ${recorder}`, RECORD_MODULES_TO: record, ...env },
  });
  const { files, builtins } = JSON.parse(fs.readFileSync(record, 'utf8')) as { files: string[]; builtins: string[] };
  const root = fs.realpathSync(installed.root);
  return { ...result, files: files.map(file => path.relative(root, file)), builtins };
}

function expectCheap({ files, builtins }: Loaded): void {
  expect(builtins.filter(name => EXPENSIVE.includes(name))).toEqual([]);
  expect(builtins.filter(name => name.startsWith('internal/deps/undici'))).toEqual([]);
  expect(files.filter(file => /vendor|full\.js|node_modules/.test(file))).toEqual([]);
}

describe('what a start loads', () => {
  it.each([[['--version']], [[]], [['--help']], [['version', '--help']], [['config']], [['help', 'config', 'show']]])(
    '%j is answered by the front alone',
    async args => {
      const loaded = await load(args);
      expect(loaded.code).toBe(0);
      expect(loaded.files).toEqual(['bin/run.js', 'dist/front.js']);
      expectCheap(loaded);
      expect(loaded.builtins).not.toContain('stream');
    },
  );

  it('a plain command loads its own file, the shell and the framework', async () => {
    const loaded = await load(['version']);
    expect(loaded).toMatchObject({ code: 0, stderr: '' });
    expectCheap(loaded);
    expect(loaded.files).toContain('dist/commands/version.js');
    expect(loaded.files.length, loaded.files.join('\n')).toBeLessThanOrEqual(10);
  });

  it('config show loads the configuration library, and nothing of what other commands need', async () => {
    const loaded = await load(['config', 'show']);
    expect(loaded).toMatchObject({ code: 0, stderr: '' });
    expectCheap(loaded);
    expect(loaded.files.length, loaded.files.join('\n')).toBeLessThanOrEqual(24);
  });

  it('a command that fails prints its error without the formatting code of the framework', async () => {
    const loaded = await load(['config', 'show', '--config', 'none.yaml']);
    expect(loaded.code).toBe(3);
    expectCheap(loaded);
  });
});

describe('how a command ends', () => {
  const forced = path.resolve(import.meta.dirname, '../helpers/record-exit.cjs');
  const end = (args: string[]) =>
    runCli(args, { cwd: folder, bin: { file: installed.bin }, env: { NODE_OPTIONS: `--require ${forced}` } });

  it('one that had worked for long hung for ever in process.exit, with all its work done', async () => {
    const long = await end(['dataset', 'generate', '--rows', '400000', '--output', 'many.csv', '-q']);
    expect(long).toMatchObject({ code: 0, stderr: '' });
  });
});
