import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';

/** What a file of the folder was when it was put there. */
export interface KnownFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly crc32c: string;
  /** Time of its last change: while size and time are these, it is not read again to be compared. */
  readonly mtimeMs: number;
  /** What the source said of it. */
  readonly version: string;
  readonly tag?: string;
  readonly from?: string;
}

/**
 * What was put into a dataset's folder, so that a file of ours can be told from one of somebody else, and need not be
 * read to see that it is unchanged. It is written before a file gets its name: a process that is killed between the
 * two is not taken for a stranger.
 */
export interface FolderRecord {
  get(place: string): KnownFile | undefined;
  put(entries: Readonly<Record<string, KnownFile>>): void;
}

/** Everything that is not data, in one hidden folder of the dataset's folder. */
export const WORK_FOLDER = '.sentops';
const RECORD = 'files.jsonl';

/** A line for each file, the last one counts: with thousands of files the whole is not written thousands of times. */
export function openRecord(folder: string): FolderRecord {
  const file = path.join(folder, WORK_FOLDER, RECORD);
  const known = readRecord(file);
  return {
    get: place => known.get(place),
    put(entries) {
      const news = Object.entries(entries).filter(([place, entry]) => !isSame(known.get(place), entry));
      if (news.length === 0) return;
      for (const [place, entry] of news) known.set(place, entry);
      makeFolder(path.dirname(file));
      try {
        fs.appendFileSync(file, news.map(line).join(''));
      } catch (error) {
        throw explainWriteFailure(error, file);
      }
    },
  };
}

export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, folder);
  }
}

/** It only saves work: what cannot be read says nothing. */
function readRecord(file: string): Map<string, KnownFile> {
  const known = new Map<string, KnownFile>();
  for (const text of readText(file).split('\n')) {
    const [place, entry] = parseLine(text);
    if (typeof place === 'string' && isKnown(entry)) known.set(place, entry);
  }
  return known;
}

/** A line that a killed process did not finish must not spoil the next one, so each begins on a new line. */
function line(entry: readonly [string, KnownFile]): string {
  return `\n${JSON.stringify(entry)}`;
}

function parseLine(text: string): readonly unknown[] {
  try {
    const entry: unknown = JSON.parse(text);
    return Array.isArray(entry) ? entry : [];
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isSame(before: KnownFile | undefined, after: KnownFile): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after);
}

function isKnown(entry: unknown): entry is KnownFile {
  const { bytes, sha256, crc32c, mtimeMs, version } = (entry ?? {}) as Partial<Record<keyof KnownFile, unknown>>;
  return (
    typeof bytes === 'number' &&
    typeof mtimeMs === 'number' &&
    [sha256, crc32c, version].every(text => typeof text === 'string')
  );
}
