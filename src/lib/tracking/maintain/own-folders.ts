import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Where the artifacts of a store lie beside its database: ours, and those of MLflow's client and server. */
const ROOTS = ['artifacts', 'mlruns', 'mlartifacts'];
const EXPERIMENT = /^\d+$/;
const RUN = /^[0-9a-f]{32}$/;
const MODEL = /^m-[0-9a-f]{32}$/;

/** A folder that belongs to a run or a logged model by its place and name. */
export interface OwnFolder {
  readonly kind: 'run' | 'loggedModel';
  readonly id: string;
  readonly folder: string;
}

/** The folders of runs and logged models beside the database. Links are not followed: what they lead to is not ours. */
export async function listOwnFolders(file: string): Promise<OwnFolder[]> {
  const found: OwnFolder[] = [];
  for (const root of ROOTS.map(name => path.join(path.dirname(file), name)))
    for (const experiment of await listFolders(root)) {
      if (!EXPERIMENT.test(experiment)) continue;
      const parent = path.join(root, experiment);
      for (const id of await listFolders(parent))
        if (RUN.test(id)) found.push({ kind: 'run', id, folder: path.join(parent, id) });
      const models = path.join(parent, 'models');
      for (const id of await listFolders(models))
        if (MODEL.test(id)) found.push({ kind: 'loggedModel', id, folder: path.join(models, id) });
    }
  return found;
}

/** Empty where the folder is missing or a link. */
async function listFolders(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

/** What a folder holds, links counted as themselves. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const stat = await lstat(path.join(entry.parentPath, entry.name)).catch(() => null);
    bytes += stat?.size ?? 0;
  }
  return bytes;
}
