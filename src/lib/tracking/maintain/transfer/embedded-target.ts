import { joinUri, rootOfExperiment } from '../../embedded/artifact-roots.ts';
import { demandLoggedModels, hasLoggedModels } from '../../embedded/has-table.ts';
import { logDatasets, logModelInputs, logModelOutputs } from '../../embedded/inputs.ts';
import { logValues } from '../../embedded/log-values.ts';
import type { Store } from '../../embedded/store.ts';
import { LOGGED_MODEL_STATUSES, type Texts } from '../../entities.ts';
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
  const experiments = new Map<string, number>();
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
  const wanted = Number(record.experimentId);
  const known = store.get<{ id: number }>('SELECT experiment_id AS id FROM experiments WHERE name = ?', record.name);
  const isFree = (id: number) => store.get('SELECT 1 FROM experiments WHERE experiment_id = ?', id) === undefined;
  const id = known?.id ?? (Number.isSafeInteger(wanted) && isFree(wanted) ? wanted : nextExperiment(store));
  experiments.set(record.experimentId, id);
  if (id !== wanted) renamed.push({ kind: 'experiment', from: record.experimentId, to: String(id) });
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

function nextExperiment(store: Store): number {
  const row = store.get<{ id: number | null }>('SELECT max(experiment_id) AS id FROM experiments');
  return (row?.id ?? 0) + 1;
}

function experimentOf({ store, experiments }: EmbeddedPlace, id: string): { id: number; location: string } {
  const own = experiments.get(id) ?? Number(id);
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
  const count = () =>
    store.get<{ values: number }>('SELECT count(*) AS "values" FROM metrics WHERE run_uuid = ?', runId)?.values ?? 0;
  const before = count();
  const metrics = values.map(([key, value, timestamp, step]) => ({
    key,
    value: readMetricValue(value),
    timestamp,
    step,
  }));
  logValues(store, runId, 0, { metrics });
  return count() - before;
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

function putTexts(store: Store, kind: 'param' | 'tag', modelId: string, experiment: number, texts: Texts): void {
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
function putModelMetrics(store: Store, experiment: number, { modelId, metrics }: RecordOf<'loggedModel'>): void {
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

function rootOf(store: Store, { owner, id }: FileRecord): string {
  const row =
    owner === 'run'
      ? store.get<{ uri: string }>('SELECT artifact_uri AS uri FROM runs WHERE run_uuid = ?', id)
      : hasLoggedModels(store)
        ? store.get<{ uri: string }>('SELECT artifact_location AS uri FROM logged_models WHERE model_id = ?', id)
        : undefined;
  return row?.uri ?? '';
}
