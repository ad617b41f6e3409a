import { randomUUID } from 'node:crypto';
import { SentopsError } from '../../core/errors.ts';
import { checkKey, checkLoggedModelName, checkTags } from '../check-values.ts';
import {
  LOGGED_MODEL_STATUSES,
  type LoggedModel,
  type LoggedModelMetric,
  type LoggedModelStatus,
  type Texts,
} from '../entities.ts';
import type { LoggedModels, NewLoggedModel } from '../types.ts';
import { joinUri } from './artifact-roots.ts';
import { changedParam } from './changed-param.ts';
import { demandActive } from './experiments.ts';
import { demandLoggedModels, hasLoggedModels } from './has-table.ts';
import { searchLoggedModels } from './search/search-logged-models.ts';
import type { Store } from './store.ts';
import { groupTexts, type TextRow } from './texts.ts';

export function embeddedLoggedModels(store: Store): LoggedModels {
  return {
    create: async model => {
      checkLoggedModelName(model.name);
      checkTags('registry', model.tags);
      checkParamKeys(model.params ?? {});
      return store.write(() => insert(store, model));
    },
    get: async modelId =>
      store.read(() => (hasLoggedModels(store) ? (loadLoggedModels(store, [modelId])[0] ?? null) : null)),
    search: async query =>
      store.read(() => {
        if (!hasLoggedModels(store)) return { items: [], nextPageToken: null };
        const { ids, nextPageToken } = searchLoggedModels(store.db, query);
        return { items: loadLoggedModels(store, ids), nextPageToken };
      }),
    finish: async (modelId, status) =>
      store.write(() => {
        demandModel(store, modelId);
        touch(store, modelId, 'status = ?', LOGGED_MODEL_STATUSES.indexOf(status) + 1);
      }),
    setTags: async (modelId, tags) => {
      checkTags('registry', tags);
      await store.write(() => setModelTags(store, modelId, demandModel(store, modelId), tags));
    },
    deleteTag: async (modelId, key) =>
      store.write(() => {
        demandModel(store, modelId);
        if (store.run('DELETE FROM logged_model_tags WHERE model_id = ? AND tag_key = ?', modelId, key) === 0)
          throw new SentopsError('NOT_FOUND', `logged model ${modelId} has no tag ${JSON.stringify(key)}`, {
            details: { modelId, key },
          });
      }),
    logParams: async (modelId, params) => {
      checkParamKeys(params);
      await store.write(() => logParams(store, modelId, demandModel(store, modelId), params));
    },
    delete: async modelId =>
      store.write(() => {
        demandModel(store, modelId);
        touch(store, modelId, 'lifecycle_stage = ?', 'deleted');
      }),
  };
}

interface ModelRow {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: number;
  readonly statusMessage: string | null;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
}

/** Those that are there and not deleted, in the order of the ids. */
function loadLoggedModels(store: Store, ids: readonly string[]): LoggedModel[] {
  const wanted = JSON.stringify(ids);
  const rows = store.all<ModelRow>(
    `SELECT model_id AS modelId, CAST(experiment_id AS TEXT) AS experimentId, name, artifact_location AS artifactUri,
       CAST(creation_timestamp_ms AS REAL) AS createdAt, CAST(last_updated_timestamp_ms AS REAL) AS updatedAt, status,
       status_message AS statusMessage, model_type AS modelType, source_run_id AS sourceRunId
     FROM logged_models WHERE lifecycle_stage = 'active' AND model_id IN (SELECT value FROM json_each(?))`,
    wanted,
  );
  const params = loadTexts(store, 'param', wanted);
  const tags = loadTexts(store, 'tag', wanted);
  const metrics = Map.groupBy(loadMetrics(store, wanted), ({ modelId }) => modelId);
  const found = new Map(
    rows.map(row => [
      row.modelId,
      {
        ...row,
        status: statusOf(row.status),
        params: params(row.modelId),
        tags: tags(row.modelId),
        metrics: metrics.get(row.modelId) ?? [],
      },
    ]),
  );
  return ids.flatMap(id => found.get(id) ?? []);
}

function statusOf(stored: number): LoggedModelStatus {
  return LOGGED_MODEL_STATUSES[stored - 1] ?? 'PENDING';
}

function loadTexts(store: Store, kind: 'param' | 'tag', wanted: string): (owner: string) => Texts {
  return groupTexts(
    store.all<TextRow>(
      `SELECT model_id AS owner, ${kind}_key AS key, ${kind}_value AS value FROM logged_model_${kind}s
       WHERE model_id IN (SELECT value FROM json_each(?)) ORDER BY 2`,
      wanted,
    ),
  );
}

interface ModelMetricRow {
  readonly modelId: string;
  readonly runId: string;
  readonly key: string;
  readonly value: number | null;
  readonly timestamp: number;
  readonly step: number;
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
}

function loadMetrics(store: Store, wanted: string): LoggedModelMetric[] {
  const rows = store.all<ModelMetricRow>(
    `SELECT model_id AS modelId, run_id AS runId, metric_name AS key, metric_value AS value,
       CAST(metric_timestamp_ms AS REAL) AS timestamp, CAST(metric_step AS REAL) AS step,
       dataset_name AS datasetName, dataset_digest AS datasetDigest
     FROM logged_model_metrics WHERE model_id IN (SELECT value FROM json_each(?))
     ORDER BY metric_name, metric_step, metric_timestamp_ms, run_id`,
    wanted,
  );
  return rows.map(({ value, datasetName, datasetDigest, ...rest }) => ({
    ...rest,
    value: value ?? Number.NaN,
    ...(datasetName === null ? {} : { datasetName }),
    ...(datasetDigest === null ? {} : { datasetDigest }),
  }));
}

function insert(store: Store, model: NewLoggedModel): LoggedModel {
  demandLoggedModels(store);
  const experiment = demandActive(store, model.experimentId);
  const root = store.get<{ uri: string | null }>(
    'SELECT artifact_location AS uri FROM experiments WHERE experiment_id = ?',
    experiment,
  );
  const modelId = `m-${randomUUID().replaceAll('-', '')}`;
  const now = Date.now();
  store.run(
    `INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,
       last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id)
     VALUES (?, ?, ?, ?, ?, ?, 1, 'active', ?, ?)`,
    modelId,
    experiment,
    model.name,
    joinUri(root?.uri ?? '', 'models', modelId, 'artifacts'),
    now,
    now,
    model.modelType ?? null,
    model.sourceRunId ?? null,
  );
  logParams(store, modelId, experiment, model.params ?? {});
  setModelTags(store, modelId, experiment, model.tags ?? {});
  const [made] = loadLoggedModels(store, [modelId]);
  if (made === undefined) throw new Error(`logged model ${modelId} was written and cannot be read`);
  return made;
}

/** Of any length, unlike those of runs. */
function checkParamKeys(params: Texts): void {
  for (const key of Object.keys(params)) checkKey('parameter', key);
}

function logParams(store: Store, modelId: string, experimentId: string, params: Texts): void {
  for (const [key, value] of Object.entries(params)) {
    const written = store.run(
      `INSERT INTO logged_model_params (model_id, experiment_id, param_key, param_value) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      modelId,
      experimentId,
      key,
      value,
    );
    if (written === 1) continue;
    const known = store.get<{ value: string }>(
      'SELECT param_value AS value FROM logged_model_params WHERE model_id = ? AND param_key = ?',
      modelId,
      key,
    );
    if (known?.value !== value) throw changedParam(`logged model ${modelId}`, key, known?.value, value);
  }
}

export function setModelTags(store: Store, modelId: string, experimentId: string, tags: Texts): void {
  for (const [key, value] of Object.entries(tags))
    store.run(
      `INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) VALUES (?, ?, ?, ?)
       ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value`,
      modelId,
      experimentId,
      key,
      value,
    );
}

/** The id of its experiment. */
export function demandModel(store: Store, modelId: string): string {
  demandLoggedModels(store);
  const found = store.get<{ experimentId: string }>(
    "SELECT CAST(experiment_id AS TEXT) AS experimentId FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active'",
    modelId,
  );
  if (found !== undefined) return found.experimentId;
  throw new SentopsError('NOT_FOUND', `there is no logged model ${JSON.stringify(modelId)}`, { details: { modelId } });
}

function touch(
  store: Store,
  modelId: string,
  change: 'status = ?' | 'lifecycle_stage = ?',
  value: string | number,
): void {
  store.run(
    `UPDATE logged_models SET ${change}, last_updated_timestamp_ms = ? WHERE model_id = ?`,
    value,
    Date.now(),
    modelId,
  );
}
