import { withRows } from './row-job.ts';
import type { RowToolRequest } from './row-tool.ts';

export interface ConvertRequest extends RowToolRequest {
  readonly output: string;
  /** Columns of a CSV that hold numbers only become numbers. */
  readonly inferTypes: boolean;
}

export interface ConvertedTable {
  input: string;
  /** As it was asked for: a path or URI; `-` for standard output. */
  path: string;
  from: 'csv' | 'jsonl' | 'parquet';
  to: 'csv' | 'jsonl' | 'parquet';
  rows: number;
  /** Rows that could not be read. */
  badRows: number;
  columns: { name: string; type: string }[];
  /** False with --dry-run. */
  written: boolean;
}

/** Writes a table in another form: the same rows in the same order. */
export async function convertTable(request: ConvertRequest): Promise<ConvertedTable> {
  const { output, inferTypes, header = true, dryRun } = request;
  const wish = { locations: [output], labels: 'none', counts: false, inferTypes, header } as const;
  return withRows(request, wish, async ({ rows, targets: [target], pass }) => {
    const { read, badRows, columns } = await pass({
      label: 'convert rows',
      row(batch, row, [writer]) {
        if (writer) rows.pass(batch, row, writer);
        return writer ?? null;
      },
    });
    return {
      input: rows.name,
      path: output,
      from: rows.table.layout.type,
      to: target?.kind.format ?? 'csv',
      rows: read,
      badRows,
      columns: columns.map(({ name, kind }) => ({ name, type: kind })),
      written: !dryRun,
    };
  });
}
