import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledPackage, installTarball } from '../helpers/pack.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

let installed: InstalledPackage;
let folder: string;
/** Preloaded, it makes Node say that it is an old one. */
let pretendOld: string;

beforeAll(async () => {
  installed = await installTarball();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-anywhere-'));
  pretendOld = path.join(folder, 'old.cjs');
  fs.writeFileSync(
    pretendOld,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });\n`,
  );
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function runNode(
  args: string[],
  env: NodeJS.ProcessEnv = cleanEnv(folder),
  onOutput?: (pid: number) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(pinnedNode(), args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        printed[name] += chunk;
        if (name === 'stdout' && child.pid) onOutput?.(child.pid);
      });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...printed, code, signal }));
  });
}

/** A package whose start file is ours and whose Node and front are the test's. */
function makePackage(name: string, files: Record<string, string>): string {
  const root = path.join(folder, name);
  fs.cpSync(path.join(repositoryRoot, 'bin'), path.join(root, 'bin'), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text, { mode: 0o755 });
  }
  return path.join(root, 'bin/run.js');
}

describe('on a Node that is too old', () => {
  it('says in one line what it found and what it needs', async () => {
    const ended = await runNode(['--require', pretendOld, makePackage('alone', {}), 'version']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^sentops: found Node\.js 20\.20\.2 at .*, needs Node\.js 22\.22 or newer\n$/);
  });

  it('hands over to the Node beside the package: arguments, exit code and output are its own', async () => {
    const front = `exports.start = () => { console.log(JSON.stringify(process.argv.slice(2)), process.env.SENTOPS_HANDED_OVER); process.exitCode = 7; };`;
    const node = `#!/bin/sh\nexec '${pinnedNode()}' "$@"\n`;
    const bin = makePackage('beside', {
      'node_modules/node/bin/node': node,
      'dist/front.js': front,
      'dist/package.json': '{}',
    });
    const ended = await runNode(['--require', pretendOld, bin, 'a b', '--json', '']);
    expect(ended).toMatchObject({ code: 7, stderr: '', stdout: '["a b","--json",""] undefined\n' });
  });

  it('passes signals on and ends by the same one', async () => {
    const front = `exports.start = () => { console.log('up'); setInterval(() => {}, 1000); };`;
    const node = `#!/bin/sh\nexec '${pinnedNode()}' "$@"\n`;
    const bin = makePackage('signals', {
      'node_modules/node/bin/node': node,
      'dist/front.js': front,
      'dist/package.json': '{}',
    });
    const ended = await runNode(['--require', pretendOld, bin], cleanEnv(folder), pid => process.kill(pid, 'SIGTERM'));
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('does not start itself for ever when the Node beside it is too old as well', async () => {
    const node = `#!/bin/sh\nexec '${pinnedNode()}' --require '${pretendOld}' "$@"\n`;
    const bin = makePackage('loop', { 'node_modules/node/bin/node': node });
    const ended = await runNode(['--require', pretendOld, bin]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^sentops: found .*\n$/);
  });

  it('can be read by it: the start file is ECMAScript 5', () => {
    const text = fs.readFileSync(path.join(repositoryRoot, 'bin/run.js'), 'utf8');
    const code = text.replace(/^#!.*|\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
    expect(code).not.toMatch(/=>|`|\b(const|let|class|async|await|import)\b|\?\.|\?\?|\.\.\.|,\s*\)/);
    expect(text).not.toMatch(/require\('node:/);
  });
});

describe('in a checkout that has not been built', () => {
  it('says what to run', async () => {
    const ended = await runNode([makePackage('fresh', {}), '--version']);
    expect(ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: 'sentops: this checkout has not been built, run: npm run build\n',
    });
  });

  it('does not hide an error in what was built', async () => {
    const bin = makePackage('broken', { 'dist/front.js': `require('not-there');`, 'dist/package.json': '{}' });
    const ended = await runNode([bin, '--version']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("Cannot find module 'not-there'");
  });
});

describe('in an odd environment', () => {
  const run = (args: string[], env: Record<string, string | undefined>) =>
    runCli(args, { bin: { file: installed.bin }, env, cwd: folder });

  it.each([
    ['no HOME', { HOME: undefined, XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CONFIG_HOME: undefined }],
    ['a HOME that does not exist', { HOME: '/nonexistent', XDG_CACHE_HOME: undefined }],
    ['a HOME in which nothing can be made', { HOME: '/proc', XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined }],
    ['a cache folder in which nothing can be made', { XDG_CACHE_HOME: '/proc/nope' }],
    ['a cache folder that is a file', { XDG_CACHE_HOME: '/etc/passwd' }],
    ['an empty PATH', { PATH: '' }],
  ])('%s: commands and help work', async (_title, env) => {
    expect(await run(['version', '--json'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['--help'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['commands', '-q'], env)).toMatchObject({ code: 0, stderr: '' });
  });

  it('a folder that is removed under our feet: --version still works', async () => {
    const gone = fs.mkdtempSync(path.join(folder, 'gone-'));
    const command = `cd '${gone}' && rmdir '${gone}' && exec '${pinnedNode()}' '${installed.bin}' --version`;
    const { stdout } = await new Promise<{ stdout: string }>((resolve, reject) =>
      execFile('/bin/sh', ['-c', command], { env: cleanEnv(folder) }, (error, out) =>
        error ? reject(error) : resolve({ stdout: out }),
      ),
    );
    expect(stdout).toMatch(/^sentops\//);
  });

  it.runIf(process.getuid?.() === 0)('a user id without an entry in passwd, as containers have', async () => {
    const env = { PATH: '/usr/bin:/bin', SENTOPS_NO_FAST: '1' };
    const command = [`process.setgid(54321); process.setuid(54321);`, `process.argv.splice(1, 1, process.argv[1]);`];
    const script = path.join(folder, 'as-nobody.cjs');
    const copy = path.join(folder, 'readable');
    fs.chmodSync(folder, 0o755);
    fs.cpSync(installed.root, copy, { recursive: true });
    fs.writeFileSync(script, `${command.join('\n')}\nrequire('${copy}/bin/run.js');\n`);
    const ended = await runNode([script, 'version', '--json'], env);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('a reader that goes away is no error', async () => {
    for (const line of ['--help', 'version', 'commands --json', 'config schema']) {
      const command = `'${pinnedNode()}' '${installed.bin}' ${line} | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
      const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>(resolve =>
        execFile('/bin/bash', ['-c', command], { env: cleanEnv(folder), cwd: folder }, (_error, out, err) =>
          resolve({ stdout: out, stderr: err }),
        ),
      );
      expect({ line, stdout, stderr }).toEqual({ line, stdout: '0\n', stderr: '' });
    }
  });
});

describe('compiled code', () => {
  const cacheOf = (home: string) => path.join(home, '.cache/sentops/v8');
  const run = (home: string, env: Record<string, string> = {}) =>
    runCli(['version', '--json'], { bin: { file: installed.bin }, home, env });

  it('is kept in a folder of our own, for its owner only', async () => {
    const home = fs.mkdtempSync(path.join(folder, 'home-'));
    expect((await run(home)).code).toBe(0);
    const [version = ''] = fs.readdirSync(cacheOf(home));
    expect(fs.statSync(path.join(cacheOf(home), version)).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(path.join(cacheOf(home), version)).length).toBe(1);
  });

  it('is not kept where others could put theirs', async () => {
    const home = fs.mkdtempSync(path.join(folder, 'shared-'));
    fs.mkdirSync(path.join(home, '.cache'));
    fs.chmodSync(path.join(home, '.cache'), 0o777);
    expect((await run(home)).code).toBe(0);
    expect(fs.existsSync(cacheOf(home))).toBe(false);
  });

  it('is kept where NODE_COMPILE_CACHE says, and nowhere with NODE_DISABLE_COMPILE_CACHE', async () => {
    const home = fs.mkdtempSync(path.join(folder, 'own-'));
    const chosen = path.join(home, 'chosen');
    await run(home, { NODE_COMPILE_CACHE: chosen });
    expect(fs.readdirSync(chosen).length).toBe(1);
    await run(home, { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(fs.existsSync(cacheOf(home))).toBe(false);
  });

  it('of versions that nobody started for a month is removed when a new version starts', async () => {
    const home = fs.mkdtempSync(path.join(folder, 'old-'));
    for (const name of ['0.0.1', '0.0.2']) fs.mkdirSync(path.join(cacheOf(home), name), { recursive: true });
    const longAgo = new Date(Date.now() - 40 * 24 * 3600 * 1000);
    fs.utimesSync(path.join(cacheOf(home), '0.0.1'), longAgo, longAgo);
    await run(home);
    expect(fs.readdirSync(cacheOf(home))).not.toContain('0.0.1');
    expect(fs.readdirSync(cacheOf(home))).toContain('0.0.2');
  });
});
