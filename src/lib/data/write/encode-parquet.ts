import { SentopsError } from '../../core/errors.ts';
import type { ColumnPages } from '../../parquet/column-pages.ts';
import { type CellColumn, GroupWriter } from '../../parquet/group-writer.ts';
import type { Value } from '../rows.ts';
import { cellText } from './cell-text.ts';
import type { RowEncoder } from './row-encoder.ts';

const encoder = new TextEncoder();
const DAY = 86_400_000;

export function createParquetEncoder(columns: readonly CellColumn[]): RowEncoder {
  const writer = new GroupWriter(columns);
  return {
    bytes(batch, row) {
      for (const [index, { kind, name }] of columns.entries()) {
        const cells = writer.cells[index] as ColumnPages;
        const column = batch.columns[index];
        const start = column?.starts[row] ?? -1;
        if (column === undefined || start < 0) cells.addNull();
        else if (kind === 'text') cells.addText(column.bytes, start, column.ends[row] as number);
        else {
          const { buffer, byteOffset } = column.bytes;
          const text = Buffer.from(buffer, byteOffset + start, (column.ends[row] as number) - start).toString('latin1');
          addText(cells, kind, text, name);
        }
      }
      writer.endRow();
    },
    record(row) {
      for (const [index, { kind, name }] of columns.entries()) {
        addValue(writer.cells[index] as ColumnPages, kind, Object.hasOwn(row, name) ? row[name] : null, name);
      }
      writer.endRow();
    },
    get isDue() {
      return writer.isFull;
    },
    take: () => writer.endGroup(),
    end: () => writer.end(),
  };
}

function addValue(cells: ColumnPages, kind: CellColumn['kind'], value: Value | undefined, name: string): void {
  if (value === undefined || value === null) cells.addNull();
  else if (kind === 'boolean' && typeof value === 'boolean') cells.addBoolean(value);
  else if (kind === 'double' && typeof value === 'number') cells.addDouble(value);
  else if (kind === 'long' && Number.isSafeInteger(value)) cells.addLong(BigInt(value as number));
  else if (kind === 'text' && typeof value === 'string') {
    const bytes = encoder.encode(value);
    cells.addText(bytes, 0, bytes.length);
  } else addText(cells, kind, cellText(value) ?? '', name);
}

/** A value that comes as a text; of a kind that it must fit. */
function addText(cells: ColumnPages, kind: CellColumn['kind'], text: string, name: string): void {
  switch (kind) {
    case 'text': {
      const bytes = encoder.encode(text);
      cells.addText(bytes, 0, bytes.length);
      return;
    }
    case 'boolean':
      cells.addBoolean(text === 'true');
      return;
    case 'double':
      cells.addDouble(toNumber(Number(text), text, name));
      return;
    case 'long':
      if (!/^-?\d+$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) throw misfit(text, name);
      cells.addLong(BigInt(text));
      return;
    case 'date':
      cells.addInteger(toNumber(Date.parse(text) / DAY, text, name));
      return;
    case 'timestamp':
      cells.addLong(microseconds(text, name));
  }
}

/** A moment as ISO 8601 writes it; `Date` knows of its milliseconds only. */
function microseconds(text: string, name: string): bigint {
  const [, finer = ''] = /\.\d{3}(\d{1,3})\d*Z$/.exec(text) ?? [];
  return BigInt(toNumber(Date.parse(text), text, name)) * 1000n + BigInt(finer.padEnd(3, '0'));
}

function toNumber(number: number, text: string, name: string): number {
  if (Number.isNaN(number)) throw misfit(text, name);
  return number;
}

function misfit(text: string, name: string): SentopsError {
  return new SentopsError(
    'DATA_INVALID',
    `column ${name} holds ${JSON.stringify(text.slice(0, 60))}, which has no place in its Parquet type`,
    {
      hint: 'write JSON lines or CSV, which keep it as it is',
    },
  );
}
