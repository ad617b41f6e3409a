import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { localFolder } from '../../../../src/lib/tracking/artifacts/local-folder.ts';
import { checkStore, type StoreCheck } from '../../../../src/lib/tracking/maintain/check-store.ts';
import { relocate } from '../../../../src/lib/tracking/maintain/relocate.ts';
import { withTracker } from '../../../../src/lib/tracking/open-tracker.ts';
import { dump, inStore, type Place, placeIn, tempDir, trainOnce } from './maintenance.ts';

const HOST = 'here';
const LIVING = 4242;

function check(place: Place, fix = false, now = 1_800_000_000_000): Promise<StoreCheck> {
  return checkStore({ ...place, fix, now, host: HOST, alive: pid => pid === LIVING });
}

function told({ findings }: StoreCheck): string[] {
  return findings.map(({ check: name, subject, fixed }) => `${name}: ${subject}${fixed ? ' (fixed)' : ''}`);
}

async function change(place: Place, ...statements: readonly string[]): Promise<void> {
  await inStore(place, ({ store }) => store.write(() => store.db.exec(statements.join(';'))));
}

test('a store in order has no findings', async () => {
  const place = await placeIn(tempDir());
  await trainOnce(place);
  const result = await check(place);
  expect(result).toMatchObject({ ok: true, damaged: false, findings: [], revision: 'bda7b8c39065', file: place.file });
  expect(result.checks.map(({ findings }) => findings)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('a copy that still keeps its files with the original, until it is relocated', async () => {
  const dir = tempDir();
  const original = await placeIn(path.join(dir, 'one'));
  await trainOnce(original);
  fs.cpSync(original.dir, path.join(dir, 'two'), { recursive: true });
  const copy = await placeIn(path.join(dir, 'two'));
  const { findings, ok } = await check(copy, true);
  expect([ok, findings]).toEqual([
    false,
    [expect.objectContaining({ check: 'locations', fix: null, problem: expect.stringContaining('store relocate') })],
  ]);
  expect(findings[0]?.problem).toContain(path.join(original.dir, '.sentops', 'mlflow', 'artifacts'));
  const notes: ReportEvent[] = [];
  const openToWrite = () =>
    withTracker(copy.project, { ...copy, report: event => void notes.push(event) }, 'write', async () => {});
  await openToWrite();
  expect(notes).toMatchObject([{ level: 'warn', message: expect.stringContaining('sentops store relocate') }]);
  await relocate({ ...copy, dryRun: false });
  await openToWrite();
  expect(notes).toHaveLength(1);
  expect(told(await check(copy))).toEqual([]);
  expect(told(await check(original))).toEqual([]);
});

describe('what is found, told without a change, and mended when asked', () => {
  /** Found twice without a change, mended, and gone. */
  async function expectMended(place: Place, expected: readonly string[]): Promise<void> {
    const before = await dump(place);
    expect(told(await check(place))).toEqual(expected);
    expect(await dump(place)).toBe(before);
    const mended = await check(place, true);
    expect(told(mended)).toEqual(expected.map(line => `${line} (fixed)`));
    expect(mended.ok).toBe(true);
    expect(told(await check(place))).toEqual([]);
  }

  test('shown metric values that do not follow from the history', async () => {
    const place = await placeIn(tempDir());
    const { runId } = await trainOnce(place);
    const other = await trainOnce(place, 'other');
    const good = await dump(place);
    await change(
      place,
      `UPDATE latest_metrics SET value = 0.1, step = 0 WHERE "key" = 'accuracy' AND run_uuid = '${runId}'`,
      `DELETE FROM latest_metrics WHERE "key" = 'f1' AND run_uuid = '${runId}'`,
      `INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES ('ghost', 1, 1, 0, 0, '${other.runId}')`,
    );
    const subjects = [runId, runId, other.runId].map(id => `latest-metrics: run ${id}`).sort();
    await expectMended(place, subjects);
    const ghost = (line: string) => line.includes('"ghost"');
    const mended = (await dump(place)).split('\n');
    // A value without a history is not thrown away: it becomes one.
    expect(mended.filter(ghost)).toHaveLength(2);
    expect(mended.filter(line => !ghost(line)).join('\n')).toBe(good);
  });

  test('a run whose process is gone, but not one that runs, ended, or runs elsewhere', async () => {
    const place = await placeIn(tempDir());
    const { experimentId } = await trainOnce(place);
    const begin = (pid: string, host: string) =>
      inStore(place, async ({ tracker }) => {
        const tags = { 'sentops.pid': pid, 'sentops.host': host };
        const { runId } = await tracker.runs.create({
          experimentId,
          name: `run ${pid}`,
          startTime: 1_700_000_000_000,
          tags,
        });
        await tracker.runs.log(runId, { metrics: [{ key: 'a', value: 1, timestamp: 1_700_000_005_000, step: 0 }] });
        return runId;
      });
    const dead = await begin('77', HOST);
    await begin(String(LIVING), HOST);
    await begin('78', 'elsewhere');
    await begin('not a number', HOST);
    const ended = await begin('79', HOST);
    await inStore(place, ({ tracker }) => tracker.runs.update(ended, { status: 'FINISHED' }));
    const { findings } = await check(place);
    expect(findings[0]?.problem).toBe('run 77 says RUNNING, and process 77 that wrote it is gone');
    await expectMended(place, [`dead-runs: run ${dead}`]);
    await inStore(place, async ({ tracker }) =>
      expect(await tracker.runs.get(dead)).toMatchObject({ status: 'KILLED', endTime: 1_700_000_005_000 }),
    );
  });

  test('a logged model that was never complete, of a run that is over', async () => {
    const place = await placeIn(tempDir());
    const { runId, experimentId } = await trainOnce(place);
    const modelId = await inStore(place, async ({ tracker }) => {
      await tracker.loggedModels.create({ experimentId, name: 'no run' });
      return (await tracker.loggedModels.create({ experimentId, name: 'half', sourceRunId: runId })).modelId;
    });
    await expectMended(place, [`pending-models: logged model ${modelId}`]);
    await inStore(place, async ({ tracker }) =>
      expect((await tracker.loggedModels.get(modelId))?.status).toBe('UPLOAD_FAILED'),
    );
  });

  test('what a process that is gone left half-written', async () => {
    const place = await placeIn(tempDir());
    const { artifactUri } = await trainOnce(place);
    // No process has a number this high.
    const left = path.join(localFolder(artifactUri), '.model.sentops-4194999-1.tmp');
    const ours = path.join(localFolder(artifactUri), `.model.sentops-${process.pid}-1.tmp`);
    for (const file of [left, ours]) fs.writeFileSync(file, '');
    await expectMended(place, [`temporary-files: ${left}`]);
    expect([fs.existsSync(left), fs.existsSync(ours)]).toEqual([false, true]);
  });
});

describe('what only a person can mend', () => {
  test('versions and logged models without files', async () => {
    const place = await placeIn(tempDir());
    const { modelUri, modelId } = await trainOnce(place);
    await inStore(place, async ({ tracker }) => {
      await tracker.models.createVersion({ name: 'sentiment', source: 'gs://bucket/model', key: 'remote' });
      await tracker.models.createVersion({ name: 'sentiment', source: '/no/such/model', key: 'missing' });
    });
    fs.rmSync(localFolder(modelUri), { recursive: true });
    const expected = [
      'model-sources: version 1 of sentiment',
      'model-sources: version 3 of sentiment',
      `artifact-folders: logged model ${modelId}`,
    ];
    expect(told(await check(place))).toEqual(expected);
    const fixed = await check(place, true);
    expect(told(fixed)).toEqual(expected);
    expect(fixed.ok).toBe(false);
  });

  test('a version whose run is not in the store', async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    await change(place, `UPDATE model_versions SET source = 'runs:/${'e'.repeat(32)}/model', storage_location = NULL`);
    expect((await check(place)).findings).toMatchObject([
      { check: 'model-sources', problem: expect.stringContaining('names nothing') },
    ]);
  });

  test('an empty folder is no model', async () => {
    const place = await placeIn(tempDir());
    const { modelUri } = await trainOnce(place);
    fs.rmSync(path.join(localFolder(modelUri), 'MLmodel'));
    expect(told(await check(place))).toHaveLength(2);
  });

  test('a project that was moved is sent to relocate', async () => {
    const dir = tempDir();
    const before = await placeIn(path.join(dir, 'old'));
    const { runId } = await trainOnce(before);
    await inStore(before, ({ tracker }) => tracker.runs.log(runId, { tags: { 'mlflow.log-model.history': '[]' } }));
    fs.renameSync(before.dir, path.join(dir, 'new'));
    const { findings } = await check(await placeIn(path.join(dir, 'new')));
    expect(findings.some(({ problem }) => problem.includes('sentops store relocate'))).toBe(true);
  });

  test('references to nothing', async () => {
    const place = await placeIn(tempDir());
    const { runId } = await trainOnce(place);
    await inStore(place, async ({ store }) => {
      store.db.exec('PRAGMA foreign_keys = OFF');
      await store.write(() => store.run('DELETE FROM runs WHERE run_uuid = ?', runId));
    });
    const result = await check(place);
    expect(result.ok).toBe(false);
    expect(told(result).some(line => line.startsWith('references: metrics row '))).toBe(true);
  });
});

describe('a database that is damaged', () => {
  /** Changes the page where the index of parameters begins, as a bad disk would. */
  async function breakIndex(place: Place, change: (page: Buffer) => void): Promise<void> {
    const { root, size } = await inStore(place, async ({ store }) => {
      store.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      const found = store.get<{ root: number; size: number }>(
        `SELECT rootpage AS root, page_size AS size FROM sqlite_master, pragma_page_size
         WHERE name = 'index_params_run_uuid'`,
      );
      return found ?? { root: 1, size: 4096 };
    });
    const bytes = fs.readFileSync(place.file);
    change(bytes.subarray((root - 1) * size, root * size));
    fs.writeFileSync(place.file, bytes);
  }

  test('in an index is told, and nothing else is believed', async () => {
    const place = await placeIn(tempDir());
    const { runId } = await trainOnce(place);
    await breakIndex(place, page => page.write('x', page.indexOf(runId)));
    const result = await check(place, true);
    expect(result).toMatchObject({ ok: false, damaged: true });
    expect(new Set(result.findings.map(({ check: name }) => name))).toEqual(new Set(['integrity']));
    expect(result.checks).toEqual([{ name: 'integrity', findings: result.findings.length }]);
  });

  test('so much that SQLite gives up', async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    await breakIndex(place, page => page.fill(0xff, 0, 64));
    await expect(check(place, true)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('or is none at all', async () => {
    const place = await placeIn(tempDir());
    fs.mkdirSync(path.dirname(place.file), { recursive: true });
    fs.writeFileSync(place.file, 'this is a text, and not a short one, so that it is read as one');
    await expect(check(place)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
});
