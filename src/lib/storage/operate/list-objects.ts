import { compareNames } from '../compare-names.ts';
import type { StoredObject } from '../types.ts';
import { type Choice, compileChoice } from './choice.ts';
import { findAt } from './find.ts';
import { listBelow } from './list-below.ts';
import { missing } from './missing.ts';
import { openPlaces, type Place, type Places, type StorageCall } from './place.ts';

export interface ListCall extends StorageCall, Choice {
  /** The buckets of the project where there is none. */
  readonly locations: readonly string[];
  readonly recursive: boolean;
}

export interface ListedObject {
  uri: string;
  type: 'file' | 'folder';
  /** Null of a folder. */
  bytes: number | null;
  /** ISO 8601; null of a folder. */
  updated: string | null;
  generation: string | null;
  crc32c: string | null;
  contentType: string | null;
}

export interface ObjectList {
  items: ListedObject[];
  nextPageToken: null;
  total: { objects: number; bytes: number };
}

/** What is at the locations: objects, and what is directly in folders, or all of it. Nothing there is NOT_FOUND. */
export async function listObjects(call: ListCall): Promise<ObjectList> {
  const choose = compileChoice(call);
  const places = openPlaces(call);
  const rows = new Map<string, StoredObject>();
  for (const location of call.locations)
    for (const object of await listAt(await places.at(location), call)) rows.set(object.uri, object);
  if (call.locations.length === 0) for (const folder of roleFolders(places)) rows.set(folder.uri, folder);
  // A folder has no time: what is in it would have to be asked for.
  const isMeant = (object: StoredObject) => choose === null || (object.isFolder !== true && choose(object));
  const items = [...rows.values()].filter(isMeant).map(describe);
  const files = items.filter(({ type }) => type === 'file');
  const bytes = files.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return { items, nextPageToken: null, total: { objects: files.length, bytes } };
}

async function listAt(place: Place, { recursive, signal, project }: ListCall): Promise<StoredObject[]> {
  if (/^[^:]+:\/\/$/.test(place.uri)) return await listBuckets(place, project.config.storage.project, signal);
  const found = await findAt(place, signal);
  if (found.objects.length === 0 && found.folders.length === 0) throw await missing(found, signal);
  const rows = [...found.objects];
  for (const folder of found.folders) rows.push(...(await listBelow(place, folder, { recursive, signal })));
  return rows;
}

/** `gs://` alone. */
async function listBuckets({ storage }: Place, project: string | undefined, signal: AbortSignal) {
  const folders: StoredObject[] = [];
  const options = { signal, ...(project === undefined ? {} : { project }) };
  if (storage.buckets !== undefined)
    for await (const bucket of storage.buckets.list(options)) folders.push(folderEntry(bucket.uri));
  return folders;
}

function roleFolders({ roles }: Places): StoredObject[] {
  return [...roles.values()].sort(compareNames).map(folderEntry);
}

function folderEntry(uri: string): StoredObject {
  return { uri: uri.endsWith('/') ? uri : `${uri}/`, bytes: 0, updated: '', generation: '', isFolder: true };
}

function describe(object: StoredObject): ListedObject {
  const { uri, bytes, updated, generation, crc32c, contentType } = object;
  if (object.isFolder === true)
    return { uri, type: 'folder', bytes: null, updated: null, generation: null, crc32c: null, contentType: null };
  const more = { crc32c: crc32c ?? null, contentType: contentType ?? null };
  return { uri, type: 'file', bytes, updated, generation, ...more };
}
