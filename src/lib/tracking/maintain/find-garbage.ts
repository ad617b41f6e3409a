import { hasLoggedModels } from '../embedded/has-table.ts';
import type { Store } from '../embedded/store.ts';

export interface KeptThing {
  readonly kind: 'experiment' | 'run' | 'loggedModel';
  readonly id: string;
  readonly reason: string;
}

export interface Garbage {
  readonly experiments: readonly string[];
  readonly runs: readonly string[];
  readonly loggedModels: readonly string[];
  readonly kept: readonly KeptThing[];
}

/** Where MLflow keeps the number of a version that was deleted. */
const LIVING_VERSION = "v.current_stage IS NOT 'Deleted_Internal'";

/** What is marked as deleted since before that moment and that nothing needs any more. */
export function findGarbage(store: Store, before: number): Garbage {
  const kept: KeptThing[] = [];
  const free = (kind: KeptThing['kind'], rows: readonly { id: string; reason: string | null }[]) =>
    rows.flatMap(({ id, reason }) => {
      if (reason === null) return [id];
      kept.push({ kind, id, reason });
      return [];
    });
  const loggedModels = free('loggedModel', findLoggedModels(store, before));
  const runs = free('run', findRuns(store, before, loggedModels));
  const experiments = free('experiment', findExperiments(store, before, runs, loggedModels));
  return { experiments, runs, loggedModels, kept };
}

interface Candidate {
  readonly id: string;
  /** Why it stays. */
  readonly reason: string | null;
}

/**
 * MLflow deletes runs and the models that they logged one by one. `sentops train` keeps the only copy of a model there, so
 * that it goes with its run, as it would if it lay among its files.
 */
const OWN_TRAINING = `EXISTS (SELECT 1 FROM tags AS t
  WHERE t.run_uuid = r.run_uuid AND t.key = 'mlflow.source.name' AND t.value = 'sentops train')`;

function findLoggedModels(store: Store, before: number): Candidate[] {
  if (!hasLoggedModels(store)) return [];
  return store.all<Candidate>(
    `SELECT l.model_id AS id,
       (SELECT 'version ' || v.version || ' of ' || v.name || ' is made of it' FROM model_versions AS v
        WHERE ${LIVING_VERSION} AND (v.source = 'models:/' || l.model_id OR ${isBelow('l.artifact_location')})) AS reason
     FROM logged_models AS l LEFT JOIN experiments AS e ON e.experiment_id = l.experiment_id
       LEFT JOIN runs AS r ON r.run_uuid = l.source_run_id AND ${OWN_TRAINING}
     WHERE (l.lifecycle_stage = 'deleted' AND l.last_updated_timestamp_ms <= ?)
       OR (e.lifecycle_stage = 'deleted' AND e.last_update_time <= ?)
       OR (r.lifecycle_stage = 'deleted' AND coalesce(r.deleted_time, r.end_time, r.start_time, 0) <= ?)
     ORDER BY l.model_id`,
    before,
    before,
    before,
  );
}

/** MLflow 1 did not note when a run was deleted; then its end counts. */
function findRuns(store: Store, before: number, loggedModels: readonly string[]): Candidate[] {
  const madeModels = hasLoggedModels(store)
    ? `(SELECT 'logged model ' || l.model_id || ' of it is still there' FROM logged_models AS l
        WHERE l.source_run_id = r.run_uuid AND l.model_id NOT IN (SELECT value FROM json_each(?)))`
    : 'CASE WHEN ? IS NULL THEN 0 END';
  return store.all<Candidate>(
    `SELECT r.run_uuid AS id, coalesce(
       (SELECT 'version ' || v.version || ' of ' || v.name || ' is made of it' FROM model_versions AS v
        WHERE ${LIVING_VERSION} AND (v.run_id = r.run_uuid OR v.source || '/' LIKE 'runs:/' || r.run_uuid || '/%'
          OR ${isBelow('r.artifact_uri')})), ${madeModels}) AS reason
     FROM runs AS r WHERE r.lifecycle_stage = 'deleted' AND coalesce(r.deleted_time, r.end_time, r.start_time, 0) <= ?
     ORDER BY r.run_uuid`,
    JSON.stringify(loggedModels),
    before,
  );
}

function isBelow(location: string): string {
  const inside = (column: string) => `substr(${column}, 1, length(${location}) + 1) = ${location} || '/'`;
  return `${inside('v.source')} OR ${inside('v.storage_location')}`;
}

function findExperiments(
  store: Store,
  before: number,
  runs: readonly string[],
  models: readonly string[],
): Candidate[] {
  const remaining = hasLoggedModels(store)
    ? `+ (SELECT count(*) FROM logged_models AS l WHERE l.experiment_id = e.experiment_id
         AND l.model_id NOT IN (SELECT value FROM json_each(?)))`
    : '+ (? IS NULL)';
  return store.all<Candidate>(
    `SELECT CAST(e.experiment_id AS TEXT) AS id,
       CASE WHEN (SELECT count(*) FROM runs AS r WHERE r.experiment_id = e.experiment_id
         AND r.run_uuid NOT IN (SELECT value FROM json_each(?))) ${remaining} > 0
         THEN 'runs or logged models of it stay' END AS reason
     FROM experiments AS e WHERE e.lifecycle_stage = 'deleted' AND coalesce(e.last_update_time, 0) <= ?
       AND e.experiment_id != 0 ORDER BY e.experiment_id`,
    JSON.stringify(runs),
    JSON.stringify(models),
    before,
  );
}

export interface Claims {
  readonly ids: ReadonlySet<string>;
  readonly locations: readonly string[];
  /** Where whole experiments lie. */
  readonly experiments: readonly string[];
}

/** What still has a claim on files once the garbage is gone: ids, and every location that anything names. */
export function findClaims(store: Store, garbage: Garbage): Claims {
  const gone = new Set([...garbage.runs, ...garbage.loggedModels]);
  const rows = [
    ...store.all<{ id: string; location: string | null }>('SELECT run_uuid AS id, artifact_uri AS location FROM runs'),
    ...(hasLoggedModels(store)
      ? store.all<{ id: string; location: string | null }>(
          'SELECT model_id AS id, artifact_location AS location FROM logged_models',
        )
      : []),
  ].filter(({ id }) => !gone.has(id));
  const versions = store.all<{ location: string | null }>(
    `SELECT v.source AS location FROM model_versions AS v WHERE ${LIVING_VERSION}
     UNION SELECT v.storage_location FROM model_versions AS v WHERE ${LIVING_VERSION}`,
  );
  const experiments = store.all<{ location: string | null }>('SELECT artifact_location AS location FROM experiments');
  return {
    ids: new Set(rows.map(({ id }) => id)),
    locations: [...rows, ...versions].flatMap(({ location }) => location ?? []),
    experiments: experiments.flatMap(({ location }) => location ?? []),
  };
}
