/** What stands where there is no value. */
export const NONE = '–';

export function formatMetric(value: number | null): string {
  return value === null || !Number.isFinite(value) ? NONE : value.toFixed(4);
}

export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

export function formatShare(part: number, whole: number): string {
  return whole > 0 ? `${((part / whole) * 100).toFixed(1)} %` : NONE;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

export function formatBytes(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  let unit = 0;
  let size = value;
  // 999.95 would be shown as 1000.0 of the smaller unit.
  while (size >= (unit === 0 ? 1000 : 999.95) && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${formatCount(size)} bytes` : `${size.toFixed(1)} ${UNITS[unit]}`;
}

export function formatSeconds(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  if (value < 59.95) return `${value.toFixed(value < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(value);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')} min ${String(seconds).padStart(2, '0')} s`;
  return hours > 0 ? `${hours} h ${tail}` : tail;
}

/** The text, or its beginning where it is long, on one line. */
export function shorten(text: string, signs: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  // Only as much as can be shown is split: a text may be a megabyte long.
  const parts = Array.from(line.slice(0, signs * 2 + 2));
  return parts.length <= signs ? line : `${parts.slice(0, signs).join('').trimEnd()}…`;
}

/** A moment given as ISO 8601, to the minute and in UTC; another text as it is. */
export function formatMoment(text: string): string {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? text : `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
