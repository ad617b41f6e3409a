import type { CellColumn } from '../../parquet/group-writer.ts';
import { EncodedRows } from './encoded-rows.ts';
import type { RowEncoder } from './row-encoder.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** One JSON object a line. Of rows that come as bytes the columns that are no texts are written without quotes. */
export function createJsonEncoder(columns: readonly CellColumn[]): RowEncoder {
  const rows = new EncodedRows();
  const keys = columns.map(({ name }) => new TextEncoder().encode(`${JSON.stringify(name)}:`));
  return {
    bytes(batch, row) {
      const out = rows.begin();
      out.ascii('{');
      for (let index = 0; index < columns.length; index++) {
        if (index > 0) out.byte(COMMA);
        out.raw(keys[index] as Uint8Array);
        const column = batch.columns[index];
        const start = column?.starts[row] ?? -1;
        if (column === undefined || start < 0) out.ascii('null');
        else if (columns[index]?.kind === 'text') out.jsonString(column.bytes, start, column.ends[row] as number);
        else out.raw(column.bytes.subarray(start, column.ends[row]));
      }
      out.ascii('}');
      out.byte(NEWLINE);
    },
    record(row) {
      const out = rows.begin();
      out.text(JSON.stringify(row, keepSign));
      out.byte(NEWLINE);
    },
    get isDue() {
      return rows.isDue;
    },
    take: () => rows.take(),
    end: () => rows.take(),
  };
}

/** JSON.stringify makes 0 of a negative zero. */
function keepSign(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? NEGATIVE_ZERO : value;
}

const NEGATIVE_ZERO = (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON('-0');
