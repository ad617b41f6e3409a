/** The first bytes of a table, unpacked and without a byte order mark. */
export interface Head {
  /** As messages call the file. */
  readonly name: string;
  readonly bytes: Buffer;
  /** There is nothing behind them. */
  readonly isWhole: boolean;
}
