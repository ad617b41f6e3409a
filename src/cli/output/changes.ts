import type { Rows } from './records.ts';
import type { View } from './view.ts';

interface Edited {
  readonly file: string;
  readonly changes: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
  readonly written: boolean;
  readonly dryRun: boolean;
}

/** What was changed in a file, value by value: before and after. */
export function renderChanges({ file, changes, written, dryRun }: Edited, view: View): void {
  view.table(changes, [
    { title: 'value', value: change => change.path },
    { title: 'before', value: change => show(change.before) },
    { title: 'after', value: change => show(change.after) },
  ]);
  if (written) view.line(`wrote ${file}`);
  else view.line(dryRun ? `${file} would be written` : `${file} says so already`);
}

/** The same for CSV and Markdown. */
export function changeRows(changes: Edited['changes']): Rows {
  return { columns: ['path', 'before', 'after'], items: changes };
}

function show(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
