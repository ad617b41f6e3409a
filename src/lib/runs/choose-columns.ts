import { compareMetrics } from './metric-order.ts';
import type { RunRow } from './run-row.ts';

/** A metric or parameter as a column; `metrics.accuracy` is its name. */
interface ValueColumn {
  kind: 'metric' | 'param';
  key: string;
}

/** What all runs that say anything of the kind have in common. */
interface SharedValue extends ValueColumn {
  value: string | number | null;
}

export interface ColumnChoice {
  /** What tells the runs apart, the most useful first. */
  varying: ValueColumn[];
  same: SharedValue[];
}

/** So many metrics come before the parameters that may have made the difference. */
const METRICS_FIRST = 4;

interface Seen extends ValueColumn {
  runs: number;
  readonly values: Set<string | number | null>;
}

/**
 * Sorts the metrics and parameters of runs into those that differ and those that are the same in all. A run without
 * any metric (parameter) has no say about metrics (parameters): a parent does not make all of its children's differ.
 */
export function chooseColumns(runs: readonly RunRow[]): ColumnChoice {
  const metrics = lookAt('metric', runs, run => run.metrics);
  const params = lookAt('param', runs, run => run.params);
  const choice: ColumnChoice = { varying: [], same: [] };
  // One run differs from nothing: what it measured is what there is to see.
  const metricsVary = metrics.seen.filter(column => differs(column, metrics.voters) || runs.length === 1);
  const paramsVary = params.seen.filter(column => differs(column, params.voters));
  metricsVary.sort((a, b) => compareMetrics(a.key, b.key));
  paramsVary.sort((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1));
  // What most runs measured comes before what only parents sum up (`best_accuracy`).
  const [common, rare] = divide(metricsVary, ({ runs: told }) => told * 2 >= metrics.voters);
  const [settings, absences] = divide(paramsVary, ({ values }) => values.size > 1);
  const ordered = [
    ...common.slice(0, METRICS_FIRST),
    ...settings,
    ...common.slice(METRICS_FIRST),
    ...absences,
    ...rare,
  ];
  choice.varying = ordered.map(({ kind, key }) => ({ kind, key }));
  const varying = new Set<Seen>(ordered);
  for (const column of [...metrics.seen, ...params.seen]) {
    if (varying.has(column)) continue;
    const [value = null] = column.values;
    choice.same.push({ kind: column.kind, key: column.key, value });
  }
  return choice;
}

/** Those that pass, and the others, in their order. */
function divide(columns: readonly Seen[], passes: (column: Seen) => boolean): [Seen[], Seen[]] {
  return [columns.filter(passes), columns.filter(column => !passes(column))];
}

function differs({ values, runs }: Seen, voters: number): boolean {
  return values.size > 1 || runs < voters;
}

function lookAt(
  kind: ValueColumn['kind'],
  runs: readonly RunRow[],
  valuesOf: (run: RunRow) => Readonly<Record<string, string | number | null>>,
): { readonly seen: Seen[]; readonly voters: number } {
  const seen = new Map<string, Seen>();
  let voters = 0;
  for (const run of runs) {
    const values = Object.entries(valuesOf(run));
    if (values.length > 0) voters += 1;
    for (const [key, value] of values) {
      const column = seen.get(key) ?? { kind, key, runs: 0, values: new Set() };
      column.runs += 1;
      column.values.add(value);
      seen.set(key, column);
    }
  }
  return { seen: [...seen.values()], voters };
}
