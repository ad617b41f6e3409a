import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure, writeFileAtomic } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import type { Drawing } from '../plot/drawing.ts';
import type { Metric } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { labelRuns, type RunComparison } from './compare-rows.ts';
import { compareMetrics } from './metric-order.ts';
import { readHistory } from './run-history.ts';
import type { RunRow } from './run-row.ts';

const KIND = /\.(svg|png)$/i;
/** Lines in one picture that can still be told apart. */
const MOST_LINES = 12;
/** Metrics in one picture, the most telling first. */
const MOST_PANELS = 4;
/** Runs in one picture of bars: a longer one nobody can look at. */
const MOST_BARS = 50;

/** Before anything is asked of a server: whether the file can be a picture. */
export function checkPlotFile(file: string): void {
  if (KIND.test(file)) return;
  throw new SentopsError('FLAG_INVALID', `--plot: ${file} is no picture`, {
    hint: 'let the name end in .svg or .png',
    details: { flag: '--plot', value: file },
  });
}

/** Draws a metric of the runs over its steps; metrics that have no steps as a bar for each run. Returns the path. */
export async function plotRuns(
  tracker: Tracker,
  rows: readonly RunRow[],
  { values }: Pick<RunComparison, 'values'>,
  options: { readonly file: string; readonly cwd: string; readonly metrics: readonly string[] },
): Promise<string> {
  const file = path.resolve(options.cwd, options.file);
  const wanted = options.metrics.length > 0 ? options.metrics : differing(rows, values);
  if (wanted.length === 0)
    throw new SentopsError('NOT_FOUND', 'the runs have no metric to plot', { hint: 'choose other runs' });
  const labels = labelRuns(rows);
  const histories = await readAll(tracker, rows, wanted.slice(0, 1));
  const hasSteps = histories.some(points => new Set(points.map(({ step }) => step)).size > 1);
  const drawing = hasSteps
    ? await drawHistories(wanted[0] ?? '', histories, labels)
    : await drawValues(wanted, rows, labels, values);
  await writeDrawing(file, drawing);
  return file;
}

function differing(rows: readonly RunRow[], values: RunComparison['values']): string[] {
  const keys = values.filter(({ kind, differs }) => kind === 'metric' && differs).map(({ key }) => key);
  const judged = values.filter(({ kind, better }) => kind === 'metric' && better !== null).map(({ key }) => key);
  const telling = keys.filter(key => judged.includes(key));
  if (telling.length > 0) return telling;
  return keys.length > 0 ? keys : [...new Set(rows.flatMap(row => Object.keys(row.metrics)))].sort(compareMetrics);
}

async function readAll(tracker: Tracker, rows: readonly RunRow[], metrics: readonly string[]): Promise<Metric[][]> {
  const [metric = ''] = metrics;
  const shown = rows.slice(0, MOST_LINES);
  return Promise.all(shown.map(({ runId }) => readHistory(tracker, runId, metric)));
}

async function drawHistories(
  metric: string,
  histories: readonly Metric[][],
  labels: readonly string[],
): Promise<Drawing> {
  const { buildLineChart } = await import('../plot/charts/lines.ts');
  return buildLineChart({
    title: `${metric} by step`,
    xLabel: 'Step',
    yLabel: metric,
    series: histories.map((points, index) => ({
      name: labels[index] ?? '',
      x: points.map(({ step }) => step),
      y: points.map(({ value }) => value),
    })),
  });
}

async function drawValues(
  metrics: readonly string[],
  rows: readonly RunRow[],
  labels: readonly string[],
  values: RunComparison['values'],
): Promise<Drawing> {
  const { buildBarChart } = await import('../plot/charts/bars.ts');
  return buildBarChart({
    title: rows.length > MOST_BARS ? `Metrics of the first ${MOST_BARS} of ${rows.length} runs` : 'Metrics by run',
    names: labels.slice(0, MOST_BARS),
    panels: metrics.slice(0, MOST_PANELS).map(metric => ({
      name: metric,
      values: rows.map(row => row.metrics[metric] ?? Number.NaN),
      marked: values.find(({ kind, key }) => kind === 'metric' && key === metric)?.best ?? [],
    })),
  });
}

async function writeDrawing(file: string, drawing: Drawing): Promise<void> {
  const isPng = /png$/i.test(file);
  const bytes = isPng
    ? await (await import('../plot/render-png.ts')).renderPng(drawing)
    : `${(await import('../plot/render-svg.ts')).renderSvg(drawing, { id: 'runs' })}\n`;
  await mkdir(path.dirname(file), { recursive: true }).catch(error => {
    throw explainWriteFailure(error, path.dirname(file));
  });
  writeFileAtomic(file, bytes);
}
