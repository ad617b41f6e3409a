import type { CellColumn, CellKind } from '../../parquet/group-writer.ts';
import { keptNumber } from '../jsonl/kept-number.ts';
import type { ColumnType, FieldColumn, RowBatch, Table, Value } from '../rows.ts';

/** What the values of one column have been seen to be. */
class Sight {
  private text = false;
  private boolean = false;
  private whole = false;
  private fraction = false;
  /** A whole number that a double does not hold. */
  private large = false;

  get kind(): CellKind {
    if (this.text || (this.boolean && (this.whole || this.fraction))) return 'text';
    if (this.boolean) return 'boolean';
    if (this.fraction) return this.large ? 'text' : 'double';
    return this.whole ? 'long' : 'text';
  }

  get isText(): boolean {
    return this.text;
  }

  value(value: Value): void {
    if (value === null) return;
    const digits = keptNumber(value);
    if (digits !== undefined) this.digits(digits);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'boolean') this.boolean = true;
    else this.text = true;
  }

  /** A text that stands for a number only where writing the number gives the text again. */
  spelled(text: string): void {
    if (text === 'true' || text === 'false') this.boolean = true;
    else if (/^-?[1-9]\d{15,18}$/.test(text)) this.digits(text);
    else if (text !== '' && text === String(Number(text)) && Number.isFinite(Number(text))) this.number(Number(text));
    else this.text = true;
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.whole = true;
    else this.fraction = true;
  }

  private digits(digits: string): void {
    this.whole = true;
    this.large = true;
    if (!/^-?\d+$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) this.text = true;
  }
}

const KINDS: Readonly<Record<ColumnType['kind'], CellKind>> = {
  text: 'text',
  binary: 'text',
  number: 'double',
  integer: 'long',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  decimal: 'text',
};

/** The columns as the file tells them before it is read: all of a CSV are texts. */
export function toldColumns({ layout, columnTypes }: Table): CellColumn[] {
  const types = new Map(columnTypes?.map(type => [type.name, type]));
  return layout.columns.map(name => {
    const type = types.get(name);
    return { name, kind: type === undefined || type.list ? 'text' : KINDS[type.kind] };
  });
}

/** Reads a table to its end for the columns of all rows and what they hold. */
export async function findColumns(table: Table, signal: AbortSignal): Promise<CellColumn[]> {
  const { type, columns } = table.layout;
  const sights = new Map(columns.map(name => [name, new Sight()]));
  const look = type === 'csv' ? lookAtFields : lookAtRecords;
  for await (const batch of table.batches(type === 'csv' ? columns : [], signal)) look(batch, sights);
  return [...sights].map(([name, { kind }]) => ({ name, kind }));
}

function lookAtRecords(batch: RowBatch, sights: Map<string, Sight>): void {
  for (let row = 0; row < batch.rows; row++) {
    for (const [name, value] of Object.entries(batch.record(row))) {
      const sight = sights.get(name) ?? new Sight();
      sights.set(name, sight);
      sight.value(value);
    }
  }
}

/** No number is longer. */
const LONGEST = 32;

function lookAtFields(batch: RowBatch, sights: Map<string, Sight>): void {
  for (const [index, sight] of [...sights.values()].entries()) {
    const { bytes, starts, ends } = batch.columns[index] as FieldColumn;
    for (let row = 0; row < batch.rows && !sight.isText; row++) {
      const start = starts[row] as number;
      const end = ends[row] as number;
      if (start < 0) continue;
      const shown = end - start > LONGEST ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      sight.spelled(shown.toString('latin1'));
    }
  }
}
