import type { Drawing, Shape } from '../drawing.ts';
import { seriesStyle } from '../palette.ts';
import { buildFrame, type Frame } from './frame.ts';
import { niceRange } from './ticks.ts';

interface HistogramSeries {
  readonly name: string;
  /** One for each bin. */
  readonly counts: ArrayLike<number>;
}

export interface HistogramSpec {
  readonly title: string;
  readonly xLabel: string;
  /** Ascending, one more than there are bins. */
  readonly edges: ArrayLike<number>;
  readonly series: readonly HistogramSeries[];
}

/** Counts of scores, one see-through skyline for each class. */
export function buildHistogram(spec: HistogramSpec): Drawing {
  const bins = Math.max(0, spec.edges.length - 1);
  let highest = 1;
  for (const { counts } of spec.series) {
    for (let bin = 0; bin < bins; bin += 1) highest = Math.max(highest, counts[bin] ?? 0);
  }
  const frame = buildFrame({
    title: spec.title,
    x: { label: spec.xLabel, range: [spec.edges[0] ?? 0, spec.edges[bins] ?? 1] },
    y: { label: 'Rows', range: [0, niceRange(0, highest, 6)[1]] },
    legend: spec.series.map(({ name }, index) => ({ name, stroke: seriesStyle(index).stroke, area: true })),
  });
  const shapes: Shape[] = [...frame.shapes];
  for (const [index, series] of spec.series.entries()) {
    const { stroke } = seriesStyle(index);
    const outline = skyline(spec.edges, series.counts, bins, frame);
    if (outline.length === 0) continue;
    shapes.push(
      { type: 'polygon', points: outline, fill: stroke, opacity: 0.35 },
      { type: 'line', points: outline.slice(2, -2), stroke, width: 1.5 },
    );
  }
  const totals = spec.series.map(({ name, counts }) => `${name}: ${total(counts, bins)} rows`).join('; ');
  const description = `Rows by ${spec.xLabel.toLowerCase()}, for each class. ${totals}.`;
  return { width: frame.width, height: frame.height, title: spec.title, description, shapes };
}

function skyline(edges: ArrayLike<number>, counts: ArrayLike<number>, bins: number, frame: Frame): number[] {
  if (bins === 0) return [];
  const ground = frame.toY(0);
  const points = [frame.toX(edges[0] ?? 0), ground];
  for (let bin = 0; bin < bins; bin += 1) {
    const y = frame.toY(counts[bin] ?? 0);
    points.push(frame.toX(edges[bin] ?? 0), y, frame.toX(edges[bin + 1] ?? 0), y);
  }
  points.push(frame.toX(edges[bins] ?? 0), ground);
  return points;
}

function total(counts: ArrayLike<number>, bins: number): number {
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) sum += counts[bin] ?? 0;
  return sum;
}
