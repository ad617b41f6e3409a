import { lstat, open, readdir } from 'node:fs/promises';
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
  /** `artifacts`, `mlruns` or `mlartifacts` that it lies in. */
  readonly root: string;
}

/** The folders of runs and logged models beside the database. Links are not followed: what they lead to is not ours. */
export async function listOwnFolders(file: string): Promise<OwnFolder[]> {
  const found: OwnFolder[] = [];
  for (const root of ROOTS.map(name => path.join(path.dirname(file), name)))
    for (const experiment of await listFolders(root)) {
      if (!EXPERIMENT.test(experiment)) continue;
      const parent = path.join(root, experiment);
      for (const id of await listFolders(parent))
        if (RUN.test(id)) found.push({ kind: 'run', id, folder: path.join(parent, id), root });
      const models = path.join(parent, 'models');
      for (const id of await listFolders(models))
        if (MODEL.test(id)) found.push({ kind: 'loggedModel', id, folder: path.join(models, id), root });
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
    return nothingThere(error);
  }
}

function nothingThere(error: unknown): [] {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
  throw error;
}

export interface FolderContent {
  readonly bytes: number;
  /** When the last file in it changed. */
  readonly changedAt: number;
  /** MLflow's file store describes a run by this file in its folder: then the folder is the run itself. */
  readonly isFileStore: boolean;
}

/** What a folder holds, links counted as themselves; nothing once another process has removed it. */
export async function measureFolder(folder: string): Promise<FolderContent> {
  let bytes = 0;
  let changedAt = 0;
  let isFileStore = false;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(nothingThere)) {
    if (entry.isDirectory()) continue;
    if (entry.parentPath === folder && entry.name === 'meta.yaml') isFileStore = true;
    const stat = await lstat(path.join(entry.parentPath, entry.name)).catch(() => null);
    bytes += stat?.size ?? 0;
    changedAt = Math.max(changedAt, stat?.mtimeMs ?? 0);
  }
  return { bytes, changedAt, isFileStore };
}

/** Whether another database lies beside this one: both may keep artifacts in the same folders. */
export async function isAlone(file: string): Promise<boolean> {
  const folder = path.dirname(file);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile() && entry.name !== path.basename(file) && (await isDatabase(path.join(folder, entry.name))))
      return false;
  return true;
}

async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer } = await handle.read(Buffer.alloc(15), 0, 15, 0);
    return buffer.toString('latin1') === 'SQLite format 3';
  } finally {
    await handle.close();
  }
}
