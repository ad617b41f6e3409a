import type { Clock, ProgressEvent, Sink } from './sink.ts';

/** Between two lines about the same piece of work. */
const QUIET_MS = 5_000;

export interface Throttle {
  /** Calls `tell` when the last word on this id is old enough or this is the end of it. */
  progress(event: ProgressEvent, tell: () => void): void;
  /** What was held back about an id, or about all of them. */
  flush(id?: string): void;
}

/** Lets through one progress event every few seconds, and always the last. */
export function createThrottle(now: Clock): Throttle {
  const entries = new Map<string, { at: number; held: (() => void) | undefined }>();
  const flush = (id: string) => {
    entries.get(id)?.held?.();
    entries.delete(id);
  };
  return {
    progress(event, tell) {
      // The first seconds are quiet too: most work is done by then.
      const entry = entries.get(event.id) ?? { at: now(), held: undefined };
      entries.set(event.id, entry);
      entry.held = tell;
      if (event.total !== undefined && event.done >= event.total) flush(event.id);
      else if (now() - entry.at >= QUIET_MS) {
        tell();
        entry.at = now();
        entry.held = undefined;
      }
    },
    flush(id) {
      for (const key of id === undefined ? [...entries.keys()] : [id]) flush(key);
    },
  };
}

/** For sinks that only write lines there is nothing to take away. */
export const runAsIs: Sink['suspend'] = run => run();
