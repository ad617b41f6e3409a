import type { CellColumn } from '../../parquet/group-writer.ts';
import type { RowBatch } from '../rows.ts';
import type { TableWriter } from '../write/table-writer.ts';
import { openRows, type Rows, tellLosses } from './open-rows.ts';
import type { RowToolRequest } from './row-tool.ts';
import { columnsFor, needsLook, prepareTargets, type Target, writeTables } from './write-tables.ts';

export interface RowJobRequest {
  /** What is written, each as paths, URIs or `-`. */
  readonly locations: readonly string[];
  readonly labels: 'none' | 'found' | 'needed';
  /** The rows are read before they are passed on, to count them or their labels. */
  readonly counts: boolean;
  /** Columns of a CSV that hold numbers only become numbers. */
  readonly inferTypes?: boolean;
  /** Whether a CSV begins with the names of its columns; as the input does where absent. */
  readonly header?: boolean | undefined;
}

interface Passing {
  /** As the progress is called. */
  readonly label: string;
  /** Sees every batch before its rows. */
  begin?(batch: RowBatch): void;
  /** Writes a row, or leaves it out; gives back the writer that it went to. */
  row(batch: RowBatch, row: number, writers: readonly TableWriter[]): TableWriter | null;
}

export interface RowJob {
  readonly rows: Rows;
  readonly targets: readonly Target[];
  /** Reads all rows once and writes the files. */
  pass(passing: Passing): Promise<Passed>;
}

interface Passed {
  readonly read: number;
  readonly badRows: number;
  readonly columns: readonly CellColumn[];
}

/** What all tools share that turn rows into rows: places are looked at first, then the input, and all is closed at the end. */
export async function withRows<Result>(
  request: RowToolRequest,
  wish: RowJobRequest,
  work: (job: RowJob) => Promise<Result>,
): Promise<Result> {
  const { locations, labels, counts, inferTypes = false } = wish;
  const targets = await prepareTargets(request, locations);
  const isLookLikely = inferTypes || targets.some(({ kind }) => kind.format !== 'jsonl');
  const repeats = counts || (request.input === '-' && isLookLikely);
  const rows = await openRows(request, { labels, repeats });
  try {
    return await work({ rows, targets, pass: passing => passAll(request, wish, rows, targets, passing) });
  } finally {
    await rows.close();
  }
}

async function passAll(
  request: RowToolRequest,
  { counts, inferTypes = false, header }: RowJobRequest,
  rows: Rows,
  targets: readonly Target[],
  passing: Passing,
): Promise<Passed> {
  const kind = targets[0]?.kind ?? { format: 'csv', compression: 'none' };
  const columns = await columnsFor(rows, kind, inferTypes, request.signal);
  const table = counts || needsLook(rows.table, kind, inferTypes) ? await rows.again() : rows.table;
  const encoding = { columns, header: header ?? keepsHeader(rows) };
  const read = await writeTables(request, targets, encoding, async writers => {
    let count = 0;
    for await (const batch of table.batches(rows.wanted, request.signal)) {
      passing.begin?.(batch);
      for (let row = 0; row < batch.rows; row++) {
        const writer = passing.row(batch, row, writers);
        if (writer?.isDue) await writer.drain();
      }
      count += batch.rows;
      tellProgress(request, passing.label, table.progress());
    }
    return count;
  });
  tellLosses(rows, table, request);
  return { read, badRows: table.statistics().badRows, columns };
}

function tellProgress(
  { report }: RowToolRequest,
  label: string,
  { done, total }: { readonly done: number; readonly total: number | null },
): void {
  report({ type: 'progress', id: 'rows', label, done, ...(total === null ? {} : { total }), unit: 'bytes' });
}

/** A part of a file without a header has none either; what was no CSV before gets one. */
function keepsHeader({ table: { layout } }: Rows): boolean {
  return layout.type !== 'csv' || layout.header || layout.delimiter === '';
}
