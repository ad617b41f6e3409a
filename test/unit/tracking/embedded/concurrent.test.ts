import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openTemp, tempFolder } from './stores.ts';

const SOURCE = new URL('../../../../src/lib/tracking/embedded/', import.meta.url).pathname;

/** Another process that opens the store and works on it; `work` is told its number. */
function start(file: string, number: number, work: string): ChildProcess {
  const script = `
    import { openStore } from ${JSON.stringify(`${SOURCE}open-store.ts`)};
    import { embeddedTracker } from ${JSON.stringify(`${SOURCE}tracker.ts`)};
    const store = await openStore({ file: ${JSON.stringify(file)}, mode: 'write' });
    const tracker = embeddedTracker(store, '');
    const number = ${number};
    ${work}
    await tracker.close();`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise(resolve => child.once('exit', (code, signal) => resolve(code ?? signal)));
}

async function said(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`ended before it said ${text}`)));
    child.stdout?.on('data', chunk => {
      seen += String(chunk);
      if (seen.includes(text)) resolve();
    });
  });
}

const WRITE = `
  await tracker.models.create({ name: 'shared' }).catch(() => {});
  for (let i = 0; i < 10; i += 1) {
    const run = await tracker.runs.create({ experimentId: '0', name: 'r' + number });
    const metrics = Array.from({ length: 50 }, (_, step) => ({ key: 'm', value: step, timestamp: 1, step }));
    await tracker.runs.log(run.runId, { metrics, params: { number: String(number) } });
    await tracker.models.createVersion({ name: 'shared', source: '/x', key: number + '-' + i });
    await tracker.models.setAlias('shared', 'champion', 1);
  }`;

test('several processes make a store at once and write to it, and nothing is lost', async () => {
  const file = path.join(tempFolder(), 'deep', 'mlflow.db');
  const writers = [1, 2, 3, 4].map(number => start(file, number, WRITE));
  expect(await Promise.all(writers.map(ended))).toEqual([0, 0, 0, 0]);
  const { tracker, store } = await openTemp('read', file);
  const { items } = await tracker.runs.search({ experimentIds: ['0'], limit: 1000 });
  expect(items.length).toBe(40);
  for (const run of items) expect(run.metrics).toMatchObject([{ key: 'm', value: 49, step: 49 }]);
  expect(await store.read(() => store.get('SELECT count(*) AS n FROM metrics'))).toEqual({ n: 2000 });
  const versions = (await tracker.models.searchVersions({ limit: 100 })).items;
  expect(versions.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  expect(new Set(versions.map(({ tags }) => tags['sentops.key'])).size).toBe(40);
  expect((await tracker.experiments.search({ limit: 10 })).items.map(({ name }) => name)).toEqual(['Default']);
});

test('a process that is killed while it writes leaves whole batches, and a store that others go on with', async () => {
  const file = path.join(tempFolder(), 'mlflow.db');
  const endless = `
    const run = await tracker.runs.create({ experimentId: '0', name: 'killed' });
    for (let batch = 0; ; batch += 1) {
      const metrics = Array.from({ length: 200 }, (_, i) => ({ key: 'm' + i, value: i, timestamp: 1, step: batch }));
      await tracker.runs.log(run.runId, { metrics, params: { ['p' + batch]: 'v' } });
      if (batch === 2) console.log('writing');
    }`;
  for (let round = 0; round < 5; round += 1) {
    const child = start(file, round, endless);
    await said(child, 'writing');
    await new Promise(resolve => setTimeout(resolve, round * 13));
    child.kill('SIGKILL');
    expect(await ended(child)).toBe('SIGKILL');
    const { store, tracker } = await openTemp('write', file);
    expect(store.db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    const batches = await store.read(() =>
      store.all<{ n: number; latest: number; params: number }>(
        `SELECT (SELECT count(*) FROM metrics m WHERE m.run_uuid = r.run_uuid) AS n,
           (SELECT sum(step) FROM latest_metrics l WHERE l.run_uuid = r.run_uuid) AS latest,
           (SELECT count(*) FROM params p WHERE p.run_uuid = r.run_uuid) AS params
         FROM runs r`,
      ),
    );
    expect(batches.length).toBe(round + 1);
    for (const { n, latest, params } of batches) {
      expect(params).toBeGreaterThanOrEqual(3);
      expect(n).toBe(params * 200);
      expect(latest).toBe((params - 1) * 200);
    }
    await tracker.close();
  }
});

test('a process that is killed at any step of making a store leaves nothing or all of it', async () => {
  const dir = tempFolder();
  const killed = await Promise.all(
    [1, 2, 3, 10, 25, 38, 39, 40, 41, 42].map(async step => {
      const file = path.join(dir, String(step), 'mlflow.db');
      const script = `
        import { DatabaseSync } from 'node:sqlite';
        import { openStore } from ${JSON.stringify(`${SOURCE}open-store.ts`)};
        const exec = DatabaseSync.prototype.exec;
        let calls = 0;
        DatabaseSync.prototype.exec = function (sql) {
          calls += 1;
          if (calls === ${step}) process.kill(process.pid, 'SIGKILL');
          return exec.call(this, sql);
        };
        await openStore({ file: ${JSON.stringify(file)}, mode: 'write' });`;
      const end = await ended(spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]));
      const { tracker, store } = await openTemp('write', file);
      expect(await tracker.experiments.find('Default')).toMatchObject({ experimentId: '0' });
      expect(store.db.prepare('SELECT count(*) AS n FROM alembic_version').get()).toEqual({ n: 1 });
      return end;
    }),
  );
  expect(killed.filter(end => end === 'SIGKILL').length).toBeGreaterThan(5);
});
