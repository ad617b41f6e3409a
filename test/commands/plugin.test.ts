import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-plugin-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const data = () => path.join(dir, 'data');
const run = (args: string[], input = '') => runCli(args, { cwd: dir, env: { SENTOPS_DATA_DIR: data() }, input });

async function json(args: string[]) {
  const { stdout, code } = await run([...args, '--json']);
  return { code, body: JSON.parse(stdout) };
}

/** What `plugins link` would have left, without the framework: a plugin with extensions only. */
function link(name: string, sentops: object, module: string): void {
  const root = path.join(dir, name);
  fs.mkdirSync(root);
  fs.writeFileSync(
    path.join(root, 'package.json'),
    JSON.stringify({ name, version: '1.0.0', type: 'module', oclif: {}, sentops }),
  );
  fs.writeFileSync(path.join(root, 'extensions.js'), module);
  const file = path.join(data(), 'package.json');
  const plugins = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).oclif.plugins : [];
  fs.mkdirSync(data(), { recursive: true });
  fs.writeFileSync(
    file,
    JSON.stringify({ private: true, oclif: { schema: 1, plugins: [...plugins, { name, type: 'link', root }] } }),
  );
}

const acme = { contract: 1, extensions: './extensions.js' };
const register = (kind: string, name: string, factory: string) =>
  `export default { contract: 1, register(api) { api.register('${kind}', '${name}', async () => ${factory}, { summary: 'made by acme' }); } };`;

describe('plugin extensions', () => {
  test('lists ours, plugins, and what is wrong with plugins, each with its plugin', async () => {
    link('acme', acme, register('stream-sink', 'printer', '() => {}'));
    link('broken', acme, "throw new Error('no such library');");
    const { code, body } = await json(['plugin', 'extensions']);
    expect(code).toBe(0);
    expect(body.items).toContainEqual({
      kind: 'stream-sink',
      name: 'stdout',
      plugin: 'sentops',
      status: 'registered',
      detail: expect.any(String),
    });
    expect(body.items).toContainEqual({
      kind: 'stream-sink',
      name: 'printer',
      plugin: 'acme',
      status: 'registered',
      detail: 'made by acme',
    });
    expect(body.items).toContainEqual({
      kind: null,
      name: null,
      plugin: 'broken',
      status: 'failed',
      detail: 'plugin broken cannot be loaded: no such library',
    });
  });

  test('--check loads the code of each, --kind narrows', async () => {
    link('acme', acme, register('stream-sink', 'printer', "Promise.reject(new Error('lost a file'))"));
    const { body } = await json(['plugin', 'extensions', '--kind', 'stream_sink', '--check']);
    expect(body.items.map((row: { name: string; status: string }) => `${row.name} ${row.status}`)).toEqual([
      'jsonl ok',
      'printer failed',
      'stdout ok',
    ]);
    expect(body.items[1].detail).toBe('stream sink printer of plugin acme cannot be loaded: lost a file');
  });

  test('-q prints names; an unknown kind lists the kinds', async () => {
    expect((await run(['plugin', 'extensions', '--kind', 'stream-sink', '-q'])).stdout).toBe('jsonl\nstdout\n');
    const { code, body } = await json(['plugin', 'extensions', '--kind', 'stream-sinc']);
    expect([code, body.error.code]).toEqual([2, 'FLAG_INVALID']);
    expect(body.error.hint).toMatch(/^did you mean stream-sink\?.*doctor-check/);
  });
});

describe('plugin check', () => {
  test('a sound extension: every step, what it printed, exit 0', async () => {
    const { code, stdout } = await run(['plugin', 'check', 'stream-sink', 'stdout']);
    expect(code).toBe(0);
    expect(stdout).toContain('takes a batch of three rows');
    expect(stdout).toContain('printed: {"id":"1","text":"What a lovely day","prediction":1,"probability":null}');
  });

  test('options reach the extension, and a missing one is told in its words', async () => {
    const { code } = await run(['plugin', 'check', 'stream-sink', 'jsonl', '--option', 'path=out/rows.jsonl']);
    expect(code).toBe(0);
    expect(fs.readFileSync(path.join(dir, 'out/rows.jsonl'), 'utf8').trim().split('\n')).toHaveLength(6);
    const missing = await run(['plugin', 'check', 'stream-sink', 'jsonl']);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain('stream sink jsonl needs the option path');
  });

  test('a source reads what is piped in', async () => {
    const { code, stdout } = await run(['plugin', 'check', 'stream-source', 'lines'], 'one\ntwo\n');
    expect(code).toBe(0);
    expect(stdout).toContain('reads at most 3 rows: 2 rows');
  });

  test('a plugin that fails is named, and the report says in which step', async () => {
    link(
      'acme',
      acme,
      register(
        'stream-sink',
        'printer',
        "() => ({ delivery: 'at-least-once', open() {}, write() { throw new Error('no paper'); }, flush() {}, close() {} })",
      ),
    );
    const { code, body } = await json(['plugin', 'check', 'stream-sink', 'printer']);
    expect([code, body.error.code]).toEqual([1, 'CHECK_FAILED']);
    expect(body.error.message).toContain('stream sink printer of plugin acme failed in write: no paper');
    expect(body.steps.map((step: { status: string }) => step.status)).toEqual(['ok', 'ok', 'ok', 'fail', 'ok']);
  });

  test('an unknown name lists what there is and where more may come from', async () => {
    const { code, body } = await json(['plugin', 'check', 'stream-sink', 'jsnol']);
    expect([code, body.error.code]).toEqual([5, 'EXTENSION_UNKNOWN']);
    expect(body.error.message).toBe('no stream sink is called "jsnol"; there are jsonl, stdout');
    expect(body.error.hint).toMatch(/^did you mean jsonl\?.*npm search keywords:sentops-plugin/);
  });

  test('an option without a value is a usage error', async () => {
    const { code, body } = await json(['plugin', 'check', 'stream-sink', 'stdout', '--option', 'path']);
    expect([code, body.error.code]).toEqual([2, 'FLAG_INVALID']);
  });
});

describe('plugin create', () => {
  test('writes the package and names the next commands; -q prints its folder', async () => {
    const { code, stdout } = await run(['plugin', 'create', 'hello', '--no-install']);
    expect(code).toBe(0);
    expect(stdout).toContain('wrote src/commands/hello.ts');
    expect(stdout).toContain('sentops plugins link .');
    expect((await run(['plugin', 'create', 'other', '--no-install', '-q'])).stdout).toBe(
      `${path.join(fs.realpathSync(dir), 'sentops-plugin-other')}\n`,
    );
  });

  test('-n writes nothing', async () => {
    const { code, body } = await json(['plugin', 'create', 'hello', '-n']);
    expect([code, body.written]).toEqual([0, false]);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.each([
    ['a name that is none', ['Hello World'], 2, 'FLAG_INVALID'],
    ['a command of ours', ['config'], 2, 'FLAG_INVALID'],
    ['an unknown kind', ['hello', '--kind', 'sink'], 2, 'FLAG_INVALID'],
    ['a missing tarball', ['hello', '--sentops', 'none.tgz'], 5, 'NOT_FOUND'],
    ['a folder that is not empty', ['hello', '--dir', '.'], 6, 'CONFLICT'],
  ])('%s is refused, and nothing is written', async (_title, args, exit, error) => {
    fs.writeFileSync(path.join(dir, 'mine.txt'), '');
    const { code, body } = await json(['plugin', 'create', ...args, '--no-install']);
    expect([code, body.error.code, body.error.exit]).toEqual([exit, error, exit]);
    expect(fs.readdirSync(dir)).toEqual(['mine.txt']);
  });
});
