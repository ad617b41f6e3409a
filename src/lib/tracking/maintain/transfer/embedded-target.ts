import { SentopsError } from '../../../core/errors.ts';
import { joinUri, rootOfExperiment } from '../../embedded/artifact-roots.ts';
import { demandLoggedModels, hasLoggedModels } from '../../embedded/has-table.ts';
import { logDatasets, logModelInputs, logModelOutputs } from '../../embedded/inputs.ts';
import { logMetrics, logValues } from '../../embedded/log-values.ts';
import type { Store } from '../../embedded/store.ts';
import { LOGGED_MODEL_STATUSES, type Texts } from '../../entities.ts';
import { partBelow } from '../move-location.ts';
import type { EmbeddedPlace } from './embedded-place.ts';
import { embeddedRegistry } from './embedded-registry.ts';
import type { ImportTarget, Outcome, Renamed } from './import-target.ts';
import { type FileRecord, type MetricsRecord, type RecordOf, readMetricValue } from './records.ts';

/**
 * Writes records into a database, ids included. Each record is one transaction. `withArtifacts`: the files come along,
 * so that locations are those of this store; otherwise they stay where they are.
 */
export function embeddedTarget(store: Store, withArtifacts: boolean): ImportTarget {
  const renamed: Renamed[] = [];
  const experiments = new Map<string, string>();
  const roots: [from: string, to: string][] = [];
  const place = { store, experiments, roots, renamed, withArtifacts };
  const registry = embeddedRegistry(place);
  return {
    renamed,
    experiment: record => store.write(() => putExperiment(place, record)),
    run: record => store.write(() => putRun(place, record)),
    loggedModel: record => store.write(() => putLoggedModel(place, record)),
    metrics: record => store.write(() => putMetrics(place, record)),
    outputs: ({ runId, models }) => store.write(() => logModelOutputs(store, runId, models)),
    model: record => store.write(() => registry.model(record)),
    version: record => store.write(() => registry.version(record)),
    rootOf: owner => rootOf(store, owner),
    finish: async () => {},
  };
}

/** A name stands for the same experiment; a number that is taken by another one is replaced. */
function putExperiment(
  { store, experiments, renamed, withArtifacts }: EmbeddedPlace,
  record: RecordOf<'experiment'>,
): Outcome {
  const wanted = record.experimentId;
  const known = store.get<{ id: string }>(
    'SELECT CAST(experiment_id AS TEXT) AS id FROM experiments WHERE name = ?',
    record.name,
  );
  const id = known?.id ?? (isFree(store, wanted) ? wanted : nextExperiment(store));
  experiments.set(wanted, id);
  if (id !== wanted) renamed.push({ kind: 'experiment', from: wanted, to: id });
  if (known !== undefined) return 'there';
  store.run(
    `INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
     VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    record.name,
    withArtifacts ? rootOfExperiment(store, id) : record.artifactLocation,
    record.lifecycle,
    record.createdAt,
    record.updatedAt,
  );
  for (const [key, value] of Object.entries(record.tags))
    store.run('INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?)', key, value, id);
  return 'made';
}

/** A number as the database has them; other servers may have had other ids. */
function isFree(store: Store, id: string): boolean {
  return (
    /^(0|[1-9]\d{0,17})$/.test(id) && store.get('SELECT 1 FROM experiments WHERE experiment_id = ?', id) === undefined
  );
}

function nextExperiment(store: Store): string {
  const row = store.get<{ id: string | null }>('SELECT CAST(max(experiment_id) + 1 AS TEXT) AS id FROM experiments');
  return row?.id ?? '1';
}

function experimentOf({ store, experiments }: EmbeddedPlace, id: string): { id: string; location: string } {
  const own = experiments.get(id);
  if (own === undefined)
    throw new SentopsError('DATA_INVALID', `the file has no experiment ${id}, and something in it belongs to it`, {
      hint: 'export it again',
      details: { experimentId: id },
    });
  const row = store.get<{ location: string | null }>(
    'SELECT artifact_location AS location FROM experiments WHERE experiment_id = ?',
    own,
  );
  return { id: own, location: row?.location ?? rootOfExperiment(store, own) };
}

function putRun(place: EmbeddedPlace, record: RecordOf<'run'>): Outcome {
  const { store, roots, withArtifacts } = place;
  const known = store.get<{ uri: string }>('SELECT artifact_uri AS uri FROM runs WHERE run_uuid = ?', record.runId);
  const experiment = experimentOf(place, record.experimentId);
  const own = withArtifacts ? joinUri(experiment.location, record.runId, 'artifacts') : record.artifactUri;
  const uri = known?.uri ?? own;
  if (uri !== record.artifactUri) roots.push([record.artifactUri, uri]);
  if (known !== undefined) return 'there';
  store.run(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
       source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time)
     VALUES (?, ?, 'UNKNOWN', '', '', ?, ?, ?, ?, '', ?, ?, ?, ?)`,
    record.runId,
    record.name,
    record.userId,
    record.status,
    record.startTime,
    record.endTime,
    record.lifecycle,
    uri,
    experiment.id,
    record.lifecycle === 'deleted' ? Date.now() : null,
  );
  logValues(store, record.runId, experiment.id, { params: record.params, tags: record.tags });
  logDatasets(store, record.runId, experiment.id, record.inputs);
  if (record.modelInputs !== undefined) logModelInputs(store, record.runId, record.modelInputs);
  return 'made';
}

function putMetrics({ store }: EmbeddedPlace, { runId, values }: MetricsRecord): number {
  const metrics = values.map(([key, value, timestamp, step]) => ({
    key,
    value: readMetricValue(value),
    timestamp,
    step,
  }));
  return logMetrics(store, runId, metrics);
}

function putLoggedModel(place: EmbeddedPlace, record: RecordOf<'loggedModel'>): Outcome {
  const { store, roots, withArtifacts } = place;
  demandLoggedModels(store);
  const { modelId } = record;
  const known = store.get<{ uri: string }>(
    'SELECT artifact_location AS uri FROM logged_models WHERE model_id = ?',
    modelId,
  );
  const experiment = experimentOf(place, record.experimentId);
  const own = withArtifacts ? joinUri(experiment.location, 'models', modelId, 'artifacts') : record.artifactUri;
  const uri = known?.uri ?? own;
  if (uri !== record.artifactUri) roots.push([record.artifactUri, uri]);
  if (known !== undefined) return 'there';
  store.run(
    `INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,
       last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?)`,
    modelId,
    experiment.id,
    record.name,
    uri,
    record.createdAt,
    record.updatedAt,
    LOGGED_MODEL_STATUSES.indexOf(record.status) + 1,
    record.modelType,
    record.sourceRunId,
    record.statusMessage,
  );
  putTexts(store, 'param', modelId, experiment.id, record.params);
  putTexts(store, 'tag', modelId, experiment.id, record.tags);
  putModelMetrics(store, experiment.id, record);
  return 'made';
}

function putTexts(store: Store, kind: 'param' | 'tag', modelId: string, experiment: string, texts: Texts): void {
  for (const [key, value] of Object.entries(texts))
    store.run(
      `INSERT INTO logged_model_${kind}s (model_id, experiment_id, ${kind}_key, ${kind}_value) VALUES (?, ?, ?, ?)`,
      modelId,
      experiment,
      key,
      value,
    );
}

/** A value that a run outside of the file logged has nothing to hang on. */
function putModelMetrics(store: Store, experiment: string, { modelId, metrics }: RecordOf<'loggedModel'>): void {
  for (const [key, value, timestamp, step, runId, datasetName, datasetDigest] of metrics) {
    const number = readMetricValue(value);
    store.run(
      `INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value,
         experiment_id, run_id, dataset_name, dataset_digest)
       SELECT ?, ?, ?, ?, ?, ?, r.run_uuid, ?, ? FROM runs AS r WHERE r.run_uuid = ?
       ON CONFLICT DO NOTHING`,
      modelId,
      key,
      timestamp,
      step,
      Number.isNaN(number) ? null : number,
      experiment,
      datasetName,
      datasetDigest,
      runId,
    );
  }
}

interface RootRow {
  readonly uri: string | null;
  readonly location: string | null;
}

/**
 * Files go nowhere but into the folder that a run or model has in its experiment. Anything else was recorded by a file
 * without artifacts, which may have named any folder of this machine.
 */
function rootOf(store: Store, { owner, id }: FileRecord): string {
  const [table, column, key, parts] =
    owner === 'run'
      ? ['runs', 'artifact_uri', 'run_uuid', [id, 'artifacts']]
      : ['logged_models', 'artifact_location', 'model_id', ['models', id, 'artifacts']];
  if (owner === 'loggedModel' && !hasLoggedModels(store)) return '';
  const row = store.get<RootRow>(
    `SELECT t.${column} AS uri, e.artifact_location AS location FROM ${table} AS t
     JOIN experiments AS e ON e.experiment_id = t.experiment_id WHERE t.${key} = ?`,
    id,
  );
  const root = row?.uri ?? '';
  if (root === '' || partBelow(root, joinUri(row?.location ?? '', ...parts)) !== null) return root;
  throw new SentopsError('CONFLICT', `the files of ${id} are recorded at ${root}, outside of its experiment here`, {
    hint: 'import into another store, or move them into this one and say so with: sentops store relocate --from … --to …',
    details: { id, root },
  });
}
