/** One column of a table: a title and how a row fills it. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => unknown;
  readonly align?: 'left' | 'right';
}

/** What `render` draws on. Every method writes to standard output and fits the terminal. */
export interface View {
  readonly width: number;
  line(text?: string): void;
  heading(text: string): void;
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** key: value pairs, aligned. */
  facts(pairs: Readonly<Record<string, unknown>>): void;
  /** The next commands to type. */
  next(commands: readonly string[]): void;
  readonly style: Style;
}

export interface Style {
  ok(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}
