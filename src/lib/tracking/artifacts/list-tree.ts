import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import type { ArtifactFile } from '../entities.ts';
import type { Artifacts } from '../types.ts';
import { artifactPath } from './artifact-path.ts';
import { inParallel } from './in-parallel.ts';

/** A file or a folder of artifacts, with every file in it. */
export interface ArtifactTree {
  readonly isFolder: boolean;
  /** By path; of a file only the file itself. */
  readonly files: readonly TreeFile[];
}

export interface TreeFile {
  /** From the root. */
  readonly path: string;
  readonly bytes: number | null;
}

/** Folders in folders; more are a circle of links on a server, or an attack. */
const DEEPEST = 100;
/** Two folders in every folder would be more than there is time for, long before they are too deep. */
const MOST_ENTRIES = 1_000_000;

/** What lies directly in a folder, or the file of that path. Throws NOT_FOUND where there is neither. */
export async function listLevel(artifacts: Artifacts, root: string, path: string): Promise<readonly ArtifactFile[]> {
  const wanted = artifactPath(path);
  const level = await artifacts.list(root, wanted);
  if (level.length > 0 || wanted === '') return level;
  const found = await findEntry(artifacts, root, wanted);
  return found.isFolder ? [] : [found];
}

/** Everything at a path. Throws NOT_FOUND where there is neither a file nor a folder of it; a root may be empty. */
export async function listTree(
  artifacts: Artifacts,
  root: string,
  path: string,
  { signal, atOnce = 4 }: { readonly signal: AbortSignal; readonly atOnce?: number },
): Promise<ArtifactTree> {
  const wanted = artifactPath(path);
  const level = await listLevel(artifacts, root, wanted);
  const [only] = level;
  if (only !== undefined && wanted !== '' && only.path === wanted) return { isFolder: false, files: [toFile(only)] };
  const files: TreeFile[] = [];
  let entries = 0;
  const take = (found: readonly ArtifactFile[], folder: string) => {
    entries += found.length;
    if (entries > MOST_ENTRIES) throw tooMuch(root, `hold more than ${MOST_ENTRIES} files`, folder);
    return takeLevel(found, folder, files);
  };
  let folders = take(level, wanted);
  for (let depth = 0; folders.length > 0; depth += 1) {
    if (depth === DEEPEST) throw tooMuch(root, `are more than ${DEEPEST} deep`, folders[0] ?? '');
    signal.throwIfAborted();
    const levels = await inParallel(folders, atOnce, async folder => {
      signal.throwIfAborted();
      return { folder, found: await artifacts.list(root, folder) };
    });
    folders = levels.flatMap(({ folder, found }) => take(found, folder));
  }
  return { isFolder: true, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Keeps the files of one level and returns its folders. Names come from a server: none may lead out of its folder. */
function takeLevel(level: readonly ArtifactFile[], folder: string, files: TreeFile[]): string[] {
  const folders: string[] = [];
  const before = folder === '' ? '' : `${folder}/`;
  const names = new Set<string>();
  for (const entry of level) {
    const name = entry.path.startsWith(before) ? entry.path.slice(before.length) : '';
    // Two files of one name would be written into each other. A file and a folder may share one in an object store.
    const known = `${name}${entry.isFolder ? '/' : ''}`;
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || names.has(known))
      throw new SentopsError(
        'DATA_INVALID',
        `the artifact store lists ${JSON.stringify(entry.path)} in ${folder || 'the root'}`,
        {
          hint: 'no file of that name can lie there: the store is damaged or not to be trusted',
          details: { folder, path: entry.path },
        },
      );
    names.add(known);
    if (entry.isFolder) folders.push(entry.path);
    else files.push(toFile(entry));
  }
  return folders;
}

function toFile({ path, bytes }: ArtifactFile): TreeFile {
  return { path, bytes };
}

async function findEntry(artifacts: Artifacts, root: string, wanted: string): Promise<ArtifactFile> {
  const cut = wanted.lastIndexOf('/');
  const beside = await artifacts.list(root, wanted.slice(0, Math.max(0, cut)));
  const found = beside.find(({ path }) => path === wanted);
  if (found !== undefined) return found;
  const names = beside.map(({ path }) => path);
  const near = suggest(wanted, names);
  const there =
    names.length === 0
      ? 'nothing lies there'
      : `there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 8).join(', ')}`;
  throw new SentopsError('NOT_FOUND', `there is no artifact ${wanted} in ${root}`, {
    hint: near === undefined ? there : `did you mean ${near}?`,
    details: { root, path: wanted, beside: names.slice(0, 100) },
  });
}

function tooMuch(root: string, why: string, folder: string): SentopsError {
  return new SentopsError('DATA_INVALID', `the folders in ${root} ${why}`, {
    hint: 'a link may lead back to a folder that it lies in',
    details: { root, folder },
  });
}
