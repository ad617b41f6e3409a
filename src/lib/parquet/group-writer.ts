import zlib from 'node:zlib';
import { ColumnPages } from './column-pages.ts';
import { fields, type ThriftOut } from './thrift-writer.ts';
import { element, thrift } from './write.ts';

export type CellKind = 'text' | 'long' | 'double' | 'boolean' | 'date' | 'timestamp';

export interface CellColumn {
  readonly name: string;
  readonly kind: CellKind;
}

/** As parquet.thrift numbers them. */
const OPTIONAL = 1;
const PLAIN = 0;
const RLE = 3;
const ZSTD = 6;
const TYPES: Readonly<Record<CellKind, { readonly type: number; readonly converted?: number }>> = {
  boolean: { type: 0 },
  date: { type: 1, converted: 6 },
  long: { type: 2 },
  // Microseconds, as Spark has them.
  timestamp: { type: 2, converted: 10 },
  double: { type: 5 },
  text: { type: 6, converted: 0 },
};
const MAGIC = Buffer.from('PAR1');
/** A reader holds a group of rows at a time, unpacked. */
const GROUP_BYTES = 16 * 1024 * 1024;

/**
 * Writes a table of any length as Parquet, row by row: what is held is one group of rows, packed. Pages are PLAIN under
 * zstd, every column may hold nulls, and the footer comes at the end (github.com/apache/parquet-format).
 */
export class GroupWriter {
  /** One of each column: cells are put there, one in each row. */
  readonly cells: readonly ColumnPages[];
  private readonly columns: readonly CellColumn[];
  private readonly groups: ThriftOut[] = [];
  private offset = 0;
  private rows = 0;
  private groupRows = 0;

  constructor(columns: readonly CellColumn[]) {
    this.columns = columns;
    this.cells = columns.map(() => new ColumnPages(bytes => zlib.zstdCompressSync(bytes)));
  }

  /** To be called behind the last cell of each row. */
  endRow(): void {
    this.groupRows++;
  }

  /** `endGroup` is due. */
  get isFull(): boolean {
    return this.cells.reduce((sum, { rawBytes }) => sum + rawBytes, 0) >= GROUP_BYTES;
  }

  /** The bytes of the rows since the last group. */
  endGroup(): Uint8Array[] {
    const pieces = this.begin();
    if (this.groupRows === 0) return pieces;
    const before = this.offset;
    const chunks = this.cells.map((cells, index) => this.endChunk(cells, index, pieces));
    this.groups.push(fields({ list: chunks }, { i64: this.offset - before }, { i64: this.groupRows }));
    this.rows += this.groupRows;
    this.groupRows = 0;
    return pieces;
  }

  /** The last group and the footer. */
  end(): Uint8Array[] {
    const pieces = this.endGroup();
    const schema = [
      element({ name: 'schema', children: this.columns.length }),
      ...this.columns.map(({ name, kind }) => element({ name, repetition: OPTIONAL, ...TYPES[kind] })),
    ];
    const footer = thrift(
      fields({ i32: 1 }, { list: schema }, { i64: this.rows }, { list: this.groups }, undefined, 'sentops version 1'),
    );
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(footer.length);
    return [...pieces, footer, tail, MAGIC];
  }

  private begin(): Uint8Array[] {
    if (this.offset > 0) return [];
    this.offset = MAGIC.length;
    return [MAGIC];
  }

  private endChunk(cells: ColumnPages, index: number, pieces: Uint8Array[]): ThriftOut {
    const { name, kind } = this.columns[index] as CellColumn;
    const start = this.offset;
    const { pages, rawBytes, packedBytes } = cells.take();
    pieces.push(...pages);
    this.offset += packedBytes;
    const meta = fields(
      { i32: TYPES[kind].type },
      { list: [{ i32: PLAIN }, { i32: RLE }] },
      { list: [name] },
      { i32: ZSTD },
      { i64: this.groupRows },
      { i64: rawBytes },
      { i64: packedBytes },
      undefined,
      { i64: start },
    );
    return fields(undefined, { i64: start }, meta);
  }
}
