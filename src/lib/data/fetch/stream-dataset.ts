import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { openStorages } from '../../storage/open-storage.ts';
import { contentTypeOf } from '../../storage/operate/content-type.ts';
import { parseBytes } from '../../storage/operate/parse-bytes.ts';
import { checksumObject } from '../../storage/transfer/checksum-object.ts';
import { userSessions } from '../../storage/transfer/file-sessions.ts';
import { sendBody } from '../../storage/transfer/stream-object.ts';
import type { TransferOptions } from '../../storage/transfer/types.ts';
import type { Storage } from '../../storage/types.ts';
import { inParallel } from '../../tracking/artifacts/in-parallel.ts';
import { TRANSFERS_AT_ONCE } from '../../tracking/artifacts/transfer.ts';
import type { RemoteFile } from '../types.ts';
import { type AskedSource, askSource } from './ask-source.ts';
import { isArchive } from './check-head.ts';
import { type ChosenDataset, chooseDataset } from './choose-dataset.ts';
import { cameAs, changeOf, differs } from './compare-remote.ts';
import { writeDatasetLock } from './dataset-lock.ts';
import { findFault } from './fetch-file.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';
import { lookUp } from './locked-folder.ts';
import { streamBody } from './stream-body.ts';
import type { SyncCall, SyncResult } from './sync-types.ts';
import { createMeter } from './transfer-meter.ts';
import { placeTo, show, trainingInput, type UploadedObject } from './upload-dataset.ts';
import { sessionsOf } from './upload-sessions.ts';

/**
 * From the source into the store, without a copy on this machine; what a killed run had stored already is not sent
 * again. The lock file gets the checksum of what was sent; nobody saw it in one piece, so there may be no sha256.
 */
export async function streamDataset(call: SyncCall): Promise<SyncResult> {
  const { chosen, locked } = await lookUp(chooseDataset(call));
  const asked = await askSource(chosen, call);
  const { remote } = asked;
  refuseArchives(remote.files, chosen);
  const change = changeOf(chosen, locked, remote, call);
  const base = change === null ? locked : null;
  const to = placeTo(chosen, call);
  const { project, report, cwd, dryRun } = call;
  const sizes = remote.files.map(({ bytes }) => bytes);
  const meter = createMeter(report, { id: 'stream', label: 'Streaming', sizes });
  const work: Streaming = {
    asked,
    to,
    base,
    update: call.update,
    force: call.force,
    dryRun,
    storage: await openStorages(project, call).at(to),
    options: optionsOf(call, bytes => meter.moved(bytes)),
  };
  const lock = async (sent: readonly Streamed[], isAll: boolean) => {
    if (!dryRun && sent.length > 0)
      await writeDatasetLock(chosen.lockFile, chosen.key, lockStreamed(chosen, base, { sent, isAll, remote }));
  };
  const sent = await sendAll(work, async partly => {
    if (locked === null || base !== null) await lock(partly, false);
  });
  await lock(sent, true);
  const objects = sent.map(({ object }) => ({ ...object, uri: show(object.uri, cwd) }));
  return {
    dataset: chosen.shownRef,
    source: chosen.source,
    version: remote.version,
    title: remote.title ?? chosen.preset?.title ?? null,
    license: remote.license ?? null,
    outputDir: null,
    files: [],
    bytes: sum(objects.map(({ bytes }) => bytes)),
    fetchedBytes: sum(sent.map(({ sentBytes }) => sentBytes)),
    lockFile: displayPath(chosen.lockFile, cwd),
    rowsFile: null,
    written: !dryRun,
    objects,
    to: show(to, cwd),
    sentBytes: sum(sent.map(({ sentBytes }) => sentBytes)),
    training: trainingInput(
      chosen,
      to,
      objects.map(({ path }) => path),
      cwd,
    ),
    streamed: true,
  };
}

function optionsOf(call: SyncCall, onBytes: (bytes: number) => void): TransferOptions {
  const { project, report, signal } = call;
  const parallelThreshold = parseBytes(project.config.storage.parallelThreshold, '--parallel-threshold');
  return { signal, sessions: userSessions(call), parallelThreshold, report, onBytes };
}

function sum(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>((all, amount) => all + (amount ?? 0), 0);
}

/** What is in an archive is known at its end only. */
function refuseArchives(files: readonly RemoteFile[], { unzip }: ChosenDataset): void {
  const archive = files.find(({ path }) => isArchive(path));
  if (!unzip || archive === undefined) return;
  throw new SentopsError('FLAG_INVALID', `${archive.path} is an archive, and what streams through cannot be unpacked`, {
    hint: 'leave --stream away, stream one file of the dataset with --file NAME, or store the archive with --no-unzip',
    details: { flag: '--stream', path: archive.path },
  });
}

interface Streaming {
  readonly asked: AskedSource;
  readonly to: string;
  readonly base: LockedDataset | null;
  readonly update: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly storage: Storage;
  readonly options: TransferOptions;
}

interface Streamed {
  readonly object: UploadedObject;
  readonly file: RemoteFile;
  readonly sentBytes: number;
}

/** What was stored before a failure is remembered as well: of most sources nothing but that tells it again. */
async function sendAll(work: Streaming, remember: (sent: readonly Streamed[]) => Promise<void>): Promise<Streamed[]> {
  const sent: Streamed[] = [];
  try {
    return await inParallel(work.asked.remote.files, TRANSFERS_AT_ONCE, async file => {
      const one = await sendFile(file, work);
      sent.push(one);
      return one;
    });
  } catch (error) {
    // What failed first is what is told.
    await remember(sent).catch(() => {});
    throw error;
  }
}

async function sendFile(file: RemoteFile, work: Streaming): Promise<Streamed> {
  const { storage, options, base, to, dryRun, asked } = work;
  const uri = `${to}/${file.path}`;
  const { path: name } = file;
  const there = await storage.stat(uri, options);
  const before = base === null ? undefined : cameAs(base)[name];
  // Who asks for what is new there is not answered with what was locked, unless the source says that it is the same.
  const isBound = !work.force && (!work.update || (before !== undefined && differs(before, file) === false));
  const wanted = file.crc32c ?? (isBound ? before?.crc32c : undefined);
  const object = { path: name, uri };
  const sessions = sessionsOf(uri, options.sessions);
  if (there !== null && wanted !== undefined && !work.force) {
    const crc32c = await checksumObject(there, storage, options.signal);
    const { bytes, generation } = there;
    if (crc32c === wanted) {
      if (!dryRun) await sessions.forget();
      return { object: { ...object, bytes, crc32c, generation, state: 'kept' }, file, sentBytes: 0 };
    }
  }
  if (dryRun) {
    const bytes = file.bytes ?? 0;
    return { object: { ...object, bytes, crc32c: null, generation: null, state: 'planned' }, file, sentBytes: bytes };
  }
  const contentType = contentTypeOf(name);
  const body = streamBody(file, asked, options.signal);
  const send = () =>
    sendBody(body, uri, storage, {
      ...options,
      sessions,
      ifGeneration: there?.generation ?? null,
      ...(contentType === undefined ? {} : { contentType }),
    });
  const stored = await send().catch(error => {
    // What was stored of it is given up then, and the next one begins with the first byte.
    if (body.isCutOff()) return send();
    throw error;
  });
  const { bytes, crc32c, generation, resumedFrom } = stored;
  const hashes = body.hashes();
  const fault =
    wanted !== undefined && wanted !== crc32c
      ? { hash: 'crc32c', expected: wanted, found: crc32c }
      : hashes?.bytes === bytes && findFault(file, hashes)?.details;
  if (fault) {
    // Nothing wrong stays under the name.
    await storage.delete(uri, { signal: options.signal, ...(generation === null ? {} : { ifGeneration: generation }) });
    throw damaged(name, fault);
  }
  const state = there !== null ? 'replaced' : resumedFrom > 0 ? 'resumed' : 'stored';
  return { object: { ...object, bytes, crc32c, generation, state }, file, sentBytes: bytes - resumedFrom };
}

interface SentFiles {
  readonly sent: readonly Streamed[];
  /** False where others of the dataset failed. */
  readonly isAll: boolean;
  readonly remote: { readonly version: string };
}

function lockStreamed(
  chosen: ChosenDataset,
  base: LockedDataset | null,
  { sent, isAll, remote }: SentFiles,
): LockedDataset {
  const files = sent.map(({ object, file }): [string, LockedFile] => {
    const before = base === null ? undefined : cameAs(base)[file.path];
    const { bytes, crc32c } = object;
    const isSame = before !== undefined && before.crc32c === crc32c && before.bytes === bytes;
    const tag = file.tag ?? null;
    const now = {
      bytes,
      sha256: file.sha256,
      crc32c: crc32c ?? '',
      ...(tag === null || file.sha256 !== null ? {} : { tag }),
    };
    return [file.path, isSame ? before : now];
  });
  const isWhole = isAll && chosen.only === null;
  const isFirstWhole = isWhole && base?.partial === true;
  return {
    source: chosen.source,
    ref: base?.ref ?? chosen.key.slice(chosen.source.length + 1),
    version: base === null || isFirstWhole ? remote.version : base.version,
    folder: base?.folder ?? null,
    partial: !isWhole && (base?.partial ?? true),
    archives: base?.archives ?? {},
    files: { ...base?.files, ...Object.fromEntries(files) },
  };
}

function damaged(path: string, details: SentopsError['details']): SentopsError {
  return new SentopsError('DATA_INVALID', `${path} is not what the source or the lock file says it is`, {
    hint: 'nothing of it was kept: run the command again, or take new content with --update',
    details: { ...details, path },
  });
}
