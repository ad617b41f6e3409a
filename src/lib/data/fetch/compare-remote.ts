import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import type { RemoteDataset, RemoteFile } from '../types.ts';
import { byPath } from './by-path.ts';
import type { ChosenDataset } from './choose-dataset.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';

/** What the source has and the lock file does not say, by paths. */
export interface RemoteChange {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** How a dataset at its source differs from what was locked; null where it is the same as far as anybody can tell. */
export function compareRemote(locked: LockedDataset, remote: RemoteDataset, only: string | null): RemoteChange | null {
  const isOtherVersion = remote.version !== locked.version;
  // Numbers count what an owner published; any other version may only stand for the files that were asked for.
  const isNewer = isOtherVersion && [remote.version, locked.version].every(version => /^\d+$/.test(version));
  const known = cameAs(locked);
  const isOther = (before: LockedFile | undefined, file: RemoteFile) => differs(before, file) ?? isOtherVersion;
  const changed = remote.files
    .filter(file => (known[file.path] === undefined ? isNewer && only !== null : isOther(known[file.path], file)))
    .map(file => file.path);
  // Of a part of a dataset nobody knows what else there was, and the same version has nothing new.
  const isWhole = isOtherVersion && only === null && !locked.partial;
  const names = new Set(remote.files.map(file => file.path));
  const added = isWhole ? [...names].filter(name => known[name] === undefined) : [];
  const gone = isWhole ? Object.keys(known).filter(name => !names.has(name)) : [];
  return changed.length + added.length + gone.length === 0 ? null : { changed, added, gone };
}

interface Asked {
  readonly update: boolean;
  readonly force: boolean;
}

/** The same; throws where nobody asked for anything else than what was locked. */
export function changeOf(
  { only, shownRef, version }: Pick<ChosenDataset, 'only' | 'shownRef' | 'version'>,
  locked: LockedDataset | null,
  remote: RemoteDataset,
  { update, force }: Asked,
): RemoteChange | null {
  const change = locked === null ? null : compareRemote(locked, remote, only);
  if (locked === null || change === null) return null;
  const isOtherAsked = version !== null && remote.version !== locked.version;
  if (!update && !force && !isOtherAsked) throw remoteChanged({ ref: shownRef }, locked, remote, change);
  return change;
}

/** What came from the source, archives included, without what was unpacked from them. */
export function cameAs({ archives, files }: LockedDataset): Readonly<Record<string, LockedFile>> {
  const plain = Object.entries(files).filter(([, file]) => file.from === undefined);
  return byPath([...plain, ...Object.entries(archives)]);
}

/** Whether a file is another one than what was known of it; null where nobody can tell. */
export function differs(
  known: Pick<LockedFile, 'bytes' | 'sha256' | 'crc32c' | 'tag'> | undefined,
  { bytes, sha256, crc32c, tag }: RemoteFile,
): boolean | null {
  if (known === undefined) return null;
  if (sha256 !== null && known.sha256 !== null) return sha256 !== known.sha256;
  if ((crc32c ?? null) !== null) return crc32c !== known.crc32c || (bytes !== null && bytes !== known.bytes);
  if (bytes !== null && bytes !== known.bytes) return true;
  return (tag ?? null) === null || known.tag === undefined ? null : tag !== known.tag;
}

export function remoteChanged(
  { ref }: { readonly ref: string },
  locked: LockedDataset,
  remote: RemoteDataset,
  change: RemoteChange,
): SentopsError {
  const parts = [...tell('changed', change.changed), ...tell('new', change.added), ...tell('gone', change.gone)];
  const version =
    remote.version === locked.version ? '' : ` is at version ${remote.version}, the lock file has ${locked.version}`;
  const isPinnable = locked.source === 'kaggle' && remote.version !== locked.version && /^\d+$/.test(locked.version);
  const older = isPinnable ? `, or stay with what you had: --version ${quoteWord(locked.version)}` : '';
  return new SentopsError(
    'CONFLICT',
    `${ref}${version === '' ? ' has changed at its source' : version}: ${parts.join('; ')}`,
    {
      hint: `take it with --update${older}`,
      details: { locked: locked.version, found: remote.version, ...change },
    },
  );
}

const MOST_NAMES = 5;

function tell(word: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return [`${word}: ${names.slice(0, MOST_NAMES).join(', ')}${more}`];
}
