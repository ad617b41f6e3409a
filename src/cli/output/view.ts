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
  /** Text that a program reads: not tidied for the eye, only redacted. */
  verbatim(text: string): void;
  heading(text: string): void;
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** key: value pairs, aligned. */
  facts(pairs: Readonly<Record<string, unknown>>): void;
  /** The next commands to type. */
  next(commands: readonly string[]): void;
  /** A remark that is no part of the result: goes to standard error. */
  aside(text: string): void;
  readonly style: Style;
}

/** Colour where the terminal has it; ok, warn and bad never rely on colour alone when given no text. */
export interface Style {
  /** Green; without text the mark ✔. */
  ok(text?: string): string;
  /** Yellow; without text the mark ⚠. */
  warn(text?: string): string;
  /** Red; without text the mark ✖. */
  bad(text?: string): string;
  dim(text: string): string;
  bold(text: string): string;
}
