import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { AskedSource } from './ask-source.ts';
import { discardPart, type FetchedFile, fetchFile } from './fetch-file.ts';
import { type KnownFile, makeFolder, WORK_FOLDER } from './folder-record.ts';
import { agrees, describe, type Folder, inTheWay, judgeFile, type WantedFile } from './judge-file.ts';
import type { TransferMeter } from './transfer-meter.ts';

/** What one download works with. */
export interface FetchWork extends AskedSource {
  readonly folder: Folder;
  readonly meter: TransferMeter;
}

/** A file of the source and where it belongs, below the folder. */
export interface FileToFetch extends WantedFile {
  readonly place: string;
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
  const target = path.join(folder.dir, place);
  const wasThere = fs.existsSync(target);
  makeFolder(path.dirname(part));
  const fetched = await fetchFile({ source, dataset: remote, file }, part, {
    signal: folder.signal,
    onBytes: bytes => meter.moved(bytes),
  });
  checkBound(wanted, fetched, part);
  // Somebody else may have been quicker; what was there before has been looked at.
  if (!wasThere && !folder.force && fs.existsSync(target)) throw inTheWay(target, place);
  const known = describe(fetched, fs.statSync(part), remote.version, file.tag);
  moveIn(part, place, folder, known);
  const { resumedFrom } = fetched;
  return { known, state: resumedFrom > 0 ? 'resumed' : 'fetched', resumedFrom };
}

/** The lock file is a promise to everybody who has it; of many a source nothing but the content tells a change. */
function checkBound({ file, bound }: FileToFetch, fetched: FetchedFile, part: string): void {
  if (bound === undefined || agrees(bound, fetched)) return;
  discardPart(part);
  const hash = bound.sha256 === null ? 'crc32c' : 'sha256';
  throw new SentopsError('CONFLICT', `${file.path} is not what the lock file says: its ${hash} is another one`, {
    hint: 'nothing of it was kept: take what the source has now with --update',
    details: { path: file.path, hash, expected: bound[hash], found: fetched[hash] },
  });
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
