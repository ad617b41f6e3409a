import { SentopsError } from '../../../core/errors.ts';
import { pathOf } from '../../file/place.ts';
import type { StoredObject } from '../../types.ts';
import { type Found, findAt } from '../find.ts';
import { compileGlobs, patternFolder } from '../glob.ts';
import { missing } from '../missing.ts';
import { asFolder, isRoot } from '../names.ts';
import { openPlaces, type Place, type Places, type StorageCall } from '../place.ts';
import { isBehindLink, isLink } from './links.ts';
import { refuseVital } from './refuse-vital.ts';

export interface RemovalWish extends StorageCall {
  readonly locations: readonly string[];
  readonly recursive: boolean;
  /** Which objects are meant; null for all. */
  readonly choose: ((object: StoredObject) => boolean) | null;
}

export interface Doomed {
  readonly object: StoredObject;
  readonly place: Place;
}

/** A folder of this machine that is to go once it is empty; that of a bucket stays. */
export interface DoomedFolder {
  readonly folder: string;
  readonly isBucket: boolean;
}

export interface RemovalPlan {
  readonly objects: readonly Doomed[];
  readonly bytes: number;
  readonly folders: readonly DoomedFolder[];
  /** What will be empty as a whole, as it was given. */
  readonly buckets: readonly string[];
}

/** What is to be deleted. A folder, or all of a bucket, is meant only with `recursive`. */
export async function planRemoval(wish: RemovalWish): Promise<RemovalPlan> {
  const places = openPlaces(wish);
  const objects = new Map<string, Doomed>();
  const folders: DoomedFolder[] = [];
  const buckets = new Set<string>();
  for (const location of wish.locations) {
    const place = await places.at(location);
    const found = await findAt(place, wish.signal);
    if (found.objects.length === 0 && found.folders.length === 0) throw await missing(found, wish.signal);
    if (emptiesBucket(found, places)) {
      if (!wish.recursive) throw wholeBucket(place);
      buckets.add(location);
    }
    for (const object of ownObjects(found, wish.cwd)) objects.set(object.uri, { object, place });
    for (const folder of foldersOf(found, wish)) {
      const isBucket = place.isBucket && !found.isPattern;
      refuseFolder(place, folder, isBucket, wish);
      for (const object of await insideOf(place, folder, wish)) objects.set(object.uri, { object, place });
      if (place.isLocal && wish.choose === null) folders.push({ folder: pathOf(folder, wish.cwd), isBucket });
    }
  }
  const meant = [...objects.values()].filter(({ object }) => wish.choose === null || wish.choose(object));
  const bytes = meant.reduce((sum, { object }) => sum + object.bytes, 0);
  return { objects: meant, bytes, folders, buckets: [...buckets] };
}

/** Everything in a bucket, or in a role's folder on this machine, whether it is named or matched. */
function emptiesBucket({ place, folders, isPattern }: Found, { isBucket }: Places): boolean {
  const isWhole = (uri: string) => isRoot({ ...place, uri }) || isBucket(uri);
  if (!isPattern) return folders.some(isWhole);
  return compileGlobs(place.uri).some(({ folder, rest }) => isWhole(folder) && /^(?:\*\*\/)*\*+$/.test(rest));
}

/** Of a pattern on this machine, without what lies behind links: it belongs to another place. */
function ownObjects({ place, objects, isPattern }: Found, cwd: string): readonly StoredObject[] {
  if (!isPattern || !place.isLocal) return objects;
  const root = pathOf(patternFolder(place.uri) || '.', cwd);
  return objects.filter(({ uri }) => !isBehindLink(root, pathOf(uri, cwd)));
}

function foldersOf({ place, objects, folders }: Found, { recursive }: RemovalWish): readonly string[] {
  if (recursive) return folders;
  if (objects.length > 0 || folders.length === 0) return [];
  throw new SentopsError('FLAG_INVALID', `${place.given} is a folder`, {
    hint: 'add -r to delete all that is in it',
    details: { location: place.given },
  });
}

function refuseFolder(place: Place, folder: string, isBucket: boolean, wish: RemovalWish): void {
  refuseVital(place, folder, wish);
  if (!place.isLocal || isBucket || !isLink(pathOf(folder, wish.cwd))) return;
  throw new SentopsError('FLAG_INVALID', `${folder} is a link: what it leads to is not deleted`, {
    hint: 'name the folder itself, or remove the link with the tools of the system',
    details: { location: place.given },
  });
}

/** What lies behind a link belongs to another place: the link goes, with the folder that it is in. */
async function insideOf(place: Place, folder: string, { cwd, signal }: RemovalWish): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  const root = pathOf(folder, cwd);
  for await (const object of place.storage.list(asFolder(folder), { recursive: true, signal }))
    if (!place.isLocal || !isBehindLink(root, pathOf(object.uri, cwd))) objects.push(object);
  return objects;
}

function wholeBucket({ given }: Place): SentopsError {
  return new SentopsError('FLAG_INVALID', `${given} is everything in a bucket`, {
    hint: 'add -r if that is what you mean; --dry-run shows what would go',
    details: { location: given },
  });
}
