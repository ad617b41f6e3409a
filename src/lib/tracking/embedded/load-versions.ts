import type { ModelVersion, Stage } from '../entities.ts';
import { DELETED } from './deleted-stage.ts';
import { resolveSources } from './resolve-source.ts';
import type { VersionId } from './search-types.ts';
import type { Store } from './store.ts';
import { groupTexts, type TextRow } from './texts.ts';

interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly description: string | null;
  readonly userId: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly stage: Stage | null;
  readonly status: ModelVersion['status'] | null;
  readonly statusMessage: string | null;
  readonly source: string | null;
  readonly storageLocation: string | null;
  readonly runId: string | null;
}

interface AliasRow extends VersionId {
  readonly alias: string;
}

/** Versions with their tags and aliases, in the order of the ids; those that are not there are left out. */
export function loadVersions(store: Store, ids: readonly VersionId[]): ModelVersion[] {
  if (ids.length === 0) return [];
  const wanted = JSON.stringify(ids.map(({ name, version }) => [name, version]));
  const rows = store.all<VersionRow>(
    `SELECT name, version, description, user_id AS userId, CAST(creation_time AS REAL) AS createdAt,
       CAST(last_updated_time AS REAL) AS updatedAt, current_stage AS stage, status, status_message AS statusMessage,
       source, storage_location AS storageLocation, run_id AS runId
     FROM model_versions WHERE current_stage <> '${DELETED}' AND ${AMONG}`,
    wanted,
  );
  const tags = groupTexts(
    store.all<TextRow>(
      `SELECT json_array(name, version) AS owner, key, value FROM model_version_tags WHERE ${AMONG} ORDER BY key`,
      wanted,
    ),
  );
  const aliases = Map.groupBy(
    store.all<AliasRow>(
      `SELECT name, version, alias FROM registered_model_aliases WHERE ${AMONG} ORDER BY alias`,
      wanted,
    ),
    idOf,
  );
  const places = resolveSources(store, rows);
  const found = new Map(
    rows.map(({ storageLocation: _, ...row }, index) => [
      idOf(row),
      {
        ...row,
        description: row.description ?? '',
        userId: row.userId ?? '',
        createdAt: row.createdAt ?? 0,
        updatedAt: row.updatedAt ?? 0,
        stage: row.stage ?? 'None',
        status: row.status ?? 'READY',
        source: row.source ?? '',
        artifactUri: places[index] ?? '',
        runId: row.runId || null,
        tags: tags(idOf(row)),
        aliases: (aliases.get(idOf(row)) ?? []).map(({ alias }) => alias),
      },
    ]),
  );
  return ids.flatMap(id => found.get(idOf(id)) ?? []);
}

/** Of pairs: an `IN` over rows that SQLite answers from the primary key. */
const AMONG = "(name, version) IN (SELECT value ->> '$[0]', value ->> '$[1]' FROM json_each(?))";

function idOf({ name, version }: VersionId): string {
  return JSON.stringify([name, version]);
}
