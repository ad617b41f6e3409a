import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { schemeOf } from '../storage/open-storage.ts';
import { openPlaces } from '../storage/operate/place.ts';
import type { Storage, StoredObject } from '../storage/types.ts';
import type { PredictionFile, PredictionsCall } from './types.ts';

export interface FoundPredictions {
  /** Where they were looked for, as a person would write it. */
  readonly location: string;
  readonly storage: Storage;
  /** Newest day first, and of a day the newest file; those without a day last. */
  readonly files: readonly PredictionFile[];
}

/** The files of predictions below a place, as streams write them: Parquet or JSON lines in folders date=YYYY-MM-DD. */
export async function findPredictions(call: PredictionsCall): Promise<FoundPredictions> {
  const { location, date, signal, project } = call;
  checkDate(date);
  const { uri, storage } = await openPlaces(call).at(location ?? outputPlace(call));
  const single = uri.endsWith('/') ? null : await storage.stat(uri, { signal });
  const folder = uri.endsWith('/') ? uri : `${uri}/`;
  const objects = single ? [single] : await listDay(storage, folder, date, signal);
  if (objects.length === 0 && location !== undefined && !(await hasAny(storage, folder, signal)))
    throw new SentopsError('NOT_FOUND', `there is nothing at ${location}`, {
      hint: `predictions of this project are at ${project.config.serve.outputPath}`,
      details: { location },
    });
  const files = objects.flatMap(object => describe(object, single ? '' : folder) ?? []);
  if (single && files.length === 0)
    throw new SentopsError('DATA_INVALID', `${uri} is no file of predictions`, {
      hint: 'predictions are in .parquet, .jsonl, .ndjson or .json, the latter also as .gz or .zst',
      details: { location },
    });
  const meant = date === undefined ? files : files.filter(file => file.date === date);
  return { location: single ? uri : folder, storage, files: meant.toSorted(newestFirst) };
}

function checkDate(date: string | undefined): void {
  if (date === undefined) return;
  const day = new Date(`${date}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date)) return;
  throw new SentopsError('FLAG_INVALID', `--date ${date} is not a day`, { hint: 'write it as 2026-11-21' });
}

/** A path in the project file begins at the project, not where the command runs. */
function outputPlace({ project, cwd }: PredictionsCall): string {
  const { outputPath } = project.config.serve;
  if (schemeOf(outputPath) !== 'file' || outputPath.includes('://')) return outputPath;
  const folder = path.resolve(project.dir, outputPath);
  const near = path.relative(cwd, folder);
  return near === '' || near.startsWith('..') || path.isAbsolute(near) ? folder : near;
}

/** A stream of years has many files: the folder of the day is asked for first. */
async function listDay(
  storage: Storage,
  folder: string,
  date: string | undefined,
  signal: AbortSignal,
): Promise<StoredObject[]> {
  if (date !== undefined) {
    const ofDay = await listAll(storage, `${folder}date=${date}/`, signal);
    if (ofDay.length > 0) return ofDay;
  }
  return await listAll(storage, folder, signal);
}

async function listAll(storage: Storage, prefix: string, signal: AbortSignal): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of storage.list(prefix, { signal, recursive: true })) objects.push(object);
  return objects;
}

async function hasAny(storage: Storage, folder: string, signal: AbortSignal): Promise<boolean> {
  for await (const _ of storage.list(folder, { signal, recursive: true })) return true;
  return false;
}

function describe({ uri, bytes, updated, generation }: StoredObject, folder: string): PredictionFile | null {
  const name = uri.slice(folder.length);
  const format = /\.parquet$/.test(name)
    ? 'parquet'
    : /\.(jsonl|ndjson|json)(\.(gz|zst))?$/.test(name)
      ? 'jsonl'
      : null;
  // Spark makes a file before it writes to it.
  if (format === null || bytes === 0 || (folder !== '' && isHidden(name))) return null;
  const date = /(?:^|\/)date=(\d{4}-\d{2}-\d{2})\/[^/]*(?:\/|$)/.exec(uri)?.[1] ?? null;
  return { uri, date, format, bytes, updated, generation };
}

/** What Spark does not read either: _spark_metadata, _temporary, _SUCCESS, .part-0.crc, and a copy that is on its way. */
function isHidden(name: string): boolean {
  return name
    .split('/')
    .some(part => part.startsWith('.') || (part.startsWith('_') && !part.includes('=')) || part.endsWith('._COPYING_'));
}

function newestFirst(a: PredictionFile, b: PredictionFile): number {
  return compare(b.date ?? '', a.date ?? '') || compare(b.updated, a.updated) || compare(a.uri, b.uri);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
