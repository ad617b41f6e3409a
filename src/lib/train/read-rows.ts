import type { Report } from '../core/report.ts';
import type { LabelIds } from '../data/label-ids.ts';
import type { LabelOrder } from '../data/label-order.ts';
import type { FieldColumn, Table } from '../data/rows.ts';
import { PART, type TextBatch } from './batch.ts';
import type { ChosenRows, NumberedBatch } from './choose-rows.ts';
import type { TextLearner } from './learner.ts';

/** Decides what a row is used for, by its number and label alone. */
type PartOf = (row: number, labelId: number) => number;

export interface ReadRequest {
  /** For progress. */
  readonly table: Table;
  readonly chosen: ChosenRows;
  readonly title: string;
  readonly labels: LabelIds;
  readonly order: LabelOrder | null;
  readonly partOf: PartOf;
  readonly learners: readonly TextLearner[];
  readonly report: Report;
}

export interface RowsRead {
  /** Rows without a text. */
  readonly blank: number;
  /** Rows of each part by label id, for parts 0, 1, 2. */
  readonly counts: readonly (readonly number[])[];
}

/** Reads a table once and hands every row to every learner. */
export async function readRows(request: ReadRequest): Promise<RowsRead> {
  const { table, chosen, labels, order, learners, report, title } = request;
  const counts: number[][] = [[], [], []];
  let blank = 0;
  let told = -1;
  let buffers = allocate(8192);
  for await (const batch of chosen.batches()) {
    const { texts } = batch;
    if (buffers.ids.length < batch.rows) buffers = allocate(batch.rows);
    const { ids, parts } = buffers;
    assignChosen(labels, batch, chosen, ids);
    order?.add(ids, batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const id = ids[row] as number;
      const number = batch.numberOf(row);
      const isChosen = chosen.selects(number);
      const isBlank = isBlankText(texts, row);
      if (isChosen && isBlank) blank++;
      const part = !isChosen || id < 0 || isBlank ? PART.left : request.partOf(number, id);
      parts[row] = part;
      const tally = counts[part];
      if (tally) tally[id] = (tally[id] ?? 0) + 1;
    }
    const part: TextBatch = { rows: batch.rows, texts, labelIds: ids, parts };
    for (const learner of learners) await learner.add(part);
    const { done, total } = table.progress();
    // Packed files are read ahead of their rows.
    if (done === told) continue;
    told = done;
    report({ type: 'progress', id: title, label: title, done, ...(total === null ? {} : { total }), unit: 'bytes' });
  }
  return { blank, counts };
}

/** Labels of rows that are not in the sample count nowhere: a file and a pipe give the same classes. */
function assignChosen(labels: LabelIds, batch: NumberedBatch, chosen: ChosenRows, ids: Int32Array): void {
  const { rows } = batch;
  const isChosen = (row: number) => chosen.selects(batch.numberOf(row));
  const picked = Int32Array.from({ length: rows }, (_, row) => row).filter(isChosen);
  if (picked.length === rows) {
    labels.assign(batch.labels, rows, ids);
    return;
  }
  const { bytes, starts, ends } = batch.labels;
  const pickedIds = new Int32Array(picked.length);
  const column = {
    bytes,
    starts: picked.map(row => starts[row] as number),
    ends: picked.map(row => ends[row] as number),
  };
  labels.assign(column, picked.length, pickedIds);
  ids.fill(-1, 0, rows);
  for (const [place, row] of picked.entries()) ids[row] = pickedIds[place] as number;
}

function allocate(rows: number): { readonly ids: Int32Array; readonly parts: Uint8Array } {
  return { ids: new Int32Array(rows), parts: new Uint8Array(rows) };
}

/** Null, empty, or nothing but ASCII white space. */
function isBlankText({ bytes, starts, ends }: FieldColumn, row: number): boolean {
  const end = ends[row] as number;
  for (let at = starts[row] as number; at >= 0 && at < end; at++) {
    const byte = bytes[at] as number;
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return false;
  }
  return true;
}
