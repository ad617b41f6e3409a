import fs, { type Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isTemporary } from '../../core/temporary.ts';
import { compareNames } from '../compare-names.ts';
import type { ListOptions, StoredObject } from '../types.ts';
import { describeFile, describeFolder } from './describe.ts';
import { explainReadFailure, isAbsent } from './failures.ts';
import { isLockName } from './lock.ts';
import { pathOf, splitPrefix } from './place.ts';

/**
 * Files whose location begins with the prefix, in the order of their names as a bucket has them: a folder stands
 * where its name with a slash does. Links are followed; what is no file, and what leads nowhere, is left out.
 */
export async function* listFiles(prefix: string, cwd: string, options: ListOptions): AsyncGenerator<StoredObject> {
  const { folder, start } = splitPrefix(prefix);
  yield* listFolder({ spelled: folder, file: pathOf(folder === '' ? '.' : folder, cwd), above: [] }, start, options);
}

/** What a download that was interrupted goes on with. */
const PART_NAME = /^\..*\.sentops-[0-9a-f]{16}\.part$/;

interface Folder {
  /** As the caller writes it, with a slash at the end. */
  readonly spelled: string;
  readonly file: string;
  /** Real paths of the folders through which links led here. */
  readonly above: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

async function* listFolder(folder: Folder, start: string, options: ListOptions): AsyncGenerator<StoredObject> {
  for (const { name, isFolder, isLink } of await entriesOf(folder, start)) {
    options.signal.throwIfAborted();
    const file = path.join(folder.file, name);
    const spelled = folder.spelled + name;
    if (!isFolder) {
      const found = lookAt(file, spelled);
      if (found?.isFile()) yield describeFile(spelled, found);
      continue;
    }
    if (!options.recursive) {
      yield describeFolder(`${spelled}/`);
      continue;
    }
    const above = isLink ? await followLink(folder, file) : folder.above;
    if (above !== null) yield* listFolder({ spelled: `${spelled}/`, file, above }, '', options);
  }
}

/** Null for what vanished since the folder was read, and for a link that leads nowhere. */
function lookAt(file: string, spelled: string): fs.BigIntStats | null {
  try {
    return fs.statSync(file, { bigint: true });
  } catch (error) {
    if (isAbsent(error)) return null;
    throw explainReadFailure(error, spelled);
  }
}

async function entriesOf({ file, spelled }: Folder, start: string): Promise<Entry[]> {
  const found = await readdir(file, { withFileTypes: true }).catch(error => {
    if (isAbsent(error)) return [];
    throw explainReadFailure(error, spelled === '' ? file : spelled);
  });
  const entries = found
    .filter(({ name }) => name.startsWith(start) && !isUnfinished(name))
    .map(entry => describeEntry(entry, file));
  return entries.sort((a, b) => compareNames(sortName(a), sortName(b)));
}

/** Drafts, locks, and parts of downloads: nobody's objects. */
function isUnfinished(name: string): boolean {
  return name.startsWith('.') && (isTemporary(name) || isLockName(name) || PART_NAME.test(name));
}

function describeEntry(entry: Dirent, folder: string): Entry {
  const isLink = entry.isSymbolicLink();
  const isFolder = isLink ? leadsToFolder(path.join(folder, entry.name)) : entry.isDirectory();
  return { name: entry.name, isFolder, isLink };
}

/** A link in a circle leads nowhere; the look at it throws. */
function leadsToFolder(link: string): boolean {
  try {
    return fs.statSync(link).isDirectory();
  } catch {
    return false;
  }
}

function sortName({ name, isFolder }: Entry): string {
  return isFolder ? `${name}/` : name;
}

/** Null for a link to a folder that it lies in: it would be listed without end, and holds nothing that is not listed. */
async function followLink(from: Folder, link: string): Promise<readonly string[] | null> {
  const target = await realpath(link);
  const above = [...from.above, await realpath(from.file)];
  return above.some(folder => isInside(folder, target)) ? null : above;
}

function isInside(inner: string, outer: string): boolean {
  const back = path.relative(outer, inner);
  return back.split(path.sep)[0] !== '..' && !path.isAbsolute(back);
}
