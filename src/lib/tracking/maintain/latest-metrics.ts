import type { Store } from '../embedded/store.ts';

export interface MetricKey {
  readonly runId: string;
  readonly key: string;
}

/** The value that a run shows for a metric: of the greatest step, then the latest, then the greatest. */
const BEST = 'ORDER BY m.step DESC, m.timestamp DESC, m.value DESC';

/** Metrics whose shown value is not the one that their history says. */
export function findStaleMetrics(store: Store): MetricKey[] {
  return store.all<MetricKey>(
    `SELECT coalesce(h.run_uuid, l.run_uuid) AS runId, coalesce(h."key", l."key") AS "key"
     FROM (SELECT m.run_uuid, m."key", m.step, m.timestamp, m.value,
             row_number() OVER (PARTITION BY m.run_uuid, m."key" ${BEST}) AS place FROM metrics AS m) AS h
     FULL JOIN latest_metrics AS l ON l.run_uuid = h.run_uuid AND l."key" = h."key"
     WHERE coalesce(h.place, 1) = 1
       AND (h.run_uuid IS NULL OR l.run_uuid IS NULL
            OR l.step != h.step OR l.timestamp IS NOT h.timestamp OR l.value != h.value)
     ORDER BY 1, 2`,
  );
}

/** Writes shown values anew from their history. One that has no history becomes its only value: nothing is lost. */
export function refreshLatestMetrics(store: Store, metrics: readonly MetricKey[]): void {
  for (const { runId, key } of metrics) {
    store.run(
      `INSERT INTO metrics ("key", value, timestamp, step, is_nan, run_uuid)
       SELECT l."key", l.value, coalesce(l.timestamp, 0), l.step, l.is_nan, l.run_uuid FROM latest_metrics AS l
       WHERE l.run_uuid = ? AND l."key" = ? AND NOT EXISTS
         (SELECT 1 FROM metrics AS m WHERE m.run_uuid = l.run_uuid AND m."key" = l."key")`,
      runId,
      key,
    );
    store.run('DELETE FROM latest_metrics WHERE run_uuid = ? AND "key" = ?', runId, key);
    store.run(
      `INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid)
       SELECT m."key", m.value, m.timestamp, m.step, m.is_nan, m.run_uuid FROM metrics AS m
       WHERE m.run_uuid = ? AND m."key" = ? ${BEST} LIMIT 1`,
      runId,
      key,
    );
  }
}
