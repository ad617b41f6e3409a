import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLocal } from '../artifacts/local-folder.ts';
import { folderOf } from '../maintain/move-location.ts';
import type { Store } from './store.ts';

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** The folders above those of the experiments: `…/artifacts` of `…/artifacts/12`. */
export function recordedRoots(store: Store): string[] {
  const rows = store.all<{ id: string; location: string | null }>(
    'SELECT CAST(experiment_id AS TEXT) AS id, artifact_location AS location FROM experiments ORDER BY experiment_id',
  );
  const roots = rows.flatMap(({ id, location }) => {
    const end = `/${id}`;
    return location?.endsWith(end) && isLocal(location) ? [location.slice(0, -end.length)] : [];
  });
  return [...new Set(roots)];
}

/** A folder of the same name beside the database is where they are now. */
export function findBeside(file: string, root: string): Move[] {
  const folder = folderOf(root);
  if (folder === null) return [];
  const present = path.join(path.dirname(file), path.basename(folder));
  if (present === folder || !(fs.existsSync(present) || path.basename(folder) === 'artifacts')) return [];
  return [{ from: root, to: pathToFileURL(present).href }];
}

/**
 * Folders where a store that was moved or copied still keeps files, and the ones beside its database that hold what
 * it has. After a copy the old one may well be there, and belongs to another store.
 */
export function findMisplaced(store: Store): Move[] {
  const moves = recordedRoots(store).flatMap(root => findBeside(store.file, root));
  if (moves.length === 0) return [];
  const ids = store.all<{ id: string }>('SELECT CAST(experiment_id AS TEXT) AS id FROM experiments');
  return moves.flatMap(({ from, to }) => {
    const [old, present] = [folderOf(from), folderOf(to)];
    if (old === null || present === null) return [];
    return ids.some(({ id }) => fs.existsSync(path.join(present, id))) ? [{ from: old, to: present }] : [];
  });
}
