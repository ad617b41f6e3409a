import type { CellColumn } from '../../parquet/group-writer.ts';
import { ByteWriter } from './byte-writer.ts';
import type { RowEncoder } from './row-encoder.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const DUE = 256 * 1024;

/** One JSON object a line. Of rows that come as bytes the columns that are no texts are written without quotes. */
export function createJsonEncoder(columns: readonly CellColumn[]): RowEncoder {
  const out = new ByteWriter();
  const keys = columns.map(({ name }) => new TextEncoder().encode(`${JSON.stringify(name)}:`));
  let taken = true;
  const begin = () => {
    if (taken) out.clear();
    taken = false;
  };
  const take = () => {
    begin();
    taken = true;
    return out.length === 0 ? [] : [out.view()];
  };
  return {
    bytes(batch, row) {
      begin();
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
      begin();
      out.text(JSON.stringify(row, keepSign));
      out.byte(NEWLINE);
    },
    get isDue() {
      return !taken && out.length >= DUE;
    },
    take,
    end: take,
  };
}

/** JSON.stringify makes 0 of a negative zero. */
function keepSign(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? NEGATIVE_ZERO : value;
}

const NEGATIVE_ZERO = (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON('-0');
