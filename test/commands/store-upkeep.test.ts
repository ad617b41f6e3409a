import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/lib/tracking/embedded/open-store.ts';
import { embeddedTracker } from '../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { type CliResult, cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-store-upkeep-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const storeFile = () => path.join(dir, '.sentops/mlflow/mlflow.db');

/** Whether the store is there before or not. */
async function record<T>(work: (tracker: Tracker) => Promise<T>, file = storeFile()): Promise<T> {
  const store = await openStore({ file, mode: 'write' });
  try {
    return await work(embeddedTracker(store, 'store'));
  } finally {
    store.close();
  }
}

/** A run that was deleted, and one that says it runs although no process has that number. */
async function makeRuns(): Promise<{ readonly deleted: string; readonly dead: string }> {
  return record(async tracker => {
    const experimentId = await tracker.experiments.create({ name: 'reviews' });
    const { runId: deleted } = await tracker.runs.create({ experimentId, name: 'old' });
    await tracker.runs.delete(deleted);
    const tags = { 'sentops.pid': '4194999', 'sentops.host': os.hostname() };
    const { runId: dead } = await tracker.runs.create({ experimentId, name: 'dead', tags });
    return { deleted, dead };
  });
}

function run(...args: readonly string[]): Promise<CliResult> {
  return runCli(['store', ...args], { cwd: dir });
}

const json = ({ stdout }: CliResult) => JSON.parse(stdout);

describe('store check', () => {
  test('says what is wrong with exit code 1, mends it when asked, and then has nothing to say', async () => {
    const { dead } = await makeRuns();
    const found = await run('check');
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/✖ +dead-runs +1/);
    expect(found.stdout).toContain(`run ${dead}`);
    expect(found.stderr).toContain('hint: mend what can be mended with: sentops store check --fix');
    const quiet = await run('check', '-q');
    expect([quiet.code, quiet.stdout]).toEqual([1, `run ${dead}\n`]);
    const fixed = await run('check', '--fix', '--json');
    expect(fixed.code).toBe(0);
    expect(json(fixed)).toMatchObject({ ok: true, findings: [{ check: 'dead-runs', fixed: true }] });
    const again = await run('check', '--json');
    expect(json(again)).toMatchObject({ ok: true, findings: [] });
    expect(await record(tracker => tracker.runs.get(dead))).toMatchObject({ status: 'KILLED' });
  }, 60_000);

  test('a dry run does not mend', async () => {
    const { dead } = await makeRuns();
    expect((await run('check', '--fix', '--dry-run')).code).toBe(1);
    expect(await record(tracker => tracker.runs.get(dead))).toMatchObject({ status: 'RUNNING' });
  }, 30_000);

  test('a file that is no database is exit code 9, no store is 5, a server 3', async () => {
    expect((await run('check')).code).toBe(5);
    fs.writeFileSync(path.join(dir, 'text.db'), 'no database at all, but a text of some length '.repeat(40));
    const broken = await run('check', '--mlflow-uri', 'sqlite:///text.db', '--json');
    expect(broken.code).toBe(9);
    expect(json(broken)).toMatchObject({ error: { code: 'DATA_INVALID', exit: 9 } });
    const server = await run('check', '--mlflow-uri', 'http://127.0.0.1:1');
    expect([server.code, server.stderr]).toEqual([3, expect.stringContaining('is a server')]);
  }, 30_000);
});

describe('store gc', () => {
  test('asks first, deletes what is old enough, and says so', async () => {
    const { deleted } = await makeRuns();
    const young = await run('gc', '--yes', '--json');
    expect(json(young)).toMatchObject({ runs: 0, written: true });
    const planned = await run('gc', '--older-than', '0s', '--dry-run');
    expect([planned.code, planned.stdout]).toEqual([0, 'Would delete 1 run\n']);
    const refused = await run('gc', '--older-than', '0s', '--json');
    expect([refused.code, json(refused).error.code]).toEqual([2, 'CONFIRMATION_REQUIRED']);
    expect(await record(tracker => tracker.runs.get(deleted))).not.toBeNull();
    const done = await run('gc', '--older-than', '0s', '--yes');
    expect([done.code, done.stdout]).toEqual([0, '✔ Deleted 1 run\n']);
    expect(await record(tracker => tracker.runs.get(deleted))).toBeNull();
  }, 60_000);

  test('says how many of those that stay are not shown', async () => {
    await record(async ({ runs, models }) => {
      await models.create({ name: 'sentiment' });
      for (let made = 0; made < 21; made += 1) {
        const { runId } = await runs.create({ experimentId: '0' });
        await models.createVersion({ name: 'sentiment', source: `runs:/${runId}/model`, key: runId });
        await runs.delete(runId);
      }
    });
    const { stdout, stderr } = await run('gc', '--older-than', '0s', '--dry-run');
    expect(stdout.match(/^run {3}[0-9a-f]{32} .* of sentiment is made of it$/gm)).toHaveLength(20);
    expect(stdout + stderr).toContain('Showing 20 of 21; --json has all.');
  }, 30_000);

  test('a time that is none is a wrong flag', async () => {
    const { code, stderr } = await run('gc', '--older-than', 'soon');
    expect([code, stderr]).toEqual([2, expect.stringContaining('"soon" is not a duration')]);
  });
});

describe('store relocate', () => {
  test('after a project was moved', async () => {
    await makeRuns();
    const moved = path.join(dir, 'moved');
    fs.mkdirSync(moved);
    fs.renameSync(path.join(dir, '.sentops'), path.join(moved, '.sentops'));
    fs.mkdirSync(path.join(moved, '.sentops', 'mlflow', 'artifacts', '1'), { recursive: true });
    const checked = await runCli(['store', 'check'], { cwd: moved });
    expect([checked.code, checked.stderr]).toEqual([1, expect.stringContaining('with: sentops store relocate')]);
    const planned = await runCli(['store', 'relocate', '--dry-run', '--format', 'csv'], { cwd: moved });
    expect(planned.stdout.split('\r\n')[0]).toBe('table,column,rows,from,to');
    expect(planned.stdout).toContain('experiments,artifact_location,2,');
    const done = await runCli(['store', 'relocate'], { cwd: moved });
    expect(done.stdout).toContain('✔ Rewrote 4 places');
    const again = await runCli(['store', 'relocate', '--json'], { cwd: moved });
    expect(json(again)).toMatchObject({ moves: [], rows: 0 });
    const nowhere = await runCli(['store', 'relocate', '--from', '/nowhere', '--to', '/data'], { cwd: moved });
    expect(nowhere.stdout).toContain('lies at file:///nowhere, or all of it was moved already');
  }, 60_000);
});

describe('store export and import', () => {
  test('there and, twice, back', async () => {
    const { dead } = await makeRuns();
    const out = await run('export', 'store.jsonl.gz');
    expect(out.code).toBe(0);
    expect(out.stdout).toMatch(/runs +2\n/);
    expect((await run('export', 'store.jsonl.gz')).code).toBe(6);
    const other = ['--mlflow-uri', 'sqlite:///other.db'];
    const first = await run('import', 'store.jsonl.gz', ...other);
    expect(first.stdout).toMatch(/runs +2 +2\n/);
    const second = await run('import', 'store.jsonl.gz', ...other, '--json');
    expect(json(second)).toMatchObject({ found: { runs: 2 }, made: { runs: 0 }, written: true });
    const there = await record(tracker => tracker.runs.get(dead), path.join(dir, 'other.db'));
    expect(there).toMatchObject({ name: 'dead', runId: dead });
  }, 60_000);

  test('into a pipe', async () => {
    const { deleted } = await makeRuns();
    const command = `'${pinnedNode()}' '${repositoryRoot}/bin/dev.js' store export /dev/stdout --quiet | cat`;
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: dir, env: cleanEnv(dir), encoding: 'utf8' });
    const records = stdout
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
    expect(records.filter(({ runId }) => runId === deleted)).toMatchObject([{ type: 'run', name: 'old' }]);
    expect(records.at(-1)).toEqual({ type: 'end', records: records.length - 1 });
  }, 30_000);

  test('a cut file is told with its line and exit code 9', async () => {
    await makeRuns();
    await run('export', 'store.jsonl');
    const text = fs.readFileSync(path.join(dir, 'store.jsonl'), 'utf8');
    fs.writeFileSync(path.join(dir, 'cut.jsonl'), text.slice(0, text.indexOf('\n', 400) + 20));
    const cut = await run('import', 'cut.jsonl', '--mlflow-uri', 'sqlite:///other.db');
    expect(cut.code).toBe(9);
    expect(cut.stderr).toMatch(/^error: cut\.jsonl:\d+: it is no JSON$/m);
    const folder = await run('import', '.', '--mlflow-uri', 'sqlite:///other.db');
    expect([folder.code, folder.stderr]).toEqual([9, expect.stringContaining(`${dir} is a folder`)]);
    expect(fs.existsSync(path.join(dir, 'other.db'))).toBe(false);
  }, 30_000);
});
