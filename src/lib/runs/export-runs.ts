import { SentopsError } from '../core/errors.ts';
import { writeTextFile } from '../core/write-text.ts';
import type { World } from '../extend/world.ts';
import type { Run } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { findRun } from './find-run.ts';
import { readHistories } from './run-history.ts';
import { isoTime, type RunRow, toRunRows } from './run-row.ts';
import { listExperiments } from './search-runs.ts';

export interface ExportRunsRequest extends World {
  readonly project: TrackingProject;
  readonly runs: readonly string[];
  readonly experiment?: string | undefined;
  /** .json, .jsonl or .csv. */
  readonly output?: string | undefined;
  readonly dryRun: boolean;
}

/** One value of a run: the long format, a line for each. */
interface ExportedValue {
  runId: string;
  run: string;
  experiment: string;
  kind: 'metric' | 'param' | 'tag';
  key: string;
  /** Of a metric null is NaN, and the infinite is its name. */
  value: string | number | null;
  step: number | null;
  timestamp: string | null;
}

export interface ExportedRuns {
  runs: RunRow[];
  /** Parameters, tags and every value of every metric; empty where they went to a file. */
  items: ExportedValue[];
  values: number;
  file: string | null;
  dryRun: boolean;
}

const EXPORT_COLUMNS = ['runId', 'run', 'experiment', 'kind', 'key', 'value', 'step', 'timestamp'] as const;

export async function exportRuns(request: ExportRunsRequest): Promise<ExportedRuns> {
  const { output, cwd, dryRun } = request;
  if (request.runs.length === 0)
    throw new SentopsError('USAGE', 'no run is named', {
      hint: 'name runs by id or name: sentops run list shows them',
    });
  const write = output === undefined ? null : chooseWriter(output);
  return withTracker(request.project, request, 'read', async tracker => {
    const found: Run[] = [];
    for (const name of request.runs) found.push(await findRun(tracker, name, { experiment: request.experiment }));
    const runs = toRunRows(found, await listExperiments(tracker, 'all'));
    const items: ExportedValue[] = [];
    for (const [index, run] of found.entries()) {
      request.signal.throwIfAborted();
      items.push(...(await exportRun(tracker, run, runs[index]?.experiment ?? run.experimentId)));
    }
    if (output === undefined || write === null) return { runs, items, values: items.length, file: null, dryRun };
    const file = writeTextFile(cwd, output, write({ runs, items }), dryRun);
    return { runs, items: [], values: items.length, file, dryRun };
  });
}

async function exportRun(tracker: Tracker, run: Run, experiment: string): Promise<ExportedValue[]> {
  const about = { runId: run.runId, run: run.name, experiment };
  const pairs = (kind: 'param' | 'tag', values: Readonly<Record<string, string>>): ExportedValue[] =>
    Object.entries(values).map(([key, value]) => ({ ...about, kind, key, value, step: null, timestamp: null }));
  const histories = await readHistories(
    tracker,
    run.runId,
    run.metrics.map(({ key }) => key),
  );
  const metrics = histories.flatMap(({ key, points }) =>
    points.map(({ value, step, timestamp }): ExportedValue => {
      // JSON has no word for the infinite, and would make NaN of it.
      const shown = Number.isFinite(value) ? value : Number.isNaN(value) ? null : String(value);
      return { ...about, kind: 'metric', key, value: shown, step, timestamp: isoTime(timestamp) };
    }),
  );
  return [...pairs('param', run.params), ...pairs('tag', run.tags), ...metrics];
}

type Written = Pick<ExportedRuns, 'runs' | 'items'>;

function chooseWriter(file: string): (exported: Written) => string {
  const kind = /\.(json|jsonl|ndjson|csv)$/i.exec(file)?.[1]?.toLowerCase();
  if (kind === 'json') return exported => `${JSON.stringify(exported, null, 2)}\n`;
  if (kind === 'csv') return ({ items }) => [EXPORT_COLUMNS, ...items.map(cellsOf)].map(csvLine).join('');
  if (kind !== undefined) return ({ items }) => items.map(item => `${JSON.stringify(item)}\n`).join('');
  throw new SentopsError('FLAG_INVALID', `--output: ${file} does not say what to write`, {
    hint: 'let the name end in .json, .jsonl or .csv',
    details: { flag: '--output', value: file },
  });
}

function cellsOf(item: ExportedValue): readonly (string | number | null)[] {
  const isNaNumber = item.kind === 'metric' && item.value === null;
  return EXPORT_COLUMNS.map(column => (column === 'value' && isNaNumber ? 'NaN' : item[column]));
}

/** RFC 4180. */
function csvLine(cells: readonly (string | number | null)[]): string {
  const quoted = cells.map(cell => {
    const text = String(cell ?? '');
    return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}
