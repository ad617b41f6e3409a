import { countNoun } from '../../lib/core/count-noun.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { BestRun } from '../../lib/runs/best-run.ts';
import type { MovedRuns, TaggedRun } from '../../lib/runs/change-runs.ts';
import type { RunDescription } from '../../lib/runs/describe-run.ts';
import type { ExportedRuns } from '../../lib/runs/export-runs.ts';
import type { LoggedRun } from '../../lib/runs/log-run.ts';
import type { RunRow } from '../../lib/runs/run-row.ts';
import { showMoment } from '../output/moment.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';
import { formatNumber, formatSeconds, shortId, showStatus } from './run-format.ts';
import { sparkline } from './spark.ts';

export function renderBestRun({ metric, mode, value, run, runnersUp, gate }: BestRun, view: View): void {
  view.facts({
    run: `${run.name} (${run.runId})`,
    experiment: run.experiment,
    [metric]: `${formatNumber(value)}, the ${mode === 'max' ? 'greatest' : 'least'}`,
    metrics: showPairs(run.metrics, metric),
    params: showPairs(run.params),
    started: showMoment(run.startedAt),
  });
  for (const other of runnersUp)
    view.line(view.style.dim(`then ${other.name} (${shortId(other.runId)}) with ${formatNumber(other.value)}`));
  if (gate?.met === true) view.line(`${view.style.ok()} The bound is met.`);
  if (gate === null) view.next([`sentops run describe ${shortId(run.runId)}`]);
}

const NESTED_METRICS = 3;

function showPairs(values: Readonly<Record<string, string | number | null>>, but?: string): string | undefined {
  const pairs = Object.entries(values)
    .filter(([key]) => key !== but)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : formatNumber(value)}`);
  return pairs.length === 0 ? undefined : pairs.join(', ');
}

export function renderRunDescription(described: RunDescription, view: View, unicode: boolean): void {
  const { run, children, artifacts, models } = described;
  const userTags = Object.entries(run.tags).filter(([key]) => !key.startsWith('mlflow.'));
  view.facts({
    run: `${run.name} (${run.runId})`,
    experiment: `${run.experiment} (${run.experimentId})`,
    status: `${showStatus(run.status, view)}${run.lifecycle === 'deleted' ? ', deleted' : ''}`,
    started: showMoment(run.startedAt),
    took: run.seconds === null ? undefined : formatSeconds(run.seconds),
    user: run.userId || undefined,
    source: run.tags['mlflow.source.name'],
    commit: run.tags['mlflow.source.git.commit'],
    parent: run.parentRunId ?? undefined,
    data: run.datasets.length === 0 ? undefined : run.datasets.map(showDataset).join('; '),
    models: models.length === 0 ? undefined : models.join(', '),
    note: run.tags['mlflow.note.content'],
    tags: userTags.length === 0 ? undefined : userTags.map(([key, value]) => `${key}=${value}`).join(', '),
    artifacts: run.artifactUri,
  });
  renderMetrics(described, view, unicode);
  if (Object.keys(run.params).length > 0) {
    view.heading('Parameters');
    view.facts(run.params);
  }
  if (children.length > 0) renderChildren(children, view);
  if (artifacts !== null && artifacts.length > 0) {
    view.heading('Artifacts');
    view.table(artifacts, [
      { title: 'path', value: file => `${file.path}${file.isFolder ? '/' : ''}` },
      { title: 'size', value: file => (file.bytes === null ? '' : formatAmount(file.bytes, 'bytes')), align: 'right' },
    ]);
  }
  if (run.status === 'RUNNING' && run.lifecycle === 'active') view.next([`sentops run watch ${shortId(run.runId)}`]);
  else if (children.length > 1)
    view.next([
      `sentops run compare ${children
        .slice(0, 4)
        .map(({ runId }) => shortId(runId))
        .join(' ')}`,
    ]);
}

function showDataset({ name, digest, context }: RunRow['datasets'][number]): string {
  return `${name} (${digest}${context === null ? '' : `, ${context}`})`;
}

function renderMetrics({ run, histories }: RunDescription, view: View, unicode: boolean): void {
  const metrics = Object.entries(run.metrics);
  if (metrics.length === 0) return;
  view.heading('Metrics');
  const bySteps = new Map(histories.map(history => [history.metric, history]));
  const rows = metrics.map(([metric, value]) => ({ metric, value, history: bySteps.get(metric) }));
  view.table(rows, [
    { title: 'metric', value: ({ metric }) => metric },
    { title: 'value', value: ({ value }) => formatNumber(value), align: 'right' },
    ...(histories.length === 0
      ? []
      : [
          {
            title: 'values',
            value: ({ history }: (typeof rows)[number]) => (history === undefined ? '' : history.points),
            align: 'right' as const,
          },
          {
            title: 'history',
            value: ({ history }: (typeof rows)[number]) =>
              history === undefined ? '' : sparkline(history.values, unicode),
          },
        ]),
  ]);
}

function renderChildren(children: readonly RunRow[], view: View): void {
  view.heading(countNoun(children.length, 'nested run'));
  view.table(children, [
    { title: 'run', value: ({ runId }) => shortId(runId) },
    { title: 'name', value: ({ name }) => name },
    { title: 'status', value: ({ status }) => showStatus(status, view) },
    { title: 'took', value: ({ seconds }) => formatSeconds(seconds), align: 'right' },
    { title: 'metrics', value: ({ metrics }) => showFirst(metrics) },
  ]);
}

/** So many that the line can be read; the run itself shows all. */
function showFirst(metrics: RunRow['metrics']): string {
  const entries = Object.entries(metrics);
  const rest = entries.length - NESTED_METRICS;
  const shown = showPairs(Object.fromEntries(entries.slice(0, NESTED_METRICS))) ?? '';
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

export function renderMovedRuns({ runs, dryRun }: MovedRuns, view: View): void {
  for (const { runId, name, was, is, children } of runs) {
    const what = `${children ? '  ' : ''}${name} (${shortId(runId)})`;
    if (dryRun) view.line(`Would be changed: ${what}, now ${was}`);
    else if (was === is) view.line(`${what} is ${is} already`);
    else view.line(`${view.style.ok()} ${what} is ${is}`);
  }
  const [first] = runs;
  if (!dryRun && first?.is === 'deleted' && first.was !== 'deleted')
    view.next([`sentops run restore ${runs.map(({ runId }) => shortId(runId)).join(' ')}`]);
}

interface Tagged extends Pick<TaggedRun, 'name' | 'changes' | 'dryRun'> {}

export function renderTags({ name, changes, dryRun }: Tagged, view: View): void {
  view.table(changes, [
    { title: 'tag', value: ({ key }) => key },
    { title: 'before', value: ({ before }) => before ?? '' },
    { title: 'after', value: ({ after }) => after ?? '' },
  ]);
  if (changes.length === 0) view.line('Nothing was asked for: give key=value or --delete KEY.');
  else view.line(dryRun ? `${name} would be changed` : `${view.style.ok()} ${name} is changed`);
}

export function renderLoggedRun(result: LoggedRun, view: View): void {
  const { runId, name, created, status, dryRun } = result;
  const what = [
    countNoun(result.metrics, 'metric value'),
    countNoun(result.params, 'parameter'),
    countNoun(result.tags, 'tag'),
  ];
  const done = dryRun ? 'Would record' : `${view.style.ok()} Recorded`;
  const ended = status === null ? '' : `, now ${status}`;
  view.line(`${done} ${what.join(', ')} of ${describeTarget(runId, name, created)}${ended}`);
  if (created && status === null && runId !== null)
    view.next([
      `sentops run log ${shortId(runId)} --metric ${quoteWord('accuracy=0.9@1')}`,
      `sentops run log ${shortId(runId)} --status FINISHED`,
    ]);
}

function describeTarget(runId: string | null, name: string | null, created: boolean): string {
  if (runId === null) return name === null ? 'a new run' : `the new run ${name}`;
  return `${created ? 'the new run ' : ''}${name ?? ''} (${runId})`;
}

export function renderExport({ runs, items, values, file, dryRun }: ExportedRuns, view: View): void {
  if (file !== null) {
    const what = `${countNoun(values, 'value')} of ${countNoun(runs.length, 'run')}`;
    view.line(dryRun ? `Would write ${what} to ${file}` : `${view.style.ok()} Wrote ${what} to ${file}`);
    return;
  }
  view.table(items, [
    { title: 'run', value: ({ run }) => run },
    { title: 'kind', value: ({ kind }) => kind },
    { title: 'key', value: ({ key }) => key },
    { title: 'step', value: ({ step }) => step ?? '', align: 'right' },
    {
      title: 'value',
      value: ({ kind, value }) => (kind === 'metric' && typeof value !== 'string' ? formatNumber(value) : value),
    },
  ]);
}
