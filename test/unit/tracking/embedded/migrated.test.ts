import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../../src/lib/tracking/embedded/open-store.ts';
import type { Store } from '../../../../src/lib/tracking/embedded/store.ts';
import { embeddedTracker } from '../../../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { describeTracker } from '../../../contract/tracker/suite.ts';
import { change, failure, metric, openTemp } from './stores.ts';

const WORKSPACE = "workspace VARCHAR(63) DEFAULT 'default' NOT NULL";

/** The tables of which MLflow 3.17 changes more than it adds: workspaces lead their keys. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  experiments: [
    'experiment_id INTEGER NOT NULL',
    'name VARCHAR(256) NOT NULL',
    'artifact_location VARCHAR(256)',
    'lifecycle_stage VARCHAR(32)',
    'creation_time BIGINT',
    'last_update_time BIGINT',
    WORKSPACE,
    'CONSTRAINT experiment_pk PRIMARY KEY (experiment_id)',
    'CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)',
  ],
  registered_models: [
    'name VARCHAR(256) NOT NULL',
    'creation_time BIGINT',
    'last_updated_time BIGINT',
    'description VARCHAR(5000)',
    WORKSPACE,
    'PRIMARY KEY (workspace, name)',
  ],
  registered_model_tags: [
    '"key" VARCHAR(250) NOT NULL',
    'value VARCHAR(5000)',
    'name VARCHAR(256) NOT NULL',
    WORKSPACE,
    'PRIMARY KEY (workspace, "key", name)',
    'FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE',
  ],
  registered_model_aliases: [
    'alias VARCHAR(256) NOT NULL',
    'version INTEGER NOT NULL',
    'name VARCHAR(256) NOT NULL',
    WORKSPACE,
    'PRIMARY KEY (workspace, name, alias)',
    'FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE',
  ],
  model_versions: [
    'name VARCHAR(256) NOT NULL',
    'version INTEGER NOT NULL',
    'creation_time BIGINT',
    'last_updated_time BIGINT',
    'description VARCHAR(5000)',
    'user_id VARCHAR(256)',
    'current_stage VARCHAR(20)',
    'source VARCHAR(500)',
    'run_id VARCHAR(32)',
    'status VARCHAR(20)',
    'status_message VARCHAR(500)',
    'run_link VARCHAR(500)',
    'storage_location VARCHAR(500)',
    WORKSPACE,
    'PRIMARY KEY (workspace, name, version)',
    'FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE',
  ],
  model_version_tags: [
    '"key" VARCHAR(250) NOT NULL',
    'value TEXT',
    'name VARCHAR(256) NOT NULL',
    'version INTEGER NOT NULL',
    WORKSPACE,
    'PRIMARY KEY (workspace, "key", name, version)',
    'FOREIGN KEY(workspace, name, version) REFERENCES model_versions (workspace, name, version) ON UPDATE CASCADE',
  ],
};

/** Does to a store what MLflow's own migrations do: a new table, the rows moved over, the old one dropped. */
function migrate(store: Store): void {
  store.db.exec('PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON');
  for (const [name, parts] of Object.entries(TABLES)) {
    const columns = store.db
      .prepare(`SELECT group_concat('"' || name || '"') AS c FROM pragma_table_info(?)`)
      .get(name);
    store.db.exec(`CREATE TABLE _alembic_tmp_${name} (${parts.join(', ')})`);
    store.db.exec(`INSERT INTO _alembic_tmp_${name} (${columns?.['c']}) SELECT ${columns?.['c']} FROM ${name}`);
    store.db.exec(`DROP TABLE ${name}; ALTER TABLE _alembic_tmp_${name} RENAME TO ${name}`);
  }
  store.db.exec("UPDATE alembic_version SET version_num = 'dc11669786a5'");
  store.db.exec('PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON');
}

let dir: string;
let store: Store;
let tracker: Tracker;
beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-migrated-'));
  const file = path.join(dir, 'mlflow.db');
  const before = await openStore({ file, mode: 'write' });
  migrate(before);
  before.close();
  store = await openStore({ file, mode: 'write' });
  tracker = embeddedTracker(store, `sqlite:///${file}`);
});
afterAll(() => {
  expect(store.db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  expect(store.db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  store.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

describeTracker('a store that MLflow 3.17 upgraded', () => tracker);

test('a store that MLflow upgrades while it is open here goes on working', async () => {
  const { store: open, tracker: ours, file } = await openTemp();
  const work = async (name: string) => {
    const experimentId = await ours.experiments.create({ name });
    const { runId } = await ours.runs.create({ experimentId });
    await ours.runs.log(runId, { metrics: [metric('a', 1)], params: { p: 'v' }, tags: { t: 'v' } });
    await ours.models.create({ name, tags: { a: 'b' } });
    await ours.models.createVersion({ name, source: `runs:/${runId}/model`, key: name });
    await ours.models.setAlias(name, 'champion', 1);
    expect(await ours.models.find(name, { alias: 'champion' })).toMatchObject({ runId, tags: { 'sentops.key': name } });
    expect(await ours.runs.get(runId)).toMatchObject({ metrics: [{ value: 1 }], params: { p: 'v' } });
  };
  await work('before');
  const other = await openStore({ file, mode: 'write' });
  migrate(other);
  other.close();
  await work('after');
  expect((await ours.models.search({ limit: 9 })).items.map(({ name }) => name)).toEqual(['after', 'before']);
  expect(open.db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
});

describe('a store of MLflow 2', () => {
  /** Before 3.0 there were neither logged models nor steps of inputs. */
  async function ofMlflow2(): Promise<Awaited<ReturnType<typeof openTemp>>> {
    const { store: made, file } = await openTemp();
    made.db.exec('PRAGMA foreign_keys = OFF');
    await change(
      made,
      ...['tags', 'params', 'metrics'].map(name => `DROP TABLE logged_model_${name}`),
      'DROP TABLE logged_models',
      'ALTER TABLE inputs DROP COLUMN step',
      "UPDATE alembic_version SET version_num = '0584bdc529eb'",
    );
    made.close();
    return openTemp('write', file);
  }

  test('takes runs, datasets and versions as any other', async () => {
    const { tracker: ours } = await ofMlflow2();
    const run = await ours.runs.create({ experimentId: '0' });
    const dataset = {
      name: 'd',
      digest: 'x',
      sourceType: 'local',
      source: '{}',
      schema: null,
      profile: null,
      tags: { 'mlflow.data.context': 'training' },
    };
    await ours.runs.log(run.runId, { metrics: [metric('a', 1)], params: { p: 'v' } });
    await ours.runs.logInputs(run.runId, [dataset]);
    expect(await ours.runs.get(run.runId)).toMatchObject({ inputs: [dataset], outputs: [], metrics: [{ key: 'a' }] });
    await ours.models.create({ name: 'm' });
    const version = await ours.models.createVersion({ name: 'm', source: `runs:/${run.runId}/m`, key: 'k' });
    expect(version).toMatchObject({ artifactUri: `${run.artifactUri}/m`, runId: run.runId });
  });

  test('has no logged models: nothing to find, and a word about it for who makes one', async () => {
    const { tracker: ours } = await ofMlflow2();
    const { runId } = await ours.runs.create({ experimentId: '0' });
    expect(await ours.loggedModels.get('m-1')).toBeNull();
    expect((await ours.loggedModels.search({ experimentIds: ['0'], limit: 5 })).items).toEqual([]);
    for (const work of [
      () => ours.loggedModels.create({ experimentId: '0', name: 'm' }),
      () => ours.runs.logOutputs(runId, [{ modelId: 'm-1', step: 0 }]),
      () => ours.runs.log(runId, { metrics: [metric('a', 1, { modelId: 'm-1' })] }),
      () => ours.loggedModels.finish('m-1', 'READY'),
    ])
      await expect(work()).rejects.toMatchObject({
        ...failure('NOT_FOUND'),
        hint: expect.stringContaining('mlflow db upgrade'),
      });
  });
});
