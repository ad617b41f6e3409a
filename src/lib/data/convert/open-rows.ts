import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { countNoun } from '../../core/count-noun.ts';
import { SentopsError } from '../../core/errors.ts';
import { type Input, openInput } from '../open-input.ts';
import type { RowBatch, Table, TableRequest } from '../rows.ts';
import type { Row } from '../write/row-encoder.ts';
import type { TableWriter } from '../write/table-writer.ts';
import type { RowToolRequest } from './row-tool.ts';

/** Rows to be passed on, which can be read as often as needed. */
export interface Rows {
  readonly name: string;
  /** As it lies before the first reading. */
  readonly table: Table;
  /** Opens it for one reading from the beginning. */
  again(): Promise<Table>;
  /** Of a batch that `read` gives; null where there is no column of labels. */
  readonly labelAt: number | null;
  /** The columns to ask a table for, so that `pass` can pass rows on. */
  readonly wanted: readonly string[];
  pass(batch: RowBatch, row: number, writer: TableWriter): void;
  record(batch: RowBatch, row: number): Row;
  close(): Promise<void>;
}

interface RowsRequest {
  /** `found` where they are counted if there are any; rows are then what training takes for one. */
  readonly labels: 'none' | 'found' | 'needed';
  /** It will be read more than once: standard input is kept in a file meanwhile. */
  readonly repeats: boolean;
}

export async function openRows(request: RowToolRequest, { labels, repeats }: RowsRequest): Promise<Rows> {
  const held = repeats && request.input === '-' ? await hold(request) : null;
  try {
    const open = (needs: boolean) => openInput(held ?? request.input, tableRequest(request, needs), request);
    let input = await (labels === 'none' ? openAny(held, request) : open(labels === 'needed'));
    // What training counts as a row is a row with all of its fields: only so the numbers of the rows are the same.
    if (labels === 'found' && input.again && input.table.layout.labelColumn !== null) input = await open(true);
    const name = held === null ? input.location : 'standard input';
    if (repeats && input.again === null)
      throw new SentopsError('CONFLICT', `${name} can be read only once, and this needs it twice`, {
        hint: 'save it to a file first',
      });
    const { again, table } = input;
    const { columns, type } = table.layout;
    const labelColumn = labels === 'none' ? null : table.layout.labelColumn;
    const isBytes = type === 'csv';
    const wanted = isBytes ? columns : labelColumn === null ? [] : [labelColumn];
    return {
      name,
      table,
      again: again ?? (async () => table),
      labelAt: labelColumn === null ? null : wanted.indexOf(labelColumn),
      wanted,
      pass: isBytes
        ? (batch, row, writer) => writer.bytes(batch, row)
        : (batch, row, writer) => writer.record(batch.record(row)),
      record: (batch, row) => batch.record(row),
      close: async () => {
        if (held !== null) await rm(held, { force: true });
      },
    };
  } catch (error) {
    if (held !== null) await rm(held, { force: true });
    throw error;
  }
}

/** Rows that are passed on as they are need no texts among them: the first column will do as well. */
async function openAny(held: string | null, request: RowToolRequest): Promise<Input> {
  const open = (textColumn: string | undefined) =>
    openInput(held ?? request.input, tableRequest({ ...request, textColumn }, false), request);
  try {
    return await open(request.textColumn);
  } catch (error) {
    const columns = error instanceof SentopsError ? error.details['columns'] : undefined;
    const [first] = Array.isArray(columns) ? columns : [];
    if (typeof first !== 'string' || request.textColumn !== undefined || request.input === '-') throw error;
    return open(first);
  }
}

function tableRequest({ textColumn, labelColumn }: RowToolRequest, needsLabel: boolean): TableRequest {
  return {
    needsLabel,
    needsRecords: true,
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(labelColumn === undefined ? {} : { labelColumn }),
  };
}

/** Standard input as a file, since it may be larger than the memory. */
async function hold({ stdin, signal }: RowToolRequest): Promise<string> {
  const file = path.join(os.tmpdir(), `sentops-${randomUUID()}`);
  try {
    await pipeline(stdin as AsyncIterable<Uint8Array>, createWriteStream(file, { flags: 'wx', mode: 0o600 }), {
      signal,
    });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return file;
}

/** Says what was lost on the way in. */
export function tellLosses({ name }: Rows, table: Table, { report }: RowToolRequest): void {
  const { badRows, badExamples, replacedFields } = table.statistics();
  const warn = (message: string) => report({ type: 'note', level: 'warn', message: `${name}: ${message}` });
  const [first] = badExamples;
  if (badRows > 0)
    warn(
      `${countNoun(badRows, 'row')} could not be read and ${badRows === 1 ? 'is' : 'are'} not in the output${first ? `; the first in line ${first.line}: ${first.reason}` : ''}`,
    );
  if (replacedFields > 0)
    warn(`${countNoun(replacedFields, 'field')} had bytes that are no valid text: U+FFFD stands in their place`);
}
