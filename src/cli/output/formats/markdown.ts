import type { Table } from '../records.ts';
import { cellText } from './csv.ts';

/** A table of GitHub's Markdown. */
export function toMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = columns.map((_, index) => (holdsNumbers(rows, index) ? '---:' : '---'));
  const body = rows.map(row => line(row.map(value => escapeMarkdown(cellText(value)))));
  return [line(columns.map(({ title }) => escapeMarkdown(title))), line(rule), ...body].join('');
}

/** Text that reads the same after Markdown has been rendered, also inside a table. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\|`*]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '<br>');
}

function holdsNumbers(rows: Table['rows'], index: number): boolean {
  const values = rows.map(row => row[index]).filter(value => value !== null && value !== undefined);
  return values.length > 0 && values.every(value => typeof value === 'number' || typeof value === 'bigint');
}
