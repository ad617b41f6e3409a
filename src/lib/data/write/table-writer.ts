import type { OutputFile } from '../../core/output-file.ts';
import type { CellColumn } from '../../parquet/group-writer.ts';
import type { RowBatch } from '../rows.ts';
import type { Row, RowEncoder } from './row-encoder.ts';
import type { TableFormat } from './table-kind.ts';

export interface EncoderRequest {
  readonly format: TableFormat;
  readonly columns: readonly CellColumn[];
  /** Whether a CSV begins with the names of its columns. */
  readonly header: boolean;
}

export async function createRowEncoder({ format, columns, header }: EncoderRequest): Promise<RowEncoder> {
  switch (format) {
    case 'csv': {
      const { createCsvEncoder } = await import('./encode-csv.ts');
      return createCsvEncoder(columns, header);
    }
    case 'jsonl': {
      const { createJsonEncoder } = await import('./encode-json.ts');
      return createJsonEncoder(columns);
    }
    case 'parquet': {
      const { createParquetEncoder } = await import('./encode-parquet.ts');
      return createParquetEncoder(columns);
    }
  }
}

/** Rows on their way into a file. */
export class TableWriter {
  rows = 0;
  private readonly encoder: RowEncoder;
  private readonly file: OutputFile;

  constructor(encoder: RowEncoder, file: OutputFile) {
    this.encoder = encoder;
    this.file = file;
  }

  bytes(batch: RowBatch, row: number): void {
    this.encoder.bytes(batch, row);
    this.rows++;
  }

  record(row: Row): void {
    this.encoder.record(row);
    this.rows++;
  }

  /** To be awaited between rows where it says so: what waits is written. */
  get isDue(): boolean {
    return this.encoder.isDue;
  }

  async drain(): Promise<void> {
    for (const piece of this.encoder.take()) await this.file.write(piece);
  }

  async finish(): Promise<void> {
    for (const piece of this.encoder.end()) await this.file.write(piece);
    await this.file.finish();
  }

  discard(): Promise<void> {
    return this.file.discard();
  }
}
