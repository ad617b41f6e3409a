import { type Better, betterWay, compareMetrics } from './metric-order.ts';
import type { RunRow } from './run-row.ts';

type Cell = string | number | null;

/** One thing about every run, in the order of the runs; null where a run does not have it, `NaN` for that value of a metric. */
export interface ComparedValue {
  kind: 'metric' | 'param' | 'dataset' | 'tag' | 'run';
  key: string;
  values: Cell[];
  differs: boolean;
  /** Which way is better, for metrics whose name says so. */
  better: Better | null;
  /** Positions of the best runs: one, several that are equal, or none where nothing is better. */
  best: number[];
}

export interface RunComparison {
  runs: { runId: string; name: string; label: string; experiment: string; status: string; startedAt: string | null }[];
  values: ComparedValue[];
  /** How many things are the same in all runs and were left out. */
  same: number;
  /** The file with the plot, where one was asked for. */
  plot: string | null;
}

export interface CompareOptions {
  /** Also what is the same in all. */
  readonly all?: boolean;
  /** Also tags; those that MLflow sets itself (`mlflow.…`) are never compared. */
  readonly tags?: boolean;
}

/** What differs between runs. Whatever they do not say about a thing counts as a difference. */
export function compareRows(
  rows: readonly RunRow[],
  { all = false, tags = false }: CompareOptions = {},
): RunComparison {
  const labels = labelRuns(rows);
  const values = [
    compare('run', ['status', 'seconds'], rows, row => ({ status: row.status, seconds: row.seconds })),
    compare('metric', keysOf(rows, row => row.metrics).sort(compareMetrics), rows, row => row.metrics),
    compare('param', keysOf(rows, row => row.params).sort(), rows, row => row.params),
    compare('dataset', keysOf(rows, datasetsOf).sort(), rows, datasetsOf),
    tags ? compare('tag', keysOf(rows, userTags).sort(), rows, userTags) : [],
  ].flat();
  return {
    runs: rows.map(({ runId, name, experiment, status, startedAt }, index) => ({
      runId,
      name,
      label: labels[index] ?? runId,
      experiment,
      status,
      startedAt,
    })),
    values: all ? values : values.filter(({ differs }) => differs),
    same: values.filter(({ differs }) => !differs).length,
    plot: null,
  };
}

/** The name where it is the only one of the kind, else with the first digits of the id. */
export function labelRuns(rows: readonly Pick<RunRow, 'runId' | 'name'>[]): string[] {
  const times = new Map<string, number>();
  for (const { name } of rows) times.set(name, (times.get(name) ?? 0) + 1);
  return rows.map(({ runId, name }) =>
    times.get(name) === 1 && name !== '' ? name : `${name} ${runId.slice(0, 8)}`.trim(),
  );
}

function compare(
  kind: ComparedValue['kind'],
  keys: readonly string[],
  rows: readonly RunRow[],
  read: (row: RunRow) => Readonly<Record<string, Cell>>,
): ComparedValue[] {
  const held = rows.map(read);
  // A metric that is there without a number is NaN, which is something else than not being there.
  const absent = kind === 'metric' ? 'NaN' : null;
  return keys.map(key => {
    const values = held.map(cells => (Object.hasOwn(cells, key) ? (cells[key] ?? absent) : null));
    const differs = new Set(values).size > 1;
    const better = kind === 'metric' || key === 'seconds' ? betterWay(key) : null;
    return { kind, key, values, differs, better, best: differs ? bestOf(values, better) : [] };
  });
}

function bestOf(values: readonly Cell[], better: Better | null): number[] {
  const numbers = values.map(value => (typeof value === 'number' ? value : Number.NaN));
  const known = numbers.filter(value => !Number.isNaN(value));
  if (better === null || known.length === 0) return [];
  const best = better === 'more' ? Math.max(...known) : Math.min(...known);
  return [...numbers.keys()].filter(index => numbers[index] === best);
}

function keysOf(rows: readonly RunRow[], read: (row: RunRow) => Readonly<Record<string, Cell>>): string[] {
  return [...new Set(rows.flatMap(row => Object.keys(read(row))))];
}

function userTags(row: RunRow): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(row.tags).filter(([key]) => !key.startsWith('mlflow.')));
}

/** What a run read, by what for. */
function datasetsOf(row: RunRow): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, digest, context } of row.datasets) {
    const key = context ?? 'data';
    found[key] = [found[key], `${name} (${digest})`].filter(part => part !== undefined).join(', ');
  }
  return found;
}
