import type { ReportEvent } from '../../lib/core/report.ts';

/** Where events end up: a log, lines, or a drawing. */
export interface Sink {
  take(event: ReportEvent): void;
  suspend<T>(run: () => Promise<T>): Promise<T>;
  stop(): void;
}

export type StepEvent = Extract<ReportEvent, { type: 'step' }>;
export type ProgressEvent = Extract<ReportEvent, { type: 'progress' }>;
export type NoteEvent = Extract<ReportEvent, { type: 'note' }>;

export type Clock = () => number;

/** Milliseconds that only ever grow, whatever happens to the time of day. */
export const monotonic: Clock = () => performance.now();
