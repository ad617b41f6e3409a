import { SentopsError } from '../../core/errors.ts';
import { WORK_FOLDER } from './folder-record.ts';

/** Bytes of one name on the usual file systems, and of a path with some room for the folder it lies in. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 2048;

/** Refuses what no folder can hold before the first byte is fetched, not after the last. */
export function checkPlaces(paths: readonly string[], shownRef: string): void {
  const refuse = (path: string, why: string) =>
    new SentopsError('DATA_INVALID', `${shownRef} has a file that cannot be written: ${shorten(path)} ${why}`, {
      hint: 'fetch the other files one by one with --file NAME, or store the dataset elsewhere with sync --stream',
      details: { path },
    });
  const files = new Set<string>();
  for (const path of paths) {
    if (files.has(path)) throw refuse(path, 'is there twice');
    files.add(path);
    const isLong = path.split('/').some(part => Buffer.byteLength(part) > LONGEST_NAME);
    if (isLong || Buffer.byteLength(path) > LONGEST_PATH) throw refuse(path, 'is too long a name');
  }
  for (const path of paths)
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      if (files.has(path.slice(0, at))) throw refuse(path, `lies below ${shorten(path.slice(0, at))}, which is a file`);
}

function shorten(path: string): string {
  return JSON.stringify(path.length > 100 ? `${path.slice(0, 100)}…` : path);
}

/** Names come from elsewhere: none of them may lead out of the folder, or among what we keep there. */
export function checkPath(path: string, shownRef: string): void {
  const parts = path.split('/');
  const isOdd =
    path === '__proto__' ||
    /[\u0000-\u001f\\]/.test(path) ||
    /^[A-Za-z]:/.test(path) ||
    parts.some(part => part === '' || part === '.' || part === '..');
  if (!isOdd && parts[0]?.toLowerCase() !== WORK_FOLDER) return;
  throw new SentopsError('DATA_INVALID', `${shownRef} has a file that is called ${JSON.stringify(path)}`, {
    hint: 'a path like this cannot be written below a folder: tell the owner of the dataset',
    details: { path },
  });
}
