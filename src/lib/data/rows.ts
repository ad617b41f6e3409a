/** One field of many rows as UTF-8 bytes: row r is bytes[starts[r]] up to bytes[ends[r]]; a null has start −1. */
export interface FieldColumn {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Some rows of a table, column by column. What it points at is overwritten by the next batch unless copied. */
export interface RowBatch {
  readonly rows: number;
  /** Number of its first row in the table, from 0. */
  readonly firstRow: number;
  /** In the order in which they were asked for. */
  readonly columns: readonly FieldColumn[];
  /**
   * A whole row as the file holds it, for passing columns through: numbers stay numbers where the format has them.
   * Those of JSON that no double holds are what JSON.rawJSON makes, and come out of JSON.stringify as they were written.
   */
  record(row: number): Readonly<Record<string, Value>>;
}

/** Bytes to read rows from: a file, standard input, an object in a bucket. */
export interface ByteSource {
  /** As messages call it. */
  readonly name: string;
  /** Null where it is not known beforehand. */
  readonly bytes: number | null;
  /** False for standard input: it can be opened once. */
  readonly repeatable: boolean;
  open(): AsyncIterable<Uint8Array>;
  /** The files of a folder, in the order of their names; `open` gives all of their bytes. */
  readonly parts?: readonly ByteSource[];
  /** Only of repeatable sources: for Parquet, which is read from its end. */
  read?(start: number, end: number): Promise<Uint8Array>;
}

export interface TableRequest {
  /** What is known of the layout; everything else is found out by looking at the first bytes. */
  readonly type?: 'csv' | 'jsonl' | 'parquet';
  readonly header?: boolean;
  readonly encoding?: 'utf8' | 'latin1' | 'utf16le';
  readonly delimiter?: string;
  /** Names where there is no header. */
  readonly columnNames?: readonly string[];
  readonly textColumn?: string;
  readonly labelColumn?: string;
  /** A label is needed: without it a file of one column is texts. */
  readonly needsLabel?: boolean;
  /** `record` will be asked for: a Parquet file is then read with all of its columns. */
  readonly needsRecords?: boolean;
}

/** How a table is laid out, as found or as told; printable. */
export interface Layout {
  readonly type: 'csv' | 'jsonl' | 'parquet';
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly encoding: 'utf8' | 'latin1' | 'utf16le';
  readonly header: boolean;
  /** Empty where each line is one text. */
  readonly delimiter: string;
  /** How quotes stand inside quotes: twice (RFC 4180) or behind a backslash. */
  readonly quoteEscape: 'double' | 'backslash';
  /** `sentiment140` for its six columns. */
  readonly known: 'sentiment140' | null;
  readonly columns: readonly string[];
  readonly textColumn: string;
  /** Null where none was found and none is needed. */
  readonly labelColumn: string | null;
}

export interface ColumnType {
  readonly name: string;
  readonly kind: 'text' | 'binary' | 'number' | 'integer' | 'boolean' | 'date' | 'timestamp' | 'decimal';
  /** Whether each row holds a list of such values. */
  readonly list: boolean;
}

/** What was met while reading; complete once the last batch was read. */
export interface ReadStatistics {
  /** Bytes as stored, before decompression. */
  readonly bytes: number;
  /** Of the bytes as stored. */
  readonly sha256: string;
  readonly rows: number;
  /** Rows that could not be read (wrong number of fields, not JSON) and were left out. */
  readonly badRows: number;
  /** The first few of them: line and what is wrong. */
  readonly badExamples: readonly { readonly line: number; readonly reason: string }[];
  /** Fields with bytes that are not valid in the encoding; read with U+FFFD in their place. */
  readonly replacedFields: number;
}

export interface Table {
  readonly layout: Layout;
  /** What its columns hold, where the file says so itself: Parquet does. */
  readonly columnTypes?: readonly ColumnType[];
  /** The named columns of every row, in batches. Throws DATA_INVALID with the line where the file is beyond reading. */
  batches(columns: readonly string[], signal: AbortSignal): AsyncIterable<RowBatch>;
  /** Share of the bytes read so far, for progress; null where the size is not known. */
  progress(): { readonly done: number; readonly total: number | null };
  statistics(): ReadStatistics;
}
