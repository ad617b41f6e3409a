import type { RowBatch, Value } from '../rows.ts';

export type Row = Readonly<Record<string, Value>>;

/** Takes rows in either of the forms that tables give them, and holds the bytes they become. */
export interface RowEncoder {
  /** A row whose columns in the batch are those of the output, in their order. */
  bytes(batch: RowBatch, row: number): void;
  record(row: Row): void;
  /** There is enough to be taken. */
  readonly isDue: boolean;
  /** What has come together; holds until the next row. */
  take(): readonly Uint8Array[];
  /** The rest. */
  end(): readonly Uint8Array[];
}
