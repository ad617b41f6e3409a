import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultValues } from '../../../src/lib/config/defaults.ts';
import type { Config } from '../../../src/lib/config/fields/index.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { Project } from '../../../src/lib/config/types.ts';
import { VERSION } from '../../../src/lib/core/version.ts';
import { cacheCheck } from '../../../src/lib/doctor/checks/cache.ts';
import { diskCheck, judgeSpace } from '../../../src/lib/doctor/checks/disk.ts';
import { leftoversCheck } from '../../../src/lib/doctor/checks/leftovers.ts';
import { nodeCheck } from '../../../src/lib/doctor/checks/node.ts';
import { secretSourcesCheck } from '../../../src/lib/doctor/checks/secret-sources.ts';
import { ignoreCheck, permissionCheck } from '../../../src/lib/doctor/checks/secrets.ts';
import { javaCheck, judgeJava, pythonCheck, submitCheck } from '../../../src/lib/doctor/checks/spark.ts';
import { bucketsCheck, storeCheck } from '../../../src/lib/doctor/checks/store.ts';
import type { DoctorContext } from '../../../src/lib/doctor/types.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-doctor-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function project(values: Partial<Config> = {}): Project {
  return {
    file: path.join(dir, 'sentops.yaml'),
    dir,
    target: null,
    mode: null,
    profile: 'default',
    config: { ...(defaultValues() as unknown as Config), ...values },
    layers: [],
    warnings: [],
    unresolved: [],
  };
}

function context(
  values: Partial<Config> = {},
  env: Record<string, string | undefined> = { PATH: process.env['PATH'] },
): DoctorContext {
  return { project: project(values), request: { cwd: dir, env, home: dir }, env, signal: new AbortController().signal };
}

describe('this machine', () => {
  test('the Node.js that runs the tests is new enough', async () => {
    expect(await nodeCheck.run(context())).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(process.versions.node),
    });
  });

  test('disk space is read from the project’s folder', async () => {
    expect((await diskCheck.run(context())).detail).toContain(dir);
  });

  test.each([
    [100, 'fail'],
    [1000, 'warn'],
    [4000, 'ok'],
  ])('%i MiB free: %s', (mebibytes, status) => {
    const finding = judgeSpace(mebibytes * 1024 * 1024, '/x');
    expect(finding.status).toBe(status);
    expect('fix' in finding).toBe(status !== 'ok');
  });

  test('the cache folder: made when needed, unknown without a home', async () => {
    const findIn = (base: string) => cacheCheck.run(context({}, { XDG_CACHE_HOME: base }));
    expect(await findIn(path.join(dir, 'a'))).toEqual({ status: 'ok', detail: path.join(dir, 'a', 'sentops') });
    expect(await findIn('a')).toEqual({ status: 'ok', detail: path.join(dir, 'a', 'sentops') });
    expect(await cacheCheck.run(context({}, { HOME: dir }))).toEqual({
      status: 'ok',
      detail: path.join(dir, '.cache', 'sentops'),
    });
    const homeless: DoctorContext = { ...context(), env: {}, request: { cwd: dir, env: {}, home: undefined } };
    expect((await cacheCheck.run(homeless)).detail).toContain(path.join(os.homedir(), '.cache'));
  });

  test('a cache folder that start-up refuses is a warning', async () => {
    const finding = () => cacheCheck.run(context({}, { XDG_CACHE_HOME: path.join(dir, 'cache', 'deep') }));
    const folder = path.join(dir, 'cache', 'deep', 'sentops', 'v8', VERSION);
    expect(await finding()).toMatchObject({ status: 'warn', detail: expect.stringContaining('does not exist') });
    fs.mkdirSync(folder, { recursive: true });
    fs.chmodSync(folder, 0o700);
    expect((await finding()).status).toBe('ok');
    fs.chmodSync(folder, 0o770);
    expect(await finding()).toMatchObject({
      status: 'warn',
      detail: `other users can write to ${folder}: commands start without a compile cache`,
      fix: `chmod go-w ${folder}`,
    });
    fs.rmSync(folder, { recursive: true });
    fs.chmodSync(path.join(dir, 'cache', 'deep'), 0o775);
    expect((await finding()).status).toBe('ok');
    fs.chmodSync(path.join(dir, 'cache', 'deep'), 0o777);
    expect((await finding()).status).toBe('warn');
  });

  test('what start-up and the check say of a cache folder is the same', async () => {
    const script = `import { useCompileCache } from ${JSON.stringify(path.resolve('src/cli/start/compile-cache.ts'))};
      import { getCompileCacheDir } from 'node:module';
      useCompileCache(process.env, ${JSON.stringify(VERSION)});
      console.log(getCompileCacheDir() === undefined ? 'warn' : 'ok');`;
    const statusAtStart = (env: Record<string, string>) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }).trim();
    for (const [base, mode] of [
      ['fresh', undefined],
      ['closed', 0o700],
      ['shared', 0o770],
      ['open', 0o777],
      ['none/deep', undefined],
    ] as const) {
      const env = { XDG_CACHE_HOME: path.join(dir, base) };
      if (mode !== undefined) {
        const folder = path.join(dir, base, 'sentops', 'v8', VERSION);
        fs.mkdirSync(folder, { recursive: true });
        fs.chmodSync(folder, mode);
      }
      const { status } = await cacheCheck.run(context({}, env));
      expect([base, statusAtStart(env)]).toEqual([base, status]);
    }
  });

  test('a compile cache that Node.js was told about is none of our folders', async () => {
    expect(await cacheCheck.run(context({}, { NODE_COMPILE_CACHE: '/x' }))).toMatchObject({ status: 'ok' });
    expect(await cacheCheck.run(context({}, { NODE_DISABLE_COMPILE_CACHE: '1' }))).toMatchObject({ status: 'skip' });
  });
});

describe('the local store', () => {
  test('a folder that is not there yet can be made', async () => {
    expect(await storeCheck.run(context())).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('.sentops'),
    });
    expect(storeCheck.applies?.(project())).toBe(true);
    expect(storeCheck.applies?.(project({ backend: 'dataproc' }))).toBe(false);
  });

  test('bucket folders that are not there yet are no trouble', async () => {
    const here = context();
    expect(await bucketsCheck.run(here)).toMatchObject({ status: 'ok', detail: expect.stringContaining('0 of 7') });
    for (const folder of Object.values(project().config.buckets))
      fs.mkdirSync(path.join(dir, String(folder)), { recursive: true });
    expect(await bucketsCheck.run(here)).toMatchObject({ status: 'ok', detail: '7 folders are there' });
  });

  test('a file where a bucket should be is a failure, and stays as it is', async () => {
    const file = path.join(dir, 'raw');
    fs.writeFileSync(file, 'precious');
    const { buckets } = project().config;
    const here = context({ buckets: { ...buckets, raw: file } });
    expect(await bucketsCheck.run(here)).toMatchObject({ status: 'fail', detail: `bucket raw: ${file} is a file` });
    expect(fs.readFileSync(file, 'utf8')).toBe('precious');
  });

  test('buckets in the cloud are none of its business', () => {
    const raw = 'gs://somewhere';
    const everywhere = Object.fromEntries(Object.keys(project().config.buckets).map(role => [role, raw]));
    expect(bucketsCheck.applies?.(project({ buckets: everywhere as unknown as Config['buckets'] }))).toBe(false);
  });
});

describe('secrets', () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'pipe' });

  test('outside a repository there is nothing to ignore', () => {
    expect(ignoreCheck.applies?.(project())).toBe(false);
  });

  test('files that git does not ignore are named, and --fix appends them', async () => {
    git('init', '-q');
    fs.writeFileSync(path.join(dir, '.gitignore'), 'node_modules\n.env\n*.json');
    expect(ignoreCheck.applies?.(project())).toBe(true);
    expect(await ignoreCheck.run(context())).toMatchObject({
      status: 'warn',
      detail: 'git does not ignore sentops.local.yaml',
    });
    await ignoreCheck.repair?.(context());
    expect(fs.readFileSync(path.join(dir, '.gitignore'), 'utf8')).toBe(
      'node_modules\n.env\n*.json\nsentops.local.yaml\n',
    );
    expect((await ignoreCheck.run(context())).status).toBe('ok');
  });

  test('a repository without .gitignore gets one', async () => {
    git('init', '-q');
    await ignoreCheck.repair?.(context());
    expect(fs.readFileSync(path.join(dir, '.gitignore'), 'utf8').split('\n')).toContain('.env');
  });

  test('a file that was committed is not ignored by writing its name into .gitignore once more at every --fix', async () => {
    git('init', '-q');
    fs.writeFileSync(path.join(dir, '.gitignore'), '.env\nsentops.local.yaml\n*.json\n');
    fs.writeFileSync(path.join(dir, '.env'), 'KEY=1');
    git('add', '--force', '.env');
    const finding = await ignoreCheck.run(context());
    expect(finding).toMatchObject({ status: 'warn', fix: expect.stringContaining('git rm --cached .env') });
    expect(finding.detail).toContain('git holds .env');
    await ignoreCheck.repair?.(context());
    expect(fs.readFileSync(path.join(dir, '.gitignore'), 'utf8')).toBe('.env\nsentops.local.yaml\n*.json\n');
  });

  test('what git itself says stands in the finding: an empty folder .git is not a missing git', async () => {
    fs.mkdirSync(path.join(dir, '.git'));
    expect(await ignoreCheck.run(context())).toMatchObject({
      status: 'skip',
      detail: expect.stringMatching(/^git gives no answer: fatal: not a git repository/),
    });
    expect(await ignoreCheck.run(context({}, { PATH: dir }))).toEqual({
      status: 'skip',
      detail: 'git is not installed',
    });
  });

  test.each([
    ['a file that is not there', 't: { file: none.txt }', 'the file none.txt does not exist'],
    ['a folder where the file should be', 't: { file: sub }', 'it is a folder'],
    ['a variable that is not set', 't: { env: NOT_SET }', 'the environment variable NOT_SET is not set'],
  ])('%s is found before a job needs the secret', async (_what, source, reason) => {
    fs.mkdirSync(path.join(dir, 'sub'));
    const finding = await secretSourcesCheck.run(await contextOf(`secrets: { ${source} }`));
    expect(finding).toMatchObject({ status: 'fail', fix: expect.any(String) });
    expect(finding.detail).toContain('mlflow.auth.token: the secret t cannot be read');
    expect(finding.detail).toContain(reason);
  });

  test('secrets that can be read are fine, in .env too; those in Secret Manager are not asked for', async () => {
    fs.writeFileSync(path.join(dir, '.env'), 'TOKEN=from-dotenv\n');
    const finding = await secretSourcesCheck.run(await contextOf('secrets: { t: { env: TOKEN } }'));
    expect(finding).toEqual({ status: 'ok', detail: '1 of 1 read' });
    const remote = await contextOf('secrets: { t: { gcp: projects/p/secrets/s/versions/1 } }');
    expect(await secretSourcesCheck.run(remote)).toEqual({
      status: 'ok',
      detail: '0 of 1 read; 1 in Secret Manager not tried',
    });
  });

  test('a project without secrets has no use for the check', () => {
    expect(secretSourcesCheck.applies?.(project())).toBe(false);
  });

  async function contextOf(yaml: string): Promise<DoctorContext> {
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), `${yaml}\nmlflow: { auth: { token: "\${secret.t}" } }\n`);
    const loaded = await loadProject({ cwd: dir, env: {}, home: dir });
    return { ...context(), project: loaded };
  }

  test('a secret file that others can read is a warning, and --fix closes it', async () => {
    fs.writeFileSync(path.join(dir, '.env'), 'KEY=1', { mode: 0o644 });
    expect(await permissionCheck.run(context())).toMatchObject({ status: 'warn', detail: 'other users can read .env' });
    await permissionCheck.repair?.(context());
    expect(fs.statSync(path.join(dir, '.env')).mode & 0o777).toBe(0o600);
    expect((await permissionCheck.run(context())).status).toBe('ok');
  });

  const named = (...files: string[]) => ({
    secrets: Object.fromEntries(files.map((file, index) => [`s${index}`, { file }])) as Config['secrets'],
  });

  test('a file that the project names as a secret is one, whatever it is called', async () => {
    const inside = context(named('t.txt', './keys/m.txt'));
    fs.mkdirSync(path.join(dir, 'keys'));
    for (const file of ['t.txt', 'keys/m.txt']) fs.writeFileSync(path.join(dir, file), 'secret', { mode: 0o644 });
    expect(await permissionCheck.run(inside)).toMatchObject({
      status: 'warn',
      detail: 'other users can read t.txt, keys/m.txt',
    });
    await permissionCheck.repair?.(inside);
    expect(fs.statSync(path.join(dir, 'keys/m.txt')).mode & 0o777).toBe(0o600);
    expect((await permissionCheck.run(inside)).status).toBe('ok');
  });

  test('git must ignore it too, where it stands and whatever letters it has', async () => {
    git('init', '-q');
    fs.writeFileSync(path.join(dir, '.gitignore'), '.env\nsentops.local.yaml\n*.json\n');
    const inside = context(named('t.txt', 'keys/ключ [1]*.txt'));
    expect(await ignoreCheck.run(inside)).toMatchObject({
      status: 'warn',
      detail: 'git does not ignore t.txt, keys/ключ [1]*.txt',
    });
    await ignoreCheck.repair?.(inside);
    expect((await ignoreCheck.run(inside)).status).toBe('ok');
    expect(fs.readFileSync(path.join(dir, '.gitignore'), 'utf8')).toContain('\n/t.txt\n');
    fs.writeFileSync(path.join(dir, 't.txt'), 'secret');
    git('add', '--force', 't.txt');
    expect((await ignoreCheck.run(inside)).detail).toContain('git holds t.txt');
  });

  test('a secret outside the project, also behind a link, is not the project’s to ignore or to close', async () => {
    git('init', '-q');
    fs.writeFileSync(path.join(dir, '.gitignore'), '.env\nsentops.local.yaml\n*.json\n');
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-outside-'));
    try {
      fs.writeFileSync(path.join(outside, 'k.txt'), 'secret', { mode: 0o644 });
      fs.symlinkSync(outside, path.join(dir, 'link'));
      const here = context(named(path.join(outside, 'k.txt'), 'link/k.txt', 'link/none.txt', '../k.txt', '.'));
      expect((await permissionCheck.run(here)).status).toBe('ok');
      expect((await ignoreCheck.run(here)).status).toBe('ok');
    } finally {
      fs.rmSync(outside, { recursive: true });
    }
  });
});

describe('what killed commands left', () => {
  test('half-written files of dead processes are a warning, and --fix removes them and nothing else', async () => {
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    fs.mkdirSync(path.join(dir, 'code'));
    const dead = [`.sentops.yaml.sentops-${gone}-1.tmp`, `code/.job.py.sentops-${gone}-2.tmp`];
    const others = [`.sentops.yaml.sentops-${process.pid}-1.tmp`, 'mine.tmp'];
    for (const name of [...dead, ...others]) fs.writeFileSync(path.join(dir, name), '');
    const finding = await leftoversCheck.run(context());
    expect(finding).toMatchObject({ status: 'warn', detail: expect.stringContaining('2 half-written files') });
    expect(await leftoversCheck.repair?.(context())).toContain('.job.py.sentops-');
    expect(await leftoversCheck.run(context())).toMatchObject({ status: 'ok' });
    expect(fs.readdirSync(dir).sort()).toEqual(['code', ...others].sort());
  });

  test('a folder without a project is nobody’s to clean up', () => {
    expect(leftoversCheck.applies?.({ ...project(), file: null })).toBe(false);
  });
});

describe('the spark backend', () => {
  test('its checks apply to it alone', () => {
    for (const check of [javaCheck, pythonCheck, submitCheck]) {
      expect(check.applies?.(project())).toBe(false);
      expect(check.applies?.(project({ backend: 'spark' }))).toBe(true);
    }
  });

  test.each([
    ['openjdk version "17.0.15" 2025-04-15', 'ok'],
    ['openjdk version "21" 2023-09-19', 'ok'],
    ['java version "1.8.0_392"', 'warn'],
    ['openjdk version "11.0.20" 2023-07-18', 'warn'],
    ['java version "1.7.0_80"', 'fail'],
    ['bash: java: something else', 'fail'],
  ])('%s: %s', (output, status) => {
    expect(judgeJava(output, 0).status).toBe(status);
  });

  test('programs that are not there are a failure that says what to install', async () => {
    const nowhere = context({ backend: 'spark' }, { PATH: dir });
    for (const check of [javaCheck, pythonCheck, submitCheck]) {
      expect(await check.run(nowhere)).toMatchObject({
        status: 'fail',
        detail: expect.stringContaining('is not there'),
        fix: expect.stringMatching(/install/),
      });
    }
  });

  test('the version of spark-submit is found in what SPARK_HOME has', async () => {
    fs.mkdirSync(path.join(dir, 'bin'));
    fs.writeFileSync(path.join(dir, 'bin', 'spark-submit'), '#!/bin/sh\necho "Welcome to Spark version 4.0.1" >&2\n', {
      mode: 0o755,
    });
    expect(
      await submitCheck.run(context({ backend: 'spark' }, { SPARK_HOME: dir, PATH: process.env['PATH'] })),
    ).toEqual({ status: 'ok', detail: 'Spark 4.0.1' });
  });
});
