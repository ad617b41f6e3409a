import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseDuration } from '../../../src/lib/core/duration.ts';
import { ERRORS, SentopsError } from '../../../src/lib/core/errors.ts';
import { runProgram } from '../../../src/lib/core/exec.ts';
import { findUpward, nearestExisting } from '../../../src/lib/core/nearest.ts';
import { writeTextFile } from '../../../src/lib/core/write-text.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-core-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('durations', () => {
  test.each([
    ['90', 90_000],
    ['1.5', 1_500],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['1m250ms', 60_250],
    [' 5s ', 5_000],
    ['0', 0],
  ])('%j is %i ms', (text, expected) => {
    expect(parseDuration(text, '--timeout')).toBe(expected);
  });

  test.each(['', 'soon', '5 s', '-5s', '5x', '5s5', 's', '1h 30m', '٣s', '1e3'])(
    '%j is refused and the flag is named',
    text => {
      expect(() => parseDuration(text, '--timeout')).toThrow(/^--timeout: .* is not a duration$/);
      try {
        parseDuration(text, '--timeout');
      } catch (error) {
        expect(error).toMatchObject({ code: 'FLAG_INVALID', hint: expect.stringContaining('30m') });
      }
    },
  );
});

describe('the error table', () => {
  /** The promise of the exit codes: stable, one meaning each. */
  const PROMISED: Readonly<Record<number, readonly string[]>> = {
    1: ['UNEXPECTED', 'DISK_FULL', 'EXTENSION_FAILED', 'CHECK_FAILED'],
    2: ['USAGE', 'COMMAND_UNKNOWN', 'FLAG_UNKNOWN', 'FLAG_INVALID', 'INPUT_REQUIRED', 'CONFIRMATION_REQUIRED'],
    3: [
      'PROJECT_NOT_FOUND',
      'CONFIG_UNREADABLE',
      'CONFIG_SYNTAX',
      'CONFIG_INVALID',
      'CONFIG_REFERENCE',
      'SECRET_UNREADABLE',
    ],
    4: ['NOT_WRITABLE', 'AUTH_FAILED', 'PERMISSION_DENIED'],
    5: ['NOT_FOUND', 'EXTENSION_UNKNOWN'],
    6: ['CONFLICT', 'LOCKED'],
    7: ['TIMEOUT'],
    8: ['REMOTE_UNAVAILABLE'],
    9: ['DATA_INVALID'],
    10: ['JOB_FAILED'],
    11: ['JOB_CANCELLED'],
    12: ['GATE_NOT_MET'],
    13: ['INCONCLUSIVE'],
    130: ['INTERRUPTED'],
    143: ['TERMINATED'],
  };

  test('every code has the exit code that was promised, and none is missing here', () => {
    const found: Record<number, string[]> = {};
    for (const [code, { exit }] of Object.entries(ERRORS)) found[exit] = [...(found[exit] ?? []), code];
    const sorted = (table: Readonly<Record<number, readonly string[]>>) =>
      Object.fromEntries(Object.entries(table).map(([exit, codes]) => [exit, [...codes].sort()]));
    expect(sorted(found)).toEqual(sorted(PROMISED));
  });

  test('an error without words of its own takes those of the table', () => {
    const error = new SentopsError('LOCKED');
    expect(error).toMatchObject({
      code: 'LOCKED',
      exit: 6,
      message: ERRORS.LOCKED.summary,
      hint: ERRORS.LOCKED.hint,
      details: {},
    });
    expect(error.cause).toBeUndefined();
    expect(error).toBeInstanceOf(Error);
  });

  test('place, details, hint and cause are kept', () => {
    const cause = new Error('below');
    const error = new SentopsError('DATA_INVALID', 'bad', {
      hint: 'mend',
      details: { row: 3 },
      place: { file: 'a.csv', line: 3 },
      cause,
    });
    expect(error).toMatchObject({ hint: 'mend', details: { row: 3 }, place: { file: 'a.csv', line: 3 } });
    expect(error.cause).toBe(cause);
  });
});

describe('running a program', () => {
  test('what it prints and how it ends is the answer', async () => {
    const script = "console.log('out'); console.error('err'); process.exitCode = 3";
    expect(await runProgram(process.execPath, ['-e', script])).toEqual({
      found: true,
      code: 3,
      stdout: 'out',
      stderr: 'err',
    });
  });

  test('a program that is not there is an answer, no error', async () => {
    expect(await runProgram(path.join(dir, 'nowhere'), [])).toMatchObject({ found: false, code: undefined });
    fs.writeFileSync(path.join(dir, 'not-executable'), '', { mode: 0o644 });
    expect(await runProgram(path.join(dir, 'not-executable'), [])).toMatchObject({ found: false });
  });

  test('it sees the environment that it is given and nothing else', async () => {
    const script = 'console.log(JSON.stringify([process.env.ONLY, process.env.HOME]))';
    const { stdout } = await runProgram(process.execPath, ['-e', script], { env: { ONLY: 'this' } });
    expect(JSON.parse(stdout)).toEqual(['this', null]);
  });

  test('it does not read our standard input', async () => {
    const script = "process.stdin.on('end', () => console.log('ended')).resume()";
    expect((await runProgram(process.execPath, ['-e', script])).stdout).toBe('ended');
  });

  test('it is ended with us, for our reason', async () => {
    const controller = new AbortController();
    const running = runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: controller.signal });
    controller.abort(new SentopsError('TIMEOUT', 'enough'));
    await expect(running).rejects.toMatchObject({ code: 'TIMEOUT', message: 'enough' });
  });
});

describe('looking upward', () => {
  test('the closest parent that exists, where a folder would be made', () => {
    expect(nearestExisting(path.join(dir, 'a', 'b', 'c'))).toBe(dir);
    expect(nearestExisting(dir)).toBe(dir);
    expect(nearestExisting('/no/such/root')).toBe('/');
  });

  test('the nearest entry of a name, in the folder or above', () => {
    fs.mkdirSync(path.join(dir, 'a', 'b'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'mark'), '');
    expect(findUpward(path.join(dir, 'a', 'b'), 'mark')).toBe(path.join(dir, 'mark'));
    fs.writeFileSync(path.join(dir, 'a', 'mark'), '');
    expect(findUpward(path.join(dir, 'a', 'b'), 'mark')).toBe(path.join(dir, 'a', 'mark'));
    expect(findUpward(dir, 'no-such-thing-anywhere')).toBeUndefined();
  });
});

describe('a text where a user asked for it', () => {
  test('folders on the way are made, and the absolute path is the answer', () => {
    const file = writeTextFile(dir, 'a/b/c.txt', 'text', false);
    expect(file).toBe(path.join(dir, 'a', 'b', 'c.txt'));
    expect(fs.readFileSync(file, 'utf8')).toBe('text');
  });

  test('a dry run says where and writes nothing', () => {
    expect(writeTextFile(dir, 'a/b.txt', 'text', true)).toBe(path.join(dir, 'a', 'b.txt'));
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('a file in the place of a folder is told by name', () => {
    fs.writeFileSync(path.join(dir, 'a'), 'mine');
    expect(() => writeTextFile(dir, 'a/b.txt', 'text', false)).toThrow(/a/);
    expect(fs.readFileSync(path.join(dir, 'a'), 'utf8')).toBe('mine');
  });
});
