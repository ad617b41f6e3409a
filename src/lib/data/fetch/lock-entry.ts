import path from 'node:path';
import type { RemoteDataset, RemoteFile } from '../types.ts';
import { byPath } from './by-path.ts';
import type { ChosenDataset } from './choose-dataset.ts';
import type { KnownFile } from './folder-record.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';

/** What a download made of the files of a source. */
interface Fetched {
  readonly chosen: ChosenDataset;
  readonly asked: { readonly remote: RemoteDataset };
  /** What the lock file said before, where the source still has the same. */
  readonly base: LockedDataset | null;
  readonly brought: readonly {
    readonly file: RemoteFile;
    readonly arrived: { readonly known: KnownFile } | null;
    readonly unpacked: readonly { readonly path: string; readonly known: KnownFile }[] | null;
  }[];
}

/** What is locked after a download. Where nothing changed it is what was locked before, to the letter. */
export function lockEntry({ chosen, asked, base, brought }: Fetched): LockedDataset {
  const archives: Record<string, LockedFile> = byPath([]);
  const files: Record<string, LockedFile> = byPath([]);
  for (const { file, arrived, unpacked } of brought) {
    // Nothing was fetched: what is there came in an archive that the lock file knows.
    const origin = arrived === null ? (unpacked?.[0]?.known.from ?? file.path) : file.path;
    const came = arrived === null ? base?.archives[origin] : cameNow(file, arrived.known, base);
    if (came !== undefined && unpacked === null) files[file.path] = came;
    else if (came !== undefined) archives[origin] = came;
    for (const member of unpacked ?? []) files[member.path] = { ...hashesOf(member.known), from: origin };
  }
  const isPart = chosen.only !== null && base !== null;
  const isFirstWhole = chosen.only === null && base?.partial === true;
  return {
    source: chosen.source,
    ref: base?.ref ?? chosen.key.slice(chosen.source.length + 1),
    version: base === null || isFirstWhole ? asked.remote.version : base.version,
    folder: folderBeside(chosen),
    partial: chosen.only !== null && (base?.partial ?? true),
    archives: isPart ? { ...base.archives, ...archives } : archives,
    files: isPart ? { ...base.files, ...files } : files,
  };
}

function cameNow(file: RemoteFile, known: KnownFile, base: LockedDataset | null): LockedFile {
  const before = base?.archives[file.path] ?? base?.files[file.path];
  if (before !== undefined && before.sha256 === known.sha256) return withoutOrigin(before);
  // Where the source tells a hash, what else it says of the content (the date of a file here) is needed by nobody.
  const needsTag = file.sha256 === null && known.tag !== undefined;
  return { ...hashesOf(known), ...(needsTag ? { tag: known.tag } : {}) };
}

function withoutOrigin({ from: _from, ...file }: LockedFile): LockedFile {
  return file;
}

function hashesOf({ bytes, sha256, crc32c }: KnownFile): LockedFile {
  return { bytes, sha256, crc32c };
}

/** A path of this machine has no place in a file that is shared. */
function folderBeside({ lockFile, outputDir }: ChosenDataset): string | null {
  const folder = path.relative(path.dirname(lockFile), outputDir).split(path.sep).join('/');
  return folder.startsWith('../') || folder === '..' || path.isAbsolute(folder) ? null : folder || '.';
}
