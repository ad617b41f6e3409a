import { rowNumber, STREAM, streamKey } from './random.ts';
import type { FieldColumn, RowBatch } from './rows.ts';
import { createSelector, type SampleRequest } from './sample.ts';

/** A row that was kept: its fields as bytes, null for a null. */
export interface KeptRow {
  readonly row: number;
  readonly fields: readonly (Uint8Array | null)[];
}

export interface Reservoir {
  /** Looks at the next rows, copying those that may stay. */
  add(batch: RowBatch): void;
  /** The chosen rows in the order of the file: the very ones that `createSelector` chooses when it knows their number. */
  rows(): KeptRow[];
}

/**
 * Chooses rows of a source that can be read only once. No more than `maxRows` rows are ever held: a heap has the one
 * with the largest number on top, and a row with a smaller one takes its place.
 */
export function createReservoir(request: SampleRequest): Reservoir {
  const { selects } = createSelector({ ...request, maxRows: 0 });
  const key = streamKey(request.seed, STREAM.rows);
  const heap: Candidate[] = [];
  const offer = (row: number, copy: () => KeptRow) => {
    const number = rowNumber(key, row);
    if (heap.length < request.maxRows) siftUp(heap, { number, kept: copy() });
    else if (number < (heap[0]?.number ?? 0)) siftDown(heap, { number, kept: copy() });
  };
  return {
    add: batch => {
      for (let index = 0; index < batch.rows; index++) {
        const row = batch.firstRow + index;
        if (selects(row)) offer(row, () => ({ row, fields: batch.columns.map(column => copyField(column, index)) }));
      }
    },
    rows: () => heap.map(({ kept }) => kept).sort((a, b) => a.row - b.row),
  };
}

interface Candidate {
  readonly number: number;
  readonly kept: KeptRow;
}

function copyField({ bytes, starts, ends }: FieldColumn, row: number): Uint8Array | null {
  const start = starts[row] as number;
  // `slice` of a Buffer would be a view.
  return start < 0 ? null : new Uint8Array(bytes.subarray(start, ends[row]));
}

function siftUp(heap: Candidate[], added: Candidate): void {
  let place = heap.push(added) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent] as Candidate;
    if (above.number >= added.number) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = added;
}

/** Replaces the top. */
function siftDown(heap: Candidate[], added: Candidate): void {
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const isRight = right < heap.length && (heap[right] as Candidate).number > (heap[left] as Candidate).number;
    const child = isRight ? right : left;
    const below = heap[child] as Candidate;
    if (below.number <= added.number) break;
    heap[place] = below;
    place = child;
  }
  heap[place] = added;
}
