import fs from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import { compressionOf } from '../read/stored-bytes.ts';
import { type ArchiveLimits, Budget, LIMITS, refuseArchive } from './limits.ts';
import { type ExtractedFile, type PackedFile, writePackedFile } from './packed-file.ts';
import { placeFiles } from './place-files.ts';
import { isTar } from './read-tar.ts';

export type { ExtractedFile } from './packed-file.ts';

export interface ExtractOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes unpacked so far. */
  readonly onBytes?: (written: number) => void;
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * Unpacks a zip or tar archive, or the one file behind .gz or .zst, into a folder: all of it, or nothing. Files of the
 * folder that have a name of the archive are replaced, the others stay.
 */
export async function extractArchive(file: string, into: string, options: ExtractOptions): Promise<ExtractedFile[]> {
  const handle = await open(file, 'r').catch(error => Promise.reject(explainOpen(error, file)));
  const target = path.resolve(into);
  const isThere = fs.existsSync(target);
  const draft = isThere ? temporaryName(path.join(target, 'unpacked')) : temporaryName(target);
  try {
    const { size } = await handle.stat();
    const budget = new Budget(path.basename(file), size, { ...LIMITS, ...options.limits }, options.onBytes);
    const content = await openContent(file, handle, budget);
    await mkdir(path.dirname(draft), { recursive: true });
    removeTemporary(path.dirname(draft));
    await checkSpace(path.dirname(draft), content.bytes, into);
    await mkdir(draft);
    const files = await unpackAll(content.files, draft, budget, options.signal);
    if (files.length === 0) throw refuseArchive(path.basename(file), 'it holds no files');
    await syncAll(files.map(each => path.join(draft, each.path)));
    options.signal.throwIfAborted();
    if (isThere)
      placeFiles(
        draft,
        target,
        files.map(each => each.path),
      );
    else await rename(draft, target);
    return files;
  } catch (error) {
    throw explainWriteFailure(error, into);
  } finally {
    await handle.close();
    await rm(draft, { recursive: true, force: true });
  }
}

interface Content {
  /** Null where it is known only at the end. */
  readonly bytes: number | null;
  readonly files: Iterable<PackedFile> | AsyncIterable<PackedFile>;
}

/** A tar archive is told by its first header. */
const HEAD = 512;

async function openContent(file: string, handle: FileHandle, budget: Budget): Promise<Content> {
  const head = Buffer.alloc(HEAD);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  const name = path.basename(file);
  if (bytesRead === 0) throw refuseArchive(name, 'it is empty');
  if (compressionOf(head) !== 'none' || isTar(head)) {
    const { readPacked } = await import('./read-packed.ts');
    return { bytes: null, files: readPacked(name, handle, budget) };
  }
  const { readZip } = await import('./read-zip.ts');
  return readZip(name, handle, budget);
}

/** Small files are unpacked without waiting for anything: signals get their turn between some of them. */
const FILES_A_TURN = 64;

async function unpackAll(
  packed: Content['files'],
  draft: string,
  budget: Budget,
  signal: AbortSignal,
): Promise<ExtractedFile[]> {
  const files: ExtractedFile[] = [];
  for await (const file of packed) {
    if (files.length % FILES_A_TURN === 0) await turn();
    signal.throwIfAborted();
    files.push(await writePackedFile(file, draft, budget, signal));
  }
  return files;
}

const SYNCS = 16;
const datasync = promisify(fs.fdatasync);

/** Side by side, since a file system writes many of them in one go. */
async function syncAll(files: readonly string[]): Promise<void> {
  const queue = files.values();
  const work = async () => {
    for (const file of queue) {
      // What a thread is asked for is the waiting alone.
      const fd = fs.openSync(file, 'r+');
      await datasync(fd).finally(() => fs.closeSync(fd));
    }
  };
  await Promise.all(Array.from({ length: SYNCS }, work));
}

/** Before an hour of unpacking, not after it. */
async function checkSpace(folder: string, bytes: number | null, into: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bytes === null || bytes <= bavail * bsize) return;
  throw new SentopsError('DISK_FULL', `${into} needs ${bytes} bytes and the device has ${bavail * bsize} left`);
}

function explainOpen(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return new SentopsError('NOT_FOUND', `${file} is not there`, { cause: error });
  if (code === 'EACCES')
    return new SentopsError('PERMISSION_DENIED', `${file} cannot be read: permission denied`, { cause: error });
  return error;
}
