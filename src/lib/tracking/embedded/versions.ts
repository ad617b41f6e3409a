import { SentopsError } from '../../core/errors.ts';
import { checkAlias, checkKey, checkTags } from '../check-values.ts';
import { type ModelVersion, STAGES, type Stage } from '../entities.ts';
import type { ModelVersions } from '../types.ts';
import { checkNewVersion, createVersion } from './create-version.ts';
import { DELETED } from './deleted-stage.ts';
import { demandVersion, findVersion, readVersion } from './find-version.ts';
import { loadVersions } from './load-versions.ts';
import { demandRegistered } from './registered-models.ts';
import { searchModelVersions } from './search/search-model-versions.ts';
import type { Store } from './store.ts';
import { setVersionTag, touchModel } from './version-rows.ts';

/** Stages in which one version serves and the others make room. */
const SERVING: readonly Stage[] = ['Staging', 'Production'];

export function embeddedVersions(store: Store): ModelVersions {
  return {
    createVersion: async version => {
      checkNewVersion(version);
      return store.write(() => createVersion(store, version));
    },
    find: async (name, which) => store.read(() => findVersion(store, name, which)),
    searchVersions: async query =>
      store.read(() => {
        const { ids, nextPageToken } = searchModelVersions(store.db, query);
        return { items: loadVersions(store, ids), nextPageToken };
      }),
    describeVersion: async (name, version, description) =>
      store.write(() => {
        demandVersion(store, name, version);
        store.run(
          'UPDATE model_versions SET description = ?, last_updated_time = ? WHERE name = ? AND version = ?',
          description,
          Date.now(),
          name,
          version,
        );
      }),
    deleteVersion: async (name, version) => store.write(() => erase(store, name, version)),
    setVersionTag: async (name, version, key, value) => {
      checkTags('registry', { [key]: value });
      await store.write(() => {
        demandVersion(store, name, version);
        setVersionTag(store, name, version, key, value);
      });
    },
    deleteVersionTag: async (name, version, key) => {
      checkKey('tag', key);
      await store.write(() => {
        demandVersion(store, name, version);
        store.run('DELETE FROM model_version_tags WHERE name = ? AND version = ? AND key = ?', name, version, key);
      });
    },
    setAlias: async (name, alias, version) => {
      checkAlias(alias);
      await store.write(() => setAlias(store, name, alias, version));
    },
    deleteAlias: async (name, alias) =>
      store.write(() => {
        demandRegistered(store, name);
        store.run('DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?', name, alias);
      }),
    transition: async (name, version, stage, { archiveExisting }) => {
      checkStage(stage, archiveExisting);
      return store.write(() => move(store, name, version, stage, archiveExisting));
    },
  };
}

/** As MLflow does it: the row stays, without what it said, and no alias points at it. */
function erase(store: Store, name: string, version: number): void {
  demandVersion(store, name, version);
  const now = Date.now();
  store.run('DELETE FROM registered_model_aliases WHERE name = ? AND version = ?', name, version);
  store.run(
    `UPDATE model_versions SET current_stage = '${DELETED}', last_updated_time = ?, description = NULL, user_id = NULL,
       source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK',
       status_message = NULL
     WHERE name = ? AND version = ?`,
    now,
    name,
    version,
  );
  touchModel(store, name, now);
}

function setAlias(store: Store, name: string, alias: string, version: number): void {
  demandVersion(store, name, version);
  const changed = store.run(
    'UPDATE registered_model_aliases SET version = ? WHERE name = ? AND alias = ?',
    version,
    name,
    alias,
  );
  if (changed === 0)
    store.run('INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)', alias, version, name);
}

function checkStage(stage: Stage, archiveExisting: boolean): void {
  if (!STAGES.includes(stage))
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(stage)} is no stage`, {
      hint: `one of: ${STAGES.join(', ')}`,
      details: { stage },
    });
  if (archiveExisting && !SERVING.includes(stage))
    throw new SentopsError('FLAG_INVALID', `nothing is archived when a version moves to ${stage}`, {
      hint: `only moving to ${SERVING.join(' or ')} archives what was there`,
      details: { stage },
    });
}

function move(store: Store, name: string, version: number, stage: Stage, archiveExisting: boolean): ModelVersion {
  demandVersion(store, name, version);
  const now = Date.now();
  if (archiveExisting)
    store.run(
      `UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ?
       WHERE name = ? AND version <> ? AND current_stage = ?`,
      now,
      name,
      version,
      stage,
    );
  store.run(
    'UPDATE model_versions SET current_stage = ?, last_updated_time = ? WHERE name = ? AND version = ?',
    stage,
    now,
    name,
    version,
  );
  touchModel(store, name, now);
  return readVersion(store, name, version);
}
