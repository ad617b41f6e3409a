import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import type { World } from '../../extend/world.ts';
import { localRoot } from '../embedded/artifact-roots.ts';
import type { Store } from '../embedded/store.ts';
import type { TrackingProject } from '../open-tracker.ts';
import { deleteRows } from './delete-rows.ts';
import { type Claims, findClaims, findGarbage, type Garbage, type KeptThing } from './find-garbage.ts';
import { folderOf, partBelow } from './move-location.ts';
import { withProjectStore } from './open-project-store.ts';
import { isAlone, listOwnFolders, measureFolder, type OwnFolder } from './own-folders.ts';

export interface GcRequest extends World {
  readonly project: TrackingProject;
  /** Only what was deleted at least so long ago. */
  readonly olderThanMs: number;
  readonly dryRun: boolean;
  /** Asked before anything is deleted for good; throws to stop. */
  readonly confirm?: (plan: GarbageCollection) => Promise<void>;
  /** The present moment. */
  readonly now?: number;
}

export interface GarbageCollection {
  readonly file: string;
  readonly experiments: number;
  readonly runs: number;
  readonly loggedModels: number;
  /** Folders of artifacts, of what is deleted and of what is gone already. */
  readonly folders: number;
  readonly bytes: number;
  /** What stays although it is marked as deleted, and why. */
  readonly kept: readonly KeptThing[];
  readonly written: boolean;
}

interface Doomed extends OwnFolder {
  readonly bytes: number;
}

/**
 * Deletes for good what is marked as deleted, with its artifacts, and old artifacts that belong to nothing. The database
 * comes first and in one transaction: files without a row are found by the next run, a row without its files never is.
 */
export async function collectGarbage({
  project,
  olderThanMs,
  dryRun,
  confirm,
  ...rest
}: GcRequest): Promise<GarbageCollection> {
  const { now = Date.now(), ...world } = rest;
  const before = now - olderThanMs;
  return withProjectStore(project, world, dryRun ? 'read' : 'write', async store => {
    const planned = await plan(store, before);
    const result = describe(store.file, planned.garbage, planned.folders, !dryRun);
    const isEmpty = result.experiments + result.runs + result.loggedModels + result.folders === 0;
    if (dryRun || isEmpty) return result;
    await confirm?.({ ...result, written: false });
    // What was restored or registered while a person thought about it stays.
    const garbage = await store.write(() => deleteGarbage(store, before));
    const folders = await findDoomed(store, garbage, before);
    await removeFolders(folders, world);
    return describe(store.file, garbage, folders, true);
  });
}

async function plan(store: Store, before: number) {
  const garbage = await store.read(() => findGarbage(store, before));
  return { garbage, folders: await findDoomed(store, garbage, before) };
}

function describe(file: string, garbage: Garbage, folders: readonly Doomed[], written: boolean): GarbageCollection {
  return {
    file,
    experiments: garbage.experiments.length,
    runs: garbage.runs.length,
    loggedModels: garbage.loggedModels.length,
    folders: folders.length,
    bytes: folders.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: garbage.kept,
    written,
  };
}

function deleteGarbage(store: Store, before: number): Garbage {
  const garbage = findGarbage(store, before);
  const { runs, loggedModels, experiments } = garbage;
  const ids = JSON.stringify([...runs, ...loggedModels]);
  // Inputs name both of their ends without a foreign key.
  store.run(
    `DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs
     WHERE source_id IN (SELECT value FROM json_each(?)) OR destination_id IN (SELECT value FROM json_each(?)))`,
    ids,
    ids,
  );
  store.run(
    `DELETE FROM inputs WHERE source_id IN (SELECT value FROM json_each(?))
     OR destination_id IN (SELECT value FROM json_each(?))`,
    ids,
    ids,
  );
  deleteRows(store, 'logged_models', 'model_id', loggedModels);
  deleteRows(store, 'runs', 'run_uuid', runs);
  deleteRows(store, 'experiments', 'experiment_id', experiments);
  return garbage;
}

/**
 * Folders that nothing names once the garbage is gone. They are listed before the database is asked: a run is recorded
 * before it has a folder, so one that begins meanwhile is known.
 */
async function findDoomed(store: Store, garbage: Garbage, before: number): Promise<Doomed[]> {
  const folders = await listOwnFolders(store.file);
  if (folders.length === 0) return [];
  const claims = await store.read(() => findClaims(store, garbage));
  const named = new Set([...claims.ids, ...claims.locations.flatMap(location => location.split('/'))]);
  const roots = (await isAlone(store.file)) ? chooseRoots(store, claims.experiments, folders) : new Set();
  const gone = new Set([...garbage.runs, ...garbage.loggedModels]);
  const doomed: Doomed[] = [];
  for (const folder of folders) {
    if (named.has(folder.id)) continue;
    const { bytes, changedAt, isFileStore } = await measureFolder(folder.folder);
    // What no row ever named may be somebody else's: it has to be old, and where only this store keeps things.
    const isOrphan = changedAt <= before && !isFileStore && roots.has(folder.root);
    if (gone.has(folder.id) || isOrphan) doomed.push({ ...folder, bytes });
  }
  return doomed;
}

/** The folders beside the database that experiments of it lie in. */
function chooseRoots({ file }: Store, experiments: Claims['experiments'], folders: readonly OwnFolder[]): Set<string> {
  const places = experiments.flatMap(location => folderOf(localRoot(file, location)) ?? []);
  const roots = new Set(folders.map(({ root }) => root));
  return new Set([...roots].filter(root => places.some(place => partBelow(place, root) !== null)));
}

async function removeFolders(folders: readonly Doomed[], { signal, report }: World): Promise<void> {
  let done = 0;
  for (const { folder } of folders) {
    signal?.throwIfAborted();
    await rm(folder, { recursive: true, force: true }).catch(error =>
      Promise.reject(explainWriteFailure(error, folder)),
    );
    report?.({
      type: 'progress',
      id: 'gc',
      label: 'removing artifacts',
      done: ++done,
      total: folders.length,
      unit: 'items',
    });
    await removeEmpty(path.dirname(folder));
  }
}

/** The folder of an experiment (and `models` in it) goes with the last thing in it. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
    if (path.basename(folder) === 'models') await rmdir(path.dirname(folder));
  } catch {
    // Something is in it.
  }
}
