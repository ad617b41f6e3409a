import type { RunRow } from '../../lib/runs/run-row.ts';
import { listColumns } from '../list-command.ts';
import { showMoment } from '../output/moment.ts';
import { type ListColumns, type ReadyColumn, readyColumns } from '../output/records.ts';
import type { ListSettings } from '../output/settings.ts';

/** What every run has; the names of --columns and --sort. */
export const runColumns = listColumns<RunRow>({
  runId: { id: true },
  name: {},
  experiment: {},
  status: {},
  lifecycle: {},
  startedAt: { show: ({ startedAt }) => showMoment(startedAt) },
  endedAt: { show: ({ endedAt }) => showMoment(endedAt) },
  seconds: { align: 'right' },
  userId: {},
  parentRunId: {},
  experimentId: { extra: true },
  artifactUri: { extra: true },
  datasets: { extra: true, value: row => row.datasets.map(({ name, digest }) => `${name} (${digest})`).join('; ') },
  metrics: { extra: true },
  params: { extra: true },
  tags: { extra: true },
});

const NAMED = /^(metrics|params|tags)\.(.+)$/s;

/** Columns such as `metrics.accuracy` that --columns and --sort name. */
export function namedValueColumns({ columns = '', sort = '' }: ListSettings): ListColumns {
  const sorted = sort.split(',').map(part => part.trim().replace(/:(asc|desc)$|^-/g, ''));
  return columnsOf([...columns.split(',').map(name => name.trim()), ...sorted]);
}

/** Every column of the runs for a file: what all have, then their metrics and parameters. */
export function valueColumns({ items }: { readonly items: readonly RunRow[] }): ReadyColumn[] {
  const names = (kind: 'metrics' | 'params') =>
    [...new Set(items.flatMap(row => Object.keys(row[kind])))].map(key => `${kind}.${key}`);
  const fixed = readyColumns(runColumns).filter(({ extra }) => !extra);
  return [...fixed, ...readyColumns(columnsOf([...names('metrics'), ...names('params')]))];
}

function columnsOf(names: readonly string[]): ListColumns {
  const found: Record<string, ListColumns<RunRow>[string]> = {};
  for (const name of names) {
    const [, kind, key = ''] = NAMED.exec(name) ?? [];
    if (kind !== 'metrics' && kind !== 'params' && kind !== 'tags') continue;
    found[name] = { value: row => readValue(row[kind], key), ...(kind === 'metrics' ? { align: 'right' } : {}) };
  }
  return found as ListColumns;
}

/** NaN has no other word in a file. */
function readValue(values: Readonly<Record<string, string | number | null>>, key: string): string | number | undefined {
  return Object.hasOwn(values, key) ? (values[key] ?? 'NaN') : undefined;
}
