import type { WatchState } from '../../lib/runs/watch-run.ts';
import { cleanText } from '../output/cell.ts';
import { formatTime } from '../progress/amounts.ts';
import { cut } from './cut.ts';
import { formatNumber, shortId } from './run-format.ts';
import { drawPlot, LEAST_HEIGHT, type PlotSeries, type PlotStyle } from './run-plot.ts';

export interface ScreenStyle extends PlotStyle {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Said in the last line. */
  readonly footer: string;
}

const PLOT_HEIGHT = { least: 6, most: 14 };
const GAP = 2;
/** Two plots stand side by side from this width on. */
const WIDE = 110;

interface Panel {
  readonly metric: string;
  readonly series: readonly PlotSeries[];
}

/** All of a running run on one screen: who it is, a plot for each metric, what the keys do. Never more than `height`. */
export function drawScreen(state: WatchState, style: ScreenStyle): string[] {
  const panels = panelsOf(state);
  const head = drawTitle(state, style);
  const room = style.height - 2;
  if (room < LEAST_HEIGHT) return [head].slice(0, style.height);
  if (panels.length === 0)
    return [head, cut('No metric yet.', style.width, style.ruler), ...foot(style, 0)].slice(0, style.height);
  const { lines, hidden } = drawPanels(panels, style, room);
  return [head, ...lines, ...foot(style, hidden)];
}

function panelsOf({ series }: WatchState): Panel[] {
  const panels = new Map<string, PlotSeries[]>();
  for (const { metric, label, points } of series) {
    const drawn = { label, points: points.map(({ step, value }) => [step, value] as const) };
    panels.set(metric, [...(panels.get(metric) ?? []), drawn]);
  }
  // What has a course comes before what has one value.
  const all = [...panels].map(([metric, drawn]) => ({ metric, series: drawn }));
  const moves = (panel: Panel) => panel.series.some(({ points }) => points.length > 1);
  return [...all.filter(moves), ...all.filter(panel => !moves(panel))];
}

/** Plots first; metrics with a single value each take a line. */
function drawPanels(panels: readonly Panel[], style: ScreenStyle, room: number): { lines: string[]; hidden: number } {
  const plots = panels.filter(({ series }) => series.some(({ points }) => points.length > 1));
  const singles = panels.filter(panel => !plots.includes(panel));
  const abreast = style.width >= WIDE && plots.length > 1 ? 2 : 1;
  const singleRoom = plots.length === 0 ? room : Math.min(singles.length, Math.floor(room / 3));
  const bands = Math.ceil(plots.length / abreast);
  const plotRoom = room - singleRoom;
  const fitting = Math.min(bands, Math.max(1, Math.floor(plotRoom / PLOT_HEIGHT.least)));
  const height = Math.min(PLOT_HEIGHT.most, Math.floor(plotRoom / Math.max(1, fitting)));
  const lines: string[] = [];
  const width = Math.floor((style.width - GAP * (abreast - 1)) / abreast);
  for (let band = 0; band < fitting && plots.length > 0; band += 1) {
    const some = plots.slice(band * abreast, (band + 1) * abreast);
    lines.push(
      ...sideBySide(
        some.map(({ metric, series }) => drawPlot(metric, series, { ...style, width, height })),
        width,
        style,
      ),
    );
  }
  const shownSingles = singles.slice(0, room - lines.length);
  for (const { metric, series } of shownSingles) lines.push(drawPlot(metric, series, { ...style, height: 1 })[0] ?? '');
  const hidden = plots.length - Math.min(plots.length, fitting * abreast) + singles.length - shownSingles.length;
  return { lines: lines.slice(0, room), hidden };
}

function sideBySide(blocks: readonly string[][], width: number, { ruler }: ScreenStyle): string[] {
  const [left = [], right] = blocks;
  if (right === undefined) return left;
  return left.map(
    (line, row) => `${line}${' '.repeat(Math.max(0, width - ruler.width(line)) + GAP)}${right[row] ?? ''}`,
  );
}

function drawTitle({ run }: WatchState, { now, width, ruler, paint }: ScreenStyle): string {
  const since = run.startedAt === null ? null : Date.parse(run.startedAt);
  const took =
    run.seconds === null
      ? since === null
        ? ''
        : formatTime(Math.max(0, now - since))
      : formatTime(run.seconds * 1000);
  const status = run.status === 'FINISHED' ? 'done' : run.status.toLowerCase();
  const name = cleanText(run.name, false).replaceAll('\n', ' ');
  const rest = ` ${shortId(run.runId)}  ${status} ${took}`.trimEnd();
  const shown = cut(name, Math.max(4, width - ruler.width(rest)), ruler);
  return paint('bold', shown) + cut(rest, Math.max(0, width - ruler.width(shown)), ruler);
}

function foot({ footer, width, ruler, paint }: ScreenStyle, hidden: number): string[] {
  const more = hidden > 0 ? `${hidden} more with --metric. ` : '';
  return [paint('dim', cut(`${more}${footer}`, width, ruler))];
}

/** A new value as a line of its own. */
export function valueLine({
  label,
  metric,
  step,
  value,
}: {
  label: string;
  metric: string;
  step: number;
  value: number;
}): string {
  const who = label === '' ? '' : `${cleanText(label, false)} `;
  return `${who}${cleanText(metric, false)} ${formatNumber(value)} (step ${step})`.replaceAll('\n', ' ');
}
