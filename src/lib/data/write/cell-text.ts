import { keptNumber } from '../jsonl/kept-number.ts';
import type { Value } from '../rows.ts';

/** A value where only texts have room: texts as they are, everything else as JSON writes it. */
export function cellText(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  // JSON has no such numbers: they are written as Spark and pandas write and read them.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? '-0' : (keptNumber(value) ?? JSON.stringify(value));
}
