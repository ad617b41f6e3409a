import type { RunStatus } from '../../lib/tracking/entities.ts';
import type { View } from '../output/view.ts';
import { formatTime } from '../progress/amounts.ts';

/** So much of an id tells runs apart for a person, and is enough for every command that takes a run. */
export function shortId(runId: string): string {
  return runId.slice(0, 8);
}

/** A value in few characters: whole numbers as they are, others with four digits that say something. */
export function formatNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return 'NaN';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10) return value.toFixed(4);
  return size >= 10 && size < 1e6 ? String(Number(value.toPrecision(6))) : value.toExponential(3);
}

/** How long ago: `12s`, `5m`, `3h`, `4d`, then the day. */
export function formatAge(startedAt: string | null, now: number): string {
  if (startedAt === null) return '-';
  const seconds = Math.max(0, (now - Date.parse(startedAt)) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return seconds < 30 * 86_400 ? `${Math.floor(seconds / 86_400)}d` : startedAt.slice(0, 10);
}

export function formatSeconds(seconds: number | null): string {
  return seconds === null ? '-' : formatTime(seconds * 1000);
}

/** A word of its own for each status, so that nothing rests on colour alone. */
export function showStatus(status: RunStatus, { style }: Pick<View, 'style'>): string {
  if (status === 'FINISHED') return style.ok('done');
  if (status === 'FAILED') return style.bad('failed');
  return status === 'RUNNING' ? style.warn('running') : status.toLowerCase();
}
