import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KINDS } from '../../src/lib/extend/contract.ts';
import { type InstalledPackage, installTarball } from '../helpers/pack.ts';
import { cleanEnv, repositoryRoot, runCli } from '../helpers/run-cli.ts';

const run = promisify(execFile);

let dir: string;
let home: string;
let installed: InstalledPackage;
beforeAll(async () => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-plugins-')));
  home = path.join(dir, 'home');
  fs.mkdirSync(home);
  installed = await installTarball();
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** How this machine reaches a registry: the one thing of it that an installation needs. */
const network = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(npm_config_(registry|cafile|userconfig|globalconfig|cache)|node_extra_ca_certs|(https?|no)_proxy)$/i.test(name),
  ),
);

const sentops = (args: string[], cwd = dir) => runCli(args, { bin: { file: installed.bin }, home, cwd, env: network });

/** npm as its user runs it, in another folder. */
async function npm(args: string[], cwd: string): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    return { ...(await run('npm', args, { cwd, env: { ...cleanEnv(home), ...network } })), code: 0 };
  } catch (error) {
    const { stdout = '', stderr = '', code = 1 } = error as { stdout?: string; stderr?: string; code?: number };
    return { stdout, stderr, code };
  }
}

async function expectOk(result: Promise<{ stdout: string; stderr: string; code: number | null }>): Promise<string> {
  const { stdout, stderr, code } = await result;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

interface Row {
  kind: string | null;
  name: string | null;
  plugin: string;
  status: string;
  detail: string;
}

async function listOf(plugin: string): Promise<Row[]> {
  const { items } = JSON.parse(await expectOk(sentops(['plugin', 'extensions', '--check', '--json']))) as {
    items: Row[];
  };
  expect(items.some(row => row.plugin === 'sentops')).toBe(true);
  return items.filter(row => row.plugin === plugin);
}

describe('the hello plugin: a real package in plain JavaScript, linked into the installed command line', () => {
  const name = 'sentops-plugin-hello';
  beforeAll(async () => {
    fs.cpSync(path.join(repositoryRoot, 'test/plugins/hello'), path.join(dir, 'hello'), {
      recursive: true,
      filter: file => !file.includes('node_modules'),
    });
    await expectOk(npm(['install', '--no-fund', '--no-audit'], path.join(dir, 'hello')));
  });

  test('linked: its command and its sink work, and both levels are listed', async () => {
    await expectOk(sentops(['plugins', 'link', 'hello', '--no-install']));
    expect(await expectOk(sentops(['plugins']))).toContain(`${name} 1.0.0 (link)`);
    expect(await expectOk(sentops(['hello', 'Ada']))).toBe('Hello, Ada!\n');
    expect(JSON.parse(await expectOk(sentops(['hello', '--json'])))).toEqual({ greeting: 'Hello, world!' });
    expect(await expectOk(sentops(['hello', '--help']))).toContain('Say hello.');
    expect(await listOf(name)).toEqual([
      { kind: 'stream-sink', name: 'hello', plugin: name, status: 'ok', detail: 'greets every row' },
    ]);
    const checked = await expectOk(sentops(['plugin', 'check', 'stream-sink', 'hello']));
    expect(checked).toContain('printed: Hello, What a lovely day!');
    await expectOk(sentops(['plugin', 'check', 'stream-sink', 'hello', '--option', 'path=greetings.txt']));
    expect(fs.readFileSync(path.join(dir, 'greetings.txt'), 'utf8')).toMatch(
      /^Hello, What a lovely day!\nHello, Never again!\n/,
    );
  });

  test('a usage error of its command has the exit code of ours', async () => {
    const { code, stderr } = await sentops(['hello', 'Ada', 'Grace']);
    expect(code).toBe(2);
    expect(stderr).toContain('Unexpected argument: Grace');
  });

  test('the framework warns that it does not compile a linked module of this kind; one variable silences it', async () => {
    expect((await sentops(['hello'])).stderr).toContain('is a linked ESM module');
    const quiet = await runCli(['hello'], {
      bin: { file: installed.bin },
      home,
      cwd: dir,
      env: { ...network, OCLIF_DISABLE_LINKED_ESM_WARNING: '1' },
    });
    expect(quiet.stderr).toBe('');
  });

  test('unlinked: both are gone, and the errors say so', async () => {
    await expectOk(sentops(['plugins', 'unlink', name]));
    const command = await sentops(['hello']);
    expect(command.code).toBe(2);
    expect(command.stderr).toContain('hello');
    const sink = await sentops(['plugin', 'check', 'stream-sink', 'hello']);
    expect(sink.code).toBe(5);
    expect(sink.stderr).toContain('no stream sink is called "hello"; there are jsonl, stdout');
    expect(await listOf(name)).toEqual([]);
  });

  test('installed from its tarball instead of linked, it works the same', async () => {
    const tarball = (await expectOk(npm(['pack', '--silent'], path.join(dir, 'hello')))).trim();
    await expectOk(sentops(['plugins', 'install', `file://${path.join(dir, 'hello', tarball)}`]));
    expect(await expectOk(sentops(['hello', 'Ada']))).toBe('Hello, Ada!\n');
    expect(await listOf(name)).toMatchObject([{ name: 'hello', status: 'ok' }]);
    expect((await sentops(['hello'])).stderr).toBe('');
    await expectOk(sentops(['plugins', 'uninstall', name]));
    expect(await listOf(name)).toEqual([]);
  });
});

describe('a plugin that plugin create wrote, with an extension of every kind', () => {
  const kinds = Object.keys(KINDS);
  const root = () => path.join(dir, 'sentops-plugin-sample');

  test('is written', async () => {
    const flags = kinds.flatMap(kind => ['--kind', kind]);
    await expectOk(sentops(['plugin', 'create', 'sample', ...flags, '--sentops', installed.tarball, '--no-install']));
    await expectOk(npm(['install', '--no-fund', '--no-audit'], root()));
  });

  test('builds with the types of the packed package, and its tests pass', async () => {
    await expectOk(npm(['run', 'check'], root()));
    await expectOk(npm(['run', 'build'], root()));
    const printed = await expectOk(npm(['test'], root()));
    expect(printed).toMatch(new RegExp(`pass ${kinds.length + 1}\\n`));
  });

  test('the types are real: a sink without flush, and declarations checked in full', async () => {
    const file = path.join(root(), 'src/extensions/stream-sink.ts');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace(/ +async flush\(\) \{\},\n/, ''));
    const { code, stdout } = await npm(['run', 'check'], root());
    fs.writeFileSync(file, text);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/stream-sink\.ts\(.*error TS2741: Property 'flush' is missing in type/);
    await expectOk(npm(['run', 'check', '--', '--skipLibCheck', 'false'], root()));
  });

  test('its own tests notice a sink that breaks the contract', async () => {
    const file = path.join(root(), 'src/extensions/stream-sink.ts');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('async flush() {},', "async flush() { throw new Error('lost rows'); },"));
    const { code, stdout } = await npm(['test'], root());
    fs.writeFileSync(file, text);
    expect(code).not.toBe(0);
    expect(stdout).toContain('lost rows');
  });

  test('links as it stands: its command runs, every extension loads and none is refused', async () => {
    await expectOk(sentops(['plugins', 'link', 'sentops-plugin-sample', '--no-install']));
    expect(await expectOk(sentops(['sample', 'Ada']))).toBe('Hello, Ada!\n');
    const rows = await listOf('sentops-plugin-sample');
    expect(rows.map(row => `${row.kind} ${row.name} ${row.status}`)).toEqual(
      kinds.map(kind => `${kind} sample ok`).sort(),
    );
    for (const kind of kinds) await expectOk(sentops(['plugin', 'check', kind, 'sample']));
  });

  test('its doctor check runs among ours', async () => {
    const { checks } = JSON.parse((await sentops(['doctor', '--only', 'sample', '--json'])).stdout) as {
      checks: { id: string; status: string }[];
    };
    expect(checks).toMatchObject([{ id: 'sample.tmpdir', status: 'warn' }]);
    await expectOk(sentops(['plugins', 'unlink', 'sentops-plugin-sample']));
  });
});

describe('plugins that fail: built-in commands work all the same, and the message names the plugin', () => {
  function write(name: string, manifest: object, files: Readonly<Record<string, string>>): void {
    const root = path.join(dir, name);
    fs.mkdirSync(path.join(root, 'commands'), { recursive: true });
    fs.writeFileSync(
      path.join(root, 'package.json'),
      JSON.stringify({ name, version: '1.0.0', type: 'module', ...manifest }),
    );
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(root, file), text);
  }

  async function linked(name: string, look: () => Promise<void>): Promise<void> {
    await expectOk(sentops(['plugins', 'link', name, '--no-install']));
    try {
      const { stdout, code } = await sentops(['version', '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ name: 'sentops' });
      await look();
    } finally {
      await expectOk(sentops(['plugins', 'unlink', name]));
    }
  }

  const oclif = { commands: './commands', topicSeparator: ' ' };
  const extensions = { contract: 1, extensions: './extensions.js', provides: { 'stream-sink': ['shiny'] } };

  test('it throws when its extensions are loaded', async () => {
    write('throws-at-load', { oclif, sentops: extensions }, { 'extensions.js': "throw new Error('no such library');" });
    await linked('throws-at-load', async () => {
      const message = 'plugin throws-at-load cannot be loaded: no such library';
      expect(await listOf('throws-at-load')).toMatchObject([{ name: null, status: 'failed', detail: message }]);
      const { code, stderr } = await sentops(['plugin', 'check', 'stream-sink', 'shiny']);
      expect(code).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).toContain('sentops plugins uninstall throws-at-load');
      await expectOk(sentops(['plugin', 'check', 'stream-sink', 'stdout']));
      expect(await expectOk(sentops(['doctor', '--only', 'plugins']))).toContain('throws-at-load');
    });
  });

  test('it was written for another contract', async () => {
    write(
      'other-contract',
      { oclif, sentops: { ...extensions, contract: 99 } },
      { 'extensions.js': 'export default {};' },
    );
    await linked('other-contract', async () => {
      const message =
        'plugin other-contract cannot be loaded: it was written for contract version 99, and this sentops has version 1';
      expect(await listOf('other-contract')).toMatchObject([{ status: 'failed', detail: message }]);
    });
  });

  test('its command throws when it is loaded', async () => {
    write('broken-command', { oclif }, { 'commands/broken.js': "throw new Error('syntax of the future');" });
    await linked('broken-command', async () => {
      const { code, stderr } = await sentops(['broken']);
      expect(code).not.toBe(0);
      expect(stderr).toContain('plugin: broken-command');
      expect(stderr).toContain('syntax of the future');
    });
  });

  test('`plugins --json` and a misspelt flag printed a third of a megabyte of the framework’s insides', async () => {
    write('quiet', { oclif }, { 'commands/quiet.js': '' });
    await linked('quiet', async () => {
      const { stdout } = await sentops(['plugins', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({
        schemaVersion: 1,
        items: expect.arrayContaining([expect.objectContaining({ name: 'quiet', type: 'link' })]),
        nextPageToken: null,
      });
      expect(stdout.length).toBeLessThan(2_000);
      const refused = await sentops(['plugins', '--bogus', '--json']);
      expect(refused.code).toBe(2);
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'FLAG_UNKNOWN', exit: 2 } });
      expect(refused.stdout.length).toBeLessThan(2_000);
    });
  });

  test('an exit asked for by another copy of the framework was printed as an error "EEXIT"', async () => {
    const code = `export default class Leave {
      static args = {};
      static flags = {};
      static run() { throw Object.assign(new Error('EEXIT: 3'), { code: 'EEXIT', oclif: { exit: 3 } }); }
    }`;
    write('leaves', { oclif }, { 'commands/leave.js': code });
    await linked('leaves', async () => {
      expect(await sentops(['leave'])).toMatchObject({ code: 3, stdout: '' });
      expect((await sentops(['leave'])).stderr).not.toContain('EEXIT');
    });
  });

  test('its hook throws: the command runs, and a warning names the plugin and how to remove it', async () => {
    write(
      'broken-hook',
      { oclif: { ...oclif, hooks: { init: './hook.js', prerun: './hook.js' } } },
      { 'hook.js': "export default async () => { throw new Error('hook broke'); };" },
    );
    await linked('broken-hook', async () => {
      const { code, stdout, stderr } = await sentops(['config', 'show', '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
      for (const event of ['init', 'prerun']) expect(stderr).toContain(`plugin broken-hook, hook ${event}: hook broke`);
      expect(stderr).toContain('sentops plugins uninstall broken-hook');
    });
  });

  test('a hook that stopped every command stopped `plugins unlink` too: there was no way to get rid of it', async () => {
    write(
      'stopping-hook',
      { oclif: { ...oclif, hooks: { init: './hook.js' } } },
      { 'hook.js': "export default async function () { this.error('not today', { exit: 9 }); }" },
    );
    await expectOk(sentops(['plugins', 'link', 'stopping-hook', '--no-install']));
    const { code, stderr } = await sentops(['version']);
    expect(code).toBe(9);
    expect(stderr).toContain('plugin stopping-hook, hook init: not today');
    await expectOk(sentops(['plugins', 'unlink', 'stopping-hook']));
    await expectOk(sentops(['version']));
  });

  test('its folder is gone: the rest of the plugins are still there', async () => {
    write('gone', { oclif, sentops: extensions }, { 'extensions.js': 'export default {};' });
    await linked('gone', async () => {
      fs.renameSync(path.join(dir, 'gone'), path.join(dir, 'moved'));
      expect((await listOf('gone'))[0]?.detail).toContain('plugin gone cannot be loaded');
      fs.renameSync(path.join(dir, 'moved'), path.join(dir, 'gone'));
    });
  });
});
