import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { Storage, StoredObject } from '../types.ts';
import { fetchLarge } from './fetch-large.ts';
import { fetchSmall } from './fetch-small.ts';
import type { Download } from './received.ts';
import type { TransferOptions, Transferred } from './types.ts';

export interface DownloadOptions extends TransferOptions {
  /** What a list said of the object, where it was asked just before: one request less. */
  readonly object?: StoredObject;
}

/** Whole in memory up to here; what is larger gets a part file that is gone on with after a kill. */
const SMALL_BYTES = 1024 * 1024;

/**
 * Fetches an object into a file, which appears under its name when it is complete and its checksum is that of the
 * store. `ifGeneration: null` keeps a file that is there (CONFLICT); other generations mean nothing here.
 */
export async function downloadObject(
  uri: string,
  file: string,
  storage: Storage,
  options: DownloadOptions,
): Promise<Transferred> {
  const { signal } = options;
  signal.throwIfAborted();
  const object = options.object ?? (await storage.stat(uri, { signal }));
  if (object === null) throw new SentopsError('NOT_FOUND', `${uri} does not exist`);
  const isKept = options.ifGeneration === null;
  const target = lookAtTarget(file, isKept);
  makeFolder(target.file);
  const work = { ...target, uri, storage, object, isKept, options };
  const received = await (object.bytes <= SMALL_BYTES ? fetchSmall(work) : fetchLarge(work));
  return { to: file, bytes: object.bytes, generation: null, ...received };
}

/** A link stays, and what it leads to is replaced; only a regular file is. */
function lookAtTarget(file: string, isKept: boolean): Pick<Download, 'file' | 'mode'> {
  const there = fs.statSync(file, { throwIfNoEntry: false });
  if (there === undefined) return { file };
  if (there.isDirectory()) throw refuse(file, 'it is a folder');
  if (!there.isFile()) throw refuse(file, 'it is no regular file but a pipe, a socket or a device');
  if (isKept) throw new SentopsError('CONFLICT', `${file} is there already`, { place: { file } });
  return { file: fs.realpathSync(file), mode: there.mode & 0o7777 };
}

function refuse(file: string, why: string): SentopsError {
  return new SentopsError('NOT_WRITABLE', `cannot write ${file}: ${why}`, {
    ...(why.includes('pipe') ? { hint: 'use - for standard output' } : {}),
    place: { file },
  });
}

function makeFolder(file: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, file);
  }
}
