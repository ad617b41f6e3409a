import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import { crc32c } from '../crc32c.ts';
import { withFileLock } from '../file/lock.ts';
import type { SessionStore } from '../types.ts';
import { keyOf, otherParts } from './part-file.ts';
import { checkedSum, type Download, damaged, place, type Received } from './received.ts';

/** An object that fits into memory: fetched, compared, and written in one go. */
export async function fetchSmall(download: Download): Promise<Received> {
  const { file, options, object } = download;
  if (tidyOnce(options.sessions, path.dirname(file)).hasParts) await removeParts(download);
  let bytes = await collect(download);
  let sum = checkedSum(download, crc32c(bytes));
  if (sum === undefined) {
    bytes = await collect(download);
    sum = checkedSum(download, crc32c(bytes));
  }
  if (sum === undefined) throw damaged(download);
  store(bytes, download);
  options.onBytes?.(object.bytes);
  return { crc32c: sum, resumedFrom: 0 };
}

async function collect({ uri, storage, object, options: { signal } }: Download): Promise<Uint8Array> {
  const { bytes, generation } = object;
  const chunks: Uint8Array[] = [];
  let had = 0;
  const pinned = generation === '' ? {} : { generation };
  if (bytes > 0)
    for await (const chunk of storage.read(uri, { signal, start: 0, end: bytes, ...pinned })) {
      had += chunk.length;
      if (had > bytes) break;
      chunks.push(chunk);
    }
  signal.throwIfAborted();
  if (had !== bytes) {
    const amount = had > bytes ? 'more bytes came than it has' : `${had} of ${bytes} bytes came`;
    throw new SentopsError('DATA_INVALID', `${uri}: ${amount}`, { hint: 'run the command again', details: { uri } });
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, bytes);
}

function store(bytes: Uint8Array, download: Download): void {
  const draft = temporaryName(download.file);
  try {
    const handle = fs.openSync(draft, 'wx', download.mode ?? 0o666);
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(handle, bytes, done);
      fs.fdatasyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    place(draft, download);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw explainWriteFailure(error, download.file);
  }
}

interface Folder {
  readonly hasParts: boolean;
}

/** The transfers of one command share their sessions; each folder is looked through once for what a kill left. */
const tidied = new WeakMap<SessionStore, Map<string, Folder>>();

function tidyOnce(sessions: SessionStore, folder: string): Folder {
  const done = tidied.get(sessions) ?? new Map<string, Folder>();
  tidied.set(sessions, done);
  const known = done.get(folder);
  if (known !== undefined) return known;
  removeTemporary(folder);
  const found = { hasParts: fs.readdirSync(folder).some(name => name.endsWith('.part')) };
  done.set(folder, found);
  return found;
}

/** Of an object under this name that was larger. */
async function removeParts(download: Download): Promise<void> {
  const { file, options } = download;
  if (otherParts(download).length === 0) return;
  const remove = async () => {
    for (const part of otherParts(download)) fs.rmSync(part, { force: true });
    await options.sessions.remove(keyOf(download));
  };
  await withFileLock(file, remove, { waitMs: 0 });
}
