import type { CellColumn } from '../../parquet/group-writer.ts';
import { cellText } from './cell-text.ts';
import { EncodedRows } from './encoded-rows.ts';
import type { RowEncoder } from './row-encoder.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();

/** CSV as RFC 4180 quotes it: nothing where a value is null, quotes around an empty text. */
export function createCsvEncoder(columns: readonly CellColumn[], header: boolean): RowEncoder {
  const rows = new EncodedRows();
  const write = (texts: Iterable<string | null>) => {
    const out = rows.begin();
    let index = 0;
    for (const text of texts) {
      if (index++ > 0) out.byte(COMMA);
      if (text === null) continue;
      const bytes = encoder.encode(text);
      out.csvField(bytes, 0, bytes.length);
    }
    out.byte(NEWLINE);
  };
  if (header) write(columns.map(({ name }) => name));
  return {
    bytes(batch, row) {
      const out = rows.begin();
      for (let index = 0; index < columns.length; index++) {
        if (index > 0) out.byte(COMMA);
        const column = batch.columns[index];
        const start = column?.starts[row] ?? -1;
        if (column !== undefined && start >= 0) out.csvField(column.bytes, start, column.ends[row] as number);
      }
      out.byte(NEWLINE);
    },
    record: row => write(columns.map(({ name }) => (Object.hasOwn(row, name) ? cellText(row[name]) : null))),
    get isDue() {
      return rows.isDue;
    },
    take: () => rows.take(),
    end: () => rows.take(),
  };
}
