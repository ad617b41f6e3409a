import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { openStorages } from '../../storage/open-storage.ts';
import { contentTypeOf } from '../../storage/operate/content-type.ts';
import { parseBytes } from '../../storage/operate/parse-bytes.ts';
import { checksumObject } from '../../storage/transfer/checksum-object.ts';
import { userSessions } from '../../storage/transfer/file-sessions.ts';
import { sendBody } from '../../storage/transfer/stream-object.ts';
import type { TransferOptions } from '../../storage/transfer/types.ts';
import type { ResumableBody, Storage } from '../../storage/types.ts';
import { inParallel } from '../../tracking/artifacts/in-parallel.ts';
import { TRANSFERS_AT_ONCE } from '../../tracking/artifacts/transfer.ts';
import type { RemoteFile } from '../types.ts';
import { type AskedSource, askSource } from './ask-source.ts';
import { checkHead, HEAD_BYTES, isArchive } from './check-head.ts';
import { type ChosenDataset, chooseDataset } from './choose-dataset.ts';
import { cameAs, compareRemote, remoteChanged } from './compare-remote.ts';
import { writeDatasetLock } from './dataset-lock.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';
import { lookUp } from './locked-folder.ts';
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
  const change = locked === null ? null : compareRemote(locked, remote, chosen.only);
  if (locked !== null && change !== null && !call.update && !call.force && chosen.version === null)
    throw remoteChanged({ ref: chosen.shownRef }, locked, remote, change);
  const base = change === null ? locked : null;
  const to = placeTo(chosen, call);
  const { project, report, signal, cwd, dryRun } = call;
  const sizes = remote.files.map(({ bytes }) => bytes);
  const meter = createMeter(report, { id: 'stream', label: 'Streaming', sizes });
  const work: Streaming = {
    asked,
    to,
    base,
    force: call.force,
    dryRun,
    storage: await openStorages(project, call).at(to),
    options: {
      signal,
      sessions: userSessions(call),
      parallelThreshold: parseBytes(project.config.storage.parallelThreshold, '--parallel-threshold'),
      report,
      onBytes: bytes => meter.moved(bytes),
    },
  };
  const sent = await inParallel(remote.files, TRANSFERS_AT_ONCE, file => sendFile(file, work));
  if (!dryRun) await writeDatasetLock(chosen.lockFile, chosen.key, lockStreamed(chosen, base, remote.version, sent));
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

async function sendFile(file: RemoteFile, work: Streaming): Promise<Streamed> {
  const { storage, options, base, to, dryRun, asked } = work;
  const uri = `${to}/${file.path}`;
  const { path: name } = file;
  const there = await storage.stat(uri, options);
  const wanted = file.crc32c ?? (base === null ? undefined : cameAs(base)[name]?.crc32c);
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
  const stored = await sendBody(bodyOf(file, asked, options.signal), uri, storage, {
    ...options,
    sessions,
    ifGeneration: there?.generation ?? null,
    ...(contentType === undefined ? {} : { contentType }),
  });
  const { bytes, crc32c, generation, resumedFrom } = stored;
  if (wanted !== undefined && wanted !== crc32c) {
    // Nothing wrong stays under the name.
    await storage.delete(uri, { signal: options.signal, ...(generation === null ? {} : { ifGeneration: generation }) });
    throw damaged(name, wanted, crc32c);
  }
  const state = there !== null ? 'replaced' : resumedFrom > 0 ? 'resumed' : 'stored';
  return { object: { ...object, bytes, crc32c, generation, state }, file, sentBytes: bytes - resumedFrom };
}

/** A file at its source as something that can be read again from any place. */
function bodyOf(file: RemoteFile, { source, remote }: AskedSource, signal: AbortSignal): ResumableBody {
  return {
    bytes: file.bytes,
    fingerprint: JSON.stringify([remote.ref, remote.version, file.path, file.tag ?? null, file.bytes]),
    async *open(start) {
      let head: Buffer | null = start === 0 ? Buffer.alloc(0) : null;
      for await (const chunk of source.read(remote, file, { start, signal })) {
        if (head !== null) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
        if (head !== null && head.length >= HEAD_BYTES) head = passHead(file, head);
        yield chunk;
      }
      if (head !== null) passHead(file, head);
    },
  };
}

function passHead(file: RemoteFile, head: Uint8Array): null {
  checkHead(file.path, head);
  return null;
}

function lockStreamed(
  chosen: ChosenDataset,
  base: LockedDataset | null,
  version: string,
  sent: readonly Streamed[],
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
  return {
    source: chosen.source,
    ref: base?.ref ?? chosen.key.slice(chosen.source.length + 1),
    version: base?.version ?? version,
    folder: base?.folder ?? null,
    partial: chosen.only !== null && (base?.partial ?? true),
    archives: base?.archives ?? {},
    files: { ...base?.files, ...Object.fromEntries(files) },
  };
}

function damaged(path: string, expected: string, found: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${path} is not what the source or the lock file says it is`, {
    hint: 'nothing of it was kept: run the command again, or take new content with --update',
    details: { path, hash: 'crc32c', expected, found },
  });
}
