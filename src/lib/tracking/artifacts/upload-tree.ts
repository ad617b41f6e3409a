import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { isTemporary } from '../../core/temporary.ts';
import type { Artifacts } from '../types.ts';
import { artifactPath, joinPath } from './artifact-path.ts';
import { asLocal, locateHere } from './as-local.ts';
import { changedMeanwhile } from './changed-meanwhile.ts';
import { inParallel } from './in-parallel.ts';
import { meter, TRANSFERS_AT_ONCE, type TransferOptions } from './transfer.ts';

export interface UploadedFile {
  /** From the root of the artifacts. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

/** The file that makes a model of a folder: it comes last, so that a model that is there is whole. */
const LAST = 'MLmodel';

/** What `uploadTree` would store: a file goes into the folder `into` under its name, of a folder what is in it. */
export async function planUpload(source: string, into: string): Promise<UploadedFile[]> {
  const folder = artifactPath(into);
  const found = await lookAt(source);
  const below = (name: string) => joinPath(folder, name);
  if (found.isFile()) return [{ path: below(path.basename(source)), file: source, bytes: found.size }];
  if (!found.isDirectory()) throw unreadable(source, 'it is neither a file nor a folder');
  const files: UploadedFile[] = [];
  await walk(source, '', [await realpath(source)], (file, name, bytes) =>
    files.push({ path: below(name), file, bytes }),
  );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface UploadOptions extends TransferOptions {
  /** What not to store, by its path from the root of the artifacts. */
  readonly without?: (path: string) => boolean;
}

/** Stores a file or a folder of this machine. Each file is stored as a whole or not at all. */
export async function uploadTree(
  artifacts: Artifacts,
  source: string,
  root: string,
  into: string,
  options: UploadOptions,
): Promise<UploadedFile[]> {
  const { signal, report, concurrency = TRANSFERS_AT_ONCE, without = () => false } = options;
  const files = (await planUpload(source, into)).filter(file => !without(file.path));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const tell = meter(report, { id: 'upload', label: 'Uploading', total });
  const local = locateHere(artifacts, root, '') === null ? null : asLocal(artifacts);
  const send = async ({ path: at, file, bytes }: UploadedFile) => {
    signal.throwIfAborted();
    if (local === null) return await artifacts.write(root, at, readSteady(file, bytes, signal, tell), bytes);
    await local.copyIn(root, at, file);
    tell(bytes);
  };
  const isLast = ({ path: at }: UploadedFile) => at === LAST || at.endsWith(`/${LAST}`);
  await inParallel(
    files.filter(file => !isLast(file)),
    concurrency,
    send,
  );
  for (const file of files.filter(isLast)) await send(file);
  return files;
}

/**
 * The bytes of a file, which must be the same file at the end. The last piece is held back until that is known, so that
 * who counts the bytes cannot take the file for complete before.
 */
async function* readSteady(
  file: string,
  bytes: number,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const before = await lookAt(file);
  if (before.size !== bytes) throw changedMeanwhile(file);
  let held: Uint8Array | undefined;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    if (held !== undefined) yield held;
    held = chunk;
    tell(chunk.length);
  }
  const after = await lookAt(file);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino)
    throw changedMeanwhile(file);
  if (held !== undefined) yield held;
}

/** `above` are the real paths of the folders that lie over this one: a link to any of them would never end. */
async function walk(
  folder: string,
  name: string,
  above: readonly string[],
  take: (file: string, name: string, bytes: number) => void,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(error => {
    throw unreadable(folder, 'its folder cannot be read', error);
  });
  for (const entry of entries) {
    if (isTemporary(entry.name)) continue;
    const place = path.join(folder, entry.name);
    const inner = name === '' ? entry.name : `${name}/${entry.name}`;
    const found = await lookAt(place);
    if (found.isDirectory()) await walk(place, inner, [...above, await stepInto(place, entry, above)], take);
    else if (found.isFile()) take(place, inner, found.size);
    else throw unreadable(place, 'it is neither a file nor a folder');
  }
}

async function stepInto(place: string, entry: Dirent, above: readonly string[]): Promise<string> {
  const real = await realpath(place);
  const isAround = (folder: string) =>
    folder === real || folder.startsWith(real.endsWith(path.sep) ? real : real + path.sep);
  if (entry.isSymbolicLink() && above.some(isAround))
    throw unreadable(place, 'the link leads back to a folder that it lies in');
  return real;
}

async function lookAt(file: string): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ELOOP') throw unreadable(file, 'its links form a circle', error);
    if (code === 'EACCES') throw unreadable(file, 'permission denied', error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new SentopsError('NOT_FOUND', `there is no file ${file}`, {
      hint: 'check its name; a link may lead nowhere',
      place: { file },
      cause: error,
    });
  }
}

function unreadable(file: string, why: string, cause?: unknown): SentopsError {
  return new SentopsError('DATA_INVALID', `${file} cannot be stored: ${why}`, {
    hint: 'remove it, or store the other files one by one',
    place: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
