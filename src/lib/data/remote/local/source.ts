import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SentopsError } from '../../../core/errors.ts';
import type { Factory } from '../../../extend/contract.ts';
import type { DatasetSource, RemoteFile } from '../../types.ts';
import { checkVersion, filesAsked } from '../check-asked.ts';

/** A file or a folder of this machine. Its files are hashed when it is looked up: time stamps say little elsewhere. */
const create: Factory<'dataset-source'> = (_options, { cwd }): DatasetSource => ({
  async find(ref, options) {
    const root = rootOf(ref, cwd);
    const found = await look(root, ref);
    const paths = found.isDirectory() ? await listFiles(root) : [path.basename(root)];
    const asked = filesAsked(
      ref,
      paths.map(name => ({ path: name })),
      options,
    );
    if (asked.length === 0) throw new SentopsError('NOT_FOUND', `the folder ${ref} holds no files`);
    const folder = found.isDirectory() ? root : path.dirname(root);
    const files: RemoteFile[] = [];
    for (const { path: name } of asked) files.push(await describe(path.join(folder, name), name, options.signal));
    const version = versionOf(files);
    checkVersion(ref, version, options);
    return { ref, version, files };
  },
  async *read({ ref }, file, { start, signal }) {
    const root = rootOf(ref, cwd);
    const folder = (await look(root, ref)).isDirectory() ? root : path.dirname(root);
    const handle = await openFile(path.join(folder, file.path), `${ref}: ${file.path}`);
    try {
      const check = async () => {
        const now = await handle.stat({ bigint: true });
        if (file.tag && file.tag !== tagOf(now)) throw changed(ref, file.path);
        return now;
      };
      const highWaterMark = chunkOf(await check());
      const stream = handle.createReadStream({ start, highWaterMark, autoClose: false, signal });
      for await (const chunk of stream) yield chunk as Buffer;
      await check();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      await handle.close();
    }
  },
});

export default create;

const SMALLEST_CHUNK = 4096;
const LARGEST_CHUNK = 1024 * 1024;

/** A large buffer for each of thousands of small files would be most of the work. */
function chunkOf({ size }: BigIntStats): number {
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, Number(size)));
}

function rootOf(ref: string, cwd: string): string {
  return /^file:\/\//i.test(ref) ? fileURLToPath(ref) : path.resolve(cwd, ref);
}

async function look(root: string, ref: string): Promise<BigIntStats> {
  try {
    const found = await stat(root, { bigint: true });
    if (found.isFile() || found.isDirectory()) return found;
  } catch (error) {
    throw unreadable(ref, error);
  }
  throw new SentopsError('DATA_INVALID', `${ref} is neither a file nor a folder`, {
    hint: 'write what it gives into a file first',
  });
}

/** All files below, hidden ones left out; links are followed to files and not to folders. */
async function listFiles(folder: string): Promise<string[]> {
  const names: string[] = [];
  const walk = async (below: string) => {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(name);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path.join(folder, name))))) names.push(name);
    }
  };
  await walk('');
  return names;
}

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    found => found.isFile(),
    () => false,
  );
}

async function describe(file: string, name: string, signal: AbortSignal): Promise<RemoteFile> {
  const handle = await openFile(file, name);
  try {
    const hash = createHash('sha256');
    const before = await handle.stat({ bigint: true });
    const stream = handle.createReadStream({ highWaterMark: chunkOf(before), autoClose: false, signal });
    for await (const chunk of stream) hash.update(chunk as Buffer);
    const after = await handle.stat({ bigint: true });
    if (tagOf(before) !== tagOf(after)) throw changed(file, name);
    return { path: name, bytes: Number(after.size), sha256: hash.digest('hex'), tag: tagOf(after) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await handle.close();
  }
}

async function openFile(file: string, shown: string) {
  return await open(file, 'r').catch((error: unknown) => {
    throw unreadable(shown, error);
  });
}

function tagOf({ size, mtimeNs, ino }: BigIntStats): string {
  return `${size}-${mtimeNs}-${ino}`;
}

/** Names and contents, nothing of this machine. */
function versionOf(files: readonly RemoteFile[]): string {
  const hash = createHash('sha256');
  for (const { path: name, sha256 } of files) hash.update(`${sha256}  ${name}\n`);
  return hash.digest('hex').slice(0, 16);
}

function unreadable(shown: string, error: unknown): SentopsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SentopsError('NOT_FOUND', `${shown} is not there`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new SentopsError('PERMISSION_DENIED', `${shown} may not be read by this user`, {
      hint: 'change its permissions, or run as a user who may read it',
      cause: error,
    });
  return new SentopsError(
    'DATA_INVALID',
    `${shown} cannot be read: ${error instanceof Error ? error.message : error}`,
    {
      cause: error,
    },
  );
}

function changed(ref: string, name: string): SentopsError {
  return new SentopsError('CONFLICT', `${name} in ${ref} changes while it is read`, {
    hint: 'wait until it has been written, and run the command again',
  });
}
