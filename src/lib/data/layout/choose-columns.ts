import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import type { TableRequest } from '../rows.ts';
import { findLabelColumn, findNamed, findTextColumn } from './column-names.ts';

export interface ChosenColumns {
  readonly textColumn: string;
  readonly labelColumn: string | null;
}

/** The columns of texts and labels among those that there are. */
export function chooseColumns(name: string, columns: readonly string[], request: TableRequest): ChosenColumns {
  const textColumn = chooseText(name, columns, request);
  const labelColumn = chooseLabel(name, columns, textColumn, request);
  if (textColumn === labelColumn) {
    throw new SentopsError('FLAG_INVALID', `column ${textColumn} cannot be both the text and the label`, {
      hint: 'name two columns with --text-column and --label-column',
    });
  }
  return { textColumn, labelColumn };
}

function chooseText(name: string, columns: readonly string[], { textColumn, labelColumn }: TableRequest): string {
  if (textColumn !== undefined) return findNamed(columns, textColumn) ?? refuse(name, columns, textColumn, 'text');
  const others =
    labelColumn === undefined ? columns : columns.filter(column => column !== findNamed(columns, labelColumn));
  const [first, second] = others;
  const only = second === undefined ? first : undefined;
  return findTextColumn(others) ?? only ?? refuse(name, columns, undefined, 'text');
}

function chooseLabel(
  name: string,
  columns: readonly string[],
  textColumn: string,
  request: TableRequest,
): string | null {
  const { labelColumn, needsLabel } = request;
  if (labelColumn !== undefined) return findNamed(columns, labelColumn) ?? refuse(name, columns, labelColumn, 'label');
  return findLabelColumn(columns, textColumn) ?? (needsLabel ? refuse(name, columns, undefined, 'label') : null);
}

const MOST_LISTED = 30;

function refuse(name: string, columns: readonly string[], wanted: string | undefined, what: 'text' | 'label'): never {
  const near = wanted === undefined ? undefined : suggest(wanted, columns);
  const listed = near === undefined ? columns : [near, ...columns.filter(column => column !== near)];
  const shown = listed.slice(0, MOST_LISTED).map(column => (column.length > 40 ? `${column.slice(0, 39)}…` : column));
  const more = listed.length > MOST_LISTED ? ` and ${listed.length - MOST_LISTED} more` : '';
  const missing = wanted === undefined ? `no column is known to hold the ${what}s` : `there is no column ${wanted}`;
  throw new SentopsError('DATA_INVALID', `${name}: ${missing}; its columns are ${shown.join(', ')}${more}`, {
    hint: near === undefined ? `name the column with --${what}-column` : `did you mean --${what}-column ${near}?`,
    details: { columns: listed, ...(wanted === undefined ? {} : { column: wanted }) },
  });
}
