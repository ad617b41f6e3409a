import { randomUUID } from 'node:crypto';
import { SentopsError } from '../../core/errors.ts';
import { checkKey, checkName, checkTags, checkTime } from '../check-values.ts';
import { type Lifecycle, RUN_STATUSES, type Run, type RunStatus } from '../entities.ts';
import { readPageToken, writePageToken } from '../filter/page-token.ts';
import type { NewRun, Runs } from '../types.ts';
import { joinUri } from './artifact-roots.ts';
import { demandActive } from './experiments.ts';
import { friendlyName } from './friendly-name.ts';
import { logDatasets, logModelInputs, logModelOutputs } from './inputs.ts';
import { loadRuns } from './load-runs.ts';
import { checkValues, logValues, setRunTags } from './log-values.ts';
import { type MetricRow, toMetric } from './metric-row.ts';
import { checkLimit } from './search/find-page.ts';
import { searchRuns } from './search/search-runs.ts';
import type { Store } from './store.ts';

const ENDS: readonly RunStatus[] = ['FINISHED', 'FAILED', 'KILLED'];

export function embeddedRuns(store: Store): Runs {
  return {
    create: async run => {
      const named = nameAndTags(run);
      return store.write(() => insert(store, run, named));
    },
    get: async runId => store.read(() => loadRuns(store, [runId])[0] ?? null),
    update: async (runId, change) => {
      checkChange(change);
      await store.write(() => update(store, runId, change));
    },
    search: async query => {
      if (query.experimentIds.length === 0)
        throw new SentopsError('FLAG_INVALID', 'a search of runs names no experiment', {
          hint: 'name at least one experiment',
        });
      return store.read(() => {
        const { ids, nextPageToken } = searchRuns(store.db, query);
        return { items: loadRuns(store, ids), nextPageToken };
      });
    },
    log: async (runId, values) => {
      checkValues(values);
      await store.write(() => logValues(store, runId, demandActiveRun(store, runId), values));
    },
    deleteTag: async (runId, key) => {
      checkKey('tag', key);
      await store.write(() => {
        demandActiveRun(store, runId);
        if (store.run('DELETE FROM tags WHERE run_uuid = ? AND key = ?', runId, key) === 0)
          throw new SentopsError('NOT_FOUND', `run ${runId} has no tag ${JSON.stringify(key)}`, {
            details: { runId, key },
          });
      });
    },
    logInputs: async (runId, inputs) =>
      store.write(() => logDatasets(store, runId, demandActiveRun(store, runId), inputs)),
    logOutputs: async (runId, outputs) =>
      store.write(() => {
        demandActiveRun(store, runId);
        logModelOutputs(store, runId, outputs);
      }),
    logModelInputs: async (runId, modelIds) =>
      store.write(() => {
        demandActiveRun(store, runId);
        logModelInputs(store, runId, modelIds);
      }),
    history: async (runId, key, page) => store.read(() => readHistory(store, runId, key, page)),
    delete: async runId => store.write(() => move(store, runId, 'deleted')),
    restore: async runId => store.write(() => move(store, runId, 'active')),
  };
}

/** The id of its experiment, of a run that may be worked on. */
function demandActiveRun(store: Store, runId: string): string {
  const { experimentId, lifecycle } = demandRun(store, runId);
  if (lifecycle === 'active') return experimentId;
  throw new SentopsError('CONFLICT', `run ${runId} is deleted`, {
    hint: `bring it back with: sentops run restore ${runId}`,
    details: { runId, errorCode: 'INVALID_PARAMETER_VALUE' },
  });
}

function demandRun(store: Store, runId: string): { experimentId: string; lifecycle: Lifecycle } {
  const found = store.get<{ experimentId: string; lifecycle: Lifecycle }>(
    'SELECT CAST(experiment_id AS TEXT) AS experimentId, lifecycle_stage AS lifecycle FROM runs WHERE run_uuid = ?',
    runId,
  );
  if (found !== undefined) return found;
  throw new SentopsError('NOT_FOUND', `there is no run ${JSON.stringify(runId)}`, {
    hint: 'list them with: sentops run list',
    details: { runId },
  });
}

interface Named {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a run is called, who made it and what it belongs to are columns and tags at once: they have to agree. */
function nameAndTags(run: NewRun): Named {
  const tags = { ...run.tags };
  const name = agree(run.name, tags['mlflow.runName'], 'name', 'mlflow.runName') ?? friendlyName();
  checkName('run', name);
  tags['mlflow.runName'] = name;
  const parent = agree(run.parentRunId, tags['mlflow.parentRunId'], 'parent', 'mlflow.parentRunId');
  if (parent !== undefined) tags['mlflow.parentRunId'] = parent;
  const user = run.userId || undefined;
  if (user !== undefined) tags['mlflow.user'] ??= user;
  checkTags('run', tags);
  if (run.startTime !== undefined) checkTime('the start of the run', run.startTime);
  return { name, tags };
}

function agree(given: string | undefined, tag: string | undefined, what: string, key: string): string | undefined {
  const value = given || undefined;
  const tagged = tag || undefined;
  if (value !== undefined && tagged !== undefined && value !== tagged)
    throw new SentopsError('FLAG_INVALID', `the ${what} of the run is ${value}, and its tag ${key} says ${tagged}`, {
      hint: 'give one of them',
      details: { [what]: value, [key]: tagged },
    });
  return value ?? tagged;
}

function insert(store: Store, { experimentId, userId, startTime }: NewRun, { name, tags }: Named): Run {
  const experiment = demandActive(store, experimentId);
  const root = store.get<{ uri: string | null }>(
    'SELECT artifact_location AS uri FROM experiments WHERE experiment_id = ?',
    experiment,
  );
  const runId = randomUUID().replaceAll('-', '');
  store.run(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
       source_version, lifecycle_stage, artifact_uri, experiment_id)
     VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, '', 'active', ?, ?)`,
    runId,
    name,
    userId || tags['mlflow.user'] || '',
    startTime ?? Date.now(),
    joinUri(root?.uri ?? '', runId, 'artifacts'),
    experiment,
  );
  setRunTags(store, runId, tags);
  const [made] = loadRuns(store, [runId]);
  if (made === undefined) throw new Error(`run ${runId} was written and cannot be read`);
  return made;
}

type Change = Parameters<Runs['update']>[1];

function checkChange({ status, endTime, name }: Change): void {
  if (status !== undefined && !RUN_STATUSES.includes(status))
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(status)} is no status of a run`, {
      hint: `one of: ${RUN_STATUSES.join(', ')}`,
      details: { status },
    });
  if (endTime !== undefined) checkTime('the end of the run', endTime);
  if (name !== undefined) checkName('run', name);
}

function update(store: Store, runId: string, { status, endTime, name }: Change): void {
  demandActiveRun(store, runId);
  const end = endTime ?? (status !== undefined && ENDS.includes(status) ? Date.now() : null);
  store.run(
    'UPDATE runs SET status = coalesce(?, status), end_time = coalesce(?, end_time) WHERE run_uuid = ?',
    status ?? null,
    end,
    runId,
  );
  if (name !== undefined) setRunTags(store, runId, { 'mlflow.runName': name });
}

function move(store: Store, runId: string, to: Lifecycle): void {
  if (demandRun(store, runId).lifecycle === to) return;
  store.run(
    'UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE run_uuid = ?',
    to,
    to === 'deleted' ? Date.now() : null,
    runId,
  );
}

function readHistory(
  store: Store,
  runId: string,
  key: string,
  { limit, pageToken }: { readonly limit: number; readonly pageToken?: string },
): Awaited<ReturnType<Runs['history']>> {
  checkLimit(limit);
  demandRun(store, runId);
  const offset = readPageToken(pageToken);
  // The plus keeps SQLite from the values that all runs have of the key, which its primary key begins with.
  const rows = store.all<MetricRow>(
    `SELECT key, value, CAST(timestamp AS REAL) AS timestamp, CAST(step AS REAL) AS step, is_nan AS isNan
     FROM metrics WHERE run_uuid = ? AND +key = ? ORDER BY 4, 3, is_nan, value LIMIT ? OFFSET ?`,
    runId,
    key,
    limit + 1,
    offset,
  );
  return {
    items: rows.slice(0, limit).map(toMetric),
    nextPageToken: rows.length > limit ? writePageToken(offset + limit) : null,
  };
}
