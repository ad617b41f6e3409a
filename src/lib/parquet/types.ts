import type { FieldColumn, Value } from '../data/rows.ts';

/** Bytes that can be read at any place: a file, an object in a bucket. */
export interface ParquetSource {
  readonly bytes: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

export type ParquetKind = 'text' | 'binary' | 'number' | 'integer' | 'boolean' | 'date' | 'timestamp' | 'decimal';

interface TableColumnInfo {
  /** Parts of a nested name are joined by dots: `author.name`. */
  readonly name: string;
  readonly kind: ParquetKind;
  /** Whether each row holds a list of such values. */
  readonly list: boolean;
}

/** One column of one row group. */
export interface TableColumn {
  readonly info: TableColumnInfo;
  readonly rows: number;
  /** Integers beyond 2^53 and decimals as texts with all their digits; dates as ISO 8601; bytes as base64. */
  at(row: number): Value;
  /** Every value as UTF-8, numbers written as JSON writes them. Texts are not copied. */
  text(): FieldColumn;
}

/** A Parquet file as a table: read row group by row group, only the columns asked for. */
export interface ParquetTable {
  readonly columns: readonly TableColumnInfo[];
  readonly rows: number;
  readonly groups: readonly { readonly rows: number; readonly bytes: number }[];
  /** The columns of a group in the order of the names. Throws NOT_FOUND for a name that the table does not have. */
  readGroup(group: number, names: readonly string[]): Promise<readonly TableColumn[]>;
}
