import { groupDigits } from '../../lib/core/group-digits.ts';
import type { ProgressEvent } from './sink.ts';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.2 GB`, `12,345 rows`, `7`. */
export function formatAmount(amount: number, unit: ProgressEvent['unit']): string {
  if (unit !== 'bytes') return `${groupDigits(Math.round(amount))}${unit === 'rows' ? ' rows' : ''}`;
  let value = amount;
  let index = 0;
  while (value >= 999.5 && index < BYTE_UNITS.length - 1) {
    value /= 1000;
    index += 1;
  }
  const text = index === 0 || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${BYTE_UNITS[index]}`;
}

/** `850 ms`, `12s`, `3m05s`, `2h10m`. */
export function formatTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
