import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanEnv, pinnedNode } from '../helpers/run-cli.ts';
import { runShell, shellFront } from '../helpers/shell/run.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-signals-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const after = /ready/;

describe('being told to stop', () => {
  test.for([
    ['SIGINT', 130, 'INTERRUPTED'],
    ['SIGTERM', 143, 'TERMINATED'],
  ] as const)('%s ends with %i after work has cleaned up', async ([name, exit, code]) => {
    const log = path.join(folder, 'log');
    const text = await runShell(['wait', '--cleanup', '200', '--log', log], { signal: { name, after } });
    expect(text).toMatchObject({ code: exit, signal: null, stdout: '' });
    expect(fs.readFileSync(log, 'utf8')).toBe('cleaned up');
    const json = await runShell(['wait', '--json'], { signal: { name, after } });
    expect(json.code).toBe(exit);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code, exit } });
  });

  test('--timeout ends with 7 after work has cleaned up', async () => {
    const log = path.join(folder, 'log');
    const { code, stderr } = await runShell(['wait', '--timeout', '100ms', '--cleanup', '100', '--log', log]);
    expect(code).toBe(7);
    expect(stderr).toContain('error: not done within 100ms');
    expect(fs.existsSync(log)).toBe(true);
  });

  test('a second SIGINT ends work that does not listen at once', async () => {
    const child = start(['wait', '--deaf']);
    await child.says('ready');
    child.process.kill('SIGINT');
    await child.says('press Ctrl-C again');
    child.process.kill('SIGINT');
    expect(await child.exit).toEqual({ code: 130, signal: null });
  });

  test('the same Ctrl-C heard twice, from the terminal and from npx, does not cut the clean-up short', async () => {
    const log = path.join(folder, 'log');
    const child = start(['wait', '--cleanup', '400', '--log', log]);
    await child.says('ready');
    child.process.kill('SIGINT');
    setTimeout(() => child.process.kill('SIGINT'), 50);
    expect(await child.exit).toEqual({ code: 130, signal: null });
    expect(fs.existsSync(log)).toBe(true);
  });
});

describe('a reader that goes away', () => {
  test.for(['', '--json', '--format csv'])('`big %s | head -1` is no error', async flags => {
    const shell = start(['big', '--rows', '100000', flags], { pipe: 'head -1' });
    expect(await shell.exit).toEqual({ code: 0, signal: null });
    expect(shell.stderr()).toBe('codes 0\n');
  });

  test('a verdict of failure still counts when nobody reads the result', async () => {
    const shell = start(['big', '--rows', '100000', '--fail'], { pipe: 'head -1' });
    await shell.exit;
    expect(shell.stderr()).toContain('error: at least one check failed');
    expect(shell.stderr()).toContain('codes 1\n');
  });

  test.for([
    ['1>&-', ['big'], 0],
    ['2>&-', ['fail', '--code', 'LOCKED'], 6],
    ['1>&- 2>&-', ['fail', '--code', 'LOCKED', '--json'], 6],
  ] as const)('with a stream closed from the start (%s) the exit code is right', async ([redirect, args, code]) => {
    const shell = start(args, { redirect });
    expect((await shell.exit).code).toBe(code);
  });
});

describe('a slow reader', () => {
  test.for([
    [[], 0],
    [['--fail'], 1],
  ] as const)(
    'gets all of a large result though it begins to read late, and then the exit code (%j)',
    async ([args, code]) => {
      const child = start(['big', '--rows', '45000', '--json', ...args]);
      child.process.stdout.pause();
      await new Promise(resolve => setTimeout(resolve, 1500));
      const chunks: Buffer[] = [];
      for await (const chunk of child.process.stdout) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      expect(text.length).toBeGreaterThan(5_000_000);
      expect((JSON.parse(text) as { items: unknown[] }).items).toHaveLength(45000);
      expect(await child.exit).toEqual({ code, signal: null });
    },
  );
});

test.skipIf(process.platform !== 'linux')(
  'a full disk under standard output is told on standard error, in both forms',
  async () => {
    for (const args of [['big'], ['big', '--json']]) {
      const shell = start(args, { redirect: '> /dev/full' });
      expect((await shell.exit).code).toBe(1);
      expect(shell.stderr()).toContain('error: no space left on the device');
      expect(shell.stderr()).not.toContain('ENOSPC');
    }
  },
);

interface StartOptions {
  readonly pipe?: string;
  readonly redirect?: string;
}

/** A run that the test can watch and signal; through a shell where the streams have to be something else. */
function start(args: readonly string[], { pipe, redirect }: StartOptions = {}) {
  const command = `"${pinnedNode()}" "${shellFront}" ${args.join(' ')}`;
  const script = pipe ? `{ ${command}; echo "codes $?" >&2; } | ${pipe}` : `${command} ${redirect ?? ''}`;
  const isPlain = pipe === undefined && redirect === undefined;
  const [file, argv] = isPlain ? [pinnedNode(), [shellFront, ...args]] : ['sh', ['-c', script]];
  const child = spawn(file, argv, { cwd: folder, env: cleanEnv(folder), stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  const watchers = new Set<() => void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
    for (const look of watchers) look();
  });
  if (!isPlain) child.stdout.resume();
  return {
    process: child,
    stderr: () => errors,
    says: (wanted: string) =>
      new Promise<void>(resolve => {
        const look = () => errors.includes(wanted) && resolve();
        watchers.add(look);
        look();
      }),
    exit: new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(resolve => {
      child.on('close', (code, signal) => resolve({ code, signal }));
    }),
  };
}
