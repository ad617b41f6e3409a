import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SentopsError } from '../../core/errors.ts';

/** The scheme of an artifact root in lower case; null for a path. One letter is a drive of Windows. */
export function schemeOf(root: string): string | null {
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(root)?.[1]?.toLowerCase() ?? null;
}

/** Whether a root is a folder as this machine names folders. It need not be there. */
export function isLocal(root: string): boolean {
  const scheme = schemeOf(root);
  return scheme === null || scheme === 'file';
}

/** The folder of a `file:` URI or a path. A relative one hangs on the folder where MLflow ran, which nobody recorded. */
export function localFolder(root: string): string {
  const scheme = schemeOf(root);
  if (scheme !== null && scheme !== 'file') throw refuse(root, `${scheme}: is no folder of this machine`);
  const folder = scheme === 'file' ? folderOf(root) : root;
  if (folder === '' || folder.includes('\0')) throw refuse(root, 'it names no folder');
  if (path.isAbsolute(folder)) return path.normalize(folder);
  throw refuse(root, 'it is relative, and to which folder is not known');
}

function folderOf(uri: string): string {
  const rest = uri.slice('file:'.length);
  try {
    // The URL parser would make an absolute path of a relative one.
    return rest.startsWith('/') ? fileURLToPath(uri) : decodeURIComponent(rest);
  } catch (error) {
    throw refuse(uri, error instanceof Error ? error.message : 'it is no file URI', error);
  }
}

function refuse(root: string, why: string, cause?: unknown): SentopsError {
  return new SentopsError('DATA_INVALID', `${JSON.stringify(root)} is no folder for artifacts: ${why}`, {
    hint: 'give an absolute path or a URI such as file:///data/mlruns/1; sentops store relocate writes new ones into a store',
    details: { root },
    ...(cause === undefined ? {} : { cause }),
  });
}
