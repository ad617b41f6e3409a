import type { CellColumn } from '../../parquet/group-writer.ts';
import { openStorages } from '../../storage/open-storage.ts';
import type { Table } from '../rows.ts';
import { checkOutput, type OutputRequest, openOutput } from '../write/open-output.ts';
import { readTableKind, type TableKind } from '../write/table-kind.ts';
import { createRowEncoder, TableWriter } from '../write/table-writer.ts';
import { findColumns, toldColumns } from './find-columns.ts';
import type { Rows } from './open-rows.ts';
import type { RowToolRequest } from './row-tool.ts';

/** One file to be written. */
export interface Target {
  readonly location: string;
  readonly kind: TableKind;
  readonly output: OutputRequest;
}

/** Looks at the names and places before anything is read. */
export async function prepareTargets(request: RowToolRequest, locations: readonly string[]): Promise<Target[]> {
  const { input, force, cwd, signal, to, stream } = request;
  let opened: ReturnType<typeof openStorages> | undefined;
  const storages = async () => {
    opened ??= openStorages(await request.loadProject(['storage', 'profiles', 'cluster']), request);
    return opened;
  };
  const targets = locations.map(location => {
    const kind = readTableKind(location, to);
    const output = { location, compression: kind.compression, input, force, cwd, signal, storages, stream };
    return { location, kind, output };
  });
  for (const { output } of targets) await checkOutput(output);
  return targets;
}

/** Whether the rows must be read once before, for the columns of the output. */
export function needsLook({ layout }: Table, kind: TableKind, infer: boolean): boolean {
  return (layout.type === 'jsonl' && kind.format !== 'jsonl') || (layout.type === 'csv' && infer);
}

export async function columnsFor(
  rows: Rows,
  kind: TableKind,
  infer: boolean,
  signal: AbortSignal,
): Promise<readonly CellColumn[]> {
  if (!needsLook(rows.table, kind, infer)) return toldColumns(rows.table);
  return findColumns(await rows.again(), signal);
}

const NOWHERE = { write: async () => {}, finish: async () => {}, discard: async () => {} };

/** Opens the files and gives them to the work; each gets its name at the end of it. */
export async function writeTables<Result>(
  request: RowToolRequest,
  targets: readonly Target[],
  encoding: { readonly columns: readonly CellColumn[]; readonly header: boolean },
  work: (writers: readonly TableWriter[]) => Promise<Result>,
): Promise<Result> {
  const writers: TableWriter[] = [];
  try {
    for (const { output, kind } of targets) {
      const encoder = await createRowEncoder({ format: kind.format, ...encoding });
      writers.push(new TableWriter(encoder, request.dryRun ? NOWHERE : await openOutput(output)));
    }
    const result = await work(writers);
    for (const writer of writers) await writer.finish();
    return result;
  } finally {
    for (const writer of writers) await writer.discard();
  }
}
