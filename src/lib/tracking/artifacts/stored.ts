import { SentopsError } from '../../core/errors.ts';
import type { Storage } from '../../storage/types.ts';
import type { ArtifactFile } from '../entities.ts';
import type { Artifacts } from '../types.ts';
import { artifactFile, artifactPath } from './artifact-path.ts';
import { checkBytes } from './check-bytes.ts';
import { schemeOf } from './local-folder.ts';

export type OpenStorage = (scheme: string) => Promise<Storage>;

export interface StoredArtifacts extends Artifacts {
  /** Throws EXTENSION_UNKNOWN where nothing here knows the scheme of the root. */
  open(root: string): Promise<Storage>;
}

/** Artifacts in an object store. A name there is no URL: nothing is escaped, as MLflow has it. */
export function storedArtifacts(openStorage: OpenStorage, signal: AbortSignal): StoredArtifacts {
  const open = (root: string) => openFor(root, openStorage);
  return {
    open,
    list: async (root, path = '') => await listFolder(await open(root), root, artifactPath(path), signal),
    async *read(root, path, { start = 0 } = {}) {
      const uri = join(root, artifactFile(path));
      yield* (await open(root)).read(uri, { signal, ...(start > 0 ? { start } : {}) });
    },
    async write(root, path, body, bytes) {
      const uri = join(root, artifactFile(path));
      await (await open(root)).write(uri, checkBytes(body, path, bytes), { signal });
    },
    async delete(root, path) {
      const storage = await open(root);
      const uri = join(root, artifactPath(path));
      const inside: string[] = [];
      for await (const object of storage.list(`${uri}/`, { signal, recursive: true })) inside.push(object.uri);
      for (const object of inside) await storage.delete(object, { signal });
      await storage.delete(uri, { signal });
    },
  };
}

/**
 * Object stores have no folders: those of a level are told from the names below it. Adapters need not agree on how a
 * listing of one level shows them, so everything below is listed; the trees of runs and models are small.
 */
async function listFolder(
  storage: Storage,
  root: string,
  path: string,
  signal: AbortSignal,
): Promise<readonly ArtifactFile[]> {
  const folder = `${join(root, path)}/`;
  const before = path === '' ? '' : `${path}/`;
  const files = new Map<string, ArtifactFile>();
  for await (const { uri, bytes } of storage.list(folder, { signal, recursive: true })) {
    const [name = '', ...deeper] = uri.slice(folder.length).split('/');
    if (name === '') continue;
    const isFolder = deeper.length > 0;
    // An object and a folder may have one name; the folder is what can be listed further.
    if (isFolder || !files.has(name))
      files.set(name, { path: `${before}${name}`, isFolder, bytes: isFolder ? null : bytes });
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function join(root: string, path: string): string {
  const base = root.replace(/\/+$/, '');
  return path === '' ? base : `${base}/${path}`;
}

async function openFor(root: string, openStorage: OpenStorage): Promise<Storage> {
  const scheme = schemeOf(root) ?? '';
  try {
    return await openStorage(scheme);
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'EXTENSION_UNKNOWN') throw error;
    const { hint, details } = error;
    throw new SentopsError('EXTENSION_UNKNOWN', `artifacts lie in ${root}, and nothing here can read ${scheme}://`, {
      hint: `${error.message}; ${hint}`,
      details: { ...details, root },
      cause: error,
    });
  }
}
