import { openTable } from '../../../src/lib/data/open-table.ts';
import type { ByteSource, FieldColumn, RowBatch, Table, TableRequest } from '../../../src/lib/data/rows.ts';

/** Bytes as a source, cut into chunks of the given size. */
export function sourceOf(
  data: string | Uint8Array,
  options: { name?: string; chunk?: number; repeatable?: boolean } = {},
): ByteSource {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const { name = 'rows.csv', chunk = bytes.length || 1, repeatable = true } = options;
  async function* open() {
    for (let at = 0; at < bytes.length; at += chunk) yield new Uint8Array(bytes.subarray(at, at + chunk));
  }
  const read = async (start: number, end: number) => bytes.subarray(start, end);
  return { name, bytes: repeatable ? bytes.length : null, repeatable, open, ...(repeatable ? { read } : {}) };
}

export function fieldOf({ bytes, starts, ends }: FieldColumn, row: number): string | null {
  const start = starts[row] as number;
  return start < 0
    ? null
    : new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes.subarray(start, ends[row]));
}

export function open(data: string | Uint8Array, request: TableRequest = {}, name = 'rows.csv'): Promise<Table> {
  return openTable(sourceOf(data, { name }), request);
}

export async function eachBatch(
  table: Table,
  columns: readonly string[],
  visit: (batch: RowBatch) => void,
): Promise<void> {
  for await (const batch of table.batches(columns, new AbortController().signal)) visit(batch);
}

/** All rows of the named columns. */
export async function readAll(
  table: Table,
  columns: readonly string[] = table.layout.columns,
): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  await eachBatch(table, columns, batch => {
    if (batch.firstRow !== rows.length) throw new Error(`batch begins at ${batch.firstRow}, not at ${rows.length}`);
    for (let row = 0; row < batch.rows; row++) rows.push(batch.columns.map(column => fieldOf(column, row)));
  });
  return rows;
}

/** The error that the work ends with, as `CODE message | hint`. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, message, hint } = error as { code?: string; message: string; hint?: string };
    return `${code} ${message} | ${hint}`;
  }
  return 'no error';
}
