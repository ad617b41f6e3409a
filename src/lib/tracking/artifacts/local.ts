import fs from 'node:fs';
import { copyFile, type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { isTemporary, removeTemporary, temporaryName } from '../../core/temporary.ts';
import type { ArtifactFile } from '../entities.ts';
import type { Artifacts } from '../types.ts';
import { artifactFile, artifactPath } from './artifact-path.ts';
import { changedMeanwhile } from './changed-meanwhile.ts';
import { checkBytes } from './check-bytes.ts';
import { isLocal, localFolder } from './local-folder.ts';

/** Artifacts that lie in folders of this machine: files go in and out without passing through this process. */
export interface LocalArtifacts extends Artifacts {
  /** As `write`, of a file of this machine. */
  copyIn(root: string, path: string, file: string): Promise<void>;
  /** Where a file or folder of a root lies on this machine; null for a root that does not lie here. */
  locate(root: string, path: string): string | null;
}

/** Large enough that a file of 50 MB costs a few dozen turns, small enough for many at once. */
const CHUNK_BYTES = 1 << 20;

/** Artifacts below `file:` URIs and paths; a relative path is refused. */
export function localArtifacts(): LocalArtifacts {
  const tidied = new Set<string>();
  const locate = (root: string, at: string) => path.join(localFolder(root), ...artifactPath(at).split('/'));
  const put = async (root: string, at: string, fill: (draft: string) => Promise<void>) =>
    await putWhole(localFolder(root), locate(root, artifactFile(at)), tidied, fill);
  return {
    locate: (root, at) => (isLocal(root) ? locate(root, at) : null),
    list: async (root, at = '') => await listFolder(localFolder(root), artifactPath(at)),
    async *read(root, at, { start = 0 } = {}) {
      yield* readFrom(locate(root, artifactFile(at)), at, root, start);
    },
    write: (root, at, body, bytes) => put(root, at, draft => writeDraft(draft, checkBytes(body, at, bytes))),
    copyIn: (root, at, file) => put(root, at, draft => copyDraft(file, draft)),
    async delete(root, at) {
      const target = locate(root, at);
      await explained(target, async () => {
        if (artifactPath(at) !== '') await refuseWayOut(localFolder(root), path.dirname(target));
        await rm(target, { recursive: true, force: true });
      });
    },
  };
}

async function listFolder(root: string, at: string): Promise<ArtifactFile[]> {
  const folder = path.join(root, at);
  const entries = await readdir(folder, { withFileTypes: true }).catch(error => {
    if (isAbsent(error)) return [];
    throw explainReadFailure(error, folder);
  });
  const files: ArtifactFile[] = [];
  for (const entry of entries) {
    if (isTemporary(entry.name)) continue;
    const place = path.join(folder, entry.name);
    const name = at === '' ? entry.name : `${at}/${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(place, root)));
    const size = isFolder ? null : await sizeOf(place);
    if (isFolder || size !== null) files.push({ path: name, isFolder, bytes: size });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A link to a folder that it lies in would be listed without end; it holds nothing that is not listed elsewhere. */
async function leadsToFolder(link: string, root: string): Promise<boolean> {
  const isFolder = await stat(link).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return false;
  const target = await realpath(link);
  for (let above = path.dirname(link); ; above = path.dirname(above)) {
    const back = path.relative(target, await realpath(above));
    if (back.split(path.sep)[0] !== '..' && !path.isAbsolute(back)) return false;
    if (above === root || above === path.dirname(above)) return true;
  }
}

/** A link counts as what it leads to; what leads nowhere, and what is no file, cannot be read. */
async function sizeOf(file: string): Promise<number | null> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? found.size : null;
}

async function* readFrom(file: string, at: string, root: string, start: number): AsyncGenerator<Uint8Array> {
  const handle = await openFile(file, at, root);
  yield* handle.createReadStream({ start, highWaterMark: CHUNK_BYTES });
}

async function openFile(file: string, at: string, root: string): Promise<FileHandle> {
  const found = await stat(file).catch(error => {
    if (isAbsent(error)) return null;
    throw explainReadFailure(error, file);
  });
  // A named pipe would be waited for without end.
  if (found?.isFile()) return await open(file).catch(error => Promise.reject(explainReadFailure(error, file)));
  const why =
    found === null ? `there is no artifact ${at}` : `${at} is ${found.isDirectory() ? 'a folder' : 'no file'}`;
  throw new SentopsError('NOT_FOUND', `${why} in ${root}`, { details: { root, path: at, file } });
}

/**
 * The draft lies directly in the root, so that the folders of a file appear together with it: whoever lists never sees
 * the beginning of a file, nor a folder made for one that did not come.
 */
async function putWhole(
  root: string,
  target: string,
  tidied: Set<string>,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = temporaryName(path.join(root, path.basename(target)));
  await explained(target, async () => {
    await mkdir(root, { recursive: true });
    if (!tidied.has(root)) removeTemporary(root);
    tidied.add(root);
    await refuseWayOut(root, path.dirname(target));
    try {
      await fill(draft);
      await mkdir(path.dirname(target), { recursive: true });
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function writeDraft(draft: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(draft, 'wx');
  try {
    for await (const chunk of body) await writeAll(handle, chunk);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
}

/** Copied by the system, by reference where the file system shares blocks between files. */
async function copyDraft(file: string, draft: string): Promise<void> {
  const before = await stat(file).catch(error => Promise.reject(explainReadFailure(error, file)));
  await copyFile(file, draft, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
  const [after, copied] = await Promise.all([stat(file), stat(draft)]);
  if (before.size !== copied.size || before.mtimeMs !== after.mtimeMs || before.size !== after.size)
    throw changedMeanwhile(file);
  const handle = await open(draft, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Following links, the folder that would be written in must lie below the root; folders that are not there have none. */
async function refuseWayOut(root: string, folder: string): Promise<void> {
  const real = await realpath(root).catch(() => root);
  let inner = folder;
  while (inner !== root && (await lstat(inner).catch(() => null)) === null) inner = path.dirname(inner);
  const back = path.relative(real, inner === root ? real : await realpath(inner));
  if (back.split(path.sep)[0] !== '..' && !path.isAbsolute(back)) return;
  throw new SentopsError('NOT_WRITABLE', `${inner} is a link that leads out of ${root}`, {
    hint: 'remove the link, or write to another path',
    place: { file: inner },
  });
}

async function explained(target: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw explainWriteFailure(error, target);
  }
}

function explainReadFailure(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOENT')
    return new SentopsError('NOT_FOUND', `there is no file ${file}`, { place: { file }, cause: error });
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new SentopsError('PERMISSION_DENIED', `cannot read ${file}: permission denied`, {
    hint: 'change its permissions, or run the command as its owner',
    place: { file },
    cause: error,
  });
}

function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
