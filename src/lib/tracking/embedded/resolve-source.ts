import { joinUri } from './artifact-roots.ts';
import { DELETED } from './deleted-stage.ts';
import { hasLoggedModels } from './has-table.ts';
import type { Store } from './store.ts';

interface Sourced {
  readonly source: string | null;
  /** Where its files are, as far as it was known when the version was made. */
  readonly storageLocation: string | null;
}

interface PlaceRow {
  readonly id: string;
  readonly uri: string | null;
}

/** A version that is a copy of another version of this store, which may be one in turn. */
const MOST_HOPS = 8;

/**
 * Where the files of versions are: `runs:/<run>/<path>` and `models:/…` looked up in the store. What it does not know
 * stays as it was written.
 */
export function resolveSources(store: Store, versions: readonly Sourced[]): string[] {
  const places = versions.map(({ source, storageLocation }) => storageLocation || source || '');
  const runs = placesOf(
    store,
    'runs',
    places.flatMap(place => RUN.exec(place)?.[1] ?? []),
  );
  const models = placesOf(
    store,
    'models',
    places.flatMap(place => MODEL.exec(place)?.[1] ?? []),
  );
  return places.map(place => resolveVersion(store, resolve(place, runs, models), MOST_HOPS));
}

const RUN = /^runs:\/+([^/]+)\/?(.*)$/s;
const MODEL = /^models:\/+(m-[0-9a-f]{32})\/?(.*)$/s;
const VERSION = /^models:\/+([^/@]+)\/(\d+)\/?(.*)$/s;
const ALIAS = /^models:\/+([^/@]+)@([^/]+)\/?(.*)$/s;

function resolve(place: string, runs: ReadonlyMap<string, string>, models: ReadonlyMap<string, string>): string {
  const [, run = '', inRun = ''] = RUN.exec(place) ?? [];
  const [, model = '', inModel = ''] = MODEL.exec(place) ?? [];
  const root = runs.get(run) ?? models.get(model);
  return root === undefined ? place : joinUri(root, inRun || inModel);
}

function placesOf(store: Store, of: 'runs' | 'models', ids: readonly string[]): ReadonlyMap<string, string> {
  if (ids.length === 0 || (of === 'models' && !hasLoggedModels(store))) return new Map();
  const sql =
    of === 'runs'
      ? 'SELECT run_uuid AS id, artifact_uri AS uri FROM runs WHERE run_uuid IN (SELECT value FROM json_each(?))'
      : 'SELECT model_id AS id, artifact_location AS uri FROM logged_models WHERE model_id IN (SELECT value FROM json_each(?))';
  const rows = store.all<PlaceRow>(sql, JSON.stringify(ids));
  return new Map(rows.flatMap(({ id, uri }): [string, string][] => (uri === null ? [] : [[id, uri]])));
}

/** `models:/<name>/<version>` and `models:/<name>@<alias>`: seldom, and looked up one by one. */
function resolveVersion(store: Store, place: string, hops: number): string {
  const found = sourceOf(store, place);
  if (found === undefined || hops === 0) return place;
  const next = found.storageLocation || found.source || '';
  const [, run = ''] = RUN.exec(next) ?? [];
  const [, model = ''] = MODEL.exec(next) ?? [];
  const root = resolve(next, placesOf(store, 'runs', [run]), placesOf(store, 'models', [model]));
  return joinUri(resolveVersion(store, root, hops - 1), found.within);
}

function sourceOf(store: Store, place: string): (Sourced & { readonly within: string }) | undefined {
  const [, name = '', version = '', within = ''] = VERSION.exec(place) ?? [];
  const [, aliased = '', alias = '', behind = ''] = ALIAS.exec(place) ?? [];
  const found =
    version !== ''
      ? store.get<Sourced>(
          `${SOURCE} WHERE v.name = ? AND v.version = ? AND v.current_stage <> '${DELETED}'`,
          name,
          Number(version),
        )
      : alias !== ''
        ? store.get<Sourced>(
            `${SOURCE} JOIN registered_model_aliases a ON a.name = v.name AND a.version = v.version
             WHERE a.name = ? AND a.alias = ?`,
            aliased,
            alias,
          )
        : undefined;
  return found === undefined ? undefined : { ...found, within: within || behind };
}

const SOURCE = 'SELECT v.source, v.storage_location AS storageLocation FROM model_versions v';
