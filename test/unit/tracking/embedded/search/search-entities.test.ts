import { beforeEach, describe, expect, test } from 'vitest';
import { searchExperiments } from '../../../../../src/lib/tracking/embedded/search/search-experiments.ts';
import {
  type LoggedModelSearch,
  searchLoggedModels,
} from '../../../../../src/lib/tracking/embedded/search/search-logged-models.ts';
import { searchModelVersions } from '../../../../../src/lib/tracking/embedded/search/search-model-versions.ts';
import { searchRegisteredModels } from '../../../../../src/lib/tracking/embedded/search/search-registered-models.ts';
import type { Store } from '../../../../../src/lib/tracking/embedded/store.ts';
import { openTemp } from '../stores.ts';

let store: Store;

/** The answers below were compared with those of MLflow 3.17's client on a database like this one. */
beforeEach(async () => {
  ({ store } = await openTemp());
});

async function fill(
  table: string,
  columns: string,
  ...rows: readonly (readonly (string | number | null)[])[]
): Promise<void> {
  const marks = columns.split(',').map(() => '?');
  await store.write(() => {
    for (const row of rows) store.run(`INSERT INTO ${table} (${columns}) VALUES (${marks.join()})`, ...row);
  });
}

describe('experiments', () => {
  beforeEach(async () => {
    await fill(
      'experiments',
      'experiment_id, name, lifecycle_stage, creation_time, last_update_time',
      [1, 'alpha', 'active', 1000, 3000],
      [2, 'Alpha', 'active', 2000, 2000],
      [3, 'beta', 'active', 2000, null],
      [4, 'gone', 'deleted', 5000, 1000],
      [5, 'no time', 'active', null, null],
    );
    await fill(
      'experiment_tags',
      'experiment_id, "key", value',
      [1, 'team', 'a'],
      [2, 'team', 'A'],
      [3, 'Team', 'a'],
      [4, 'team', 'a'],
    );
  });

  const find = (filter: string, orderBy: readonly string[] = [], view: 'active' | 'deleted' | 'all' = 'all') =>
    searchExperiments(store.db, { filter, orderBy, limit: 100, view }).ids.filter(id => id !== '0');

  test.each<[string, string[]]>([
    ["name = 'alpha'", ['1']],
    ["name LIKE 'a%'", ['1']],
    ["name ILIKE 'ALPHA'", ['2', '1']],
    ["tags.team = 'a'", ['4', '1']],
    ["tags.team != 'a'", ['2']],
    ["tags.team IS NULL AND name != 'Default'", ['3', '5']],
    ["tags.team IS NOT NULL AND tags.team ILIKE 'A'", ['4', '2', '1']],
    ['creation_time >= 2000', ['4', '2', '3']],
    ["experiment_id IN ('1', '3')", ['3', '1']],
    ["experiment_id NOT IN ('1', '2', '0') AND attribute.name != 'beta'", ['4', '5']],
    ["experiment_id = '4'", ['4']],
  ])('%s', (filter, ids) => {
    expect(find(filter)).toEqual(ids);
  });

  test('views', () => {
    expect(find('', [], 'active')).toEqual(['2', '3', '1', '5']);
    expect(find('', [], 'deleted')).toEqual(['4']);
    expect(searchExperiments(store.db, { limit: 100 }).ids).toContain('0');
  });

  test('equals stand by number, the greatest first, where an order is asked for', () => {
    expect(find('', ['creation_time DESC'], 'active')).toEqual(['3', '2', '1', '5']);
    expect(find('', ['last_update_time ASC', 'name'], 'active')).toEqual(['3', '5', '2', '1']);
    expect(find('', ['experiment_id'], 'active')).toEqual(['1', '2', '3', '5']);
  });
});

describe('registered models and versions', () => {
  const names = ['beta', 'Alpha', 'alpha', 'prompt'];
  beforeEach(async () => {
    await fill(
      'registered_models',
      'name, creation_time, last_updated_time',
      ...names.map((name, index) => [name, 1, index % 3]),
    );
    await fill(
      'registered_model_tags',
      'name, "key", value',
      ['alpha', 'team', 'a'],
      ['beta', 'team', 'A'],
      ['prompt', 'mlflow.prompt.is_prompt', 'true'],
      ['prompt', 'team', 'a'],
    );
    await fill(
      'model_versions',
      'name, version, creation_time, last_updated_time, current_stage, source, run_id',
      ['alpha', 1, 1000, 2000, 'None', 's3://x', 'r1'],
      ['alpha', 2, 2000, 2000, 'Production', 'S3://x', null],
      ['alpha', 3, 3000, 9000, 'Deleted_Internal', 's3://x', 'r1'],
      ['beta', 1, 1000, 3000, 'None', 'runs:/r2/m', 'r2'],
      ['prompt', 1, 1, 1, 'None', 'x', null],
    );
    await fill(
      'model_version_tags',
      'name, version, "key", value',
      ['alpha', 1, 'team', 'a'],
      ['beta', 1, 'team', 'b'],
      ['prompt', 1, 'mlflow.prompt.is_prompt', 'true'],
    );
  });

  const models = (filter: string, orderBy: readonly string[] = []) =>
    searchRegisteredModels(store.db, { filter, orderBy, limit: 100 }).ids;
  const versions = (filter: string, orderBy: readonly string[] = []) =>
    searchModelVersions(store.db, { filter, orderBy, limit: 100 }).ids.map(({ name, version }) => `${name} ${version}`);

  test.each<[string, string[]]>([
    ['', ['Alpha', 'alpha', 'beta']],
    ["name LIKE 'a%'", ['alpha']],
    ["name ILIKE 'a%'", ['Alpha', 'alpha']],
    ["name IN ('beta', 'x')", ['beta']],
    ["tags.team = 'a'", ['alpha']],
    ["tags.team ILIKE 'a' AND name != 'alpha'", ['beta']],
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ['prompt']],
    ["tags.`mlflow.prompt.is_prompt` != 'false' AND tags.team = 'a'", ['prompt']],
    ["tags.`mlflow.prompt.is_prompt` != 'true'", ['Alpha', 'alpha', 'beta']],
    ["tags.`mlflow.prompt.is_prompt` = 'false' AND tags.team = 'a'", ['alpha']],
  ])('models: %s', (filter, found) => {
    expect(models(filter)).toEqual(found);
  });

  test('models in an order', () => {
    expect(models('', ['name DESC'])).toEqual(['beta', 'alpha', 'Alpha']);
    expect(models('', ['timestamp DESC'])).toEqual(['alpha', 'Alpha', 'beta']);
  });

  test.each<[string, string[]]>([
    ['', ['beta 1', 'alpha 2', 'alpha 1']],
    ["name = 'alpha'", ['alpha 2', 'alpha 1']],
    ['version_number > 1', ['alpha 2']],
    ["version_number = '1'", ['beta 1', 'alpha 1']],
    ["run_id = 'r1'", ['alpha 1']],
    ["run_id NOT IN ('r1')", ['beta 1']],
    ["source_path LIKE 's3%'", ['alpha 1']],
    ["source_path ILIKE 's3%'", ['alpha 2', 'alpha 1']],
    ["tags.team != 'a'", ['beta 1']],
    ["tag.`mlflow.prompt.is_prompt` = 'true'", ['prompt 1']],
  ])('versions: %s', (filter, found) => {
    expect(versions(filter)).toEqual(found);
  });

  test('versions in an order', () => {
    expect(versions('', ['name DESC'])).toEqual(['beta 1', 'alpha 2', 'alpha 1']);
    expect(versions('', ['version_number ASC'])).toEqual(['alpha 1', 'beta 1', 'alpha 2']);
    expect(versions('', ['creation_timestamp DESC', 'name DESC'])).toEqual(['alpha 2', 'beta 1', 'alpha 1']);
  });

  test('page by page', () => {
    const first = searchModelVersions(store.db, { limit: 2 });
    const second = searchModelVersions(store.db, { limit: 2, pageToken: first.nextPageToken ?? '' });
    expect([first.ids.length, second.ids, second.nextPageToken]).toEqual([2, [{ name: 'alpha', version: 1 }], null]);
  });

  test('of a database with workspaces only the default one is seen', async () => {
    await store.write(() => {
      for (const table of [
        'experiments',
        'registered_models',
        'registered_model_tags',
        'model_versions',
        'model_version_tags',
      ])
        store.db.exec(`ALTER TABLE ${table} ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'`);
      store.run("UPDATE registered_models SET workspace = 'other' WHERE name = 'beta'");
      store.run("UPDATE model_versions SET workspace = 'other' WHERE name = 'beta'");
      store.run("UPDATE registered_model_tags SET workspace = 'other' WHERE name = 'alpha'");
    });
    expect(models('')).toEqual(['Alpha', 'alpha']);
    expect(models("tags.team = 'a'")).toEqual([]);
    expect(versions('')).toEqual(['alpha 2', 'alpha 1']);
    expect(searchExperiments(store.db, { limit: 9 }).ids).toEqual(['0']);
  });
});

describe('logged models', () => {
  beforeEach(async () => {
    await fill('experiments', 'experiment_id, name, lifecycle_stage', [1, 'e', 'active']);
    await fill('runs', 'run_uuid, experiment_id, lifecycle_stage', ['r1', 1, 'active'], ['r2', 1, 'active']);
    const columns =
      'model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id';
    await fill(
      'logged_models',
      columns,
      ['m-1', 1, 'one', 'x', 1000, 1000, 2, 'active', 'agent', 'r1'],
      ['m-2', 1, 'Two', 'x', 2000, 1000, 1, 'active', null, 'r2'],
      ['m-3', 1, 'three', 'x', 2000, 3000, 3, 'active', 'Agent', null],
      ['m-4', 1, 'gone', 'x', 9000, 1000, 2, 'deleted', null, null],
      ['m-5', 0, 'elsewhere', 'x', 9000, 1000, 2, 'active', null, null],
    );
    const metric = (model: string, name: string, at: number, value: number | null, dataset: string | null = null) =>
      [model, name, at, 0, value, 1, 'r1', dataset, dataset] as const;
    await fill(
      'logged_model_metrics',
      'model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, experiment_id, run_id, dataset_name, dataset_digest',
      metric('m-1', 'f1', 1, 0.9, 'train'),
      metric('m-1', 'f1', 2, 0.5, 'test'),
      metric('m-2', 'f1', 1, 0.7, 'test'),
      metric('m-3', 'f1', 1, null),
      metric('m-3', 'loss', 1, 3),
    );
    await fill(
      'logged_model_params',
      'model_id, experiment_id, param_key, param_value',
      ['m-1', 1, 'depth', '5'],
      ['m-2', 1, 'depth', '10'],
    );
    await fill(
      'logged_model_tags',
      'model_id, experiment_id, tag_key, tag_value',
      ['m-1', 1, 'a b', 'x'],
      ['m-3', 1, 'a b', 'X'],
    );
  });

  const find = (more: Partial<LoggedModelSearch>) =>
    searchLoggedModels(store.db, { experimentIds: ['1'], limit: 100, ...more }).ids;

  test.each<[string, string[]]>([
    ['', ['m-2', 'm-3', 'm-1']],
    ["name = 'one'", ['m-1']],
    ['name = one', ['m-1']],
    ["name ILIKE 't%'", ['m-2', 'm-3']],
    ["name LIKE 't%'", ['m-3']],
    ['metrics.f1 > 0.6', ['m-2', 'm-1']],
    ['metrics.f1 != 0.9', ['m-2', 'm-1']],
    ['metrics.f1 >= 0.5 AND metrics.f1 < 0.6', ['m-1']],
    ["params.depth = '5'", ['m-1']],
    ['params.depth = 10', ['m-2']],
    ["params.depth NOT IN ('5')", ['m-2']],
    ["tags.`a b` = 'X'", ['m-3']],
    ['creation_time = 2000 AND last_updated_timestamp > 1000', ['m-3']],
    ["source_run_id IN ('r1', 'r2')", ['m-2', 'm-1']],
    ["model_type != 'agent'", ['m-3']],
    ["status = 'READY'", ['m-1']],
    ["status = 'LOGGED_MODEL_PENDING'", ['m-2']],
    ["status = '2'", ['m-1']],
    ["status != 'READY'", ['m-2', 'm-3']],
    ["status IN ('READY', 'UPLOAD_FAILED')", ['m-3', 'm-1']],
    ["attributes.model_id = 'm-1'", ['m-1']],
  ])('%s', (filter, ids) => {
    expect(find({ filter })).toEqual(ids);
  });

  test('by a metric, its latest value counts; what has none comes last either way', () => {
    expect(find({ orderBy: ['metrics.f1 DESC'] })).toEqual(['m-2', 'm-1', 'm-3']);
    expect(find({ orderBy: ['metrics.f1 ASC'] })).toEqual(['m-1', 'm-2', 'm-3']);
    expect(find({ orderBy: ['model_type', 'name DESC'] })).toEqual(['m-3', 'm-1', 'm-2']);
    expect(find({ orderBy: ['creation_timestamp ASC'] })).toEqual(['m-1', 'm-2', 'm-3']);
  });

  test('metrics of one dataset only', () => {
    const orderBy = [{ field: 'metrics.f1', ascending: false, dataset: { name: 'train', digest: 'train' } }];
    expect(find({ orderBy })).toEqual(['m-1', 'm-2', 'm-3']);
    expect(find({ datasets: [{ name: 'train' }] })).toEqual(['m-1']);
    expect(find({ datasets: [{ name: 'test' }, { name: 'train', digest: 'other' }] })).toEqual(['m-2', 'm-1']);
    expect(find({ datasets: [{ name: 'test' }], filter: 'metrics.f1 > 0.6' })).toEqual(['m-2']);
  });

  test('a field that REST gives has no quotes around it', () => {
    const order = (field: string) => find({ orderBy: [{ field, ascending: true }] });
    expect(order('metrics.loss')).toEqual(['m-3', 'm-2', 'm-1']);
    expect(order('metrics.no such, metric')).toEqual(['m-2', 'm-3', 'm-1']);
    expect(order('creation_time')).toEqual(['m-1', 'm-2', 'm-3']);
    expect(() => order('params.depth')).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });
});
