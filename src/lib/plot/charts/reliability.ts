import type { Drawing, Shape } from '../drawing.ts';
import { seriesStyle } from '../palette.ts';
import { buildFrame, type Frame } from './frame.ts';
import { DATA_LINE, SIZE } from './style.ts';

/** Rows whose probability of the positive class lies in one interval. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Their mean probability. */
  readonly predicted: number;
  /** The share of them that is positive. */
  readonly observed: number;
}

interface ReliabilitySeries {
  readonly name: string;
  readonly bins: readonly ReliabilityBin[];
}

export interface ReliabilitySpec {
  readonly title: string;
  readonly series: readonly ReliabilitySeries[];
}

const STRIP = 74;
const BAR = 20;

/** What share of rows is positive where a model says so with some probability; honest probabilities lie on the diagonal. */
export function buildReliabilityChart(spec: ReliabilitySpec): Drawing {
  const frame = buildFrame({
    title: spec.title,
    x: { label: 'Predicted probability', range: [0, 1] },
    y: { label: 'Share of positive rows', range: [0, 1] },
    legend: [
      ...spec.series.map(({ name, bins }, index) => ({
        name,
        detail: `(ECE ${calibrationError(bins).toFixed(4)})`,
        ...seriesStyle(index),
      })),
      { name: 'ideal', stroke: 'muted', dash: [4, 4] },
    ],
    below: STRIP,
  });
  const { toX, toY } = frame;
  const shapes: Shape[] = [...frame.shapes];
  const ideal = [toX(0), toY(0), toX(1), toY(1)];
  shapes.push({ type: 'line', points: ideal, stroke: 'muted', width: 1.25, dash: [5, 5] });
  for (const [index, series] of [...spec.series.entries()].toReversed()) {
    const style = seriesStyle(index);
    const bins = series.bins.filter(bin => bin.rows > 0);
    const points = bins.flatMap(bin => [toX(bin.predicted), toY(bin.observed)]);
    if (bins.length > 1) shapes.push({ type: 'line', points, width: DATA_LINE, ...style });
    for (const bin of bins) {
      shapes.push({ type: 'circle', x: toX(bin.predicted), y: toY(bin.observed), radius: 3.5, fill: style.stroke });
    }
  }
  shapes.push(...rowsStrip(spec, frame));
  const errors = spec.series.map(({ name, bins }) => `${name}: ${calibrationError(bins).toFixed(4)}`).join('; ');
  const description = `Share of positive rows against predicted probability. Expected calibration error (ECE) of ${errors}.`;
  return { width: frame.width, height: frame.height, title: spec.title, description, shapes };
}

/** Mean distance between said and seen, weighted by rows (Naeini, Cooper and Hauskrecht 2015). */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  let rows = 0;
  let error = 0;
  for (const bin of bins) {
    if (bin.rows === 0) continue;
    rows += bin.rows;
    error += bin.rows * Math.abs(bin.predicted - bin.observed);
  }
  return rows === 0 ? 0 : error / rows;
}

/** How many rows each point of the first series stands for, as a bar below the point. */
function rowsStrip(spec: ReliabilitySpec, { plot, toX }: Frame): Shape[] {
  const bins = spec.series[0]?.bins.filter(bin => bin.rows > 0) ?? [];
  const most = Math.max(1, ...bins.map(bin => bin.rows));
  const top = plot.y + plot.height + 54;
  const room = STRIP - 24;
  const bars: Shape[] = bins.map(bin => {
    const height = (bin.rows / most) * room;
    const x = toX(bin.predicted) - BAR / 2;
    return { type: 'rect', x, y: top + room - height, width: BAR, height, fill: 'series1', opacity: 0.55 };
  });
  const base = Math.round(top + room);
  return [
    ...bars,
    { type: 'line', points: [plot.x, base, plot.x + plot.width, base], stroke: 'muted', width: 1 },
    {
      type: 'text',
      x: plot.x - 7,
      y: top + room / 2 + SIZE.tick * 0.36,
      text: 'Rows',
      size: SIZE.tick,
      fill: 'muted',
      anchor: 'end',
      weight: 'regular',
    },
  ];
}
