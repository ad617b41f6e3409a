import type { DatabaseSync } from 'node:sqlite';
import { SentopsError } from '../../core/errors.ts';

/** The newest revision of each MLflow that a store was opened with, by us and by it. */
const REVISIONS: Readonly<Record<string, string>> = {
  acf3f17fdcc7: '2.9',
  '5b0e9adcef9c': '2.14',
  '0584bdc529eb': '2.22',
  bda7b8c39065: '3.0',
  '71994744cf8e': '3.4',
  bf29a5ff90ea: '3.6',
  '1bd49d398cd23': '3.8',
  '1b5f0d9ad7c1': '3.10',
  '7d34483879f0': '3.12',
  b7e4c1a90f23: '3.14',
  b7e2c1a4d9f3: '3.16',
  dc11669786a5: '3.17',
};

/** What we read and write, whatever the revision. MLflow adds to it; a column that is gone is a store we cannot use. */
const NEEDED: Readonly<Record<string, string>> = {
  experiments: 'experiment_id name artifact_location lifecycle_stage creation_time last_update_time',
  experiment_tags: 'key value experiment_id',
  runs: 'run_uuid name source_type source_name entry_point_name user_id status start_time end_time source_version lifecycle_stage artifact_uri experiment_id deleted_time',
  metrics: 'key value timestamp run_uuid step is_nan',
  latest_metrics: 'key value timestamp step is_nan run_uuid',
  params: 'key value run_uuid',
  tags: 'key value run_uuid',
  datasets: 'dataset_uuid experiment_id name digest dataset_source_type dataset_source dataset_schema dataset_profile',
  inputs: 'input_uuid source_type source_id destination_type destination_id',
  input_tags: 'input_uuid name value',
  registered_models: 'name creation_time last_updated_time description',
  registered_model_tags: 'key value name',
  registered_model_aliases: 'alias version name',
  model_versions:
    'name version creation_time last_updated_time description user_id current_stage source run_id status status_message run_link storage_location',
  model_version_tags: 'key value name version',
};

/** Came with MLflow 3: without them there are no logged models, and the rest works. */
const SINCE_MLFLOW_3: Readonly<Record<string, string>> = {
  inputs: 'step',
  logged_models:
    'model_id experiment_id name artifact_location creation_timestamp_ms last_updated_timestamp_ms status lifecycle_stage model_type source_run_id status_message',
  logged_model_metrics:
    'model_id metric_name metric_timestamp_ms metric_step metric_value experiment_id run_id dataset_uuid dataset_name dataset_digest',
  logged_model_params: 'model_id experiment_id param_key param_value',
  logged_model_tags: 'model_id experiment_id tag_key tag_value',
};

interface Column {
  readonly tableName: string;
  readonly name: string;
  /** A row cannot be written without it. */
  readonly demanded: number;
}

/** Whether the database holds nothing at all: one that was never set up, or whose set-up was broken off. */
export function isEmpty(db: DatabaseSync): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' LIMIT 1").get() === undefined
  );
}

/**
 * Accepts a database of MLflow whose revision has all that we need, the unknown ones of newer versions among them.
 * Never changes it: upgrading is MLflow's business, and a downgrade is nobody's.
 */
export function checkRevision(db: DatabaseSync, file: string): void {
  const revision = readRevision(db, file);
  const columns = listColumns(db);
  const missing = Object.entries(NEEDED).flatMap(([name, needed]) =>
    needed.split(' ').flatMap(column => (columns.some(isColumn(name, column)) ? [] : [`${name}.${column}`])),
  );
  const strange = columns.filter(
    ({ tableName, name, demanded }) =>
      demanded === 1 && !`${NEEDED[tableName] ?? ''} ${SINCE_MLFLOW_3[tableName] ?? ''}`.split(' ').includes(name),
  );
  if (missing.length > 0 || strange.length > 0) throw cannotUse(revision, file, missing, strange);
  refuseWorkspaces(db, columns, file);
}

function readRevision(db: DatabaseSync, file: string): string {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all()
    .map(row => row['name']);
  const row = tables.includes('alembic_version')
    ? db.prepare('SELECT version_num AS revision FROM alembic_version').get()
    : undefined;
  if (row !== undefined) return String(row['revision']);
  const ours = tables.includes('experiments');
  throw new SentopsError(
    'DATA_INVALID',
    ours
      ? `the MLflow store ${file} was never set up to its end`
      : `${file} is a database of something else than MLflow`,
    {
      hint: ours
        ? 'let MLflow set it up (mlflow db upgrade), or move it away and a new store is made'
        : 'name another file with --mlflow-uri sqlite:///<file>',
      details: { file, tables: tables.slice(0, 20) },
    },
  );
}

function listColumns(db: DatabaseSync): Column[] {
  const tables = [...Object.keys(NEEDED), ...Object.keys(SINCE_MLFLOW_3)];
  const rows = db
    .prepare(
      `SELECT m.name AS tableName, c.name AS name, c."notnull" = 1 AND coalesce(c.dflt_value, 'NULL') = 'NULL' AS demanded
       FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND m.name IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(tables));
  return rows.map(row => ({
    tableName: String(row['tableName']),
    name: String(row['name']),
    demanded: Number(row['demanded']),
  }));
}

function isColumn(tableName: string, name: string): (column: Column) => boolean {
  return column => column.tableName === tableName && column.name === name;
}

function cannotUse(
  revision: string,
  file: string,
  missing: readonly string[],
  strange: readonly Column[],
): SentopsError {
  const known = REVISIONS[revision];
  const what = known === undefined ? 'which this sentops does not know' : `the one of MLflow ${known}`;
  const why =
    missing.length > 0
      ? `it has no ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}`
      : `it demands ${strange.map(({ tableName, name }) => `${tableName}.${name}`).join(', ')}`;
  return new SentopsError('DATA_INVALID', `${file} is at revision ${revision}, ${what}, and cannot be used: ${why}`, {
    hint: `if MLflow upgrades it just now, run the command again; sentops knows the stores of MLflow 2.9 to 3.17; upgrade an older one with: mlflow db upgrade sqlite:///${file}; for a newer one update sentops, or start mlflow server on it and name that server`,
    details: { file, revision, missing, demanded: strange.map(({ tableName, name }) => `${tableName}.${name}`) },
  });
}

/** With workspaces one name may stand for several things; MLflow without them refuses such a store as well. */
function refuseWorkspaces(db: DatabaseSync, columns: readonly Column[], file: string): void {
  for (const name of ['experiments', 'registered_models']) {
    if (!columns.some(isColumn(name, 'workspace'))) continue;
    const found = db.prepare(`SELECT workspace FROM ${name} WHERE workspace <> 'default' LIMIT 1`).get();
    if (found !== undefined)
      throw new SentopsError('DATA_INVALID', `${file} holds the workspace ${String(found['workspace'])}`, {
        hint: 'sentops does not open stores with workspaces; start mlflow server on it and name that server',
        details: { file, workspace: found['workspace'] },
      });
  }
}
