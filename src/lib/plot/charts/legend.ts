import type { Paint, Shape } from '../drawing.ts';
import { fitText, textWidth } from '../font/measure.ts';
import { SIZE } from './style.ts';

export interface LegendEntry {
  readonly name: string;
  /** Follows the name and stays whole when the name is cut. */
  readonly detail?: string;
  readonly stroke: Paint;
  readonly dash?: readonly number[];
  /** A filled sample for areas and bars; a line where absent. */
  readonly area?: boolean;
}

const SAMPLE = 20;
const GAP = 6;
const BETWEEN = 18;
const ROW = 18;

/** Entries in rows from the top left, as many to a row as fit. */
export function layoutLegend(
  entries: readonly LegendEntry[],
  left: number,
  top: number,
  width: number,
): { readonly shapes: Shape[]; readonly height: number } {
  const shapes: Shape[] = [];
  let x = left;
  let row = 0;
  for (const entry of entries) {
    const text = labelOf(entry, width - SAMPLE - GAP);
    const wide = SAMPLE + GAP + textWidth(text, SIZE.legend);
    if (x > left && x + wide > left + width) {
      x = left;
      row += 1;
    }
    const y = top + row * ROW + ROW / 2;
    shapes.push(sample(entry, x, y), {
      type: 'text',
      x: x + SAMPLE + GAP,
      y: y + SIZE.legend * 0.36,
      text,
      size: SIZE.legend,
      fill: 'ink',
      anchor: 'start',
      weight: 'regular',
    });
    x += wide + BETWEEN;
  }
  return { shapes, height: entries.length === 0 ? 0 : (row + 1) * ROW + 4 };
}

function labelOf(entry: LegendEntry, room: number): string {
  const detail = entry.detail === undefined ? '' : ` ${entry.detail}`;
  return fitText(entry.name, SIZE.legend, room - textWidth(detail, SIZE.legend)) + detail;
}

function sample(entry: LegendEntry, x: number, y: number): Shape {
  if (entry.area) return { type: 'rect', x: x + 4, y: y - 6, width: 12, height: 12, fill: entry.stroke, opacity: 0.65 };
  return {
    type: 'line',
    points: [x + 1, y, x + SAMPLE - 1, y],
    stroke: entry.stroke,
    width: 2.5,
    ...(entry.dash && { dash: entry.dash }),
  };
}
