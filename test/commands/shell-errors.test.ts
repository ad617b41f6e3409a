import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/lib/core/errors.ts';
import { runShell } from '../helpers/shell/run.ts';

interface ErrorJson {
  readonly error: {
    readonly code: string;
    readonly exit: number;
    readonly message: string;
    readonly hint: string;
    readonly retryable: boolean;
    readonly details: Record<string, unknown>;
  };
}

async function both(args: readonly string[], env: Record<string, string> = {}) {
  const [text, json] = await Promise.all([runShell(args, { env }), runShell([...args, '--json'], { env })]);
  return { text, json, envelope: JSON.parse(json.stdout) as ErrorJson };
}

describe('the error table', () => {
  test.for(Object.entries(ERRORS))(
    '%s ends with the same exit code and a small error object, with and without --json',
    async ([code, { exit, retryable, hint, summary }]) => {
      const { text, json, envelope } = await both(['fail', '--code', code]);
      expect(text.code).toBe(exit);
      expect(json.code).toBe(exit);
      expect(text.stdout).toBe('');
      expect(text.stderr).toBe(`error: ${summary}\nhint: ${hint}\n`);
      expect(json.stderr).toBe('');
      expect(envelope).toEqual({ error: { code, exit, message: summary, hint, retryable, details: { given: true } } });
      expect(json.stdout.length).toBeLessThan(1000);
    },
  );

  test.for(['CHECK_FAILED', 'GATE_NOT_MET', 'INCONCLUSIVE'] as ErrorCode[])(
    'a verdict of %s keeps the result and fails like an error',
    async code => {
      const { exit, summary } = ERRORS[code];
      const { text, json, envelope } = await both(['fail', '--verdict', '--code', code]);
      expect([text.code, json.code]).toEqual([exit, exit]);
      expect(text.stdout).toContain(`code: ${code}`);
      expect(text.stderr).toContain(`error: ${summary}\n`);
      expect(json.stderr).toBe('');
      expect(envelope).toMatchObject({ schemaVersion: 1, ok: false, error: { code, exit } });
    },
  );
});

describe('what is no error of ours', () => {
  test.for([
    ['throw', 1, 'UNEXPECTED', 'x is not a function'],
    ['throw-text', 1, 'UNEXPECTED', 'a bare text'],
    ['rejection', 1, 'UNEXPECTED', 'nobody caught this'],
    ['exception', 1, 'UNEXPECTED', 'thrown from a timer'],
    ['never', 1, 'UNEXPECTED', 'waits for something that can never happen'],
    ['enoent', 5, 'NOT_FOUND', '/no/such/file: no such file or folder'],
    ['framework', 5, 'NOT_FOUND', 'told through the framework'],
    ['foreign', 12, 'GATE_NOT_MET', 'from another copy'],
    ['abort-error', 130, 'INTERRUPTED', 'interrupted'],
    ['render', 1, 'UNEXPECTED', ''],
  ] as const)('%s becomes exit %i, %s', async ([how, exit, code, message]) => {
    const { text, json, envelope } = await both(['crash', how]);
    expect([text.code, json.code]).toEqual([exit, exit]);
    expect(envelope.error).toMatchObject({ code, exit, message: expect.stringContaining(message) });
    expect(Object.keys(envelope)).toEqual(['error']);
    expect(text.stderr).toContain(`error: ${how === 'render' ? 'the drawing failed' : ''}`);
    expect(text.stderr).not.toMatch(/ {4}at /);
    expect([text.stdout, json.stderr]).toEqual(['', '']);
  });

  test('only -v shows the stack, with what caused it', async () => {
    const { stderr } = await runShell(['crash', 'throw', '-v']);
    expect(stderr).toMatch(/TypeError: x is not a function\n {4}at .*commands\.ts/);
    expect(stderr).toContain('caused by Error: the deeper cause');
    expect((await runShell(['fail', '--code', 'LOCKED', '-v'])).stderr).not.toContain('    at ');
  });

  test('a command may still leave by this.exit()', async () => {
    const { text, json } = {
      text: await runShell(['crash', 'exit']),
      json: await runShell(['crash', 'exit', '--json']),
    };
    expect([text.code, json.code]).toEqual([9, 9]);
    expect([text.stderr, json.stdout]).toEqual(['', '']);
  });

  test('a server that somebody forgot to close does not keep a failed command alive', async () => {
    const { text, json } = await both(['crash', 'hung-handle']);
    expect([text.code, json.code]).toEqual([6, 6]);
  });

  test('an error before the parser has run is told in the form that was asked for', async () => {
    const { text, json, envelope } = await both(['early']);
    expect([text.code, json.code]).toEqual([6, 6]);
    expect(text.stderr).toContain('error: too early');
    expect(envelope.error.code).toBe('LOCKED');
  });

  test('a rendering that fails half-way prints no half result', async () => {
    expect((await runShell(['crash', 'render'])).stdout).toBe('');
  });
});

describe('the command line', () => {
  test.for([
    [['parse'], 'USAGE', 'the argument INPUT is missing'],
    [['parse', 'a', 'fast', 'c'], 'USAGE', 'the argument "c" is one too many'],
    [['parse', 'a', '--bogus'], 'FLAG_UNKNOWN', 'there is no flag --bogus'],
    [['parse', 'a', '--outptu=x'], 'FLAG_UNKNOWN', 'there is no flag --outptu; did you mean --output?'],
    [['parse', 'a', '--row-cuont', '3'], 'FLAG_UNKNOWN', 'did you mean --row-count?'],
    [['parse', 'a', '--quite'], 'FLAG_UNKNOWN', 'did you mean --quiet?'],
    [['parse', 'a', '-Z'], 'FLAG_UNKNOWN', 'there is no flag -Z'],
    [['parse', 'a', '--kind', 'lenght'], 'FLAG_INVALID', '--kind does not take "lenght"; did you mean length?'],
    [['parse', 'a', 'exat'], 'FLAG_INVALID', 'the argument MODE does not take "exat"; did you mean exact?'],
    [['parse', 'a', '--output'], 'FLAG_INVALID', '--output needs a value'],
    [['parse', 'a', '--kind'], 'FLAG_INVALID', '--kind needs a value'],
    [['parse', 'a', '--output', 'x', '--output', 'y'], 'FLAG_INVALID', '--output is given twice'],
    [['parse', 'a', '--rows', 'many'], 'FLAG_INVALID', '--rows: "many" is not an integer'],
    [['parse', 'a', '--rows', '0'], 'FLAG_INVALID', '--rows: "0" is not an integer greater than or equal to 1'],
    [['parse', 'a', '--left', '--right'], 'USAGE', '--left and --right cannot be used together'],
    [['parse', 'a', '--user', 'u'], 'USAGE', '--user needs --password-file'],
    [['required'], 'USAGE', 'the flag --name is missing'],
    [['parse', 'a', '--timeout', 'soon'], 'FLAG_INVALID', '--timeout: "soon" is not a duration'],
    [['parse', 'a', '--backend', 'sprak'], 'FLAG_INVALID', 'did you mean spark?'],
    [['jobs', '--sort', 'stat'], 'FLAG_INVALID', '--sort: there is no column "stat"; did you mean state?'],
  ] as const)('%j is %s', async ([args, code, message]) => {
    const { text, json, envelope } = await both(args);
    expect([text.code, json.code]).toEqual([2, 2]);
    expect(envelope.error).toMatchObject({ code, exit: 2, message: expect.stringContaining(message) });
    expect(text.stderr).toContain(message);
    expect(text.stderr).toMatch(/^error: .+\nhint: .+\n$/);
    expect(json.stdout).not.toContain('pjson');
    expect(json.stdout.length).toBeLessThan(1000);
  });

  test('an allowed value is named where a wrong one was given', async () => {
    const { text, envelope } = await both(['parse', 'a', '--kind', 'x']);
    expect(text.stderr).toContain('hint: give one of vocabulary, length, label');
    expect(envelope.error.details).toEqual({ flag: '--kind', value: 'x', allowed: ['vocabulary', 'length', 'label'] });
  });

  test('an error of ours thrown while a flag is parsed keeps its code and loses the words of the framework', async () => {
    const { text, envelope } = await both(['parse', 'a', '--own', 'x']);
    expect(text.code).toBe(3);
    expect(envelope.error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: '--own: x is not what it should be',
      hint: 'ours',
    });
  });

  test('what stands behind -- belongs to somebody else', async () => {
    const { stdout } = await runShell(['pass', '--', '--json', '--no-such', '-x']);
    expect(stdout).toBe('passthrough: --json, --no-such, -x\n');
    expect(JSON.parse((await runShell(['pass', '--json', '--', '-q'])).stdout)).toEqual({
      schemaVersion: 1,
      passthrough: ['-q'],
    });
  });
});

describe('places and lists of problems', () => {
  test('an error in a file begins with file:line:column, as seen from the current folder', async () => {
    const { stderr } = await runShell([
      'fail',
      '--code',
      'CONFIG_SYNTAX',
      '--message',
      'a tab',
      '--place',
      'sentops.yaml:3:7',
    ]);
    expect(stderr).toMatch(/^error: sentops\.yaml:3:7: a tab\n/);
  });

  test('several problems are a list, each with its place and hint', async () => {
    const { text, envelope } = await both(['fail', '--code', 'CONFIG_INVALID', '--problems']);
    expect(text.stderr.split('\n').slice(1, 3)).toEqual([
      '  sentops.yaml:12:16: train.numFeatures must be an integer (write 32768)',
      '  sentops.yaml:20:1: unknown key "trian" (did you mean train?)',
    ]);
    expect(envelope.error.details['problems']).toHaveLength(2);
  });

  test('JSON logs stay JSON when the command fails', async () => {
    const { stderr, code } = await runShell(['fail', '--code', 'JOB_FAILED', '--log-format', 'json']);
    expect(code).toBe(10);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'error',
      code: 'JOB_FAILED',
      exit: 10,
      msg: 'the job ended in an error',
    });
  });

  test('control characters in a message cannot rewrite the terminal', async () => {
    const { stderr } = await runShell([
      'fail',
      '--code',
      'JOB_FAILED',
      '--message',
      'evil \x1b[2J\x1b]0;title\x07 text',
    ]);
    expect(stderr).not.toContain('\x1b');
    expect(stderr).toContain('\\x1b');
  });
});
