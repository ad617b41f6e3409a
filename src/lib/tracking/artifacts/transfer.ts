import type { Report } from '../../core/report.ts';

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Transfers at a time. */
  readonly concurrency?: number;
}

/** Enough to hide the way to a server and back, few enough not to be a burden to it. */
export const TRANSFERS_AT_ONCE = 4;

/** Tells how many bytes of a whole tree have passed. */
export function meter(
  report: Report,
  what: { readonly id: string; readonly label: string; readonly total: number | null },
): (bytes: number) => void {
  const { id, label, total } = what;
  let done = 0;
  return bytes => {
    done += bytes;
    report({ type: 'progress', id, label, done, unit: 'bytes', ...(total === null ? {} : { total }) });
  };
}
