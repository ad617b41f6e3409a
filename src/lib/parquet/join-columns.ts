import { joinValues, type Values } from './values.ts';

/** A whole column as typed arrays: row r has the values from starts[r] to starts[r + 1]. */
export interface Column {
  readonly values: Values;
  readonly starts: Int32Array;
  readonly nulls: Uint8Array | null;
}

/** The rows of several files below each other; the columns are of one type. */
export function joinColumns(columns: readonly Column[]): Column {
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return only;
  const rows = columns.reduce((sum, column) => sum + column.starts.length - 1, 0);
  const starts = new Int32Array(rows + 1);
  const anyNull = columns.some(column => column.nulls !== null);
  const nulls = anyNull ? new Uint8Array(rows) : null;
  let row = 0;
  for (const column of columns) {
    const count = column.starts.length - 1;
    const before = starts[row] ?? 0;
    for (let each = 1; each <= count; each++) starts[row + each] = before + (column.starts[each] ?? 0);
    if (column.nulls !== null) nulls?.set(column.nulls, row);
    row += count;
  }
  return { values: joinValues(columns.map(column => column.values)), starts, nulls };
}
