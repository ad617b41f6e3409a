import fs from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { crc32c } from '../crc32c.ts';
import { withFileLock } from '../file/lock.ts';
import { crcOfRanges, explainPartFailure, fetchRanges, planRanges, type Range } from './fetch-ranges.ts';
import { keyOf, otherParts, partOf } from './part-file.ts';
import { checkedSum, type Download, damaged, place, type Received } from './received.ts';

/** It is written down how far each range has come after this time: a kill of one that is in ranges costs no more. */
const SAVED_EVERY_MS = 250;
const RANGES = 4;

/** What is remembered of a download that has not ended. */
interface PartSession {
  /** The name of the part file tells which state of which object it is of. */
  readonly part: string;
  readonly ranges: Range[];
}

/** An object that goes to a part file beside its place, and on from there after a kill. One process at a time. */
export async function fetchLarge(download: Download): Promise<Received> {
  const { file } = download;
  return await withFileLock(
    file,
    async () => {
      try {
        return (await attempt(download)) ?? (await attempt(download)) ?? Promise.reject(damaged(download));
      } catch (error) {
        const told = explainPartFailure(error, file);
        // On a full disk a part is in the way of whoever makes room; of what is not wanted it is of no use.
        if (told instanceof SentopsError && /^(DISK_FULL|CONFLICT)$/.test(told.code)) await forget(download);
        throw told;
      }
    },
    { waitMs: 0 },
  );
}

/** Undefined where the bytes are not those of the object; nothing of them is left then. */
async function attempt(download: Download): Promise<Received | undefined> {
  const { file, options, object } = download;
  const { sessions, onBytes } = options;
  const key = keyOf(download);
  const part = partOf(download);
  for (const other of otherParts(download)) fs.rmSync(other, { force: true });
  const stored = await sessions.load(key);
  const session = (await readSession(stored, part, object.bytes, options.signal)) ?? beginSession(download, part);
  const { ranges } = session;
  const resumedFrom = ranges.reduce((sum, { start, at }) => sum + at - start, 0);
  onBytes?.(resumedFrom);
  await fill(download, session, resumedFrom);
  const sum = checkedSum(download, crcOfRanges(ranges));
  if (sum === undefined) {
    onBytes?.(-object.bytes);
    await forget(download);
    return undefined;
  }
  place(part, download);
  syncFolder(path.dirname(file));
  await sessions.remove(key);
  return { crc32c: sum, resumedFrom };
}

async function fill(download: Download, session: PartSession, had: number): Promise<void> {
  const { uri, storage, object, options } = download;
  const { sessions, signal, onBytes } = options;
  const key = keyOf(download);
  await refuseFullDisk(download, object.bytes - had);
  // A session is saved before its first byte, so that no part is left that nobody knows of.
  await sessions.save(key, session);
  const handle = await open(session.part, had === 0 ? 'w' : 'r+', (download.mode ?? 0o666) | 0o600);
  let saved = Date.now();
  const onSaved = async (bytes: number) => {
    onBytes?.(bytes);
    if (Date.now() - saved < SAVED_EVERY_MS) return;
    saved = Date.now();
    await sessions.save(key, session);
  };
  try {
    await fetchRanges(handle, session.ranges, { uri, generation: object.generation, storage, signal, onSaved });
    await handle.datasync();
  } catch (error) {
    // The failure is what is told; a place that cannot be saved costs bytes alone.
    await sessions.save(key, session).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

function beginSession({ object, options }: Download, part: string): PartSession {
  const { parallelThreshold } = options;
  const isParallel = parallelThreshold !== undefined && parallelThreshold > 0 && object.bytes >= parallelThreshold;
  return { part, ranges: planRanges(object.bytes, isParallel ? RANGES : 1) };
}

/** Only what fits the part file that is there; anything else is begun anew. */
async function readSession(
  stored: unknown,
  part: string,
  bytes: number,
  signal: AbortSignal,
): Promise<PartSession | undefined> {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { part: name, ranges } = stored as Partial<PartSession>;
  if (name !== part || !Array.isArray(ranges) || !ranges.every(isRange)) return undefined;
  const isWhole = ranges.every(({ start }, index) => start === (ranges[index - 1]?.end ?? 0));
  const size = fs.statSync(part, { throwIfNoEntry: false })?.size ?? -1;
  const reached = Math.max(...ranges.map(({ at, start }) => (at > start ? at : 0)));
  if (!isWhole || ranges.at(-1)?.end !== bytes || size <= 0 || size < reached) return undefined;
  const [only] = ranges;
  // One that grows at its end alone holds what its length says, also what came after the session was saved.
  if (ranges.length === 1 && only !== undefined) only.at = Math.min(size, bytes);
  await readAgain(part, ranges, signal);
  return { part, ranges };
}

/** The checksums of what is really there: a machine that lost its power may have kept less than it was told to write. */
async function readAgain(part: string, ranges: readonly Range[], signal: AbortSignal): Promise<void> {
  const handle = await open(part, 'r');
  const buffer = Buffer.allocUnsafeSlow(512 * 1024);
  try {
    for (const range of ranges) {
      range.crc = 0;
      for (let at = range.start; at < range.at; ) {
        signal.throwIfAborted();
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, range.at - at), at);
        if (bytesRead === 0) break;
        range.crc = crc32c(buffer.subarray(0, bytesRead), range.crc);
        at += bytesRead;
      }
    }
  } finally {
    await handle.close();
  }
}

function isRange(value: Partial<Range> | null): value is Range {
  const { start = -1, end = -1, at = -1 } = value ?? {};
  return [start, end, at].every(Number.isSafeInteger) && start >= 0 && start <= at && at <= end;
}

async function forget(download: Download): Promise<void> {
  fs.rmSync(partOf(download), { force: true });
  await download.options.sessions.remove(keyOf(download));
}

async function refuseFullDisk({ file, uri }: Download, needed: number): Promise<void> {
  const disk = await statfs(path.dirname(file)).catch(() => null);
  const free = disk === null ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize;
  if (free >= needed) return;
  throw new SentopsError(
    'DISK_FULL',
    `no space left on the device for ${file}: ${needed} bytes are needed, ${free} are free`,
    {
      place: { file },
      details: { uri, needed, free },
    },
  );
}
