import fs from 'node:fs';
import { isLocal } from '../artifacts/local-folder.ts';
import { localRoot } from '../embedded/artifact-roots.ts';
import { hasLoggedModels } from '../embedded/has-table.ts';
import { resolveSources } from '../embedded/resolve-source.ts';
import type { Store } from '../embedded/store.ts';
import { folderOf } from './move-location.ts';

interface Problem {
  readonly subject: string;
  readonly problem: string;
}

/** Versions of registered models whose files are not where they are said to be. Remote places are not asked. */
export function findMissingSources(store: Store): Problem[] {
  const rows = store.all<{ name: string; version: number; source: string | null; storageLocation: string | null }>(
    `SELECT name, version, source, storage_location AS storageLocation FROM model_versions
     WHERE current_stage IS NOT 'Deleted_Internal' ORDER BY name, version`,
  );
  const places = resolveSources(store, rows);
  return rows.flatMap(({ name, version, source }, index) => {
    const subject = `version ${version} of ${name}`;
    const place = places[index] ?? '';
    if (/^(runs|models):/.test(place)) return [{ subject, problem: `its source ${source} names nothing in the store` }];
    return isMissing(store, place) ? [{ subject, problem: `there are no files at ${place}` }] : [];
  });
}

/** Complete logged models without files, and experiments whose folder moved: a run may well have no files at all. */
export function findMissingFolders(store: Store): Problem[] {
  const rows = hasLoggedModels(store)
    ? store.all<{ id: string; location: string }>(
        `SELECT model_id AS id, artifact_location AS location FROM logged_models
         WHERE status = 2 AND lifecycle_stage = 'active' ORDER BY creation_timestamp_ms, model_id`,
      )
    : [];
  return [
    ...findMovedRoots(store),
    ...rows.flatMap(({ id, location }) =>
      isMissing(store, location)
        ? [{ subject: `logged model ${id}`, problem: `there are no files at ${location}` }]
        : [],
    ),
  ];
}

/** Where runs have artifacts, the folder that holds all of an experiment cannot be missing unless it moved. */
function findMovedRoots(store: Store): Problem[] {
  const rows = store.all<{ name: string; location: string }>(
    `SELECT e.name AS name, e.artifact_location AS location FROM experiments AS e
     WHERE e.lifecycle_stage = 'active' AND e.artifact_location IS NOT NULL AND EXISTS
       (SELECT 1 FROM runs AS r JOIN tags AS t ON t.run_uuid = r.run_uuid AND t."key" = 'mlflow.log-model.history'
        WHERE r.experiment_id = e.experiment_id AND r.lifecycle_stage = 'active')
     ORDER BY e.experiment_id`,
  );
  return rows.flatMap(({ name, location }) =>
    isMissing(store, location)
      ? [
          {
            subject: `experiment ${name}`,
            problem: `its folder ${location} is not there: if it was moved, run sentops store relocate`,
          },
        ]
      : [],
  );
}

function isMissing(store: Store, location: string): boolean {
  const root = localRoot(store.file, location);
  const folder = isLocal(root) ? folderOf(root) : null;
  if (folder === null || folder === '') return false;
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  return stat.isDirectory() && fs.readdirSync(folder).length === 0;
}
