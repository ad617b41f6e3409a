import type { RunComparison } from '../../lib/runs/compare-rows.ts';
import type { Rows } from '../output/records.ts';

/** For CSV and Markdown: a line for each thing that differs, a column for each run. */
export function comparisonRows({ runs, values }: RunComparison): Rows {
  const items = values.map(({ kind, key, values: cells, best }) => ({
    kind,
    key,
    ...Object.fromEntries(runs.map(({ label }, index) => [label, cells[index] ?? null])),
    best: best.map(index => runs[index]?.label).join(', '),
  }));
  return { columns: ['kind', 'key', ...runs.map(({ label }) => label), 'best'], items };
}
