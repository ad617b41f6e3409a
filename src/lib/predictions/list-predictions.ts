import { findPredictions } from './find-predictions.ts';
import { readAll } from './read-all.ts';
import { countRows } from './read-predictions.ts';
import type { PredictionsCall } from './types.ts';

/** The predictions of one day. */
export interface PredictionDay {
  /** YYYY-MM-DD; null for files that are in no folder of a day. */
  date: string | null;
  files: number;
  /** Of the files that could be read. */
  rows: number;
  bytes: number;
  /** When the newest file was written; ISO 8601. */
  newest: string;
  /** Files that could not be read: half-written, damaged, or gone meanwhile. */
  unreadable: number;
}

/** What there is of each day, the newest first. */
export async function listPredictions(call: PredictionsCall): Promise<{ location: string; days: PredictionDay[] }> {
  const found = await findPredictions(call);
  const days = new Map<string | null, PredictionDay>();
  for (const { file, result } of await readAll(found, call, one => countRows(one, found.storage, call.signal))) {
    const { date, bytes, updated } = file;
    const day = days.get(date) ?? { date, files: 0, rows: 0, bytes: 0, newest: '', unreadable: 0 };
    days.set(date, day);
    day.files += 1;
    day.bytes += bytes;
    if (updated > day.newest) day.newest = updated;
    if (result === null) day.unreadable += 1;
    else day.rows += result;
  }
  return { location: found.location, days: [...days.values()] };
}
