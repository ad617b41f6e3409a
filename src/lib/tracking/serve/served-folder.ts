import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { isTemporary, removeTemporary, temporaryName } from '../../core/temporary.ts';
import { artifactFile, artifactPath } from '../artifacts/artifact-path.ts';
import type { ArtifactFile } from '../entities.ts';
import { refuseWaysOut } from './artifact-root.ts';

export interface ServedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * A folder whose files strangers read and write. Nothing outside is ever touched: not by `..` in any encoding, not by
 * an absolute path, not over a link that leads out.
 */
export class ServedFolder {
  readonly #folder: string;
  #isTidied = false;

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  /** What lies directly in a folder, by name; nothing where there is no such folder. `path` is the bare name. */
  async list(at: string): Promise<ArtifactFile[]> {
    const plain = checkPath(at);
    const folder = await this.#follow(plain);
    if (folder === null) return [];
    const entries = await readdir(folder, { withFileTypes: true }).catch(onAbsent([]));
    const files: ArtifactFile[] = [];
    for (const entry of entries) {
      if (isTemporary(entry.name)) continue;
      const real = await this.#follow(plain === '' ? entry.name : `${plain}/${entry.name}`).catch(() => null);
      const found = real === null ? null : await stat(real).catch(() => null);
      if (found?.isDirectory()) files.push({ path: entry.name, isFolder: true, bytes: null });
      else if (found?.isFile()) files.push({ path: entry.name, isFolder: false, bytes: found.size });
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Throws NOT_FOUND for what is not there, FLAG_INVALID for a folder. Whoever opens it closes it. */
  async open(at: string): Promise<ServedFile> {
    const plain = checkFile(at);
    const file = await this.#follow(plain);
    if (file === null) throw absent(plain);
    // Without blocking: a named pipe would be waited for without end.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(onAbsent(null));
    if (handle === null) throw absent(plain);
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, stats };
    await handle.close();
    throw new SentopsError('FLAG_INVALID', `${plain} is ${stats.isDirectory() ? 'a folder' : 'no file'}`, {
      hint: 'list it, and ask for the files in it',
      details: { path: plain, errorCode: 'BAD_REQUEST' },
    });
  }

  /** The file appears whole, or not at all; what was there before is replaced. */
  async write(at: string, body: AsyncIterable<Uint8Array>): Promise<number> {
    const plain = checkFile(at);
    await mkdir(this.#folder, { recursive: true });
    if (!this.#isTidied) removeTemporary(this.#folder);
    this.#isTidied = true;
    const target = path.join(this.#folder, ...plain.split('/'));
    // In the root, where whoever lists the folder of the file cannot see it come.
    const draft = temporaryName(path.join(this.#folder, path.basename(target)));
    try {
      await this.#follow(plain);
      const bytes = await fill(draft, body);
      await this.#follow(plain);
      await mkdir(path.dirname(target), { recursive: true });
      await rename(draft, target);
      return bytes;
    } catch (error) {
      throw explainWriteFailure(error, plain);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** A file, or a folder with everything in it; nothing where there is none. The root itself stays. */
  async delete(at: string): Promise<void> {
    const plain = checkFile(at.replace(/\/+$/, ''));
    const parent = await this.#follow(path.posix.dirname(plain));
    if (parent === null) return;
    // A link is removed as a link.
    await rm(path.join(parent, path.posix.basename(plain)), { recursive: true, force: true }).catch(error => {
      throw explainWriteFailure(error, plain);
    });
  }

  /** Where a path leads once links are followed; null where there is nothing. Throws for one that leads out. */
  async #follow(plain: string): Promise<string | null> {
    const target = path.join(this.#folder, ...plain.split('/'));
    const root = await realpath(this.#folder).catch(onAbsent(null));
    if (root === null) return null;
    let inner = target;
    while (inner !== this.#folder && (await lstat(inner).catch(onAbsent(null))) === null) inner = path.dirname(inner);
    const real = await realpath(inner).catch(onAbsent(null));
    // A link that leads nowhere would be followed by whoever creates a file through it.
    if (real === null) throw leadsOut(plain);
    const back = path.relative(root, real);
    if (back.split(path.sep)[0] === '..' || path.isAbsolute(back)) throw leadsOut(plain);
    return inner === target ? real : null;
  }
}

async function fill(draft: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(draft, 'wx');
  try {
    let bytes = 0;
    for await (const chunk of body) {
      for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
      bytes += chunk.length;
    }
    await handle.datasync();
    return bytes;
  } finally {
    await handle.close();
  }
}

function checkPath(at: string): string {
  refuseWaysOut(at, 'path');
  const plain = artifactPath(at);
  if (plain.split('/').some(isTemporary)) throw absent(plain);
  return plain;
}

function checkFile(at: string): string {
  return artifactFile(checkPath(at));
}

function absent(at: string): SentopsError {
  return new SentopsError('NOT_FOUND', `No such artifact: '${at}'`, { details: { path: at } });
}

function leadsOut(at: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${at} is a link that leads out of the artifact folder`, {
    hint: 'remove the link',
    details: { path: at },
  });
}

function onAbsent<Value>(value: Value): (error: unknown) => Value {
  return error => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return value;
    throw error;
  };
}
