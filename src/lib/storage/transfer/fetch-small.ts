import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import { crc32c } from '../crc32c.ts';
import type { SessionStore } from '../types.ts';
import { checkedSum, type Download, damaged, place, type Received } from './received.ts';

/** An object that fits into memory: fetched, compared, and written in one go. */
export async function fetchSmall(download: Download): Promise<Received> {
  const { file, options, object } = download;
  tidyOnce(options.sessions, path.dirname(file));
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
    const handle = fs.openSync(draft, 'wx');
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

/** The transfers of one command share their sessions; each folder is looked through once for what a kill left. */
const tidied = new WeakMap<SessionStore, Set<string>>();

function tidyOnce(sessions: SessionStore, folder: string): void {
  const done = tidied.get(sessions) ?? new Set();
  tidied.set(sessions, done);
  if (done.has(folder)) return;
  done.add(folder);
  removeTemporary(folder);
}
