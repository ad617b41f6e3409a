import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import type { RemoteFile } from '../types.ts';
import type { AskedSource } from './ask-source.ts';
import { discardPart, fetchFile } from './fetch-file.ts';
import { type KnownFile, makeFolder, WORK_FOLDER } from './folder-record.ts';
import { describe, type Folder, judgeFile } from './judge-file.ts';
import type { LockedFile } from './lock-types.ts';
import type { TransferMeter } from './transfer-meter.ts';

/** What one download works with. */
export interface FetchWork extends AskedSource {
  readonly folder: Folder;
  readonly meter: TransferMeter;
}

/** A file of the source and where it belongs, below the folder. */
export interface FileToFetch {
  readonly file: RemoteFile;
  readonly place: string;
  readonly locked: LockedFile | undefined;
}

export interface Arrived {
  readonly known: KnownFile;
  readonly state: 'fetched' | 'resumed' | 'kept';
  /** Bytes that had come in an earlier run. */
  readonly resumedFrom: number;
}

/** The file at its place, fetched only where it is not there yet. */
export async function fetchInto(wanted: FileToFetch, work: FetchWork): Promise<Arrived> {
  const { folder, remote, source, meter } = work;
  const { file, place } = wanted;
  const part = partOf(folder.dir, place);
  const judged = await judgeFile(folder, place, { ...wanted, dataset: remote });
  if (judged.isThere) {
    folder.record.put({ [place]: judged.file });
    discardPart(part);
    meter.kept(judged.file.bytes);
    return { known: judged.file, state: 'kept', resumedFrom: 0 };
  }
  makeFolder(path.dirname(part));
  const fetched = await fetchFile({ source, dataset: remote, file }, part, {
    signal: folder.signal,
    onBytes: bytes => meter.moved(bytes),
  });
  const known = describe(fetched, fs.statSync(part), remote.version, file.tag);
  moveIn(part, place, folder, known);
  const { resumedFrom } = fetched;
  return { known, state: resumedFrom > 0 ? 'resumed' : 'fetched', resumedFrom };
}

/** Gives a whole file its name; who finds it then knows from the record whose it is. */
function moveIn(part: string, place: string, { dir, record }: Folder, known: KnownFile): void {
  const target = path.join(dir, place);
  record.put({ [place]: known });
  makeFolder(path.dirname(target));
  try {
    fs.renameSync(part, target);
  } catch (error) {
    throw explainWriteFailure(error, target);
  }
  discardPart(part);
}

export function partsFolder(dir: string): string {
  return path.join(dir, WORK_FOLDER, 'parts');
}

function partOf(dir: string, place: string): string {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 24);
  return path.join(partsFolder(dir), `${name}.part`);
}
