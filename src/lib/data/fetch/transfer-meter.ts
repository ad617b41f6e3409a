import type { Report } from '../../core/report.ts';

/** How far a transfer of several files is. What is there already is no work, and is not told as such. */
export interface TransferMeter {
  /** Bytes that came along; negative where some have to come again. */
  moved(bytes: number): void;
  /** Bytes of a file that need not be moved. */
  kept(bytes: number): void;
  /** All that was moved so far. */
  readonly done: number;
}

export function createMeter(
  report: Report,
  what: { readonly id: string; readonly label: string; readonly sizes: readonly (number | null)[] },
): TransferMeter {
  const { id, label, sizes } = what;
  let total = sizes.includes(null) ? null : sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  let done = 0;
  return {
    moved(bytes) {
      done += bytes;
      report({ type: 'progress', id, label, done, unit: 'bytes', ...(total === null ? {} : { total }) });
    },
    kept(bytes) {
      if (total !== null) total = Math.max(0, total - bytes);
    },
    get done() {
      return done;
    },
  };
}
