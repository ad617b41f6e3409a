import type { LabelledRows, SparseRows } from '../../../src/lib/learn/types.ts';

/** Sparse rows of a table of numbers; zeros are left out. */
export function toSparse(table: readonly (readonly number[])[], columns = table[0]?.length ?? 0): SparseRows {
  const entries = table.map(row => [...row.entries()].filter(([, value]) => value !== 0));
  const starts = [0];
  for (const row of entries) starts.push((starts.at(-1) ?? 0) + row.length);
  return {
    columns,
    starts: Int32Array.from(starts),
    indices: Int32Array.from(entries.flat(), ([column]) => column),
    values: Float64Array.from(entries.flat(), ([, value]) => value),
  };
}

export function labelled(table: readonly (readonly number[])[], labels: readonly number[], classes = 2): LabelledRows {
  return { features: toSparse(table), labels: Int32Array.from(labels), classes };
}

/** Options of a fit that nobody watches. */
export function options(params: Readonly<Record<string, number | string | boolean>> = {}, seed = 1) {
  return { params, seed, signal: new AbortController().signal };
}
