import type { Failure } from '../failure.ts';
import { isPlain } from '../output/cell.ts';
import { escapeMarkdown, toMarkdown } from '../output/formats/markdown.ts';
import { isList, type ReadyColumn, type Rows, readyColumns, tabulate, transpose } from '../output/records.ts';

/** A summary may hold one megabyte; a person reads far less. */
const MOST_ROWS = 100;

/** A result as Markdown: the rows of a list, else its plain values as name and value. */
export function describeResult(result: object, columns: readonly ReadyColumn[] | undefined): string {
  if (!isList(result)) return describeFacts(result);
  if (result.items.length === 0) return 'No rows.';
  const shown = toMarkdown(tabulate({ ...result, items: result.items.slice(0, MOST_ROWS) }, columns));
  const rest = result.items.length - MOST_ROWS;
  return rest > 0 ? `${shown}\nand ${rest} more.` : shown;
}

/** The columns that a command names for its rows, not everything that their objects hold. */
export function describeRows({ columns, items }: Rows): string {
  return describeResult({ items }, readyColumns(Object.fromEntries(columns.map(key => [key, {}]))));
}

function describeFacts(result: object): string {
  const facts = Object.entries(result).filter(([, value]) => isFact(value));
  if (facts.length === 0) return '';
  return toMarkdown(transpose(tabulate(Object.fromEntries(facts), undefined)));
}

function isFact(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value))
    return value.length > 0 && value.length <= 10 && value.every(item => typeof item !== 'object');
  return typeof value !== 'object' || (!isPlain(value) && 'toJSON' in value);
}

export function describeFailure({ json }: Failure): string {
  return `**${json.code}**: ${escapeMarkdown(json.message)}<br>${escapeMarkdown(json.hint)}`;
}
