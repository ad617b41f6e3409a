import type { Line, Shape } from '../drawing.ts';
import { fitText, textWidth } from '../font/measure.ts';
import { type LegendEntry, layoutLegend } from './legend.ts';
import { SIZE } from './style.ts';
import { formatTick, niceTicks } from './ticks.ts';

interface AxisSpec {
  readonly label: string;
  readonly range: readonly [number, number];
}

export interface FrameSpec {
  readonly title: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly legend: readonly LegendEntry[];
  /** Room below the x axis for something more. */
  readonly below?: number;
}

/** Title, legend, grid, axes, and where data go. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  toX(value: number): number;
  toY(value: number): number;
}

const WIDTH = 600;
const HEIGHT = 450;
const MARGIN = 16;
const TICK_GAP = 7;

/** The picture grows with a legend of many rows: it stands above the data, never on them. */
export function buildFrame(spec: FrameSpec): Frame {
  const yTicks = niceTicks(spec.y.range[0], spec.y.range[1], 6);
  const yLabels = yTicks.values.map(value => formatTick(value, yTicks.step));
  const labelRoom = Math.max(...yLabels.map(label => textWidth(label, SIZE.tick)), 0);
  const left = Math.ceil(MARGIN + SIZE.label + 8 + labelRoom + TICK_GAP);
  const width = WIDTH - left - MARGIN - 4;
  const legend = layoutLegend(spec.legend, left, MARGIN + SIZE.title + 10, width);
  const top = MARGIN + SIZE.title + 12 + legend.height;
  const height = HEIGHT - MARGIN - SIZE.title - 12 - 44 - Math.min(legend.height, 44);
  const plot = { x: left, y: Math.round(top), width, height: Math.round(height) };
  const toX = project(spec.x.range, plot.x, plot.x + plot.width);
  const toY = project(spec.y.range, plot.y + plot.height, plot.y);
  const xTicks = niceTicks(spec.x.range[0], spec.x.range[1], 6);
  const shapes: Shape[] = [
    ...grid(plot, xTicks.values.map(toX), yTicks.values.map(toY)),
    ...xTicks.values.map(value => tickLabel(formatTick(value, xTicks.step), toX(value), plot.y + plot.height, 'x')),
    ...yTicks.values.map((value, index) => tickLabel(yLabels[index] ?? '', plot.x, toY(value), 'y')),
    ...captions(spec, plot),
    ...legend.shapes,
  ];
  return { width: WIDTH, height: plot.y + plot.height + 44 + (spec.below ?? 0), shapes, plot, toX, toY };
}

function project([min, max]: readonly [number, number], from: number, to: number): (value: number) => number {
  const extent = max - min || 1;
  return value => from + ((value - min) / extent) * (to - from);
}

/** Lines lie on whole pixels, where they are sharp. */
function grid(plot: Frame['plot'], xs: readonly number[], ys: readonly number[]): Shape[] {
  const bottom = plot.y + plot.height;
  const right = plot.x + plot.width;
  const rule = (points: number[], stroke: Line['stroke'], width: number): Shape => ({
    type: 'line',
    points: points.map(Math.round),
    stroke,
    width,
  });
  return [
    ...xs.map(x => rule([x, plot.y, x, bottom], 'grid', 1)),
    ...ys.map(y => rule([plot.x, y, right, y], 'grid', 1)),
    rule([plot.x, plot.y, plot.x, bottom, right, bottom], 'muted', 1),
  ];
}

function tickLabel(text: string, x: number, y: number, axis: 'x' | 'y'): Shape {
  const place =
    axis === 'x'
      ? { x, y: y + TICK_GAP + SIZE.tick * 0.8, anchor: 'middle' as const }
      : { x: x - TICK_GAP, y: y + SIZE.tick * 0.36, anchor: 'end' as const };
  return { type: 'text', text, size: SIZE.tick, fill: 'muted', weight: 'regular', ...place };
}

function captions(spec: FrameSpec, plot: Frame['plot']): Shape[] {
  const middle = { anchor: 'middle', fill: 'ink', weight: 'regular', size: SIZE.label } as const;
  const titleRoom = WIDTH - plot.x - MARGIN;
  return [
    {
      type: 'text',
      x: plot.x,
      y: MARGIN + SIZE.title * 0.8,
      text: fitText(spec.title, SIZE.title, titleRoom, 'bold'),
      size: SIZE.title,
      weight: 'bold',
      fill: 'ink',
      anchor: 'start',
    },
    { type: 'text', ...middle, x: plot.x + plot.width / 2, y: plot.y + plot.height + 36, text: spec.x.label },
    {
      type: 'text',
      ...middle,
      x: MARGIN + SIZE.label * 0.75,
      y: plot.y + plot.height / 2,
      rotate: -90,
      text: fitText(spec.y.label, SIZE.label, plot.height),
    },
  ];
}
