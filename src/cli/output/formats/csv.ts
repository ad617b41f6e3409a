import type { Table } from '../records.ts';
import { toJson } from './json.ts';

/**
 * RFC 4180: commas, CRLF, quotes where needed. Values are written as they are: a leading = or @ is data, and a file
 * that changed it would no longer be what was asked for.
 */
export function toCsv({ columns, rows }: Table): string {
  const line = (cells: readonly unknown[]) => `${cells.map(quote).join(',')}\r\n`;
  return line(columns.map(({ key }) => key)) + rows.map(line).join('');
}

function quote(value: unknown): string {
  const text = cellText(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Nothing is an empty field; a list or an object is JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? toJson(value) : String(value);
}
