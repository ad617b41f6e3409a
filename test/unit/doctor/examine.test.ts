import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silent } from '../../../src/lib/core/report.ts';
import { examineProject, openChecks } from '../../../src/lib/doctor/examine.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-examine-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const signal = new AbortController().signal;
const env = () => ({ PATH: process.env['PATH'], XDG_DATA_HOME: path.join(dir, 'data'), HOME: dir });
const request = () => ({ cwd: dir, env: env(), home: dir });
const examine = (only?: string[]) =>
  examineProject({ request: request(), signal, report: silent, ...(only ? { only } : {}) });

/** A plugin as `plugins link` leaves it behind. */
function linkPlugin(name: string, extensions: string): void {
  const root = path.join(dir, name);
  fs.mkdirSync(root, { recursive: true });
  fs.mkdirSync(path.join(dir, 'data', 'sentops'), { recursive: true });
  const pjson = {
    name,
    version: '1.0.0',
    type: 'module',
    oclif: {},
    sentops: { contract: 1, extensions: './extensions.js' },
  };
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify(pjson));
  fs.writeFileSync(path.join(root, 'extensions.js'), extensions);
  const plugins = [{ name, type: 'link', root }];
  fs.writeFileSync(path.join(dir, 'data', 'sentops', 'package.json'), JSON.stringify({ oclif: { plugins } }));
}

const CHECK = `export default { contract: 1, register(api) {
  api.register('doctor-check', 'weather', async () => () => ({ id: 'weather', title: 'Weather', run: async () => ({ status: 'fail', detail: 'rain', fix: 'wait' }) }));
} };`;

describe('examining a project', () => {
  test('an empty folder is sound: defaults apply', async () => {
    const { ok, checks } = await examine();
    expect(ok).toBe(true);
    expect(checks.find(({ id }) => id === 'project.file')).toMatchObject({ status: 'warn', fix: 'sentops init' });
    expect(checks.map(({ id }) => id)).not.toContain('spark.java');
  });

  test('the backend decides which checks apply', async () => {
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'backend: spark\n');
    const ids = (await examine()).checks.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['spark.java', 'spark.python', 'spark.submit']));
    expect(ids).not.toContain('store.folder');
  });

  test('a project that does not load is one failed check, and the others still run', async () => {
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'train: [\n');
    const { ok, checks } = await examine();
    expect(ok).toBe(false);
    expect(checks.filter(({ status }) => status === 'fail')).toMatchObject([
      { id: 'project.file', fix: 'sentops config validate' },
    ]);
    expect(checks.find(({ id }) => id === 'node')?.status).toBe('ok');
  });

  test.each(['secrets', 'spark'])(
    'a project that does not load is not said to be well with --only %s: its checks fail and say what to do',
    async group => {
      fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'train: [\n');
      const { ok, checks } = await examine([group]);
      expect(ok).toBe(false);
      expect(checks.length).toBeGreaterThan(1);
      for (const check of checks) expect(check).toMatchObject({ status: 'fail', fix: 'sentops config validate' });
    },
  );

  test('a variable that only the cloud needs does not keep local checks from running', async () => {
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'backend: dataproc\ncluster:\n  project: ${var.project_id}\n');
    const { checks } = await examine();
    expect(checks.find(({ id }) => id === 'project.file')?.detail).toContain('project_id');
    expect(checks.find(({ id }) => id === 'store.buckets')).toBeDefined();
  });

  test('a check of a plugin runs beside ours', async () => {
    linkPlugin('weather', CHECK);
    expect(await examine(['weather'])).toMatchObject({
      ok: false,
      checks: [{ id: 'weather', status: 'fail', detail: 'rain', fix: 'wait' }],
    });
  });

  test('a plugin that does not load is a warning of the check of plugins, and hides no other check', async () => {
    linkPlugin('broken', "throw new Error('no such library');");
    const { ok, checks } = await examine();
    expect(ok).toBe(true);
    const plugins = checks.find(({ id }) => id === 'plugins');
    expect(plugins).toMatchObject({ status: 'warn', fix: expect.stringContaining('uninstall broken') });
    expect(plugins?.detail.match(/broken/g)).toHaveLength(1);
    expect(checks.length).toBeGreaterThan(4);
  });

  test('a check that cannot be made is itself a failed check', async () => {
    linkPlugin(
      'half',
      CHECK.replace("({ id: 'weather'", "(() => { throw new Error('no sensor'); })() ?? ({ id: 'weather'"),
    );
    const { checks } = await examine(['weather']);
    expect(checks).toMatchObject([{ id: 'weather', status: 'fail', detail: expect.stringContaining('no sensor') }]);
  });

  test('every check of ours has the id that it is registered by', async () => {
    const checks = await openChecks(request(), signal, silent);
    expect(checks.length).toBeGreaterThan(10);
    for (const check of checks) expect(await check.title).toMatch(/^\S.*\S$/);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });
});
