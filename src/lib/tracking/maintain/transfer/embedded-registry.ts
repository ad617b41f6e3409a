import type { Store } from '../../embedded/store.ts';
import { setVersionTag } from '../../embedded/version-rows.ts';
import type { EmbeddedPlace } from './embedded-place.ts';
import { ORIGIN_TAG, type Outcome, originOf, replaceRoot } from './import-target.ts';
import type { RecordOf } from './records.ts';

interface EmbeddedRegistry {
  model(record: RecordOf<'model'>): Outcome;
  version(record: RecordOf<'version'>): Outcome;
}

/** Registered models and versions in a database. What is there keeps its description, tags and aliases. */
export function embeddedRegistry(place: EmbeddedPlace): EmbeddedRegistry {
  return {
    model: record => putModel(place.store, record),
    version: record => putVersion(place, record),
  };
}

function putModel(store: Store, { name, description, createdAt, updatedAt, tags }: RecordOf<'model'>): Outcome {
  if (store.get('SELECT 1 FROM registered_models WHERE name = ?', name) !== undefined) return 'there';
  store.run(
    'INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES (?, ?, ?, ?)',
    name,
    createdAt,
    updatedAt,
    description || null,
  );
  for (const [key, value] of Object.entries(tags))
    store.run('INSERT INTO registered_model_tags (key, value, name) VALUES (?, ?, ?)', key, value, name);
  return 'made';
}

/** A number that another version has is replaced by the next free one. */
function putVersion(place: EmbeddedPlace, record: RecordOf<'version'>): Outcome {
  const { store, roots, renamed } = place;
  const { name } = record;
  const source = replaceRoot(record.source, roots);
  const origin = originOf(record);
  const known = findVersion(store, record, source, origin);
  const version = known ?? (isFree(store, name, record.version) ? record.version : nextVersion(store, name));
  if (version !== record.version)
    renamed.push({ kind: 'version', from: `${name} ${record.version}`, to: `${name} ${version}` });
  if (known === undefined) insertVersion(store, record, version, source, replaceRoot(record.artifactUri, roots));
  for (const alias of record.aliases)
    if (store.get('SELECT 1 FROM registered_model_aliases WHERE name = ? AND alias = ?', name, alias) === undefined)
      store.run('INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)', alias, version, name);
  if (known !== undefined) return 'there';
  const tags = version === record.version ? record.tags : { ...record.tags, [ORIGIN_TAG]: origin };
  for (const [key, value] of Object.entries(tags)) setVersionTag(store, name, version, key, value);
  return 'made';
}

/** The same number, moment and source, or one that an import gave another number. */
function findVersion(store: Store, record: RecordOf<'version'>, source: string, origin: string): number | undefined {
  const { name, version, createdAt } = record;
  return store.get<{ version: number }>(
    `SELECT v.version FROM model_versions AS v WHERE v.name = ? AND v.current_stage IS NOT 'Deleted_Internal' AND (
       (v.version = ? AND v.creation_time = ? AND v.source IN (?, ?)) OR EXISTS (SELECT 1 FROM model_version_tags AS t
          WHERE t.name = v.name AND t.version = v.version AND t."key" = '${ORIGIN_TAG}' AND t.value = ?))
     ORDER BY v.version LIMIT 1`,
    name,
    version,
    createdAt,
    source,
    record.source,
    origin,
  )?.version;
}

function isFree(store: Store, name: string, version: number): boolean {
  return store.get('SELECT 1 FROM model_versions WHERE name = ? AND version = ?', name, version) === undefined;
}

function nextVersion(store: Store, name: string): number {
  const row = store.get<{ last: number | null }>(
    'SELECT max(version) AS last FROM model_versions WHERE name = ?',
    name,
  );
  return (row?.last ?? 0) + 1;
}

function insertVersion(
  store: Store,
  record: RecordOf<'version'>,
  version: number,
  source: string,
  location: string,
): void {
  store.run(
    `INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage,
       source, run_id, status, status_message, run_link, storage_location)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`,
    record.name,
    version,
    record.createdAt,
    record.updatedAt,
    record.description || null,
    record.userId || null,
    record.stage,
    source,
    record.runId,
    record.status,
    record.statusMessage,
    location,
  );
}
