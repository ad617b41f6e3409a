import { hasLoggedModels } from '../embedded/has-table.ts';
import type { Store } from '../embedded/store.ts';

export type StillAlive = (pid: number) => boolean;

interface DeadRun {
  readonly runId: string;
  readonly name: string;
  readonly pid: number;
}

/** Runs that say RUNNING although the process that their tags name is gone. Those of other machines cannot be judged. */
export function findDeadRuns(store: Store, host: string, alive: StillAlive): DeadRun[] {
  const rows = store.all<{ runId: string; name: string | null; pid: string }>(
    `SELECT r.run_uuid AS runId, r.name AS name, p.value AS pid FROM runs AS r
     JOIN tags AS p ON p.run_uuid = r.run_uuid AND p."key" = 'sentops.pid'
     JOIN tags AS h ON h.run_uuid = r.run_uuid AND h."key" = 'sentops.host' AND h.value = ?
     WHERE r.status = 'RUNNING' AND r.lifecycle_stage = 'active' ORDER BY r.start_time, r.run_uuid`,
    host,
  );
  return rows.flatMap(({ runId, name, pid }) => {
    const number = /^[1-9]\d{0,9}$/.test(pid) ? Number(pid) : null;
    return number === null || alive(number) ? [] : [{ runId, name: name ?? '', pid: number }];
  });
}

/** A run that has ended meanwhile stays as it is. */
export function killRuns(store: Store, runIds: readonly string[], now: number): void {
  for (const runId of runIds)
    store.run(
      `UPDATE runs SET status = 'KILLED', end_time = min(?, max(coalesce(start_time, 0),
         coalesce((SELECT max(m.timestamp) FROM metrics AS m WHERE m.run_uuid = runs.run_uuid), 0)))
       WHERE run_uuid = ? AND status = 'RUNNING'`,
      now,
      runId,
    );
}

const PENDING = 1;
const UPLOAD_FAILED = 3;

/** Logged models that wait for files of a run that is over. */
export function findPendingModels(store: Store): { readonly modelId: string; readonly runId: string }[] {
  if (!hasLoggedModels(store)) return [];
  return store.all<{ modelId: string; runId: string }>(
    `SELECT l.model_id AS modelId, l.source_run_id AS runId FROM logged_models AS l
     JOIN runs AS r ON r.run_uuid = l.source_run_id
     WHERE l.status = ${PENDING} AND l.lifecycle_stage = 'active' AND r.status IN ('FINISHED', 'FAILED', 'KILLED')
     ORDER BY l.creation_timestamp_ms, l.model_id`,
  );
}

export function failModels(store: Store, modelIds: readonly string[], now: number): void {
  for (const modelId of modelIds)
    store.run(
      `UPDATE logged_models SET status = ${UPLOAD_FAILED}, last_updated_timestamp_ms = ?
       WHERE model_id = ? AND status = ${PENDING}`,
      now,
      modelId,
    );
}
