import { SentopsError } from '../../core/errors.ts';
import { checkKey, checkName, checkTags } from '../check-values.ts';
import type { Experiment, Lifecycle } from '../entities.ts';
import type { Experiments, NewExperiment } from '../types.ts';
import { rootOfExperiment } from './artifact-roots.ts';
import { searchExperiments } from './search/search-experiments.ts';
import type { Store } from './store.ts';
import { groupTexts, type TextRow } from './texts.ts';

interface ExperimentRow {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string | null;
  readonly lifecycle: Lifecycle;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

export function embeddedExperiments(store: Store): Experiments {
  return {
    create: async experiment => {
      checkName('experiment', experiment.name);
      checkTags('experiment', experiment.tags);
      checkLocation(experiment.artifactLocation);
      return store.write(() => insert(store, experiment));
    },
    get: async experimentId => store.read(() => loadExperiments(store, [experimentId])[0] ?? null),
    find: async name =>
      store.read(() => {
        const found = store.get<{ id: string }>(`SELECT ${ID} AS id FROM experiments WHERE name = ?`, name);
        return found === undefined ? null : (loadExperiments(store, [found.id])[0] ?? null);
      }),
    search: async query =>
      store.read(() => {
        const { ids, nextPageToken } = searchExperiments(store.db, query);
        return { items: loadExperiments(store, ids), nextPageToken };
      }),
    rename: async (experimentId, name) => {
      checkName('experiment', name);
      await store.write(() => rename(store, experimentId, name));
    },
    delete: async experimentId => store.write(() => move(store, experimentId, 'active', 'deleted')),
    restore: async experimentId => store.write(() => move(store, experimentId, 'deleted', 'active')),
    setTag: async (experimentId, key, value) => {
      checkTags('experiment', { [key]: value });
      await store.write(() => setTag(store, demandActive(store, experimentId), key, value));
    },
    deleteTag: async (experimentId, key) => {
      checkKey('tag', key);
      await store.write(() => {
        const id = demandActive(store, experimentId);
        if (store.run('DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?', id, key) === 0)
          throw new SentopsError('NOT_FOUND', `experiment ${experimentId} has no tag ${JSON.stringify(key)}`, {
            details: { experimentId, key },
          });
      });
    },
  };
}

/** Ids of a store that MLflow made of a folder of files have 18 digits: more than a number holds. */
const ID = 'CAST(experiment_id AS TEXT)';

/** In the order of the ids; those that are not there are left out. */
function loadExperiments(store: Store, ids: readonly string[]): Experiment[] {
  const wanted = JSON.stringify(ids.filter(isId));
  const rows = store.all<ExperimentRow>(
    `SELECT ${ID} AS experimentId, name, artifact_location AS artifactLocation, lifecycle_stage AS lifecycle,
       CAST(creation_time AS REAL) AS createdAt, CAST(last_update_time AS REAL) AS updatedAt
     FROM experiments WHERE experiment_id IN (SELECT value FROM json_each(?))`,
    wanted,
  );
  const tags = groupTexts(
    store.all<TextRow>(
      `SELECT ${ID} AS owner, key, value FROM experiment_tags
       WHERE experiment_id IN (SELECT value FROM json_each(?)) ORDER BY key`,
      wanted,
    ),
  );
  const found = new Map(
    rows.map(row => [
      row.experimentId,
      { ...row, artifactLocation: row.artifactLocation ?? '', tags: tags(row.experimentId) },
    ]),
  );
  return ids.flatMap(id => found.get(id) ?? []);
}

/** The id of an experiment that may be worked on. */
export function demandActive(store: Store, experimentId: string): string {
  const { id, lifecycle } = demandExperiment(store, experimentId);
  if (lifecycle === 'active') return id;
  throw new SentopsError('CONFLICT', `experiment ${experimentId} is deleted`, {
    hint: `bring it back with: sentops experiment restore ${experimentId}`,
    details: { experimentId, errorCode: 'INVALID_PARAMETER_VALUE' },
  });
}

function demandExperiment(store: Store, experimentId: string): { id: string; lifecycle: Lifecycle } {
  const found = isId(experimentId)
    ? store.get<{ id: string; lifecycle: Lifecycle }>(
        `SELECT ${ID} AS id, lifecycle_stage AS lifecycle FROM experiments WHERE experiment_id = ?`,
        experimentId,
      )
    : undefined;
  if (found === undefined) throw noExperiment(experimentId);
  return found;
}

function noExperiment(experimentId: string, which = ''): SentopsError {
  return new SentopsError('NOT_FOUND', `there is no ${which}experiment with the id ${JSON.stringify(experimentId)}`, {
    hint: 'list them with: sentops experiment list',
    details: { experimentId },
  });
}

/** A number in the database and a text everywhere else, which SQLite compares and stores as the number it is. */
function isId(experimentId: string): boolean {
  return /^\d{1,18}$/.test(experimentId);
}

function insert(store: Store, { name, artifactLocation, tags }: NewExperiment): string {
  demandFree(store, name);
  const now = Date.now();
  const made = store.get<{ id: string }>(
    `INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
     VALUES (?, ?, 'active', ?, ?) RETURNING ${ID} AS id`,
    name,
    artifactLocation ?? null,
    now,
    now,
  );
  const id = made?.id ?? '';
  if (artifactLocation === undefined)
    store.run('UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?', rootOfExperiment(store, id), id);
  for (const [key, value] of Object.entries(tags ?? {})) setTag(store, id, key, value);
  return id;
}

function demandFree(store: Store, name: string): void {
  const taken = store.get<{ id: string; lifecycle: Lifecycle }>(
    `SELECT ${ID} AS id, lifecycle_stage AS lifecycle FROM experiments WHERE name = ?`,
    name,
  );
  if (taken === undefined) return;
  const deleted = taken.lifecycle === 'deleted';
  throw new SentopsError(
    'CONFLICT',
    `there is ${deleted ? 'a deleted' : 'an'} experiment ${JSON.stringify(name)} already`,
    {
      hint: deleted ? `bring it back with: sentops experiment restore ${taken.id}` : 'use it, or choose another name',
      details: { name, experimentId: taken.id, lifecycle: taken.lifecycle },
    },
  );
}

function checkLocation(location: string | undefined): void {
  if (location !== undefined && (location === '' || /^(runs|models):/i.test(location)))
    throw new SentopsError('FLAG_INVALID', `the artifact location ${JSON.stringify(location)} cannot be`, {
      hint: 'name a folder or a URI such as gs://bucket/folder',
      details: { artifactLocation: location },
    });
}

function rename(store: Store, experimentId: string, name: string): void {
  const { id, lifecycle } = demandExperiment(store, experimentId);
  if (lifecycle !== 'active')
    throw new SentopsError('CONFLICT', `experiment ${experimentId} is deleted and cannot be renamed`, {
      hint: `bring it back with: sentops experiment restore ${experimentId}`,
      details: { experimentId, errorCode: 'INVALID_STATE' },
    });
  const named = store.get('SELECT 1 FROM experiments WHERE experiment_id = ? AND name = ?', id, name) !== undefined;
  if (!named) demandFree(store, name);
  store.run('UPDATE experiments SET name = ?, last_update_time = ? WHERE experiment_id = ?', name, Date.now(), id);
}

/** Marks it and every run in it, as MLflow does: also those that had been deleted one by one come back with it. */
function move(store: Store, experimentId: string, from: Lifecycle, to: Lifecycle): void {
  const { id, lifecycle } = demandExperiment(store, experimentId);
  if (lifecycle !== from) throw noExperiment(experimentId, `${from} `);
  const now = Date.now();
  store.run('UPDATE experiments SET lifecycle_stage = ?, last_update_time = ? WHERE experiment_id = ?', to, now, id);
  store.run(
    'UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment_id = ?',
    to,
    to === 'deleted' ? now : null,
    id,
  );
}

function setTag(store: Store, id: string, key: string, value: string): void {
  store.run(
    `INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?)
     ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value`,
    key,
    value,
    id,
  );
}
