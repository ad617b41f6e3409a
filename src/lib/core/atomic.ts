import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from './errors.ts';
import { removeTemporary, temporaryName } from './temporary.ts';

export interface FileToWrite {
  /** Relative to the folder given. */
  readonly path: string;
  readonly data: string | Uint8Array;
  readonly mode?: number;
}

interface WriteOptions {
  readonly signal?: AbortSignal;
}

interface Staged {
  readonly temporary: string;
  readonly target: string;
  /** A second name of the file that was there before; restored when a later file fails. */
  backup: string | null;
  renamed: boolean;
}

/** Replaces a file as a whole or not at all: a reader sees the old or the new text, and a failure leaves no trace. */
export function writeFileAtomic(
  file: string,
  data: string | Uint8Array,
  options: { readonly mode?: number } = {},
): void {
  let temporary: string | null = null;
  try {
    const target = followLink(file);
    temporary = temporaryName(target);
    writeSynced(temporary, data, target, options.mode);
    fs.renameSync(temporary, target);
    syncFolder(path.dirname(target));
  } catch (error) {
    if (temporary !== null) removeQuietly(temporary);
    throw explainWriteFailure(error, file);
  }
}

/**
 * Writes several files below one folder. A folder that is not there yet appears with all of them at once. In one that
 * is there all are staged beside their targets first and renamed at the end; on a failure or an abort the files that
 * were there before are back and every file and folder made is gone.
 */
export async function writeFilesAtomic(
  dir: string,
  files: readonly FileToWrite[],
  options: WriteOptions = {},
): Promise<void> {
  if (fs.existsSync(dir)) await replaceFiles(dir, files, options, dir);
  else await makeFolderWith(dir, files, options);
}

/** Built beside its place under another name: a process that is killed leaves nothing where the folder is to be. */
async function makeFolderWith(dir: string, files: readonly FileToWrite[], options: WriteOptions): Promise<void> {
  const target = path.resolve(dir);
  const parent = path.dirname(target);
  const draft = temporaryName(target);
  const folders: string[] = [];
  try {
    makeFolders(parent, folders);
    removeTemporary(parent);
    await replaceFiles(draft, files, options, dir);
    fs.renameSync(draft, target);
    syncFolder(parent);
  } catch (error) {
    removeQuietly(draft);
    for (const folder of folders.toReversed()) removeEmptyFolder(folder);
    throw explainWriteFailure(error, dir);
  }
}

/** `shown` is the folder as messages call it. */
async function replaceFiles(
  dir: string,
  files: readonly FileToWrite[],
  options: WriteOptions,
  shown: string,
): Promise<void> {
  const staged: Staged[] = [];
  const folders: string[] = [];
  let current = shown;
  try {
    for (const file of files) {
      await turn(options.signal);
      current = resolveInside(shown, file.path);
      staged.push(stage(resolveInside(dir, file.path), file, folders));
    }
    await turn(options.signal);
    for (const [index, entry] of staged.entries()) {
      current = resolveInside(shown, files[index]?.path ?? '');
      commit(entry);
    }
  } catch (error) {
    for (const entry of staged.toReversed()) undo(entry);
    for (const folder of folders.toReversed()) removeEmptyFolder(folder);
    if (options.signal?.aborted) throw options.signal.reason;
    throw explainWriteFailure(error, current);
  }
  for (const entry of staged) if (entry.backup !== null) fs.rmSync(entry.backup, { force: true });
}

/** The table's error for a file that cannot be written, naming the path. */
export function explainWriteFailure(error: unknown, file: string): unknown {
  if (error instanceof SentopsError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const place = { file };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SentopsError('DISK_FULL', `no space left on the device to write ${file}`, { place, cause: error });
  }
  const reason = WRITE_REFUSALS[code];
  if (reason === undefined) return error;
  return new SentopsError('NOT_WRITABLE', `cannot write ${file}: ${reason}`, { place, cause: error });
}

const WRITE_REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EFBIG: 'it would be larger than the file system or a limit of the shell (ulimit -f) allows',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  ENOENT: 'its folder does not exist',
  EEXIST: 'a part of its path is a file, not a folder',
  ENOTEMPTY: 'somebody else made it meanwhile',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links form a circle',
};

/** Cleaning up must not hide why it is needed: below a file even the look for a file fails. */
function removeQuietly(file: string): void {
  try {
    fs.rmSync(file, { recursive: true, force: true });
  } catch {
    // Nothing can have been made there.
  }
}

function stage(target: string, file: FileToWrite, folders: string[]): Staged {
  makeFolders(path.dirname(target), folders);
  const real = followLink(target);
  const temporary = temporaryName(real);
  try {
    writeSynced(temporary, file.data, real, file.mode);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  return { temporary, target: real, backup: null, renamed: false };
}

function commit(entry: Staged): void {
  if (fs.existsSync(entry.target)) {
    const backup = temporaryName(entry.target);
    keepSecondName(entry.target, backup);
    entry.backup = backup;
  }
  fs.renameSync(entry.temporary, entry.target);
  entry.renamed = true;
}

function undo(entry: Staged): void {
  fs.rmSync(entry.temporary, { force: true });
  if (entry.renamed && entry.backup !== null) fs.renameSync(entry.backup, entry.target);
  else if (entry.renamed) fs.rmSync(entry.target, { force: true });
  else if (entry.backup !== null) fs.rmSync(entry.backup, { force: true });
}

/** A hard link costs no space; a copy does where the file system has no links. */
function keepSecondName(file: string, backup: string): void {
  try {
    fs.linkSync(file, backup);
  } catch {
    fs.copyFileSync(file, backup);
  }
}

function writeSynced(temporary: string, data: string | Uint8Array, target: string, mode: number | undefined): void {
  const before = fs.statSync(target, { throwIfNoEntry: false });
  if (before?.isDirectory()) throw Object.assign(new Error(`${target} is a folder`), { code: 'EISDIR' });
  const handle = fs.openSync(temporary, 'wx', mode ?? 0o666);
  try {
    fs.writeFileSync(handle, data);
    if (before !== undefined) keepOwner(handle, before);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function keepOwner(handle: number, before: fs.Stats): void {
  try {
    fs.fchownSync(handle, before.uid, before.gid);
  } catch {
    // Only root may give a file away; the writer then owns the new one, as with any editor.
  }
  fs.fchmodSync(handle, before.mode & 0o7777);
}

function makeFolders(folder: string, made: string[]): void {
  if (fs.existsSync(folder)) return;
  makeFolders(path.dirname(folder), made);
  fs.mkdirSync(folder);
  made.push(folder);
}

function removeEmptyFolder(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Somebody else put a file there meanwhile: it is theirs to keep.
  }
}

/** A link is followed, so that writing through it keeps the link; a dangling one gets its target. */
function followLink(file: string, depth = 0): string {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isSymbolicLink()) return path.resolve(file);
  if (depth > 40) throw explainWriteFailure(Object.assign(new Error(file), { code: 'ELOOP' }), file);
  return followLink(path.resolve(path.dirname(file), fs.readlinkSync(file)), depth + 1);
}

function resolveInside(dir: string, relative: string): string {
  const target = path.resolve(dir, relative);
  const back = path.relative(dir, target);
  if (back === '' || back.split(path.sep)[0] === '..' || path.isAbsolute(back)) {
    throw new SentopsError('NOT_WRITABLE', `${relative} is not inside ${dir}`, {
      hint: 'give a path below the folder',
    });
  }
  return target;
}

/** Lets a pending signal be seen between two files. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** The rename itself lasts only once the folder is on the disk; some file systems refuse to sync folders. */
export function syncFolder(folder: string): void {
  try {
    const handle = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    // The file is complete either way.
  }
}
