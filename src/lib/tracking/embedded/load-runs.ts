import type { DatasetInput, Lifecycle, Metric, ModelOutput, Run, RunStatus, Texts } from '../entities.ts';
import { loadDatasets, loadModelInputs, loadModelOutputs } from './inputs.ts';
import { type MetricRow, toMetric } from './metric-row.ts';
import type { Store } from './store.ts';

interface RunRow {
  readonly runId: string;
  readonly experimentId: string;
  readonly name: string | null;
  readonly status: RunStatus;
  readonly userId: string | null;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly lifecycle: Lifecycle;
  readonly artifactUri: string | null;
  /** JSON of all of them: one row for a run instead of one for each is several times as fast. */
  readonly params: string;
  readonly tags: string;
}

const NO_METRICS: readonly Metric[] = [];
const NO_DATASETS: readonly DatasetInput[] = [];
const NO_OUTPUTS: readonly ModelOutput[] = [];

/** Whole runs, in the order of the ids; those that are not there are left out. A handful of queries, however many. */
export function loadRuns(store: Store, ids: readonly string[]): Run[] {
  if (ids.length === 0) return [];
  const wanted = JSON.stringify(ids);
  const rows = store.all<RunRow>(
    `SELECT run_uuid AS runId, CAST(experiment_id AS TEXT) AS experimentId, name, status, user_id AS userId,
       CAST(start_time AS REAL) AS startTime, CAST(end_time AS REAL) AS endTime, lifecycle_stage AS lifecycle,
       artifact_uri AS artifactUri,
       (SELECT json_group_object(key, value) FROM params p WHERE p.run_uuid = r.run_uuid) AS params,
       (SELECT json_group_object(key, coalesce(value, '')) FROM tags t WHERE t.run_uuid = r.run_uuid) AS tags
     FROM runs r WHERE run_uuid IN (SELECT value FROM json_each(?))`,
    wanted,
  );
  const metrics = loadLatest(store, wanted);
  const datasets = loadDatasets(store, wanted);
  const outputs = loadModelOutputs(store, wanted);
  const modelInputs = loadModelInputs(store, wanted);
  const found = new Map<string, Run>();
  for (const row of rows) {
    const params: Texts = JSON.parse(row.params);
    const tags: Texts = JSON.parse(row.tags);
    const read = modelInputs.get(row.runId);
    found.set(row.runId, {
      ...row,
      name: row.name || tags['mlflow.runName'] || '',
      userId: row.userId ?? '',
      startTime: row.startTime ?? 0,
      artifactUri: row.artifactUri ?? '',
      params,
      metrics: metrics.get(row.runId) ?? NO_METRICS,
      tags,
      inputs: datasets.get(row.runId) ?? NO_DATASETS,
      outputs: outputs.get(row.runId) ?? NO_OUTPUTS,
      ...(read === undefined ? {} : { modelInputs: read }),
    });
  }
  return ids.flatMap(id => found.get(id) ?? []);
}

function loadLatest(store: Store, wanted: string): Map<string, Metric[]> {
  const rows = store.all<MetricRow & { readonly runId: string }>(
    `SELECT run_uuid AS runId, key, value, CAST(timestamp AS REAL) AS timestamp, CAST(step AS REAL) AS step,
       is_nan AS isNan
     FROM latest_metrics WHERE run_uuid IN (SELECT value FROM json_each(?))`,
    wanted,
  );
  const byRun = new Map<string, Metric[]>();
  for (const row of rows) {
    const known = byRun.get(row.runId);
    if (known === undefined) byRun.set(row.runId, [toMetric(row)]);
    else known.push(toMetric(row));
  }
  for (const metrics of byRun.values()) metrics.sort((a, b) => (a.key < b.key ? -1 : 1));
  return byRun;
}
