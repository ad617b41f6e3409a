import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runShell } from '../helpers/shell/run.ts';

const out = async (...args: string[]) => {
  const { stdout, stderr, code } = await runShell(args);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout;
};

interface Listed {
  readonly items: { readonly id: string }[];
}

const ids = async (...args: string[]) =>
  (JSON.parse(await out('jobs', '--json', ...args)) as Listed).items.map(({ id }) => id);

describe('formats of a list', () => {
  test('a table for people: whole and without colour in a pipe', async () => {
    expect(await out('jobs')).toBe(
      [
        'id      state    rows  created',
        'job-10  running     5  2026-03-01T10:00:00Z',
        'job-9   done     1000  2026-01-01T10:00:00Z',
        'job-2   running     -  2026-02-01T10:00:00Z',
        '',
      ].join('\n'),
    );
  });

  test('--json and --format json are the same object', async () => {
    const json = await out('jobs', '--json');
    expect(await out('jobs', '--format', 'json')).toBe(json);
    expect(Object.keys(JSON.parse(json) as object)).toEqual(['schemaVersion', 'items', 'nextPageToken']);
    expect(JSON.parse(json)).toMatchObject({ schemaVersion: 1, nextPageToken: null });
  });

  test('an empty list is an object in JSON, a head in CSV, and nothing on the standard output of a table', async () => {
    expect(JSON.parse(await out('jobs', '--none', '--json'))).toEqual({
      schemaVersion: 1,
      items: [],
      nextPageToken: null,
    });
    expect(await out('jobs', '--none', '--format', 'csv')).toBe('id,state,rows,created\r\n');
    expect(await out('jobs', '--none', '--format', 'jsonl')).toBe('');
    expect(await runShell(['jobs', '--none'])).toMatchObject({ stdout: '', stderr: 'Nothing to list.\n', code: 0 });
  });

  test('jsonl, csv and md hold the raw values, ids one a line', async () => {
    const lines = (await out('jobs', '--format', 'jsonl')).trim().split('\n');
    expect(lines.map(line => (JSON.parse(line) as { state: string }).state)).toEqual(['RUNNING', 'DONE', 'RUNNING']);
    expect(await out('jobs', '--format', 'csv')).toBe(
      'id,state,rows,created\r\njob-10,RUNNING,5,2026-03-01T10:00:00Z\r\njob-9,DONE,1000,2026-01-01T10:00:00Z\r\njob-2,RUNNING,,2026-02-01T10:00:00Z\r\n',
    );
    expect((await out('jobs', '--format', 'md')).split('\n').slice(0, 3)).toEqual([
      '| id | state | rows | created |',
      '| --- | --- | ---: | --- |',
      '| job-10 | RUNNING | 5 | 2026-03-01T10:00:00Z |',
    ]);
    expect(await out('jobs', '--format', 'ids')).toBe('job-10\njob-9\njob-2\n');
    expect(await out('jobs', '-q')).toBe('job-10\njob-9\njob-2\n');
  });

  test('yaml is read back as the JSON by both YAML libraries', async () => {
    const [yaml, json] = [await out('jobs', '--format', 'yaml'), JSON.parse(await out('jobs', '--json')) as unknown];
    expect(parse(yaml)).toEqual(json);
    expect(load(yaml)).toEqual(json);
  });
});

describe('asking for a part of a list', () => {
  test('--columns chooses and orders, also those that are not shown otherwise, and projects exports', async () => {
    expect((await out('jobs', '--columns', 'labels,id')).split('\n')[1]).toBe('team=a  job-10');
    expect(await out('jobs', '--columns', 'id,labels', '--format', 'csv')).toContain('job-10,"{""team"":""a""}"\r\n');
    const { items } = JSON.parse(await out('jobs', '--columns', 'id', '--json')) as Listed;
    expect(items).toEqual([{ id: 'job-10' }, { id: 'job-9' }, { id: 'job-2' }]);
  });

  test('--sort is natural, by number and by date, up and down, with nothing last', async () => {
    expect(await ids('--sort', 'id')).toEqual(['job-2', 'job-9', 'job-10']);
    expect(await ids('--sort', '-id')).toEqual(['job-10', 'job-9', 'job-2']);
    expect(await ids('--sort', 'rows')).toEqual(['job-10', 'job-9', 'job-2']);
    expect(await ids('--sort', '-rows')).toEqual(['job-9', 'job-10', 'job-2']);
    expect(await ids('--sort=-created')).toEqual(['job-10', 'job-2', 'job-9']);
    expect(await ids('--sort', 'state,-created')).toEqual(['job-9', 'job-10', 'job-2']);
  });

  test('a descending sort is understood though the parser takes -created for the flag -C', async () => {
    expect(await ids('--sort', 'created:desc')).toEqual(await ids('--sort', '-created'));
  });

  test('--filter may be repeated, and --limit comes last', async () => {
    expect(await ids('--filter', 'state=RUNNING')).toEqual(['job-10', 'job-2']);
    expect(await ids('--filter', 'state=RUNNING', '--filter', 'rows>=5')).toEqual(['job-10']);
    expect(await ids('--filter', 'labels.team=b')).toEqual(['job-9']);
    expect(await ids('--filter', 'created<2026-02-15')).toEqual(['job-9', 'job-2']);
    expect(await ids('--sort', 'id', '--limit', '2')).toEqual(['job-2', 'job-9']);
    expect(await runShell(['jobs', '--limit', '1'])).toMatchObject({ stderr: 'Showing 1 of 3 rows (--limit).\n' });
    expect(await runShell(['jobs', '--filter', 'state=X'])).toMatchObject({
      stdout: '',
      stderr: 'None of 3 rows matches.\n',
    });
  });

  test.for([
    [['--columns', 'idd'], '--columns: there is no column "idd"; did you mean id?'],
    [['--sort', '-statee'], '--sort: there is no column "statee"; did you mean state?'],
    [['--filter', 'sate=RUNNING'], '--filter: there is no column "sate"; did you mean state?'],
    [['--filter', 'RUNNING'], '--filter: "RUNNING" is not an expression'],
    [['--filter', 'id~('], '--filter: "id~(" holds no valid regular expression'],
    [['--limit', '0'], '--limit: "0" is not an integer greater than or equal to 1'],
  ] as const)('%j is told before any work is done', async ([args, message]) => {
    expect(await runShell(['jobs', ...args])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});

describe('a result that is no list', () => {
  test('has every format', async () => {
    expect(await out('publish', '--format', 'csv')).toBe(
      'run,note,leaked,nested,nothing\r\nr-1,plain,the password is ***!,"{""deep"":[1,{""x"":""y""}]}",\r\n',
    );
    expect(await out('publish', '--format', 'jsonl')).toBe(
      '{"schemaVersion":1,"run":"r-1","note":"plain","leaked":"the password is ***!","nested":{"deep":[1,{"x":"y"}]},"nothing":null}\n',
    );
    expect(await out('publish', '--format', 'md')).toContain('| note | plain |\n');
    expect(await out('publish', '--format', 'yaml')).toContain('leaked: "the password is ***!"\n');
    expect(await out('publish', '-q')).toBe('r-1\n');
    expect(await out('publish')).toContain('leaked:  the password is ***!\n');
  });

  test('no format shows a secret, however it is quoted there', async () => {
    for (const format of ['table', 'json', 'jsonl', 'csv', 'yaml', 'md']) {
      expect(await out('publish', '--format', format)).not.toMatch(/hunter2|secret/);
    }
  });
});

describe('progress without a terminal', () => {
  test('is plain lines: what begins, what ends, and each progress at its last word', async () => {
    const { stdout, stderr } = await runShell(['progress']);
    expect(stdout).toBe('done: true\n');
    expect(stderr).toBe(
      [
        'warning: look out',
        '… Preparing',
        'Fetching data.csv: 100% 5.0 MB of 5.0 MB',
        '✔ Preparing: 5 files',
        'Reading: 5,000 rows',
        '',
      ].join('\n'),
    );
  });

  test('is ASCII where the locale is', async () => {
    const { stderr } = await runShell(['progress', 'fail'], { env: { LANG: 'C' } });
    expect(stderr).toMatch(/^\.\.\. Preparing$/m);
    expect(stderr).toMatch(/^x Preparing: 5 files$/m);
    expect(stderr).toMatch(/^[\x00-\x7f]*$/);
  });

  test('is JSON lines with --log-format json or LOG_FORMAT', async () => {
    const { stderr } = await runShell(['progress', '--log-format', 'json']);
    const lines = stderr
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      'warn look out',
      'info Preparing',
      'info Fetching data.csv',
      'info Preparing',
      'info Reading',
    ]);
    expect(lines.every(({ time }) => !Number.isNaN(Date.parse(String(time))))).toBe(true);
    expect(lines[2]).toMatchObject({ progress: 'get', done: 5_000_000, total: 5_000_000, unit: 'bytes' });
    const viaEnv = await runShell(['progress'], { env: { LOG_FORMAT: 'json' } });
    expect(JSON.parse(viaEnv.stderr.split('\n')[0] ?? '')).toMatchObject({ msg: 'look out' });
  });

  test('is silent with --json and -q', async () => {
    expect((await runShell(['progress', '--json'])).stderr).toBe('');
    expect((await runShell(['progress', '-q'])).stderr).toBe('');
  });

  test('follows --log-level and -v', async () => {
    expect((await runShell(['progress', '--log-level', 'warn'])).stderr).toBe('warning: look out\n');
    expect((await runShell(['progress', '--log-level', 'error'])).stderr).toBe('');
    expect((await runShell(['progress', 'fail', '--log-level', 'error'])).stderr).toMatch(
      /^✖ Preparing: 5 files\nerror: /,
    );
    expect((await runShell(['progress', '-v'])).stderr).toContain('debug: a detail\n');
  });
});

describe('questions where nobody can be asked', () => {
  test.for([
    ['text', 'no answer to “Project name”', '--name'],
    ['secret', 'no answer to “Token”', '--token-file'],
    ['select', 'no answer to “Colour”', '--colour'],
    ['checkbox', 'no answer to “Colours”', '--colours'],
    ['confirm', 'no answer to “Go on”', '--go'],
  ] as const)('%s is an error that names its flag', async ([what, message, flag]) => {
    const { stderr, code } = await runShell(['ask', what]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`hint: give ${flag}`);
    const json = await runShell(['ask', what, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'INPUT_REQUIRED', details: { flag } } });
  });

  test('a destructive command needs --yes', async () => {
    expect(await runShell(['ask', 'consent'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('hint: run it again with --yes'),
    });
    expect(await runShell(['ask', 'consent', '--yes'])).toMatchObject({ code: 0, stdout: 'deleted: true\n' });
    expect(await runShell(['ask', 'consent', '-y', '--json'])).toMatchObject({ code: 0 });
  });
});

test('the input of a command is not touched by the shell', async () => {
  // The framework reads standard input for a missing argument unless told not to.
  const { stderr, code } = await runShell(['parse'], { input: 'from the pipe\n' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('the argument INPUT is missing')]);
});
