import type { RunList } from '../../lib/runs/list-runs.ts';
import type { RunRow } from '../../lib/runs/run-row.ts';
import type { Column, View } from '../output/view.ts';
import { formatAge, formatNumber, formatSeconds, shortId, showStatus } from './run-format.ts';

type ValueColumn = RunList['varying'][number];

interface ListOptions {
  readonly now: number;
  /** Children stand below their parents; not where an order was asked for. */
  readonly grouped: boolean;
  readonly unicode: boolean;
  /** Not all were asked for: that there is none says nothing about the store. */
  readonly filtered?: boolean;
}

interface Line {
  readonly run: RunRow;
  readonly depth: number;
}

const GAP = 2;
/** Of a name, where the page is narrow. */
const SHORT_NAME = 20;

/** A list of runs, or what to do where there is none. */
export function renderRuns(list: RunList, view: View, options: ListOptions): void {
  if (list.items.length > 0) {
    renderRunList(list, view, options);
    return;
  }
  const [only] = list.experiments;
  const where = list.experiments.length === 1 ? ` in ${only}` : '';
  view.aside(
    options.filtered === true
      ? `No run${where} matches.`
      : `No run is recorded${where} yet. Record one with: sentops train`,
  );
}

/** Runs with the metrics and parameters that tell them apart, as many as the page has room for. */
export function renderRunList(list: RunList, view: View, options: ListOptions): void {
  const lines = options.grouped ? groupRuns(list.items) : list.items.map(run => ({ run, depth: 0 }));
  const values = list.varying.map(column => ({ column, drawn: valueColumn(column) }));
  const fixed = chooseFixed(list, lines, view, options, values[0]?.drawn);
  let room = view.width + GAP - widthOfAll(fixed, lines);
  const shown = values.filter(({ drawn }) => {
    const width = widthOf(drawn, lines) + GAP;
    if (width > room) {
      room = 0;
      return false;
    }
    room -= width;
    return true;
  });
  view.table(lines, [...fixed, ...shown.map(({ drawn }) => drawn)]);
  const same = list.same.map(({ key, value }) => `${key}=${typeof value === 'string' ? value : formatNumber(value)}`);
  if (same.length > 0) view.line(view.style.dim(`same in all: ${shorten(same, view.width * 2)}`));
  const hidden = values.slice(shown.length).map(({ column }) => nameOf(column));
  if (hidden.length > 0) view.aside(`No room for ${shorten(hidden, view.width)}: choose with --columns`);
}

/** `metrics.accuracy`, `params.regParam`: how --columns calls them. */
function nameOf({ kind, key }: ValueColumn): string {
  return `${kind}s.${key}`;
}

/** A narrow page does without times, and shortens names, rather than without the first thing that tells runs apart. */
function chooseFixed(
  list: RunList,
  lines: readonly Line[],
  view: View,
  options: ListOptions,
  first: Column<Line> | undefined,
): Column<Line>[] {
  const needed = first === undefined ? 0 : widthOf(first, lines) + GAP;
  const all = fixedColumns(list, lines, view, { ...options, longest: Number.POSITIVE_INFINITY });
  const short = fixedColumns(list, lines, view, { ...options, longest: SHORT_NAME });
  const withoutTimes = short.filter(({ title }) => title !== 'age' && title !== 'took');
  const least = fixedColumns(list, lines, view, { ...options, longest: SHORT_NAME / 2 });
  const fitting = [all, short, withoutTimes].find(columns => widthOfAll(columns, lines) - GAP + needed <= view.width);
  return fitting ?? least.filter(({ title }) => title !== 'age' && title !== 'took');
}

function fixedColumns(
  list: RunList,
  lines: readonly Line[],
  view: View,
  { now, unicode, longest }: ListOptions & { readonly longest: number },
): Column<Line>[] {
  const several = new Set(lines.map(({ run }) => run.experimentId)).size > 1;
  const branch = unicode ? '└ ' : '- ';
  const deleted = list.items.some(({ lifecycle }) => lifecycle === 'deleted');
  return [
    { title: 'run', value: ({ run }) => shortId(run.runId) },
    {
      title: 'name',
      value: ({ run, depth }) =>
        `${depth > 0 ? `${'  '.repeat(depth - 1)}${branch}` : ''}${cutName(run.name, longest, unicode)}`,
    },
    ...(several ? [{ title: 'experiment', value: ({ run }: Line) => run.experiment }] : []),
    { title: 'status', value: ({ run }) => showStatus(run.status, view) },
    ...(deleted ? [{ title: 'view', value: ({ run }: Line) => run.lifecycle }] : []),
    { title: 'age', value: ({ run }) => formatAge(run.startedAt, now), align: 'right' },
    { title: 'took', value: ({ run }) => formatSeconds(run.seconds), align: 'right' },
  ];
}

function valueColumn({ kind, key }: ValueColumn): Column<Line> {
  const held = ({ run }: Line) => (kind === 'metric' ? run.metrics : run.params);
  const show = (value: string | number | null) => (typeof value === 'string' ? value : formatNumber(value));
  return {
    title: key,
    value: line => (Object.hasOwn(held(line), key) ? show(held(line)[key] ?? null) : ''),
    ...(kind === 'metric' ? { align: 'right' } : {}),
  };
}

/** A run whose parent is not shown stands where it is. */
export function groupRuns(runs: readonly RunRow[]): Line[] {
  const shown = new Set(runs.map(({ runId }) => runId));
  const children = new Map<string, RunRow[]>();
  const isNested = ({ runId, parentRunId }: RunRow) => parentRunId !== runId && shown.has(parentRunId ?? '');
  for (const run of runs) {
    if (isNested(run)) children.set(run.parentRunId ?? '', [...(children.get(run.parentRunId ?? '') ?? []), run]);
  }
  const lines: Line[] = [];
  const placed = new Set<string>();
  const place = (run: RunRow, depth: number) => {
    if (placed.has(run.runId)) return;
    placed.add(run.runId);
    lines.push({ run, depth });
    for (const child of children.get(run.runId) ?? []) place(child, depth + 1);
  };
  for (const run of runs) if (!isNested(run)) place(run, 0);
  // Runs that call each other parents are in nobody's family; they are shown all the same.
  for (const run of runs) place(run, 0);
  return lines;
}

function widthOf({ title, value }: Column<Line>, lines: readonly Line[]): number {
  return lines.reduce(
    (most, line) => Math.max(most, String(value(line)).replace(/\x1b\[[0-9;]*m/g, '').length),
    title.length,
  );
}

function widthOfAll(columns: readonly Column<Line>[], lines: readonly Line[]): number {
  return columns.reduce((total, column) => total + widthOf(column, lines) + GAP, 0);
}

/** Its characters, which are whole however many code units they take. */
function cutName(name: string, longest: number, unicode: boolean): string {
  const characters = [...name];
  const mark = unicode ? '…' : '..';
  return characters.length <= longest ? name : `${characters.slice(0, longest - mark.length).join('')}${mark}`;
}

/** As many of the parts as a line holds, and how many more there are. */
function shorten(parts: readonly string[], width: number): string {
  let kept = 0;
  for (let length = 0; kept < parts.length; kept += 1) {
    length += (parts[kept]?.length ?? 0) + 2;
    if (kept > 0 && length > width) break;
  }
  const rest = parts.length - kept;
  return `${parts.slice(0, kept).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
