import type { LabelMapping } from '../data/labels.ts';
import type { Input } from '../data/open-input.ts';
import { PART } from './batch.ts';
import type { RowsRead } from './read-rows.ts';
import type { DataReport, LabelReport } from './result.ts';

/** An input that was read to its end. */
export interface ReadInput {
  readonly input: Input;
  readonly rows: RowsRead;
  readonly mapping: LabelMapping;
}

export function describeLabels({ scheme, classes, labels, dropped }: LabelMapping): LabelReport {
  const kept = classes.flatMap((name, index) => (labels[index] ?? []).map(value => [value, name] as const));
  const gone = dropped.filter(({ value }) => value !== '').map(({ value }) => [value, null] as const);
  return {
    scheme,
    classes: [...classes],
    mapping: Object.fromEntries([...kept, ...gone]),
    dropped: dropped.map(entry => ({ ...entry })),
  };
}

export function describeData(input: Input, read: ReadInput, test: ReadInput | null): DataReport {
  const statistics = read.input.table.statistics();
  return {
    input: input.location,
    sha256: statistics.sha256,
    bytes: statistics.bytes,
    rows: statistics.rows,
    badRows: statistics.badRows,
    train: countKept(read, PART.train),
    validation: countKept(read, PART.validation),
    test: countKept(test ?? read, PART.test),
    testInput: test?.input.location ?? null,
  };
}

/** Rows of a part whose label stands for a class. */
export function countKept(read: ReadInput, part: number): number {
  return countByClass(read, part).reduce((sum, rows) => sum + rows, 0);
}

export function countByClass(read: ReadInput, part: number): number[] {
  const counts = read.mapping.classes.map(() => 0);
  for (const [id, rows] of (read.rows.counts[part] ?? []).entries()) {
    const at = read.mapping.classOf[id] ?? -1;
    if (at >= 0) counts[at] = (counts[at] ?? 0) + (rows ?? 0);
  }
  return counts;
}
