import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { cleanEnv, pinnedNode } from '../helpers/run-cli.ts';
import { runShell, shellFront } from '../helpers/shell/run.ts';

const line = (number: number, text = 'ü') => `${JSON.stringify({ line: number, text })}\n`;
const three = [0, 1, 2].map(number => line(number)).join('');

describe('a result that is printed while work goes on', () => {
  test('stands on standard output, what there is to say beside it on standard error', async () => {
    expect(await runShell(['stream'])).toMatchObject({ stdout: three, stderr: 'begun\nWrote 3 lines.\n', code: 0 });
  });

  test.for(['jsonl', 'csv', 'yaml', 'table', 'ids'])('is not followed by anything with --format %s', async format => {
    expect(await runShell(['stream', '--format', format])).toMatchObject({ stdout: three, code: 0 });
  });

  test('with -q there is nothing beside it', async () => {
    expect(await runShell(['stream', '-q'])).toMatchObject({ stdout: three, stderr: 'begun\n', code: 0 });
  });

  test('a failure half-way is told on standard error, with its code, and the lines before it stay', async () => {
    expect(await runShell(['stream', '--fail'])).toMatchObject({
      stdout: three,
      stderr: expect.stringMatching(/^begun\nerror: line 4 is broken\nhint: /),
      code: 9,
    });
  });

  test('secrets are hidden in it', async () => {
    const { stdout } = await runShell(['stream', '--secret']);
    expect(stdout).toBe([0, 1, 2].map(number => line(number, '***')).join(''));
  });

  test('a reader that takes its time gets every line, unchanged', async () => {
    const { output, code } = await readFromPipe(['stream', '--lines', '20000'], 'slowly');
    expect(code).toBe(0);
    expect(output).toBe(Array.from({ length: 20_000 }, (_, number) => line(number)).join(''));
  });

  test('a reader that went away ends the command, and is no error', async () => {
    const { output, errors, code } = await readFromPipe(['stream', '--lines', '100000000'], 'a bit');
    expect([code, errors]).toEqual([0, 'begun\n']);
    expect(output.startsWith(line(0))).toBe(true);
  });

  test('Ctrl-C ends it with its code', async () => {
    const run = runShell(['stream', '--lines', '100000000'], { signal: { name: 'SIGINT', after: /begun/ } });
    expect((await run).code).toBe(130);
  });
});

interface Piped {
  readonly output: string;
  readonly errors: string;
  readonly code: number | null;
}

function readFromPipe(args: readonly string[], how: 'slowly' | 'a bit'): Promise<Piped> {
  const child = spawn(pinnedNode(), [shellFront, ...args], { env: cleanEnv('/nonexistent'), stdio: 'pipe' });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (how === 'a bit') return child.stdout.destroy();
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), 5);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  return new Promise(resolve => child.on('close', code => resolve({ output, errors, code })));
}
