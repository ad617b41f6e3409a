import type { Report, ReportEvent } from '../../core/report.ts';

/** Nobody waits for what takes less. */
const QUIET_MS = 500;

type Progress = Extract<ReportEvent, { type: 'progress' }>;

/** Counts what is done and tells it, once it takes long enough to be worth a line. */
export function createMeter(
  report: Report,
  what: Pick<Progress, 'id' | 'label' | 'unit'> & { readonly total: number },
): (amount: number) => void {
  const begun = Date.now();
  let done = 0;
  return amount => {
    done += amount;
    if (Date.now() - begun >= QUIET_MS)
      report({ type: 'progress', ...what, done: Math.max(0, Math.min(done, what.total)) });
  };
}
