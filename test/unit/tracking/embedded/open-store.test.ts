import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../../../src/lib/tracking/embedded/open-store.ts';
import { REVISION } from '../../../../src/lib/tracking/embedded/schema.ts';
import { change, failure, openTemp, tempFolder } from './stores.ts';

async function count(file: string, table: string, mode: 'read' | 'write' = 'read'): Promise<unknown> {
  const { store } = await openTemp(mode, file);
  const row = await store.read(() => store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`));
  store.close();
  return row?.n;
}

describe('a store that is not there', () => {
  test('is made whole to be written, with parent folders, at the revision that MLflow 3.4 and later upgrade', async () => {
    const file = path.join(tempFolder(), 'a', 'b', 'mlflow.db');
    const { store } = await openTemp('write', file);
    expect(await store.read(() => store.all('SELECT version_num FROM alembic_version'))).toEqual([
      { version_num: REVISION },
    ]);
    expect(await store.read(() => store.get('PRAGMA journal_mode'))).toEqual({ journal_mode: 'wal' });
    expect(await store.read(() => store.get('PRAGMA foreign_keys'))).toEqual({ foreign_keys: 1 });
    const tables = await store.read(() =>
      store.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"),
    );
    expect(tables.map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "alembic_version",
        "datasets",
        "experiment_tags",
        "experiments",
        "input_tags",
        "inputs",
        "latest_metrics",
        "logged_model_metrics",
        "logged_model_params",
        "logged_model_tags",
        "logged_models",
        "metrics",
        "model_version_tags",
        "model_versions",
        "params",
        "registered_model_aliases",
        "registered_model_tags",
        "registered_models",
        "runs",
        "tags",
        "trace_info",
        "trace_request_metadata",
        "trace_tags",
      ]
    `);
  });

  test('is an empty one to be read, with its first experiment, and nothing is made on the disk', async () => {
    const file = path.join(tempFolder(), 'sub', 'mlflow.db');
    const { tracker } = await openTemp('read', file);
    expect(await tracker.experiments.find('Default')).toMatchObject({ experimentId: '0', lifecycle: 'active' });
    expect((await tracker.runs.search({ experimentIds: ['0'], limit: 5 })).items).toEqual([]);
    expect(fs.existsSync(path.dirname(file))).toBe(false);
    await expect(tracker.experiments.create({ name: 'x' })).rejects.toMatchObject(failure('NOT_WRITABLE'));
  });

  test('a set-up that was broken off is begun again: an empty file is no store yet', async () => {
    const file = path.join(tempFolder(), 'mlflow.db');
    fs.writeFileSync(file, '');
    expect(await count(file, 'experiments')).toBe(1);
    expect(fs.statSync(file).size).toBe(0);
    expect(await count(file, 'experiments', 'write')).toBe(1);
    expect(fs.statSync(file).size).toBeGreaterThan(0);
  });

  test('leaves no -wal and -shm behind when it is closed', async () => {
    const { tracker, file } = await openTemp();
    await tracker.experiments.create({ name: 'x' });
    await tracker.close();
    await tracker.close();
    expect(fs.readdirSync(path.dirname(file))).toEqual(['mlflow.db']);
  });

  test('lies wherever it is told, with every character in its path encoded in its artifact URIs', async () => {
    const dir = path.join(tempFolder(), 'a b#1?x%20ä');
    const { tracker } = await openTemp('write', path.join(dir, 'm.db'));
    const root = (await tracker.experiments.get('0'))?.artifactLocation ?? '';
    expect(root).toMatch(/^file:\/\/\/.*\/a%20b%231%3Fx%2520%C3%A4\/artifacts\/0$/);
    expect(fileURLToPath(root)).toBe(path.join(dir, 'artifacts', '0'));
    const run = await tracker.runs.create({ experimentId: '0' });
    const body = async function* () {
      yield Buffer.from('hello');
    };
    await tracker.artifacts.write(run.artifactUri, 'a/b.txt', body(), 5);
    expect(fs.readFileSync(path.join(dir, 'artifacts', '0', run.runId, 'artifacts', 'a', 'b.txt'), 'utf8')).toBe(
      'hello',
    );
  });
});

describe('what is no store of MLflow', () => {
  test.each(['read', 'write'] as const)('is refused by its name when opened to %s', async mode => {
    const dir = tempFolder();
    const text = path.join(dir, 'text.db');
    fs.writeFileSync(text, 'not a database, but long enough to have a header of one hundred bytes'.repeat(9));
    await expect(openStore({ file: text, mode })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(text),
      hint: expect.stringContaining('copy'),
    });
    expect(fs.readFileSync(text, 'utf8')).toMatch(/^not a database/);
    await expect(openStore({ file: dir, mode })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('folder'),
    });
  });

  test('a database of another program is left alone', async () => {
    const { store, file } = await openTemp();
    const tables = await store.read(() =>
      store.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'"),
    );
    store.db.exec('PRAGMA foreign_keys = OFF');
    await change(store, ...tables.map(({ name }) => `DROP TABLE ${name}`), 'CREATE TABLE songs (title TEXT)');
    store.close();
    await expect(openStore({ file, mode: 'write' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('something else than MLflow'),
      details: { tables: ['songs'] },
    });
  });

  test('a set-up of MLflow itself that was broken off is not finished by us', async () => {
    const { store, file } = await openTemp();
    await change(store, 'DROP TABLE alembic_version');
    store.close();
    await expect(openStore({ file, mode: 'write' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      hint: expect.stringContaining('mlflow db upgrade'),
    });
  });

  test('a damaged database is called that', async () => {
    const { store, tracker, file } = await openTemp();
    for (let i = 0; i < 50; i += 1) await tracker.experiments.create({ name: `${'x'.repeat(200)}${i}` });
    store.close();
    const bytes = fs.readFileSync(file);
    bytes.fill(0xff, 4096);
    fs.writeFileSync(file, bytes);
    await expect(
      openTemp('read', file).then(opened => opened.tracker.experiments.search({ limit: 10 })),
    ).rejects.toMatchObject({ code: 'DATA_INVALID', message: expect.stringContaining('damaged') });
  });
});

describe('the revision', () => {
  async function atRevision(revision: string, ...changes: readonly string[]): Promise<string> {
    const { store, file } = await openTemp();
    await change(store, `UPDATE alembic_version SET version_num = '${revision}'`, ...changes);
    store.close();
    return file;
  }

  test('of a later MLflow is taken when all that is needed is there, and never changed', async () => {
    const file = await atRevision(
      'f00df00df00d',
      'ALTER TABLE runs ADD COLUMN colour VARCHAR(20)',
      "ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'",
    );
    const { tracker, store } = await openTemp('write', file);
    await tracker.runs.create({ experimentId: await tracker.experiments.create({ name: 'new' }) });
    expect(await store.read(() => store.get('SELECT version_num AS v FROM alembic_version'))).toEqual({
      v: 'f00df00df00d',
    });
  });

  test.each([
    ['lacks a column', 'ALTER TABLE runs DROP COLUMN deleted_time', 'runs.deleted_time'],
    ['lacks a table', 'DROP TABLE params', 'params.key'],
    ['demands a column', 'ALTER TABLE tags ADD COLUMN owner TEXT NOT NULL DEFAULT NULL', 'tags.owner'],
  ])('that %s is refused in so many words', async (_, statement, what) => {
    const file = await atRevision('f00df00df00d', statement);
    await expect(openStore({ file, mode: 'read' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(new RegExp(`f00df00df00d, which this sentops does not know.*${what}`)),
      hint: expect.stringContaining('2.9 to 3.17'),
    });
  });

  test('of a known MLflow says which one', async () => {
    const file = await atRevision('dc11669786a5', 'DROP TABLE params');
    await expect(openStore({ file, mode: 'read' })).rejects.toThrow('the one of MLflow 3.17');
  });

  test('with workspaces is refused once one is used', async () => {
    const file = await atRevision(
      'dc11669786a5',
      "ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'",
      "INSERT INTO experiments (name, lifecycle_stage, workspace) VALUES ('x', 'active', 'team')",
    );
    await expect(openStore({ file, mode: 'read' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('workspace team'),
    });
  });
});

describe('where nothing may be written', () => {
  /** Root may write everywhere: there the work is done as somebody else. */
  function asNobody(dir: string, file: string, mode: 'read' | 'write'): string {
    const source = new URL('../../../../src/lib/tracking/embedded/open-store.ts', import.meta.url).pathname;
    const script = `
      import { openStore } from ${JSON.stringify(source)};
      if (process.getuid() === 0) process.setuid(65534);
      try {
        const store = await openStore({ file: ${JSON.stringify(file)}, mode: '${mode}' });
        console.log(JSON.stringify(await store.read(() => store.all('SELECT name FROM experiments'))));
        store.close();
      } catch (error) { console.log(error.code + ': ' + error.message); }`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(fs.existsSync(dir)).toBe(true);
    return stdout.trim();
  }

  test('reading works, also of a database in WAL mode; writing is refused at once', async () => {
    const { store, file } = await openTemp();
    store.close();
    const dir = path.dirname(file);
    fs.chmodSync(file, 0o444);
    fs.chmodSync(dir, 0o555);
    expect(asNobody(dir, file, 'read')).toBe('[{"name":"Default"}]');
    expect(asNobody(dir, file, 'write')).toBe(`NOT_WRITABLE: the store ${file} cannot be written`);
    const deeper = path.join(dir, 'new', 'mlflow.db');
    expect(asNobody(dir, deeper, 'write')).toBe(`NOT_WRITABLE: the store ${deeper} cannot be written`);
    fs.chmodSync(file, 0o000);
    expect(asNobody(dir, file, 'read')).toBe(`PERMISSION_DENIED: the store ${file} may not be read`);
    fs.chmodSync(dir, 0o600);
    expect(asNobody(dir, file, 'read')).toBe(`PERMISSION_DENIED: the store ${file} may not be read`);
    fs.chmodSync(dir, 0o755);
  });

  test('what a killed writer left in the -wal file is not passed over', async () => {
    const { store, tracker, file } = await openTemp();
    await tracker.experiments.create({ name: 'late' });
    const copy = path.join(tempFolder(), 'mlflow.db');
    for (const end of ['', '-wal']) fs.copyFileSync(`${file}${end}`, `${copy}${end}`);
    store.close();
    const dir = path.dirname(copy);
    fs.chmodSync(dir, 0o555);
    expect(asNobody(dir, copy, 'read')).toBe(
      `NOT_WRITABLE: ${copy} has a -wal file with changes, and its folder cannot be written`,
    );
    fs.chmodSync(dir, 0o755);
    expect(await count(copy, "experiments WHERE name = 'late'")).toBe(1);
  });
});

test('the warning of Node.js 22 about SQLite is dropped while it loads, and no other one', () => {
  const source = new URL('../../../../src/lib/tracking/embedded/load-sqlite.ts', import.meta.url).pathname;
  const script = `
    import { loadSqlite } from ${JSON.stringify(source)};
    const real = process.getBuiltinModule;
    process.getBuiltinModule = id => {
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('Parrots are an experimental feature', 'ExperimentalWarning');
      process.emitWarning('SQLite is full of beans', 'DeprecationWarning');
      return real(id);
    };
    const emit = process.emitWarning;
    console.log(typeof loadSqlite().DatabaseSync, process.emitWarning === emit);
    process.emitWarning('SQLite is an experimental feature, says somebody later', 'ExperimentalWarning');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('function true');
  expect([...stderr.matchAll(/\w+Warning: .*/g)].map(([line]) => line).sort()).toEqual([
    'DeprecationWarning: SQLite is full of beans',
    'ExperimentalWarning: Parrots are an experimental feature',
    'ExperimentalWarning: SQLite is an experimental feature, says somebody later',
  ]);
});
