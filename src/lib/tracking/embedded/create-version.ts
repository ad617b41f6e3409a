import { SentopsError } from '../../core/errors.ts';
import { checkModelName, checkTags } from '../check-values.ts';
import type { ModelVersion } from '../entities.ts';
import type { NewModelVersion } from '../types.ts';
import { DELETED } from './deleted-stage.ts';
import { readVersion } from './find-version.ts';
import { hasLoggedModels } from './has-table.ts';
import { demandModel, setModelTags } from './logged-models.ts';
import { demandRegistered } from './registered-models.ts';
import { resolveSources } from './resolve-source.ts';
import type { Store } from './store.ts';
import { setVersionTag, touchModel } from './version-rows.ts';

/** Tells a call that is repeated from a new one. */
const KEY_TAG = 'sentops.key';

/** Throws for anything that cannot be, before a transaction is begun. */
export function checkNewVersion({ name, source, tags }: NewModelVersion): void {
  checkModelName(name);
  checkTags('registry', tags);
  if (source.trim() === '' || source.split(/[/\\]/).includes('..'))
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(source)} is no source of a version`, {
      hint: 'name the folder of the model, without "..": a path, a URI, or runs:/<run>/<path>',
      details: { name, source },
    });
}

/** Numbers go on from the highest that ever was, so that a deleted one is never given again. */
export function createVersion(store: Store, given: NewModelVersion): ModelVersion {
  const { name, source, key, modelId } = given;
  demandRegistered(store, name);
  const known = withKey(store, name, key);
  if (known !== undefined) return readVersion(store, name, known);
  const experiment = modelId === undefined ? undefined : demandModel(store, modelId);
  const [place = source] = resolveSources(store, [{ source, storageLocation: null }]);
  if (/^(runs|models):/i.test(place)) throw noSource(name, source);
  const last = store.get<{ version: number | null }>(
    'SELECT max(version) AS version FROM model_versions WHERE name = ?',
    name,
  );
  const version = (last?.version ?? 0) + 1;
  const now = Date.now();
  store.run(
    `INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage,
       source, run_id, status, status_message, run_link, storage_location)
     VALUES (?, ?, ?, ?, ?, NULL, 'None', ?, ?, 'READY', NULL, NULL, ?)`,
    name,
    version,
    now,
    now,
    given.description ?? null,
    source,
    given.runId ?? runOf(store, source, modelId) ?? null,
    place,
  );
  for (const [tag, value] of Object.entries({ ...given.tags, [KEY_TAG]: key }))
    setVersionTag(store, name, version, tag, value);
  touchModel(store, name, now);
  if (modelId !== undefined && experiment !== undefined) noteVersion(store, modelId, experiment, name, version);
  return readVersion(store, name, version);
}

function withKey(store: Store, name: string, key: string): number | undefined {
  return store.get<{ version: number }>(
    `SELECT v.version FROM model_version_tags t JOIN model_versions v ON v.name = t.name AND v.version = t.version
     WHERE t.name = ? AND t.key = '${KEY_TAG}' AND t.value = ? AND v.current_stage <> '${DELETED}'
     ORDER BY v.version LIMIT 1`,
    name,
    key,
  )?.version;
}

/** The run that a source of this store comes from. */
function runOf(store: Store, source: string, modelId: string | undefined): string | undefined {
  const run = /^runs:\/+([^/]+)/.exec(source)?.[1];
  const model = modelId ?? /^models:\/+(m-[0-9a-f]{32})/.exec(source)?.[1];
  if (run !== undefined || model === undefined || !hasLoggedModels(store)) return run;
  const found = store.get<{ runId: string | null }>(
    'SELECT source_run_id AS runId FROM logged_models WHERE model_id = ?',
    model,
  );
  return found?.runId ?? undefined;
}

/** MLflow shows at a logged model where it is registered by this tag of it. */
function noteVersion(store: Store, modelId: string, experimentId: string, name: string, version: number): void {
  const key = 'mlflow.modelVersions';
  const row = store.get<{ value: string }>(
    'SELECT tag_value AS value FROM logged_model_tags WHERE model_id = ? AND tag_key = ?',
    modelId,
    key,
  );
  const versions = [...parseList(row?.value ?? '[]'), { name, version }];
  setModelTags(store, modelId, experimentId, { [key]: JSON.stringify(versions) });
}

/** Anybody may have written over it; then it begins anew. */
function parseList(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function noSource(name: string, source: string): SentopsError {
  return new SentopsError('NOT_FOUND', `nothing in the store is behind the source ${source}`, {
    hint: 'check the id of the run or the model in it',
    details: { name, source },
  });
}
