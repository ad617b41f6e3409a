import { parseDuration } from '../../core/duration.ts';
import { SentopsError } from '../../core/errors.ts';
import type { StoredObject } from '../types.ts';

/** Which of the objects are meant, by their time. */
export interface Choice {
  /** Only what changed since: `2d` ago, or a date or time. */
  readonly newer?: string | undefined;
  /** Only of this day. */
  readonly date?: string | undefined;
}

/** What a choice lets through; null where it is no choice. */
export function compileChoice({ newer, date }: Choice, now = Date.now()): ((object: StoredObject) => boolean) | null {
  if (newer === undefined && date === undefined) return null;
  const since = newer === undefined ? Number.NEGATIVE_INFINITY : readSince(newer, now);
  const day = date === undefined ? undefined : readDay(date);
  return ({ uri, updated }) => Date.parse(updated) > since && (day === undefined || dayOf(uri, updated) === day);
}

/** The day of an object: by the folder of its partition, as Spark names it, or else that of its last change. */
function dayOf(uri: string, updated: string): string {
  return /\/date=(\d{4}-\d\d-\d\d)\//.exec(uri)?.[1] ?? updated.slice(0, 10);
}

function readSince(text: string, now: number): number {
  try {
    const time = /^\d{4}-/.test(text) ? Date.parse(text) : now - parseDuration(text, '--newer');
    if (!Number.isNaN(time)) return time;
  } catch {
    // It is neither of the two.
  }
  throw refuse('--newer', text, 'give a time such as 2026-11-01 or 2026-11-01T12:30Z, or how long ago: 90m, 2d');
}

function readDay(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw refuse('--date', text, 'give a day such as 2026-11-01');
}

function refuse(flag: string, value: string, hint: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${flag}: ${JSON.stringify(value)} is no time`, {
    hint,
    details: { flag, value },
  });
}
