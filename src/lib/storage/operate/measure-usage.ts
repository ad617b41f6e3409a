import { compareNames } from '../compare-names.ts';
import type { StoredObject } from '../types.ts';
import { type Choice, compileChoice } from './choice.ts';
import { type Found, findAt } from './find.ts';
import { missing } from './missing.ts';
import { openPlaces, type StorageCall } from './place.ts';

export interface UsageCall extends StorageCall, Choice {
  /** Everything in the buckets of the project where there is none. */
  readonly locations: readonly string[];
  /** Levels of folders that get a line of their own; 0 for the locations alone. */
  readonly depth: number;
}

export interface Usage {
  uri: string;
  objects: number;
  bytes: number;
}

export interface UsageList {
  items: Usage[];
  nextPageToken: null;
  total: { objects: number; bytes: number };
}

/** How much is in places, by folder: each location after the folders in it. */
export async function measureUsage(call: UsageCall): Promise<UsageList> {
  const { signal, depth } = call;
  const choose = compileChoice(call) ?? (() => true);
  const places = openPlaces(call);
  const isWhole = call.locations.length === 0;
  const sums: Sums = { rows: new Map(), measured: new Set(), total: { objects: 0, bytes: 0 } };
  for (const location of isWhole ? places.roles.values() : call.locations) {
    const found = await findAt(await places.at(location), signal);
    // A bucket that was not made yet holds nothing.
    if (found.objects.length === 0 && found.folders.length === 0 && !isWhole) throw await missing(found, signal);
    await addFound(sums, found, { depth, choose, signal });
  }
  return { items: [...sums.rows.values()], nextPageToken: null, total: sums.total };
}

interface Sums {
  readonly rows: Map<string, Usage>;
  /** Locations that are in the total already, folders with a slash at their end. */
  readonly measured: Set<string>;
  readonly total: { objects: number; bytes: number };
}

interface Measuring {
  readonly depth: number;
  readonly signal: AbortSignal;
  choose(object: StoredObject): boolean;
}

async function addFound(sums: Sums, { place, objects, folders }: Found, how: Measuring): Promise<void> {
  for (const object of objects) {
    if (!how.choose(object)) continue;
    sums.rows.set(object.uri, { uri: object.uri, objects: 1, bytes: object.bytes });
    if (!isMeasured(object.uri, sums)) addTo(sums.total, object);
    sums.measured.add(object.uri);
  }
  for (const folder of folders) {
    const whole: Usage = { uri: folder, objects: 0, bytes: 0 };
    const inner = new Map<string, Usage>();
    for await (const object of place.storage.list(folder, { recursive: true, signal: how.signal })) {
      if (!how.choose(object)) continue;
      addTo(whole, object);
      if (!isMeasured(object.uri, sums)) addTo(sums.total, object);
      for (const uri of foldersOf(object.uri, folder, how.depth)) {
        const usage = inner.get(uri) ?? { uri, objects: 0, bytes: 0 };
        inner.set(uri, usage);
        addTo(usage, object);
      }
    }
    for (const usage of [...inner.values()].sort((a, b) => compareNames(a.uri, b.uri))) sums.rows.set(usage.uri, usage);
    sums.rows.set(folder, whole);
    sums.measured.add(folder);
  }
}

/** By itself, or in a folder that was measured before. */
function isMeasured(uri: string, { measured }: Sums): boolean {
  for (const one of measured) if (one === uri || (one.endsWith('/') && uri.startsWith(one))) return true;
  return false;
}

function addTo(sum: { objects: number; bytes: number }, { bytes }: StoredObject): void {
  sum.objects += 1;
  sum.bytes += bytes;
}

/** The folders between a location and an object, as deep as asked. */
function* foldersOf(uri: string, start: string, depth: number): Generator<string> {
  let end = start.length;
  for (let level = 0; level < depth; level++) {
    end = uri.indexOf('/', end) + 1;
    if (end === 0) return;
    yield uri.slice(0, end);
  }
}
