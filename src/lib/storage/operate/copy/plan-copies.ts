import { SentopsError } from '../../../core/errors.ts';
import type { StoredObject } from '../../types.ts';
import { type Found, findAt, holdsAnything } from '../find.ts';
import { listBelow } from '../list-below.ts';
import { missing } from '../missing.ts';
import { asFolder, baseName, isRoot } from '../names.ts';
import type { Place, Places } from '../place.ts';
import { isInside, isSame } from './overlap.ts';
import { refuseUnsafe } from './safe-name.ts';
import type { Transfer } from './transfer.ts';

export interface CopyWish {
  readonly sources: readonly string[];
  readonly target: string;
  readonly recursive: boolean;
  /** Which objects are meant; null for all. */
  readonly choose: ((object: StoredObject) => boolean) | null;
  readonly noClobber: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

export interface CopyPlan {
  readonly transfers: readonly Transfer[];
  /** Objects that cannot be copied, and why. */
  readonly refused: readonly { readonly transfer: Transfer; readonly error: SentopsError }[];
  readonly target: Place;
}

/** Where the copies go: into a folder under their names, or under one name that is given. */
interface Target {
  readonly place: Place;
  readonly isFolder: boolean;
}

/** What goes where, before anything is written. */
export async function planCopies(wish: CopyWish, places: Places): Promise<CopyPlan> {
  const { signal, recursive, cwd } = wish;
  const found: Found[] = [];
  for (const source of wish.sources) {
    const place = await places.at(source);
    const one = await findAt(place, signal);
    if (one.objects.length === 0 && one.folders.length === 0) throw await missing(one, signal);
    found.push(recursive ? one : withoutFolders(one));
  }
  const target = await readTarget(await places.at(wish.target), found, wish);
  const pairs: Transfer[] = [];
  for (const one of found) pairs.push(...(await copiesOf(one, target, wish)));
  return sortOut(pairs, target.place, cwd, signal);
}

/** Folders that a pattern matches are passed by, as by cp; one that is named is a mistake. */
function withoutFolders(found: Found): Found {
  if (found.objects.length > 0) return { ...found, folders: [] };
  throw new SentopsError('FLAG_INVALID', `${found.place.given} is a folder`, {
    hint: 'add -r to copy what is in it',
    details: { location: found.place.given },
  });
}

async function readTarget(place: Place, found: readonly Found[], { signal, target }: CopyWish): Promise<Target> {
  const { uri, storage, isLocal } = place;
  const [first] = found;
  const isOne = found.length === 1 && first !== undefined && !first.isPattern;
  if (uri.endsWith('/') || isRoot(place) || (isLocal && baseName(uri) === '')) {
    if (isLocal) await refuseFile(place, uri.replace(/\/+$/, ''), signal);
    return { place, isFolder: true };
  }
  const isObject = (await storage.stat(uri, { signal })) !== null;
  const isSeveral = !isOne || first.folders.length > 0;
  if (isObject && isSeveral)
    throw new SentopsError('CONFLICT', `${target} is a file: ${isOne ? 'a folder' : 'several'} cannot take its place`, {
      hint: 'name a folder, with a slash at its end',
      details: { target },
    });
  if (isObject) return { place, isFolder: false };
  if (await holdsAnything(place, asFolder(uri), signal)) return { place, isFolder: true };
  if (isOne) return { place, isFolder: false };
  // Of several, each would take the place of the one before.
  if (!isLocal) return { place, isFolder: true };
  throw new SentopsError('NOT_FOUND', `there is no folder ${target} for several files`, {
    hint: `add a slash to make it: ${target}/`,
    details: { target },
  });
}

async function refuseFile({ storage, given }: Place, bare: string, signal: AbortSignal): Promise<void> {
  if (bare === '' || (await storage.stat(bare, { signal })) === null) return;
  throw new SentopsError('CONFLICT', `${given} is a file, not a folder`, { details: { target: given } });
}

async function copiesOf(found: Found, target: Target, wish: CopyWish): Promise<Transfer[]> {
  const { place, objects, folders } = found;
  const { place: to, isFolder } = target;
  const into = { storage: to.storage, isLocal: to.isLocal };
  const copies: Transfer[] = [];
  const add = (source: StoredObject, uri: string) => {
    if (wish.choose !== null && !wish.choose(source)) return;
    const precondition = wish.noClobber ? { ifGeneration: null } : {};
    copies.push({ source, from: place, to: uri, into, ...precondition });
  };
  const base = asFolder(to.uri);
  for (const object of objects) add(object, isFolder ? base + baseName(object.uri) : to.uri);
  for (const folder of folders) {
    refuseInside(place, folder, to, wish.cwd);
    const name = baseName(folder);
    const start = isFolder && name !== '' ? `${base}${name}/` : base;
    for (const object of await listBelow(place, folder, { recursive: true, signal: wish.signal })) {
      // Some tools store an empty object in place of a folder, which a file system cannot.
      if (to.isLocal && object.uri.endsWith('/') && object.bytes === 0) continue;
      add(object, start + object.uri.slice(folder.length));
    }
  }
  return copies;
}

function refuseInside(place: Place, folder: string, to: Place, cwd: string): void {
  if (!isInside({ ...place, uri: folder }, to, cwd)) return;
  throw new SentopsError('FLAG_INVALID', `${to.given} is inside ${place.given}: it would be copied into itself`, {
    hint: 'choose a target elsewhere',
    details: { source: place.given, target: to.given },
  });
}

async function sortOut(pairs: readonly Transfer[], target: Place, cwd: string, signal: AbortSignal): Promise<CopyPlan> {
  const sources = new Map<string, string>();
  const transfers: Transfer[] = [];
  const refused: { transfer: Transfer; error: SentopsError }[] = [];
  for (const transfer of pairs) {
    const { source, to } = transfer;
    const other = sources.get(to);
    if (other === source.uri) continue;
    if (other !== undefined) throw collision(to, other, source.uri);
    sources.set(to, source.uri);
    const error = (await isSame(transfer, cwd, signal)) ? sameFile(transfer) : refuseUnsafe(transfer, target);
    if (error === undefined) transfers.push(transfer);
    else refused.push({ transfer, error });
  }
  return { transfers, refused, target };
}

function collision(to: string, one: string, other: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `two sources would both become ${to}: ${one} and ${other}`, {
    hint: 'copy them to folders of their own',
    details: { to, sources: [one, other] },
  });
}

function sameFile({ source, to }: Transfer): SentopsError {
  return new SentopsError('FLAG_INVALID', `${source.uri} and ${to} are the same: nothing to copy`, {
    hint: 'choose another target',
    details: { from: source.uri, to },
  });
}
