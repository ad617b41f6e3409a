import path from 'node:path';
import { SentopsError } from '../../../core/errors.ts';
import { pathOf } from '../../file/place.ts';
import type { StoredObject } from '../../types.ts';
import { isInside } from '../copy/overlap.ts';
import { refuseUnsafe } from '../copy/safe-name.ts';
import type { Transfer } from '../copy/transfer.ts';
import { type Found, findAt } from '../find.ts';
import { compileGlobs } from '../glob.ts';
import { listBelow } from '../list-below.ts';
import { missing } from '../missing.ts';
import { asFolder } from '../names.ts';
import { openPlaces, type Place, type StorageCall } from '../place.ts';
import { isBehindLink } from '../remove/links.ts';
import type { Doomed } from '../remove/plan-removal.ts';
import { findSame } from './find-same.ts';

export interface SyncWish {
  readonly source: string;
  readonly target: string;
  readonly recursive: boolean;
  /** Also delete what the source does not have. */
  readonly deleteExtra: boolean;
  /** Only add what the target does not have. */
  readonly noClobber: boolean;
  /** Take what has the same size and is not older for the same, without comparing checksums. */
  readonly byTime: boolean;
  /** Patterns of paths below the folders that are left alone on both sides. */
  readonly exclude: readonly string[];
}

export interface SyncPlan {
  readonly transfers: readonly Transfer[];
  /** What the target has and the source has not. */
  readonly extra: readonly Doomed[];
  readonly refused: readonly { readonly transfer: Transfer; readonly error: SentopsError }[];
  readonly same: number;
  readonly kept: number;
}

/** Compares two folders. */
export async function planSync(call: StorageCall & SyncWish): Promise<SyncPlan> {
  const places = openPlaces(call);
  const from = await places.at(call.source);
  const to = await places.at(call.target);
  const folder = await sourceFolder(from, call);
  await refuseFile(to, call);
  refuseOverlap({ ...from, uri: folder }, to, call.cwd);
  const base = asFolder(to.uri);
  const isLeftOut = compileExclude(call.exclude);
  const have = await index(from, folder, call, isLeftOut);
  const there = await index(to, base, call, isLeftOut);
  const root = to.isLocal ? pathOf(base, call.cwd) : null;
  // What lies behind a link belongs to another place.
  const isElsewhere = (name: string) => root !== null && isBehindLink(root, path.join(root, name));
  if (call.deleteExtra && have.size === 0 && there.size > 0) throw emptySource(call);
  const pairs = [...have].map(([name, source]) => ({ source, target: there.get(name) ?? null, name }));
  const same = call.noClobber ? new Set<string>() : await findSame(pairs, { from, to, byTime: call.byTime }, call);
  const changed = pairs.filter(({ name, target }) => !same.has(name) && !(call.noClobber && target !== null));
  const transfers = changed.map(({ name, source, target }): Transfer => {
    const ifGeneration = target === null || target.generation === '' ? null : target.generation;
    return { source, from, to: base + name, into: to, ifGeneration };
  });
  const refused = transfers.flatMap(transfer => {
    const error = refuseUnsafe(transfer, to);
    return error === undefined ? [] : [{ transfer, error }];
  });
  const bad = new Set(refused.map(({ transfer }) => transfer));
  const extra = call.deleteExtra ? [...there].filter(([name]) => !have.has(name) && !isElsewhere(name)) : [];
  return {
    transfers: transfers.filter(one => !bad.has(one)),
    extra: extra.map(([, object]) => ({ object, place: to })),
    refused,
    same: same.size,
    kept: pairs.length - same.size - changed.length,
  };
}

async function sourceFolder(place: Place, { signal }: StorageCall): Promise<string> {
  const found: Found = await findAt({ ...place, uri: asFolder(place.uri) }, signal);
  const [folder] = found.folders;
  if (folder !== undefined && !found.isPattern) return folder;
  const bare = await findAt(place, signal);
  if (bare.objects.length === 0) throw await missing({ ...bare, place }, signal);
  throw new SentopsError('FLAG_INVALID', `${place.given} is no folder`, {
    hint: 'copy a single object with: sentops storage cp',
    details: { source: place.given },
  });
}

async function refuseFile({ storage, uri, given }: Place, { signal }: StorageCall): Promise<void> {
  const bare = uri.replace(/\/+$/, '');
  if (bare === '' || /^[^:]+:\/\/[^/]*$/.test(bare) || (await storage.stat(bare, { signal })) === null) return;
  throw new SentopsError('CONFLICT', `${given} is a file, not a folder`, { details: { target: given } });
}

function refuseOverlap(from: Place, to: Place, cwd: string): void {
  if (!isInside(from, to, cwd) && !isInside(to, from, cwd)) return;
  throw new SentopsError('FLAG_INVALID', `${from.given} and ${to.given} lie in each other`, {
    hint: 'choose a target elsewhere',
    details: { source: from.given, target: to.given },
  });
}

/** Parts of an upload that is under way, or to be gone on with. */
const UNFINISHED = /^gs:\/\/[^/]+\/\.sentops-parts\//;

async function index(
  place: Place,
  folder: string,
  { recursive, signal }: StorageCall & SyncWish,
  isLeftOut: (name: string) => boolean,
): Promise<Map<string, StoredObject>> {
  const objects = await listBelow(place, folder, { recursive, signal });
  const named = objects
    .filter(({ isFolder, uri }) => isFolder !== true && !uri.endsWith('/') && !UNFINISHED.test(uri))
    .map(object => [object.uri.slice(folder.length), object] as const);
  return new Map(named.filter(([name]) => !isLeftOut(name)));
}

function compileExclude(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.flatMap(pattern => compileGlobs(pattern));
  return name => globs.some(glob => glob.matches(name));
}

/** Most often a name with a typing error, or a disk that is not mounted. */
function emptySource({ source, target }: SyncWish): SentopsError {
  return new SentopsError('CONFLICT', `${source} is empty: with --delete-extra everything in ${target} would go`, {
    hint: 'check the source; sentops storage rm -r empties a folder',
    details: { source, target },
  });
}
