import { SentopsError } from '../../core/errors.ts';
import { createLabelIds } from '../label-ids.ts';
import type { FieldColumn, RowBatch, Table } from '../rows.ts';
import type { Rows } from './open-rows.ts';
import type { RowToolRequest } from './row-tool.ts';

/** The labels of rows as numbers, while they pass. */
export class LabelCounter {
  private readonly ids;
  private readonly at: number | null;
  private readonly isNeeded: boolean;
  private current = new Int32Array(0);
  /** Of column that turned out to hold no labels nothing is counted. */
  private isOff: boolean;

  constructor({ labelAt, table }: Rows, isNeeded: boolean) {
    this.at = labelAt;
    this.isNeeded = isNeeded;
    this.isOff = labelAt === null;
    this.ids = createLabelIds(table.layout.labelColumn ?? 'label');
  }

  begin(batch: RowBatch): void {
    if (this.isOff) return;
    if (this.current.length < batch.rows) this.current = new Int32Array(batch.rows);
    try {
      this.ids.assign(batch.columns[this.at ?? 0] as FieldColumn, batch.rows, this.current);
    } catch (error) {
      if (this.isNeeded || !(error instanceof SentopsError)) throw error;
      this.isOff = true;
    }
  }

  /** Of a row of the batch that was begun last; −1 where it has none. */
  of(row: number): number {
    return this.isOff ? -1 : (this.current[row] as number);
  }

  /** How the labels are spelled, by their numbers. */
  names(): string[] {
    return this.isOff ? [] : this.ids.counts().map(({ value }) => value);
  }
}

/** Rows of each label by its number; those without one are −1. */
export type Counts = Map<number, number>;

export function addOne(counts: Counts, label: number): void {
  counts.set(label, (counts.get(label) ?? 0) + 1);
}

export function sumCounts(counts: Counts): number {
  return [...counts.values()].reduce((sum, rows) => sum + rows, 0);
}

/** Under the name of each label, in the order of the names; rows without one under the empty name. */
export function nameCounts(counts: Counts, names: readonly string[]): Record<string, number> {
  if (names.length === 0) return {};
  const named = [...counts].map(([label, rows]) => [names[label] ?? '', rows] as const);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a table to its end for the number of its rows, and of those of each label. */
export async function countLabels(rows: Rows, table: Table, { signal }: RowToolRequest): Promise<Counts> {
  const labels = new LabelCounter(rows, true);
  const counts: Counts = new Map();
  for await (const batch of table.batches(rows.wanted, signal)) {
    labels.begin(batch);
    for (let row = 0; row < batch.rows; row++) addOne(counts, labels.of(row));
  }
  return counts;
}
