import type { Drawing, Shape } from '../drawing.ts';
import { fitText, textWidth } from '../font/measure.ts';
import { SIZE } from './style.ts';

export interface BarsSpec {
  readonly title: string;
  /** What each row is about, in their order. */
  readonly names: readonly string[];
  readonly panels: readonly {
    readonly name: string;
    /** One for each row; a value that is not finite has no bar. */
    readonly values: readonly number[];
    /** Rows that stand out. */
    readonly marked: readonly number[];
  }[];
}

const WIDTH = 600;
const MARGIN = 16;
const ROW = 20;
const BAR = 12;
const GAP = 8;
const LONGEST_NAME = 190;

/** Values of several things as bars from 0, a panel for each kind of value: names can be read where they are. */
export function buildBarChart(spec: BarsSpec): Drawing {
  const names = spec.names.map(name => fitText(name, SIZE.tick, LONGEST_NAME));
  const left = MARGIN + Math.ceil(Math.max(0, ...names.map(name => textWidth(name, SIZE.tick)))) + GAP;
  const numbers = spec.panels.flatMap(({ values }) => values.map(show));
  const right =
    WIDTH - MARGIN - Math.ceil(Math.max(0, ...numbers.map(text => textWidth(text, SIZE.tick, 'bold')))) - GAP;
  const title = label(spec.title, MARGIN, MARGIN + SIZE.title * 0.8, { size: SIZE.title, weight: 'bold' });
  const shapes: Shape[] = [title];
  let y = MARGIN + SIZE.title + GAP;
  for (const panel of spec.panels) {
    shapes.push(
      label(fitText(panel.name, SIZE.label, WIDTH - left - MARGIN, 'bold'), left, y + ROW - 6, { weight: 'bold' }),
    );
    y += ROW;
    const top = y;
    const scale = scaleOf(panel.values, left, right);
    for (const [index, name] of names.entries()) {
      const value = panel.values[index] ?? Number.NaN;
      const isMarked = panel.marked.includes(index);
      const base = y + ROW / 2 + SIZE.tick * 0.36;
      shapes.push(label(name, left - GAP, base, { anchor: 'end', size: SIZE.tick, fill: 'muted' }));
      if (Number.isFinite(value)) {
        const [from, to] = [Math.min(scale(0), scale(value)), Math.max(scale(0), scale(value))];
        const fill = isMarked ? ('series1' as const) : ('series5' as const);
        shapes.push({
          type: 'rect',
          x: from,
          y: y + (ROW - BAR) / 2,
          width: Math.max(1, to - from),
          height: BAR,
          fill,
        });
      }
      const weight = isMarked ? 'bold' : 'regular';
      shapes.push(label(show(value), right + GAP, base, { size: SIZE.tick, weight, fill: isMarked ? 'ink' : 'muted' }));
      y += ROW;
    }
    const zero = Math.round(scale(0));
    shapes.push({ type: 'line', points: [zero, top, zero, y], stroke: 'muted', width: 1 });
    y += GAP;
  }
  return { width: WIDTH, height: y + MARGIN - GAP, title: spec.title, description: describe(spec), shapes };
}

function label(
  text: string,
  x: number,
  y: number,
  more: Partial<Extract<Shape, { type: 'text' }>>,
): Extract<Shape, { type: 'text' }> {
  return { type: 'text', text, x, y, size: SIZE.label, fill: 'ink', anchor: 'start', weight: 'regular', ...more };
}

/** From 0, or the least where something is below it, to the greatest. */
function scaleOf(values: readonly number[], left: number, right: number): (value: number) => number {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  // Halves, as the extent of the widest doubles is no double.
  const half = high / 2 - low / 2 || 0.5;
  return value => left + ((value / 2 - low / 2) / half) * (right - left);
}

function show(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '-';
}

function describe({ names, panels }: BarsSpec): string {
  const told = panels.map(({ name, values }) => {
    const known = names.flatMap((row, index) =>
      Number.isFinite(values[index] ?? Number.NaN) ? [`${row} ${show(values[index] ?? Number.NaN)}`] : [],
    );
    return `${name}: ${known.length === 0 ? 'no values' : known.join(', ')}`;
  });
  return `${told.join('; ')}.`;
}
