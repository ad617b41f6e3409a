import type { StoredObject } from '../types.ts';
import { compileGlobs, type Glob, hasWildcards, type Level } from './glob.ts';
import { asFolder, isRoot } from './names.ts';
import type { Place } from './place.ts';

/** What a location names. */
export interface Found {
  readonly place: Place;
  readonly objects: readonly StoredObject[];
  /** Folders, each with a slash at its end. */
  readonly folders: readonly string[];
  /** It was a pattern, so that more could match at any time. */
  readonly isPattern: boolean;
}

/**
 * What is at a location: an object, a folder, both (buckets have that), or what matches its wildcards. A name that is
 * there as it stands is no pattern, whatever it holds.
 */
export async function findAt(place: Place, signal: AbortSignal): Promise<Found> {
  const { uri, storage } = place;
  const object = uri.endsWith('/') ? null : await storage.stat(uri, { signal });
  const folder = asFolder(uri);
  const folders = (await holdsAnything(place, folder, signal)) ? [folder] : [];
  if (object === null && folders.length === 0 && hasWildcards(uri)) return await expand(place, signal);
  return { place, objects: object === null ? [] : [object], folders, isPattern: false };
}

/** Whether there is a folder: something in it, the bucket itself, or on this machine an empty one. */
export async function holdsAnything(
  { storage, isLocal }: Place,
  folder: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (isLocal) return await isLocalFolder(storage, folder, signal);
  for await (const _one of storage.list(folder, { recursive: false, signal })) return true;
  return isRoot({ uri: folder, isLocal });
}

async function isLocalFolder(storage: Place['storage'], folder: string, signal: AbortSignal): Promise<boolean> {
  const bare = isRoot({ uri: folder, isLocal: true }) ? folder : folder.replace(/(?<=[^/])\/+$/, '');
  // A file in its place is an error of the bucket that it would be.
  if ((await storage.stat(bare, { signal })) !== null) return false;
  return (await storage.buckets?.describe(bare, { signal }).catch(() => null)) !== null;
}

async function expand(place: Place, signal: AbortSignal): Promise<Found> {
  const objects = new Map<string, StoredObject>();
  const folders = new Set<string>();
  for (const glob of compileGlobs(place.uri)) {
    for await (const match of matchesOf(place, glob, signal)) {
      if (match.isFolder === true) folders.add(match.uri);
      else objects.set(match.uri, match);
    }
  }
  return { place, objects: [...objects.values()], folders: [...folders], isPattern: true };
}

async function* matchesOf(place: Place, glob: Glob, signal: AbortSignal): AsyncGenerator<StoredObject> {
  if (glob.levels !== null) {
    yield* descend(place, glob.folder, glob.levels, signal);
    return;
  }
  for await (const object of place.storage.list(glob.folder, { recursive: true, signal })) {
    const isHidden = place.isLocal && isHiddenBelow(object.uri.slice(glob.folder.length), place.uri);
    if (!isHidden && glob.matches(object.uri)) yield object;
  }
}

/** Level by level, so that a pattern for folders does not read all that is in them. */
async function* descend(
  place: Place,
  folder: string,
  [level, ...rest]: readonly Level[],
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  if (level === undefined) return;
  if (level.text === '') {
    // A pattern with a slash at its end means folders.
    if (await holdsAnything(place, folder, signal)) yield folderEntry(folder);
    return;
  }
  if (level.pattern === null && rest.length > 0) {
    yield* descend(place, `${folder}${level.text}/`, rest, signal);
    return;
  }
  for await (const entry of place.storage.list(folder + literalStart(level), { recursive: false, signal })) {
    const name = entry.uri.slice(folder.length).replace(/\/$/, '');
    if (!matchesLevel(name, level, place)) continue;
    if (rest.length === 0) yield entry;
    else if (entry.isFolder === true) yield* descend(place, entry.uri, rest, signal);
  }
}

function folderEntry(uri: string): StoredObject {
  return { uri, bytes: 0, updated: '', generation: '', isFolder: true };
}

/** What names have to begin with: a store lists those alone. */
function literalStart({ text, pattern }: Level): string {
  return pattern === null ? text : text.slice(0, text.search(/[*?[]/));
}

function matchesLevel(name: string, { text, pattern }: Level, { isLocal }: Place): boolean {
  if (name === '') return false;
  if (pattern === null) return name === text;
  // As a shell has it; names in buckets that begin with a dot are names like others.
  if (isLocal && name.startsWith('.') && !text.startsWith('.')) return false;
  return pattern.test(name);
}

function isHiddenBelow(rest: string, pattern: string): boolean {
  return /(^|\/)\./.test(rest) && !/(^|\/)\.[^/]*$/.test(pattern);
}
