import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../helpers/terminal.ts';

let home: string;
let cwd: string;
let ids: { parent: string; lr: string; rf: string };

const cli = (args: readonly string[], more: Parameters<typeof runCli>[1] = {}) => runCli(args, { cwd, home, ...more });
const log = async (...args: string[]) => (await cli(['run', 'log', ...args, '-q'])).stdout.trim();

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-run-home-'));
  cwd = path.join(home, 'project');
  fs.mkdirSync(cwd);
  const parent = await log('--new', '--name', 'parent', '--param', 'rows=1000');
  const child = (name: string, metrics: string[], params: string[]) =>
    log(
      '--new',
      '--name',
      name,
      '--parent',
      parent,
      '--status',
      'FINISHED',
      ...metrics.flatMap(text => ['--metric', text]),
      ...params.flatMap(text => ['--param', text]),
    );
  ids = {
    parent,
    lr: await child('lr', ['accuracy=0.81', 'loss=0.9@1', 'loss=0.5@2'], ['seed=42', 'reg=0.1']),
    rf: await child('rf', ['accuracy=0.78', 'loss=0.7'], ['seed=42', 'reg=0.2']),
  };
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

describe('run list', () => {
  test('shows children below their parents, with what tells them apart', async () => {
    const { stdout, stderr, code } = await cli(['run', 'list'], { env: { COLUMNS: '120' } });
    expect([code, stderr]).toEqual([0, '']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^run +name +status +age +took +accuracy +loss +reg/);
    expect(first).toMatch(new RegExp(`^${ids.parent.slice(0, 8)} +parent +running`));
    expect(second).toMatch(/└ rf +done/);
  });

  test('--filter is the language of MLflow, and a mistake in it is pointed at', async () => {
    const found = await cli(['runs', 'ls', '--filter', 'metrics.accuracy > 0.8', '-q']);
    expect(found.stdout).toBe(`${ids.lr}\n`);
    const wrong = await cli(['run', 'list', '--filter', 'metrics.accuracy >', '--json']);
    expect([wrong.code, JSON.parse(wrong.stdout).error.code]).toEqual([2, 'FLAG_INVALID']);
  });

  test('--columns takes metrics, parameters and tags; --sort too', async () => {
    const columns = 'name,metrics.accuracy,params.reg,tags.mlflow.runName';
    const { stdout } = await cli([
      'run',
      'list',
      '--columns',
      columns,
      '--sort',
      '-metrics.accuracy',
      '--format',
      'csv',
    ]);
    expect(stdout).toBe(`${columns}\r\nlr,0.81,0.1,lr\r\nrf,0.78,0.2,rf\r\nparent,,,parent\r\n`);
    expect((await cli(['run', 'list', '--columns', 'nme'])).stderr).toContain('did you mean name?');
  });

  test('pages go on where the last one ended', async () => {
    const first = JSON.parse((await cli(['run', 'list', '--limit', '2', '--json'])).stdout);
    expect(first.items).toHaveLength(2);
    const token = first.nextPageToken;
    const rest = await cli(['run', 'list', '--limit', '2', '--page-token', token, '-q']);
    expect(rest.stdout).toBe(`${ids.parent}\n`);
    expect((await cli(['run', 'list', '--limit', '2'])).stderr).toContain('--page-token');
  });

  test('an empty store makes nothing, says what to do and is no failure', async () => {
    const empty = path.join(home, 'empty');
    fs.mkdirSync(empty);
    const { code, stdout, stderr } = await cli(['run', 'list'], { cwd: empty });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('sentops train');
    expect(fs.readdirSync(empty)).toEqual([]);
  });
});

describe('run best', () => {
  test('gates: 0 where the bound is met, 12 where it is missed, 5 where nothing has the metric', async () => {
    const met = await cli(['run', 'best', '--metric', 'accuracy', '--min', '0.8', '-q']);
    expect([met.code, met.stdout]).toEqual([0, `${ids.lr}\n`]);
    const missed = await cli(['run', 'best', '--min', '0.9', '--json']);
    expect(missed.code).toBe(12);
    expect(JSON.parse(missed.stdout)).toMatchObject({
      value: 0.81,
      gate: { met: false },
      error: { code: 'GATE_NOT_MET' },
    });
    const none = await cli(['run', 'best', '--metric', 'acuracy']);
    expect([none.code, none.stderr]).toEqual([5, expect.stringContaining('did you mean accuracy?')]);
  });

  test('hands id and accuracy to CI', async () => {
    const file = path.join(home, 'output');
    const summary = path.join(home, 'summary');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: file, GITHUB_STEP_SUMMARY: summary };
    await cli(['run', 'best', '--metric', 'loss'], { env });
    expect(fs.readFileSync(file, 'utf8')).toBe(`run-id=${ids.lr}\naccuracy=0.81\n`);
    // Three columns, not everything that is known of the run.
    expect(fs.readFileSync(summary, 'utf8')).toContain(
      `| runId | name | value |\n| --- | --- | ---: |\n| ${ids.lr} | lr | 0.5 |\n`,
    );
  });
});

test('run compare shows what differs, in every form, and draws it', async () => {
  const { stdout } = await cli(['run', 'compare', 'lr', ids.rf.slice(0, 8), '--metric', 'accuracy', '--format', 'md']);
  expect(stdout).toMatch(/\| metric \| accuracy \| 0.81 \| 0.78 \| lr \|\n\| param \| reg \| 0.1 \| 0.2 \| {2}\|\n$/);
  expect((await cli(['run', 'compare', '--page-token', 'x'])).code).toBe(2);
  const drawn = await cli(['run', 'compare', '--parent', 'last', '--metric', 'loss', '--plot', 'loss.svg']);
  expect(drawn.stdout).toContain('loss (less is better)');
  expect(fs.readFileSync(path.join(cwd, 'loss.svg'), 'utf8')).toContain('<svg');
});

test('run describe, tag and export tell and change one run', async () => {
  expect((await cli(['run', 'describe', 'lr'])).stdout).toMatch(/loss +0.5000 +2 +█▁/);
  expect((await cli(['run', 'tag', 'lr', 'team=nlp', 'note=a=b'])).code).toBe(0);
  const { run } = JSON.parse((await cli(['run', 'describe', 'lr', '--json'])).stdout);
  expect(run.tags).toMatchObject({ team: 'nlp', note: 'a=b' });
  const { stdout } = await cli(['run', 'export', 'lr', '--format', 'jsonl']);
  const steps = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ key }) => key === 'loss');
  expect(steps.map(({ step, value }) => [step, value])).toEqual([
    [1, 0.9],
    [2, 0.5],
  ]);
});

test('run delete wants a yes; restore does not', async () => {
  const id = await log('--new', '--name', 'gone');
  const refused = await cli(['run', 'delete', 'gone']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect((await cli(['run', 'rm', 'gone', '--yes', '-q'])).stdout).toBe(`${id}\n`);
  expect((await cli(['run', 'list', '--view', 'deleted', '-q'])).stdout).toBe(`${id}\n`);
  await cli(['run', 'restore', 'gone']);
  expect((await cli(['run', 'list', '--view', 'deleted', '-q'])).stdout).toBe('');
  await cli(['run', 'delete', id, '--yes']);
});

test('run log takes lines from a pipe and says which one is wrong', async () => {
  const input = '{"metrics":{"loss":1},"step":1}\n{"metrics":{"loss":"x"}}\n';
  const { code, stderr } = await cli(['run', 'log', '--new', '--experiment', 'pipes', '-i', '-'], { input });
  expect([code, stderr]).toEqual([9, expect.stringContaining('line 2: loss: "x" is not a number')]);
  const [left] = JSON.parse((await cli(['run', 'list', '--experiment', 'pipes', '--json'])).stdout).items;
  expect(left).toMatchObject({ status: 'FAILED', metrics: { loss: 1 } });
  expect((await cli(['run', 'log', '--metric', 'a=1'])).code).toBe(2);
});

describe('run watch', () => {
  let terminal: Terminal | undefined;
  afterEach(async () => {
    await terminal?.close();
    terminal = undefined;
  });

  function open(args: readonly string[], options: TerminalOptions = {}): Terminal {
    const bin = path.join(repositoryRoot, 'bin/dev.js');
    terminal = openTerminal(pinnedNode(), [bin, 'run', 'watch', ...args], { cwd, home, ...options });
    return terminal;
  }

  test('at a terminal plots grow in place until the run ends, and the last one stays', async () => {
    const id = await log(
      '--new',
      '--name',
      'nightly',
      '--experiment',
      'watched',
      '--metric',
      'loss=0.9@1',
      '--metric',
      'loss=0.5@2',
    );
    const it = open([id, '--interval', '200ms'], { cols: 60, rows: 16 });
    await it.waitFor('loss  0.5000');
    expect(it.cursorHidden).toBe(true);
    expect(it.screen().length).toBeLessThanOrEqual(16);
    await log(id, '--metric', 'loss=0.25@3');
    await it.waitFor('loss  0.2500');
    it.resize(40, 10);
    await it.waitFor(/^nightly.*\n(.*\n){8}Ctrl-C stops watching; the run goes on\.$/);
    await log(id, '--status', 'FINISHED');
    expect(await it.exit).toEqual({ code: 0, signal: 0 });
    expect(it.cursorHidden).toBe(false);
    expect(it.raw).toContain('\x1b[?1049l');
    const screen = it.screen().join('\n');
    expect(screen).toMatch(/: done, /);
    expect(screen).toMatch(/loss {2}0\.2500\n +0\.9000│/);
  });

  test('Ctrl-C ends the watching with 130 and leaves the terminal as it was', async () => {
    const id = await log('--new', '--experiment', 'watched', '--metric', 'f1=0.5');
    const it = open([id], { env: { NO_COLOR: '1' } });
    await it.waitFor('f1  0.5000');
    it.press('ctrl-c');
    expect((await it.exit).code).toBe(130);
    expect(it.cursorHidden).toBe(false);
    expect(it.screen()[0]).toBe('error: interrupted');
    expect(it.raw).not.toMatch(/\x1b\[3\dm[^\n]*f1/);
    const { run } = JSON.parse((await cli(['run', 'describe', id, '--json'])).stdout);
    expect(run.status).toBe('RUNNING');
  });

  test('in a pipe each new value is a line, or an event; a run that failed is exit 10', async () => {
    const id = await log('--new', '--experiment', 'watched', '--metric', 'f1=0.5@3', '--status', 'FAILED');
    const lines = await cli(['run', 'watch', id]);
    expect([lines.code, lines.stdout]).toEqual([10, 'f1 0.5000 (step 3)\n']);
    const events = await cli(['run', 'watch', id, '--format', 'jsonl']);
    expect(
      events.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toMatchObject([
      { event: 'value', metric: 'f1', step: 3, value: 0.5 },
      { event: 'end', status: 'FAILED' },
    ]);
    const once = await cli(['run', 'watch', id, '--once', '--json']);
    expect(once.code).toBe(0);
    expect(JSON.parse(once.stdout)).toMatchObject({ ended: true, series: [{ metric: 'f1', last: 0.5 }] });
  });
});
