/**
 * The fast path, the full path and the framework as it was published have to give the same answer, to the byte, on
 * standard output, standard error and in the exit code. Differences that are meant, each tested where it is made:
 *
 * - The configuration that a command gets is the one that was loaded, not a second one made from it (not visible here).
 * - An exit asked for by another copy of the framework is an exit and not an error "EEXIT" (test/e2e/plugins.test.ts).
 * - A user id without an entry in passwd is no failure (test/e2e/start-anywhere.test.ts).
 * - Plural topics, short verbs and flags before the command are rewritten before the framework sees them
 *   (test/unit/cli/start).
 * - Errors and lists of commands that are not ours have our JSON (test/e2e/plugins.test.ts).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pty from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installTarball } from '../helpers/pack.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { buildStockPackage, type StockPackage } from '../helpers/stock-package.ts';

type Variant = 'fast' | 'full' | 'stock';
interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}
interface ListedCommand {
  readonly id: string;
  readonly args: readonly string[];
}

let stock: StockPackage;
let installed: string;
let home: string;
let commands: ListedCommand[];

beforeAll(async () => {
  stock = await buildStockPackage();
  installed = (await installTarball()).bin;
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-parity-'));
  const { stdout } = await runCli(['commands', '--json'], { bin: { file: installed } });
  const { items } = JSON.parse(stdout) as { items: (ListedCommand & { pluginName: string })[] };
  commands = items.filter(item => item.pluginName === 'sentops');
});

afterAll(() => {
  stock.remove();
  fs.rmSync(home, { recursive: true, force: true });
});

async function answer(variant: Variant, args: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
  const file = variant === 'stock' ? stock.bin : installed;
  const full = variant === 'full' ? { SENTOPS_NO_FAST: '1' } : {};
  const { stdout, stderr, code } = await runCli(args, { home, bin: { file }, env: { ...env, ...full } });
  return { stdout: normalize(stdout), stderr: normalize(stderr), code };
}

/** What names the run itself: the process id in warnings, the time in logs, and where the package lies. */
function normalize(text: string): string {
  const roots = [path.resolve(stock.bin, '../..'), path.resolve(installed, '../..')];
  const neutral = roots.reduce((result, root) => result.replaceAll(root, '<root>'), text);
  return neutral.replace(/\(node:\d+\)/g, '(node:PID)').replace(/"time":"[^"]*"/g, '"time":"NOW"');
}

/** All three give what the first one gives. */
async function expectSame(args: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
  const [fast, full, published] = await Promise.all([
    answer('fast', args, env),
    answer('full', args, env),
    answer('stock', args, env),
  ]);
  expect({ args, ...full }).toEqual({ args, ...published });
  expect({ args, ...fast }).toEqual({ args, ...published });
  return fast;
}

/** Three processes for each of many commands. */
const EVERY = { timeout: 600_000 };

async function forEachCommand(check: (words: string[], command: ListedCommand) => Promise<void>): Promise<void> {
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) await check(command.id.split(' '), command);
}

describe('help', () => {
  it('of every command', EVERY, async () => {
    await forEachCommand(async words => {
      const { stdout, code } = await expectSame([...words, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('USAGE');
    });
  });

  it('of every command in colour', EVERY, async () => {
    await forEachCommand(async words => {
      const { stdout } = await expectSame([...words, '--help'], { FORCE_COLOR: '1', TERM: 'xterm-256color' });
      expect(stdout).toContain('\u001b[1mUSAGE');
    });
  });

  it.each([
    [[]],
    [['--help']],
    [['-h']],
    [['help']],
    [['help', 'version']],
    [['config']],
    [['config', '--help']],
    [['--help', 'config']],
    [['help', 'config', 'show']],
    [['config', 'show', '-C', 'x.yaml', '--help']],
    [['config:show', '--help']],
    [['plugins', '--help']],
    [['plugins', 'install', '--help']],
    [['config', 'show', '--help', '--json']],
    [['config', 'show', '--', '--help']],
  ])('%j', async args => {
    await expectSame(args);
  });
});

describe('help at a terminal', () => {
  it.each([
    ['wide', 100, { TERM: 'xterm-256color' }, true],
    ['wide, without colour', 100, { TERM: 'xterm-256color', NO_COLOR: '1' }, true],
    ['narrow', 60, { TERM: 'xterm-256color' }, false],
    ['dumb', 100, { TERM: 'dumb' }, false],
  ])('that is %s', async (_title, cols, env, isFast) => {
    for (const args of [['--help'], ['config'], ['config', 'show', '--help']]) {
      const fast = await showAtTerminal(installed, args, cols, env);
      const full = await showAtTerminal(installed, args, cols, { ...env, SENTOPS_NO_FAST: '1' });
      const published = await showAtTerminal(stock.bin, args, cols, env);
      expect({ args, text: full.text }).toEqual({ args, text: published.text });
      expect({ args, text: fast.text }).toEqual({ args, text: published.text });
      expect({ args, files: fast.files <= 2 }).toEqual({ args, files: isFast });
      expect(fast.text.includes('\u001b[1mUSAGE')).toBe(!('NO_COLOR' in env) && env.TERM !== 'dumb');
    }
  });
});

/** What appears at a pseudo-terminal, and how many files of the package were loaded for it. */
function showAtTerminal(bin: string, args: readonly string[], cols: number, env: Record<string, string>) {
  const record = path.join(home, 'files.json');
  const recorder = path.join(repositoryRoot, 'test/helpers/record-modules.cjs');
  const recording = { NODE_OPTIONS: `--require ${recorder}`, RECORD_MODULES_TO: record };
  const child = pty.spawn(pinnedNode(), [bin, ...args], {
    cols,
    rows: 40,
    cwd: home,
    env: { ...cleanEnv(home), ...recording, ...env },
  });
  let text = '';
  child.onData(chunk => {
    text += chunk;
  });
  return new Promise<{ text: string; files: number }>(resolve => {
    child.onExit(() => {
      const { files } = JSON.parse(fs.readFileSync(record, 'utf8')) as { files: string[] };
      resolve({ text, files: files.length });
    });
  });
}

describe('a wrong command line', () => {
  it.each([
    ['an unknown flag', ['--bogus']],
    ['a value that the flag does not take', ['--backend', 'nowhere']],
    ['a flag without its value', ['--timeout']],
    ['a flag twice', ['--target', 'a', '--target', 'b']],
  ])('%s, for every command, with and without --json', EVERY, async (_title, wrong) => {
    await forEachCommand(async words => {
      const plain = await expectSame([...words, ...wrong]);
      const json = await expectSame([...words, ...wrong, '--json']);
      expect(plain.code, words.join(' ')).toBe(2);
      expect(json.code).toBe(2);
      expect(JSON.parse(json.stdout)).toMatchObject({ error: { exit: 2 } });
    });
  });

  it('too many words, for every command', EVERY, async () => {
    await forEachCommand(async (words, { args }) => {
      if (words[0] === 'help') return;
      const { code } = await expectSame([...words, ...args.map(() => 'a'), 'b', 'c', '--bogus']);
      expect(code).toBe(2);
    });
  });

  it.each([
    [['bogus']],
    [['bogus', '--json']],
    [['versio']],
    [['config', 'shw']],
    [['config', 'show', 'extra']],
    [['version', 'now', '--json']],
    [['bogus', '--help']],
    [['bogus', '--help', '--json']],
    [['help', 'bogus']],
    [['plugins', 'bogus']],
    [['--bogus']],
    [['']],
    [['__proto__']],
    [['constructor', '--help']],
    [['config', '--json']],
    [['autocomplete', 'tcsh']],
    [['plugin', 'create']],
  ])('%j', async args => {
    await expectSame(args);
  });
});

describe('a command that runs', () => {
  it.each([
    [['--version'], 0],
    [['--version', '--json'], 0],
    [['version'], 0],
    [['version', '--json'], 0],
    [['version', '--format', 'yaml'], 0],
    [['version', '-q'], 0],
    [['commands', '--columns', 'id', '--format', 'csv'], 0],
    [['config', 'show', '-C', 'none.yaml'], 3],
    [['config', 'show', '-C', 'none.yaml', '--json'], 3],
    [['config', 'show', '-C', 'none.yaml', '--log-format', 'json'], 3],
    [['version', '--timeout', 'soon'], 2],
  ])('%j ends with %i', async (args, code) => {
    expect((await expectSame(args)).code).toBe(code);
  });
});

describe('with a plugin', () => {
  let plugin: string;

  beforeAll(() => {
    plugin = path.join(home, 'plugin');
    writePlugin(plugin);
    const data = path.join(home, '.local/share/sentops');
    fs.mkdirSync(data, { recursive: true });
    fs.symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(plugin, 'node_modules'));
    link(data, [{ name: 'parity-plugin', type: 'link', root: plugin }]);
  });

  it.each([
    [['version']],
    [['version', '--json']],
    [['version', '--bogus']],
    [['--version']],
    [['--help']],
    [['version', '--help']],
    [['config', 'show']],
    [['bogus', 'words']],
    [['parity', 'greet', 'you']],
    [['parity', 'greet', '--bogus']],
    [['parity', 'greet', '--help']],
    [['parity', 'leave']],
    [['parity']],
    [['version', 'extra']],
  ])('that has hooks: %j', async args => {
    setHooks(plugin, true);
    const { stderr } = await expectSame(args);
    expect(stderr).toContain('hook init');
  });

  it.each([
    [['version']],
    [['version', '--bogus', '--json']],
    [['version', '--help']],
    [['--help']],
    [['version', 'extra']],
    [['parity', 'greet', 'you']],
  ])('that has none: %j', async args => {
    setHooks(plugin, false);
    const { stderr } = await expectSame(args);
    expect(stderr).not.toContain('hook');
  });

  it('that is gone: built-in commands still work', async () => {
    fs.renameSync(plugin, `${plugin}-away`);
    try {
      const { stdout, code } = await expectSame(['version', '--json']);
      expect({ code, name: (JSON.parse(stdout) as { name: string }).name }).toEqual({ code: 0, name: 'sentops' });
    } finally {
      fs.renameSync(`${plugin}-away`, plugin);
    }
  });

  it('list that is damaged: built-in commands still work', async () => {
    const file = path.join(home, '.local/share/sentops/package.json');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, '{"oclif":');
    try {
      expect((await expectSame(['version', '--json'])).code).toBe(0);
    } finally {
      fs.writeFileSync(file, text);
    }
  });
});

function link(data: string, plugins: readonly object[]): void {
  fs.writeFileSync(path.join(data, 'package.json'), JSON.stringify({ private: true, oclif: { schema: 1, plugins } }));
}

const HOOKS = ['init', 'prerun', 'postrun', 'finally', 'command_not_found', 'preparse'];

function setHooks(root: string, present: boolean): void {
  const hooks = present ? Object.fromEntries(HOOKS.map(name => [name, `./hooks/${name}.js`])) : {};
  const oclif = { commands: './commands', hooks, topicSeparator: ' ' };
  const pjson = { name: 'parity-plugin', version: '1.0.0', type: 'commonjs', oclif };
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify(pjson));
}

function writePlugin(root: string): void {
  fs.mkdirSync(path.join(root, 'hooks'), { recursive: true });
  fs.mkdirSync(path.join(root, 'commands/parity'), { recursive: true });
  for (const name of HOOKS) {
    const code = `module.exports = async function ({ id, argv, Command, error }) {
  console.error('hook ${name}', id, JSON.stringify(argv), Command?.id, error?.oclif?.exit);
};\n`;
    fs.writeFileSync(path.join(root, `hooks/${name}.js`), code);
  }
  const command = (body: string, args = '') => `const { Args, Command } = require('@oclif/core');
module.exports = class extends Command {
  static summary = 'A command of a plugin.';
  static args = {${args}};
  async run() { ${body} }
};\n`;
  const greet = command(
    `const { args } = await this.parse(this.ctor); this.log('hello ' + args.whom);`,
    `whom: Args.string({ description: 'Whom.', ignoreStdin: true })`,
  );
  fs.writeFileSync(path.join(root, 'commands/parity/greet.js'), greet);
  // Below a built-in command: found only by whoever looks at the words behind it.
  fs.mkdirSync(path.join(root, 'commands/version'));
  fs.writeFileSync(path.join(root, 'commands/version/extra.js'), command('this.log("extra");'));
  fs.writeFileSync(
    path.join(root, 'commands/parity/leave.js'),
    command('await this.parse(this.ctor); this.error("no", { exit: 7 });'),
  );
  setHooks(root, true);
}
