import { redactor } from '../../lib/core/redact.ts';

/** What stands where there is no value. */
const NOTHING = '-';

/** A value as a person reads it, in one cell or behind a label. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return NOTHING;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? NOTHING : value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.map(formatValue).join(', ');
  if (typeof value === 'object' && isPlain(value)) return formatPairs(value);
  return String(value);
}

function formatPairs(value: object): string {
  const pairs = Object.entries(value).map(([key, item]) => `${key}=${formatValue(item)}`);
  return pairs.length === 0 ? NOTHING : pairs.join(', ');
}

export function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const COLOR_CODES = /\x1b\[[0-9;]*m/g;
const CONTROLS = /\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Makes text safe to draw: colour stays where it may, a tab is a space, and every other control character is shown
 * instead of obeyed, so that data can neither move the cursor nor rewrite what is above it.
 */
export function cleanText(text: string, color: boolean): string {
  const visible = redactor.redact(text).replaceAll('\r\n', '\n').replaceAll('\t', ' ');
  return visible.replace(CONTROLS, match => (match.length > 1 ? (color ? match : '') : showControl(match)));
}

export function stripColor(text: string): string {
  return text.replace(COLOR_CODES, '');
}

function showControl(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
