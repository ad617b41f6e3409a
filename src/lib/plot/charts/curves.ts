import type { Curve } from '../../learn/evaluation.ts';
import type { Drawing, Shape } from '../drawing.ts';
import { seriesStyle } from '../palette.ts';
import { buildFrame } from './frame.ts';
import type { LegendEntry } from './legend.ts';
import { DATA_LINE } from './style.ts';

export interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
}

export interface CurvesSpec {
  readonly title: string;
  readonly curves: readonly NamedCurve[];
}

const REFERENCE_DASH = [5, 5];

/** True positive rate against false positive rate, with the diagonal that guessing gives. */
export function buildRocChart(spec: CurvesSpec): Drawing {
  return drawCurves(spec, {
    x: 'False positive rate',
    y: 'True positive rate',
    area: 'AUC',
    kind: 'ROC curve: true positive rate against false positive rate.',
    reference: { name: 'chance', points: [0, 0, 1, 1] },
  });
}

/** Precision against recall, with the precision of taking every row for positive where one base rate holds for all. */
export function buildPrChart(spec: CurvesSpec & { readonly baseRate: number | null }): Drawing {
  const { baseRate } = spec;
  return drawCurves(spec, {
    x: 'Recall',
    y: 'Precision',
    area: 'AP',
    kind: 'Precision against recall.',
    reference:
      baseRate === null ? null : { name: 'base rate', detail: fixed(baseRate), points: [0, baseRate, 1, baseRate] },
  });
}

interface CurveKind {
  readonly x: string;
  readonly y: string;
  readonly area: string;
  readonly kind: string;
  readonly reference: { readonly name: string; readonly detail?: string; readonly points: readonly number[] } | null;
}

function drawCurves(spec: CurvesSpec, { x, y, area, kind, reference }: CurveKind): Drawing {
  const legend: LegendEntry[] = spec.curves.map(({ name, curve }, index) => ({
    name,
    detail: `(${area} ${fixed(curve.area)})`,
    ...seriesStyle(index),
  }));
  if (reference !== null) {
    const { name, detail } = reference;
    legend.push({ name, ...(detail !== undefined && { detail }), stroke: 'muted', dash: [4, 4] });
  }
  const frame = buildFrame({
    title: spec.title,
    x: { label: x, range: [0, 1] },
    y: { label: y, range: [0, 1] },
    legend,
  });
  const place = (points: ArrayLike<number>) =>
    Float64Array.from(points, (value, at) => (at % 2 === 0 ? frame.toX(value) : frame.toY(value)));
  const shapes: Shape[] = [...frame.shapes];
  if (reference !== null) {
    const points = place(reference.points);
    shapes.push({ type: 'line', points, stroke: 'muted', width: 1.25, dash: REFERENCE_DASH });
  }
  // The first curve is drawn last: it is the one that matters.
  for (const [index, { curve }] of [...spec.curves.entries()].toReversed()) {
    shapes.push({ type: 'line', points: place(interleave(curve)), width: DATA_LINE, ...seriesStyle(index) });
  }
  const areas = spec.curves.map(({ name, curve }) => `${name}: ${area} ${fixed(curve.area)}`).join('; ');
  return { width: frame.width, height: frame.height, title: spec.title, description: `${kind} ${areas}.`, shapes };
}

function interleave({ x, y }: Curve): Float64Array {
  const points = new Float64Array(x.length * 2);
  for (let index = 0; index < x.length; index += 1) {
    points[index * 2] = x[index] ?? 0;
    points[index * 2 + 1] = y[index] ?? 0;
  }
  return points;
}

function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '–';
}
