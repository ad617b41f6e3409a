/** A result as rows and columns, for the formats that have them. */
export interface Table {
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The several things that a result which is no list is about: checks, problems, changes. */
export interface Rows {
  readonly columns: readonly string[];
  readonly items: readonly object[];
}

/** One column of a list command. The key under which it stands is its name in --columns, --sort, --filter and CSV. */
interface ListColumn<Row> {
  /** Head of the column in tables; the key where absent. */
  readonly title?: string;
  /** The value that is sorted, filtered and exported; the row's property of the key's name where absent. */
  readonly value?: (row: Row) => unknown;
  /** What a person reads in the table; the value where absent. */
  readonly show?: (row: Row) => unknown;
  readonly align?: 'left' | 'right';
  /** Shown only when --columns names it. */
  readonly extra?: true;
  /** What `-q` and `--format ids` print; the first column where none is marked. */
  readonly id?: true;
}

/** A declaration for some row type: what consumes it brings the rows of that type. */
export type ListColumns<Row = never> = Readonly<Record<string, ListColumn<Row>>>;

export interface ListResult<Row = unknown> {
  readonly items: readonly Row[];
  readonly nextPageToken?: string | null;
}

export type Read = (row: unknown) => unknown;

/** A column with its defaults filled in. */
export interface ReadyColumn {
  readonly key: string;
  readonly title: string;
  readonly value: Read;
  readonly show: Read;
  readonly align?: 'left' | 'right';
  readonly extra: boolean;
  readonly id: boolean;
}

export function readyColumns(columns: ListColumns): ReadyColumn[] {
  return Object.entries(columns).map(([key, { title, value, show, align, extra, id }]) => {
    const read = (value as Read | undefined) ?? (row => propertyOf(row, key));
    return {
      key,
      title: title ?? key,
      value: read,
      show: (show as Read | undefined) ?? read,
      ...(align ? { align } : {}),
      extra: extra === true,
      id: id === true,
    };
  });
}

export function propertyOf(row: unknown, key: string): unknown {
  return typeof row === 'object' && row !== null && Object.hasOwn(row, key)
    ? (row as Record<string, unknown>)[key]
    : undefined;
}

export function isList(result: object): result is ListResult {
  return 'items' in result && Array.isArray(result.items);
}

/** Rows and columns of any result: the items of a list, or one row with what the object holds. */
export function tabulate(result: object, columns: readonly ReadyColumn[] | undefined): Table {
  const rows = isList(result) ? result.items : [result];
  const chosen = columns ?? readyColumns(Object.fromEntries(keysOf(rows).map(key => [key, {}])));
  return {
    columns: chosen.map(({ key, title }) => ({ key, title })),
    rows: rows.map(row => chosen.map(column => column.value(row))),
  };
}

function keysOf(rows: readonly unknown[]): string[] {
  return [...new Set(rows.flatMap(row => (typeof row === 'object' && row !== null ? Object.keys(row) : [])))];
}

/** One row as a list of names and values. */
export function transpose({ columns, rows }: Table): Table {
  return {
    columns: [
      { key: 'name', title: 'name' },
      { key: 'value', title: 'value' },
    ],
    rows: columns.map(({ title }, index) => [title, rows[0]?.[index]]),
  };
}
