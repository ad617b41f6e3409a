import { checkMetric, checkName, checkParam, checkTags } from '../check-values.ts';
import type { Metric, Texts } from '../entities.ts';
import type { RunValues } from '../types.ts';
import { changedParam } from './changed-param.ts';
import { demandModel } from './logged-models.ts';
import { toColumns } from './metric-row.ts';
import type { Store } from './store.ts';

/** Throws for anything that cannot be, before a transaction is begun. */
export function checkValues({ metrics, params, tags }: RunValues): void {
  for (const metric of metrics ?? []) checkMetric(metric);
  for (const [key, value] of Object.entries(params ?? {})) checkParam(key, value);
  checkTags('run', tags);
  const name = tags?.['mlflow.runName'];
  if (name !== undefined) checkName('run', name);
}

export function logValues(store: Store, runId: string, experimentId: string, values: RunValues): void {
  logParams(store, runId, values.params ?? {});
  logMetrics(store, runId, values.metrics ?? []);
  logModelMetrics(store, runId, experimentId, values.metrics ?? []);
  setRunTags(store, runId, values.tags ?? {});
}

/** The name of a run is a column, too. */
export function setRunTags(store: Store, runId: string, tags: Texts): void {
  for (const [key, value] of Object.entries(tags)) {
    store.run(
      `INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)
       ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value`,
      key,
      value,
      runId,
    );
    if (key === 'mlflow.runName') store.run('UPDATE runs SET name = ? WHERE run_uuid = ?', value, runId);
  }
}

function logParams(store: Store, runId: string, params: Texts): void {
  for (const [key, value] of Object.entries(params)) {
    const written = store.run(
      'INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      key,
      value,
      runId,
    );
    if (written === 1) continue;
    const known = store.get<{ value: string }>('SELECT value FROM params WHERE run_uuid = ? AND key = ?', runId, key);
    if (known?.value !== value) throw changedParam(`run ${runId}`, key, known?.value, value);
  }
}

/** What was logged already, to the last bit, is there once. Returns how many were not. */
export function logMetrics(store: Store, runId: string, metrics: readonly Metric[]): number {
  const latest = new Map<string, Metric>();
  let made = 0;
  for (const metric of metrics) {
    const { key, timestamp, step } = metric;
    const { value, isNan } = toColumns(metric.value);
    made += store.run(
      `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      key,
      value,
      timestamp,
      runId,
      step,
      isNan,
    );
    const before = latest.get(key);
    if (before === undefined || isLater(metric, before)) latest.set(key, metric);
  }
  for (const metric of latest.values()) setLatest(store, runId, metric);
  return made;
}

/** MLflow compares steps, then times, then values, with what is not a number as 0. */
function isLater(metric: Metric, before: Metric): boolean {
  return (
    (metric.step - before.step ||
      metric.timestamp - before.timestamp ||
      toColumns(metric.value).value - toColumns(before.value).value) > 0
  );
}

/** MLflow shows and searches this table only. */
function setLatest(store: Store, runId: string, metric: Metric): void {
  const { value, isNan } = toColumns(metric.value);
  store.run(
    `INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key, run_uuid) DO UPDATE
     SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
     WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, coalesce(timestamp, 0), value)`,
    metric.key,
    value,
    metric.timestamp,
    metric.step,
    isNan,
    runId,
  );
}

/** A metric that names a logged model is the model's as well. That table has no mark for what is not a number. */
function logModelMetrics(store: Store, runId: string, experimentId: string, metrics: readonly Metric[]): void {
  const checked = new Set<string>();
  for (const { key, value, timestamp, step, modelId, datasetName, datasetDigest } of metrics) {
    if (modelId === undefined) continue;
    if (!checked.has(modelId)) demandModel(store, modelId);
    checked.add(modelId);
    store.run(
      `INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value,
         experiment_id, run_id, dataset_name, dataset_digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (model_id, metric_name, metric_timestamp_ms, metric_step, run_id) DO UPDATE
       SET metric_value = excluded.metric_value, dataset_name = excluded.dataset_name,
         dataset_digest = excluded.dataset_digest`,
      modelId,
      key,
      timestamp,
      step,
      toColumns(value).value,
      experimentId,
      runId,
      datasetName ?? null,
      datasetDigest ?? null,
    );
  }
}
