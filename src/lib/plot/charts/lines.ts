import type { Drawing, Shape } from '../drawing.ts';
import { seriesStyle } from '../palette.ts';
import { buildFrame } from './frame.ts';
import { DATA_LINE } from './style.ts';
import { niceRange } from './ticks.ts';

interface LineSeries {
  readonly name: string;
  readonly x: ArrayLike<number>;
  /** A value that is not finite leaves a gap. */
  readonly y: ArrayLike<number>;
}

export interface LinesSpec {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
}

/** With more points than this the marks would hide the line. */
const MARKED_POINTS = 40;

/** Values over steps: the loss of each pass, a metric's history. */
export function buildLineChart(spec: LinesSpec): Drawing {
  const known = spec.series.flatMap(series => knownPoints(series));
  const [xs, ys] = [known.map(point => point[0]), known.map(point => point[1])];
  const frame = buildFrame({
    title: spec.title,
    x: { label: spec.xLabel, range: extent(xs) },
    y: { label: spec.yLabel, range: niceRange(...extent(ys), 6) },
    legend: spec.series.map(({ name }, index) => ({ name, ...seriesStyle(index) })),
  });
  const shapes: Shape[] = [...frame.shapes];
  for (const [index, series] of [...spec.series.entries()].toReversed()) {
    shapes.push(...drawSeries(series, index, frame.toX, frame.toY));
  }
  return { width: frame.width, height: frame.height, title: spec.title, description: describe(spec), shapes };
}

function drawSeries(
  series: LineSeries,
  index: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): Shape[] {
  const style = seriesStyle(index);
  const shapes: Shape[] = [];
  for (const piece of pieces(series)) {
    const points = piece.flatMap(([x, y]) => [toX(x), toY(y)]);
    if (piece.length > 1) shapes.push({ type: 'line', points, width: DATA_LINE, ...style });
  }
  const known = knownPoints(series);
  if (known.length > MARKED_POINTS) return shapes;
  for (const [x, y] of known) shapes.push({ type: 'circle', x: toX(x), y: toY(y), radius: 3, fill: style.stroke });
  return shapes;
}

type Point = readonly [number, number];

function pieces(series: LineSeries): Point[][] {
  const found: Point[][] = [[]];
  for (let index = 0; index < series.x.length; index += 1) {
    const point = pointAt(series, index);
    if (point) found.at(-1)?.push(point);
    else found.push([]);
  }
  return found.filter(piece => piece.length > 0);
}

function knownPoints(series: LineSeries): Point[] {
  return pieces(series).flat();
}

function pointAt({ x, y }: LineSeries, index: number): Point | null {
  const point = [x[index] ?? Number.NaN, y[index] ?? Number.NaN] as const;
  return point.every(Number.isFinite) ? point : null;
}

function extent(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - (Math.abs(low) / 2 || 0.5), high + (Math.abs(high) / 2 || 0.5)] : [low, high];
}

function describe(spec: LinesSpec): string {
  const ends = spec.series.map(series => {
    const points = knownPoints(series);
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return `${series.name}: no values`;
    return `${series.name}: from ${round(first[1])} to ${round(last[1])}`;
  });
  return `${spec.yLabel} over ${spec.xLabel}. ${ends.join('; ')}.`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
