import { createReservoir, type KeptRow } from '../data/reservoir.ts';
import type { FieldColumn, Table } from '../data/rows.ts';
import { countRows, createSelector, needsRowCount, type SampleRequest } from '../data/sample.ts';

/** Rows on their way into training: the text, the label, and the number of each row in the file. */
export interface NumberedBatch {
  readonly rows: number;
  readonly texts: FieldColumn;
  readonly labels: FieldColumn;
  numberOf(row: number): number;
}

export interface ChosenRows {
  batches(): AsyncIterable<NumberedBatch>;
  /** Whether a row that a batch holds is in the sample. */
  selects(row: number): boolean;
}

interface ChooseRequest {
  readonly sample: SampleRequest;
  /** Null for what can be read only once. */
  readonly again: (() => Promise<Table>) | null;
  readonly signal: AbortSignal;
}

/**
 * The rows of a table that the sample asks for. A limit of rows chooses from the whole file: one that can be read
 * twice is counted first, and of one that cannot the chosen rows are held in memory.
 */
export async function chooseRows(table: Table, { sample, again, signal }: ChooseRequest): Promise<ChosenRows> {
  const { textColumn, labelColumn } = table.layout;
  const columns = [textColumn, labelColumn ?? textColumn];
  if (needsRowCount(sample) && !again) {
    const reservoir = createReservoir(sample);
    for await (const batch of table.batches(columns, signal)) reservoir.add(batch);
    const rows = reservoir.rows();
    return { batches: () => replay(rows), selects: () => true };
  }
  const totalRows = needsRowCount(sample) && again ? await countRows(await again(), signal) : undefined;
  const selector = createSelector({ ...sample, ...(totalRows === undefined ? {} : { totalRows }) });
  return { batches: () => number(table, columns, signal), selects: selector.selects };
}

async function* number(table: Table, columns: readonly string[], signal: AbortSignal): AsyncGenerator<NumberedBatch> {
  for await (const { rows, firstRow, columns: fields } of table.batches(columns, signal)) {
    const [texts, labels] = fields as readonly [FieldColumn, FieldColumn];
    yield { rows, texts, labels, numberOf: row => firstRow + row };
  }
}

const REPLAY = 4096;

async function* replay(rows: readonly KeptRow[]): AsyncGenerator<NumberedBatch> {
  for (let from = 0; from < rows.length; from += REPLAY) {
    const some = rows.slice(from, from + REPLAY);
    yield {
      rows: some.length,
      texts: pack(some.map(({ fields }) => fields[0] ?? null)),
      labels: pack(some.map(({ fields }) => fields[1] ?? null)),
      numberOf: row => some[row]?.row ?? 0,
    };
  }
}

function pack(fields: readonly (Uint8Array | null)[]): FieldColumn {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + (field?.length ?? 0), 0));
  const starts = new Int32Array(fields.length);
  const ends = new Int32Array(fields.length);
  let at = 0;
  for (const [row, field] of fields.entries()) {
    starts[row] = field ? at : -1;
    if (field) bytes.set(field, at);
    at += field?.length ?? 0;
    ends[row] = field ? at : -1;
  }
  return { bytes, starts, ends };
}
