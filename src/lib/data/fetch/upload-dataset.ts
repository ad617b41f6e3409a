import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { isUri } from '../../core/is-uri.ts';
import { openStorages } from '../../storage/open-storage.ts';
import { contentTypeOf } from '../../storage/operate/content-type.ts';
import { parseBytes } from '../../storage/operate/parse-bytes.ts';
import { checksumObject } from '../../storage/transfer/checksum-object.ts';
import { userSessions } from '../../storage/transfer/file-sessions.ts';
import type { TransferOptions } from '../../storage/transfer/types.ts';
import { uploadFile } from '../../storage/transfer/upload-file.ts';
import type { Storage, StoredObject } from '../../storage/types.ts';
import { inParallel } from '../../tracking/artifacts/in-parallel.ts';
import { type ChosenDataset, chooseDataset, type DatasetCall } from './choose-dataset.ts';
import { findRowsFile } from './find-rows-file.ts';
import { isUntouched } from './judge-file.ts';
import { type FileToUpload, listForUpload } from './list-for-upload.ts';
import { type LookedUp, lookUp } from './locked-folder.ts';
import { createMeter, type TransferMeter } from './transfer-meter.ts';
import { sessionsOf } from './upload-sessions.ts';

export interface UploadCall extends DatasetCall {
  /** A folder or bucket with a prefix, in place of what the project says. */
  readonly to?: string | undefined;
  /** Upload what is there, also where it is not what was downloaded. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface UploadedObject {
  path: string;
  uri: string;
  bytes: number;
  /** Base64 of the CRC-32C of the bytes that were sent; null with --dry-run. */
  crc32c: string | null;
  generation: string | null;
  /** `kept`: it was there already; `resumed`: its beginning was; `replaced`: something else was. */
  state: 'stored' | 'resumed' | 'replaced' | 'kept' | 'planned';
}

/** Where training finds the rows that were uploaded. */
export interface TrainingInput {
  uri: string;
  /** True where `train` reads it without being told. */
  isConfigured: boolean;
}

export interface UploadResult {
  dataset: string;
  folder: string;
  to: string;
  objects: UploadedObject[];
  bytes: number;
  /** What went over the network, or would with --dry-run. */
  sentBytes: number;
  training: TrainingInput | null;
  /** False with --dry-run. */
  written: boolean;
}

/** Stores the files of a dataset where training reads them; what is there with the same content stays as it is. */
export async function uploadDataset(call: UploadCall): Promise<UploadResult> {
  return await uploadFound(await lookUp(chooseDataset(call)), call);
}

export async function uploadFound({ chosen, locked }: LookedUp, call: UploadCall): Promise<UploadResult> {
  const { cwd, dryRun, project, report, signal } = call;
  const to = placeTo(chosen, call);
  const files = await listForUpload(chosen, locked, call);
  const storage = await openStorages(project, call).at(to);
  const sizes = files.map(({ bytes }) => bytes);
  const meter = createMeter(report, { id: 'upload', label: 'Uploading', sizes });
  const parallelThreshold = parseBytes(project.config.storage.parallelThreshold, '--parallel-threshold');
  const work: Sending = {
    storage,
    to,
    dryRun,
    meter,
    options: {
      signal,
      sessions: userSessions(call),
      parallelThreshold,
      report,
      onBytes: bytes => meter.moved(bytes),
    },
  };
  const sent = await inParallel(files, project.config.storage.concurrency, file => send(file, work));
  const objects = sent.map(({ object }) => ({ ...object, uri: show(object.uri, cwd) }));
  return {
    dataset: chosen.shownRef,
    folder: displayPath(chosen.outputDir, cwd),
    to: show(to, cwd),
    objects,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    sentBytes: sent.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    training: trainingInput(
      chosen,
      to,
      files.map(file => file.path),
      cwd,
    ),
    written: !dryRun,
  };
}

export function placeTo(chosen: ChosenDataset, { to, cwd }: Pick<UploadCall, 'to' | 'cwd'>): string {
  if (to === undefined) return chosen.objects;
  const place = isUri(to) ? to : path.resolve(cwd, to);
  return place.replace(/(?<=[^/])\/+$/, '');
}

/** One path for what is uploaded and what is trained on; where the project names another one, it is said here. */
export function trainingInput(
  chosen: ChosenDataset,
  to: string,
  names: readonly string[],
  cwd: string,
): TrainingInput | null {
  const rows = findRowsFile(names, chosen.rowsFile);
  if (rows === null) return null;
  const uri = `${to}/${rows}`;
  return { uri: show(uri, cwd), isConfigured: uri === chosen.trainInput };
}

export function show(place: string, cwd: string): string {
  return isUri(place) ? place : displayPath(place, cwd);
}

interface Sending {
  readonly storage: Storage;
  readonly to: string;
  readonly dryRun: boolean;
  readonly meter: TransferMeter;
  readonly options: TransferOptions;
}

interface Sent {
  readonly object: UploadedObject;
  readonly sentBytes: number;
}

async function send(file: FileToUpload, { storage, to, dryRun, meter, options }: Sending): Promise<Sent> {
  const uri = `${to}/${file.path}`;
  const { path: name, bytes } = file;
  const there = await storage.stat(uri, options);
  const sessions = sessionsOf(uri, options.sessions);
  if (there !== null && (await isSame(there, file, storage, options.signal))) {
    meter.kept(bytes);
    if (!dryRun) await sessions.forget();
    const { generation } = there;
    return { object: { path: name, uri, bytes, crc32c: file.crc32c, generation, state: 'kept' }, sentBytes: 0 };
  }
  if (dryRun)
    return {
      object: { path: name, uri, bytes, crc32c: file.crc32c, generation: null, state: 'planned' },
      sentBytes: bytes,
    };
  checkUntouched(file);
  const contentType = contentTypeOf(name);
  const stored = await uploadFile(file.file, uri, storage, {
    ...options,
    sessions,
    // What somebody else stores meanwhile is not overwritten.
    ifGeneration: there?.generation ?? null,
    ...(contentType === undefined ? {} : { contentType }),
  });
  if (stored.crc32c !== file.crc32c) throw changed(file);
  const state = there !== null ? 'replaced' : stored.resumedFrom > 0 ? 'resumed' : 'stored';
  const { crc32c, generation, resumedFrom } = stored;
  return {
    object: { path: name, uri, bytes: stored.bytes, crc32c, generation, state },
    sentBytes: stored.bytes - resumedFrom,
  };
}

async function isSame(
  there: StoredObject,
  { bytes, crc32c }: FileToUpload,
  storage: Storage,
  signal: AbortSignal,
): Promise<boolean> {
  return there.bytes === bytes && (await checksumObject(there, storage, signal)) === crc32c;
}

/** Among thousands of files it may be long ago that this one was looked at. */
function checkUntouched(file: FileToUpload): void {
  const stat = fs.statSync(file.file, { throwIfNoEntry: false });
  if (stat === undefined || !isUntouched(file, stat)) throw changed(file);
}

function changed({ file }: FileToUpload): SentopsError {
  return new SentopsError('CONFLICT', `${file} changed while it was uploaded`, {
    hint: 'run the command again when nobody writes to it',
    place: { file },
    details: { modified: fs.statSync(file, { throwIfNoEntry: false })?.mtime.toISOString() },
  });
}
