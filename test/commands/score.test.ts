import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeParquet } from '../../src/lib/parquet/write.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { openTerminal } from '../helpers/terminal.ts';

const model = path.join(repositoryRoot, 'test/golden/spark/4.3-lr/model');
const dev = path.join(repositoryRoot, 'bin/dev.js');
const texts = ['I love this wonderful book', 'a terrible, broken phone'];

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-score-'));
  fs.writeFileSync(path.join(folder, 'rows.csv'), `id,text\n1,${texts[0]}\n2,"${texts[1]}"\n3,\n`);
  const many = Array.from({ length: 200_000 }, (_, id) => `{"id":${id},"text":"some text of a usual length, ${id}"}\n`);
  fs.writeFileSync(path.join(folder, 'many.jsonl'), many.join(''));
  const table = writeParquet({
    rows: 2,
    fields: [
      { name: 'id', type: 'integer', values: [1, 2] },
      { name: 'text', type: 'string', values: texts },
      { name: 'stars', type: 'double', values: [4.5, 1] },
    ],
    keyValues: {},
  });
  fs.writeFileSync(path.join(folder, 'rows.parquet'), table);
  const project = path.join(folder, 'project');
  fs.cpSync(model, path.join(project, 'models/best-model-lr'), { recursive: true });
  fs.writeFileSync(path.join(project, 'sentops.yaml'), 'version: 1\ntrain: { output: models }\n');
  const report = { schemaVersion: 1, best: { name: 'lr', path: path.join(project, 'models/best-model-lr') } };
  fs.writeFileSync(path.join(project, 'models/training.json'), JSON.stringify(report));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const score = (args: readonly string[], options: Parameters<typeof runCli>[1] = {}) =>
  runCli(['score', ...args], { cwd: folder, ...options });
const lines = (stdout: string) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>);
const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

describe.concurrent('texts on the command line', () => {
  test('come as JSON lines into a pipe, and nothing else comes', async () => {
    const { stdout, stderr, code } = await score([...texts, '--model-path', model]);
    expect([code, stderr]).toEqual([0, '']);
    expect(lines(stdout).map(({ text }) => text)).toEqual(texts);
    expect(Object.keys(lines(stdout)[0] ?? {})).toEqual(
      'text prediction sentiment probability confidence model_version'.split(' '),
    );
  });

  test('come as one object with --json', async () => {
    const { stdout, stderr, code } = await score([...texts, '--model-path', model, '--json', '--explain', '--vectors']);
    expect([code, stderr]).toEqual([0, '']);
    const { items, ...rest } = JSON.parse(stdout) as { items: Record<string, unknown>[] };
    expect(rest).toMatchObject({ schemaVersion: 1, summary: { rows: 2, scored: 2, input: null, output: null } });
    expect(items[0]).toMatchObject({
      text: texts[0],
      tokens: expect.any(Array),
      rawPrediction: [expect.any(Number), expect.any(Number)],
    });
  });

  test('come as bare labels with -q, and as a table where one is asked for', async () => {
    const quiet = await score([...texts, '--model-path', model, '-q']);
    expect(quiet).toMatchObject({ stderr: '', code: 0, stdout: expect.stringMatching(/^\S+\n\S+\n$/) });
    const table = await score([...texts, '--model-path', model, '--format', 'table', '--explain']);
    expect(table.stdout).toMatch(/sentiment +confidence +text/);
    expect(table.stdout).toMatch(/token +weight +count/);
  });

  test('are scored by the best model of the project', async () => {
    const { stdout, code } = await score(['good', '--json'], { cwd: path.join(folder, 'project') });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { model: { path: expect.stringMatching(/best-model-lr$/) } } });
  });
});

describe.concurrent('rows', () => {
  test('of a file stream as lines; what there is to say goes to standard error', async () => {
    const { stdout, stderr, code } = await score(['-i', 'rows.csv', '--model-path', model]);
    expect(code).toBe(0);
    expect(lines(stdout).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(stderr).toContain('Scored ');
    expect(stderr).toMatch(/^Scoring: 100%/m);
  });

  test('come from a pipe too, quietly with -q', async () => {
    const input = '{"n":1.50,"text":"good"}\n{"n":2}\n';
    const { stdout, stderr, code } = await score(['-i', '-', '--model-path', model, '--format', 'jsonl', '-q'], {
      input,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(lines(stdout)).toMatchObject([
      { text: 'good', n: 1.5 },
      { text: null, prediction: null, error: 'no text', n: 2 },
    ]);
  });

  test('go into a file: with --json the answer tells where', async () => {
    const { stdout, code } = await score(['-i', 'rows.csv', '--model-path', model, '-o', 'new/out.csv', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ items: [], summary: { rows: 3, output: 'new/out.csv' } });
    expect(read('new/out.csv').split('\r\n')).toHaveLength(5);
  });

  test('as CSV on standard output', async () => {
    const { stdout } = await score(['-i', 'rows.csv', '--model-path', model, '--format', 'csv']);
    expect(stdout.split('\r\n').map(line => line.split(',')[0])).toEqual([
      'text',
      texts[0],
      '"a terrible',
      expect.anything(),
      '',
    ]);
  });

  test('of Parquet lost all columns but the text', async () => {
    const args = ['-i', 'rows.parquet', '--model-path', model];
    const [json, csv] = await Promise.all([score(args), score([...args, '--format', 'csv'])]);
    expect(lines(json.stdout)).toMatchObject([
      { text: texts[0], id: 1, stars: 4.5 },
      { text: texts[1], id: 2, stars: 1 },
    ]);
    expect(csv.stdout.split('\r\n').map(line => line.split(',').slice(-2))).toEqual([
      ['id', 'stars'],
      ['1', '4.5'],
      ['2', '1'],
      [''],
    ]);
  });

  test('had the last digits of their long numbers changed', async () => {
    const input = '{"text":"good","id":1234567890123456789,"big":1e400,"in":[-9007199254740993]}\n';
    const run = (format: string) => score(['-i', '-', '--model-path', model, '--format', format], { input });
    const [json, csv, yaml] = await Promise.all([run('jsonl'), run('csv'), run('yaml')]);
    expect(json.stdout).toContain('"id":1234567890123456789,"big":1e400,"in":[-9007199254740993]}');
    expect(csv.stdout).toContain('1234567890123456789,1e400,[-9007199254740993]');
    expect(yaml.stdout).toContain('id: "1234567890123456789"');
  });

  test('were written with --dry-run too', async () => {
    const trial = ['-i', 'rows.csv', '--model-path', model, '-o', 'trial/out.jsonl', '-n'];
    const [shown, json] = await Promise.all([score(trial), score([...trial, '--json'])]);
    expect([shown.code, shown.stdout]).toEqual([0, '']);
    expect(shown.stderr).toMatch(/Nothing is written with --dry-run\. Would write 2 of 3 rows into trial\/out\.jsonl/);
    expect(JSON.parse(json.stdout)).toMatchObject({ summary: { rows: 3, output: 'trial/out.jsonl', written: false } });
    expect(fs.existsSync(path.join(folder, 'trial'))).toBe(false);
  });

  test('too many for one object are refused with what to do instead', async () => {
    const { stdout, code } = await score(['-i', 'many.jsonl', '--model-path', model, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'USAGE', hint: expect.stringContaining('-o FILE.jsonl') },
    });
  });
});

/** Without a word about having to wait, which comes where the command does not end within a second. */
const AT_ONCE = { code: 130, errors: expect.stringMatching(/^error: interrupted\nhint: .*\n$/) };

describe.concurrent('stopping', () => {
  test('a reader that has enough ends the command without an error', async () => {
    const { printed, errors, code } = await readSome([
      'score',
      '-i',
      'many.jsonl',
      '--model-path',
      model,
      '--log-level',
      'warn',
    ]);
    expect([code, errors]).toEqual([0, '']);
    expect(lines(`${printed.split('\n')[0]}\n`)).toMatchObject([{ id: 0 }]);
  });

  test('Ctrl-C leaves nothing half-written', async () => {
    const args = ['-i', '-', '--model-path', model, '-o', 'stopped/out.jsonl'];
    const { code } = await stopWhileReading(args);
    expect(code).toBe(130);
    expect(fs.readdirSync(path.join(folder, 'stopped'))).toEqual([]);
  });

  test.for(['score', 'train'] as const)(
    'Ctrl-C did nothing while %s waited for the first byte of a pipe',
    async name => {
      const asked = name === 'score' ? ['-i', '-', '--model-path', model] : ['--input', '-', '--output', 'never'];
      expect(await stopWhileWaiting([name, ...asked])).toEqual(AT_ONCE);
    },
  );

  test('Ctrl-C did nothing while nobody wrote into a named pipe', async () => {
    execFileSync('mkfifo', [path.join(folder, 'silent.csv')]);
    expect(await stopWhileWaiting(['score', '-i', 'silent.csv', '--model-path', model])).toEqual(AT_ONCE);
  });

  test('rows of a named pipe are read to the end of whoever writes them', async () => {
    const pipe = path.join(folder, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    const reading = score(['-i', 'pipe.csv', '--model-path', model, '-q', '--format', 'ids']);
    const writer = await fs.promises.open(pipe, 'w');
    await writer.write('text\n');
    await new Promise(resolve => setTimeout(resolve, 300));
    await writer.write(`${texts[0]}\n`.repeat(20_000));
    await writer.close();
    const { stdout, code } = await reading;
    expect([code, stdout.split('\n').length]).toEqual([0, 20_001]);
  });
});

describe.concurrent('what cannot be done', () => {
  test.for([
    [[], 2, 'there is nothing to score'],
    [['text', '-i', 'rows.csv'], 2, 'cannot be scored together'],
    [['text', '--model-path', 'nowhere'], 5, 'nowhere'],
    [['text'], 5, 'there is no trained model in this project'],
    [['-i', 'nowhere.csv', '--model-path', model], 5, 'nowhere.csv'],
    [['-i', 'rows.csv', '--model-path', model, '--text-column', 'x'], 9, 'id'],
    [['-i', 'rows.csv', '--model-path', model, '-o', 'scores'], 2, 'does not say what to write'],
    [['-i', 'rows.csv', '--model-path', model, '-o', 'rows.csv'], 6, 'is the input'],
    [['text', '--model-path', model, '-o', 'z.jsonl', '--format', 'csv'], 2, '--format csv does not fit --output'],
    [['text', '--model-path', model, '--math', 'abacus'], 2, 'abacus'],
  ] as const)('%j ends with %i', async ([args, exit, message]) => {
    const { stdout, stderr, code } = await score(args);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: .+$/m);
  });
});

describe('at a terminal', () => {
  test('texts come as a table', async () => {
    const terminal = openTerminal(pinnedNode(), [dev, 'score', texts[0] ?? '', '--model-path', model], { cwd: folder });
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.screen().join('\n')).toMatch(/sentiment +confidence +text/);
    await terminal.close();
  });

  test('without a text it asks for nothing and does not hang', async () => {
    const terminal = openTerminal(pinnedNode(), [dev, 'score', '-i', '-'], { cwd: folder });
    expect((await terminal.exit).code).toBe(2);
    expect(terminal.screen().join('\n')).toContain('standard input is a terminal');
    await terminal.close();
  });
});

function start(args: readonly string[]) {
  const child = spawn(pinnedNode(), [dev, ...args], { cwd: folder, env: cleanEnv(folder), stdio: 'pipe' });
  child.stdin.on('error', () => {});
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  return { child, ended, errors: () => errors };
}

/** Reads the beginning of what is printed and closes the pipe, as head does. */
async function readSome(args: readonly string[]) {
  const { child, ended, errors } = start(args);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    child.stdout.destroy();
  });
  const code = await ended;
  return { printed, errors: errors(), code };
}

/** Gives nothing, and Ctrl-C once; a second one would end anything. Again, later, where it came before the command heard. */
async function stopWhileWaiting(
  args: readonly string[],
  seconds = 2,
): Promise<{ code: number | null; errors: string }> {
  const { child, ended, errors } = start(args);
  const timer = setTimeout(() => child.kill('SIGINT'), seconds * 1000);
  const code = await ended;
  clearTimeout(timer);
  return code === null && seconds < 16 ? stopWhileWaiting(args, seconds * 2) : { code, errors: errors() };
}

/** Gives rows without end, and Ctrl-C once the output file has been begun. */
async function stopWhileReading(args: readonly string[]) {
  const { child, ended } = start(['score', ...args]);
  const feed = setInterval(() => child.stdin.write('{"text":"more and more"}\n'.repeat(100)), 5);
  const watch = setInterval(() => {
    const dir = path.join(folder, 'stopped');
    if (!fs.existsSync(dir) || fs.readdirSync(dir).length === 0) return;
    clearInterval(watch);
    child.kill('SIGINT');
  }, 20);
  const code = await ended;
  clearInterval(feed);
  return { code };
}
