import { SentopsError } from '../../core/errors.ts';
import { checkKey, checkModelName, checkTags } from '../check-values.ts';
import type { RegisteredModel } from '../entities.ts';
import type { RegisteredModels } from '../types.ts';
import { DELETED } from './deleted-stage.ts';
import { loadVersions } from './load-versions.ts';
import { searchRegisteredModels } from './search/search-registered-models.ts';
import type { VersionId } from './search-types.ts';
import type { Store } from './store.ts';
import { groupTexts, type TextRow } from './texts.ts';

export function embeddedRegisteredModels(store: Store): RegisteredModels {
  return {
    create: async ({ name, description, tags }) => {
      checkModelName(name);
      checkTags('registry', tags);
      await store.write(() => {
        demandFree(store, name);
        const now = Date.now();
        store.run(
          'INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES (?, ?, ?, ?)',
          name,
          now,
          now,
          description ?? null,
        );
        for (const [key, value] of Object.entries(tags ?? {})) setTag(store, name, key, value);
      });
    },
    get: async name => store.read(() => loadRegistered(store, [name])[0] ?? null),
    search: async query =>
      store.read(() => {
        const { ids, nextPageToken } = searchRegisteredModels(store.db, query);
        return { items: loadRegistered(store, ids), nextPageToken };
      }),
    describe: async (name, description) =>
      store.write(() => {
        demandRegistered(store, name);
        store.run(
          'UPDATE registered_models SET description = ?, last_updated_time = ? WHERE name = ?',
          description,
          Date.now(),
          name,
        );
      }),
    rename: async (name, to) => {
      checkModelName(to);
      await store.write(() => rename(store, name, to));
    },
    delete: async name => store.write(() => erase(store, name)),
    setTag: async (name, key, value) => {
      checkTags('registry', { [key]: value });
      await store.write(() => {
        demandRegistered(store, name);
        setTag(store, name, key, value);
      });
    },
    deleteTag: async (name, key) => {
      checkKey('tag', key);
      await store.write(() => {
        demandRegistered(store, name);
        store.run('DELETE FROM registered_model_tags WHERE name = ? AND key = ?', name, key);
      });
    },
  };
}

export function demandRegistered(store: Store, name: string): void {
  if (isRegistered(store, name)) return;
  throw new SentopsError('NOT_FOUND', `there is no model ${JSON.stringify(name)}`, {
    hint: 'list them with: sentops model list',
    details: { name },
  });
}

function isRegistered(store: Store, name: string): boolean {
  return store.get('SELECT 1 FROM registered_models WHERE name = ?', name) !== undefined;
}

function demandFree(store: Store, name: string): void {
  if (isRegistered(store, name))
    throw new SentopsError('CONFLICT', `there is a model ${JSON.stringify(name)} already`, {
      hint: 'add a version to it, or choose another name',
      details: { name },
    });
}

interface RegisteredRow {
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

/** In the order of the names; those that are not there are left out. */
function loadRegistered(store: Store, names: readonly string[]): RegisteredModel[] {
  const wanted = JSON.stringify(names);
  const rows = store.all<RegisteredRow>(
    `SELECT name, description, CAST(creation_time AS REAL) AS createdAt, CAST(last_updated_time AS REAL) AS updatedAt
     FROM registered_models WHERE ${AMONG}`,
    wanted,
  );
  const tags = groupTexts(
    store.all<TextRow>(
      `SELECT name AS owner, key, value FROM registered_model_tags WHERE ${AMONG} ORDER BY key`,
      wanted,
    ),
  );
  const aliases = Map.groupBy(
    store.all<VersionId & { readonly alias: string }>(
      `SELECT name, alias, version FROM registered_model_aliases WHERE ${AMONG} ORDER BY alias`,
      wanted,
    ),
    ({ name }) => name,
  );
  const latest = Map.groupBy(loadVersions(store, newestOfStages(store, wanted)), ({ name }) => name);
  const found = new Map(
    rows.map(row => [
      row.name,
      {
        ...row,
        description: row.description ?? '',
        createdAt: row.createdAt ?? 0,
        updatedAt: row.updatedAt ?? 0,
        tags: tags(row.name),
        aliases: Object.fromEntries((aliases.get(row.name) ?? []).map(({ alias, version }) => [alias, version])),
        latest: latest.get(row.name) ?? [],
      },
    ]),
  );
  return names.flatMap(name => found.get(name) ?? []);
}

const AMONG = 'name IN (SELECT value FROM json_each(?))';

function newestOfStages(store: Store, wanted: string): VersionId[] {
  return store.all<VersionId>(
    `SELECT name, max(version) AS version FROM model_versions
     WHERE ${AMONG} AND current_stage <> '${DELETED}' GROUP BY name, current_stage ORDER BY name, 2`,
    wanted,
  );
}

/** Versions, tags and aliases follow by their foreign keys. */
function rename(store: Store, name: string, to: string): void {
  demandRegistered(store, name);
  if (to !== name) demandFree(store, to);
  const now = Date.now();
  store.run('UPDATE registered_models SET name = ?, last_updated_time = ? WHERE name = ?', to, now, name);
  store.run('UPDATE model_versions SET last_updated_time = ? WHERE name = ?', now, to);
}

function erase(store: Store, name: string): void {
  demandRegistered(store, name);
  for (const table of [
    'registered_model_aliases',
    'model_version_tags',
    'model_versions',
    'registered_model_tags',
    'registered_models',
  ])
    store.run(`DELETE FROM ${table} WHERE name = ?`, name);
}

/** Not `ON CONFLICT`: newer revisions lead the key by a workspace. */
function setTag(store: Store, name: string, key: string, value: string): void {
  const changed = store.run('UPDATE registered_model_tags SET value = ? WHERE name = ? AND key = ?', value, name, key);
  if (changed === 0)
    store.run('INSERT INTO registered_model_tags (key, value, name) VALUES (?, ?, ?)', key, value, name);
}
