import { cleanText } from '../output/cell.ts';
import type { Ruler } from '../output/ruler.ts';
import type { Paint } from '../output/style.ts';
import { cut } from './cut.ts';
import { formatNumber } from './run-format.ts';

export interface PlotSeries {
  readonly label: string;
  /** Step and value, by step; a value that is not finite leaves a gap. */
  readonly points: readonly (readonly [number, number])[];
}

export interface PlotStyle {
  readonly width: number;
  readonly height: number;
  readonly unicode: boolean;
  /** Tells series apart by colour; by their marks where there is none. */
  readonly color: boolean;
  readonly paint: Paint;
  readonly ruler: Ruler;
}

const COLORS = ['cyan', 'yellow', 'green', 'red'] as const;
const MARKS = ['•', '+', '×', '○', '▪', '△'];
const ASCII_MARKS = ['*', '+', 'x', 'o', '#', '@'];
/** Title, one row of data, the steps. */
export const LEAST_HEIGHT = 3;
const LEAST_WIDTH = 16;

/** Bits of the eight dots of a braille character: two columns of four. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/**
 * One metric as lines of text, exactly `height` of them and none wider than `width`: its name with the latest values,
 * the curves, the steps. Braille dots where every curve can have a colour of its own, one mark a place elsewhere.
 */
export function drawPlot(title: string, series: readonly PlotSeries[], style: PlotStyle): string[] {
  const range = measure(series);
  const rows = style.height - 2;
  const head = drawHead(title, series, style);
  if (range === null || rows < 1 || style.width < LEAST_WIDTH) return pad([head], style.height);
  const [top, bottom] = [formatNumber(range.high), formatNumber(range.low)];
  const margin = Math.max(top.length, bottom.length) + 1;
  const columns = style.width - margin - 1;
  if (columns < 4) return pad([head], style.height);
  const curves = drawCurves(series, range, { columns, rows }, style);
  const axis = style.unicode ? '│' : '|';
  const body = curves.map((line, row) => {
    const label = row === 0 ? top : row === rows - 1 ? bottom : '';
    return style.paint('dim', `${label.padStart(margin)}${axis}`) + line;
  });
  return [head, ...body, style.paint('dim', ' '.repeat(margin + 1) + drawSteps(range, columns))];
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

function measure(series: readonly PlotSeries[]): Range | null {
  const range = {
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  };
  for (const { points } of series) {
    for (const [step, value] of points) {
      if (!Number.isFinite(value)) continue;
      range.from = Math.min(range.from, step);
      range.to = Math.max(range.to, step);
      range.low = Math.min(range.low, value);
      range.high = Math.max(range.high, value);
    }
  }
  return range.from > range.to ? null : range;
}

function drawHead(title: string, series: readonly PlotSeries[], style: PlotStyle): string {
  const { ruler, width, paint } = style;
  const name = cut(cleanText(title, false).replaceAll('\n', ' '), width, ruler);
  let used = ruler.width(name);
  let head = paint('bold', name);
  for (const [index, { label, points }] of series.entries()) {
    const value = formatNumber(points.at(-1)?.[1] ?? Number.NaN);
    const shown = cleanText(label, false).replaceAll('\n', ' ');
    const mark = series.length > 1 ? `${markOf(index, style)} ` : '';
    const text = `  ${mark}${shown === '' ? '' : `${shown} `}${value}`;
    const wide = ruler.width(text);
    if (used + wide > width) break;
    used += wide;
    head += series.length > 1 ? paint(colorOf(index), text) : text;
  }
  return head;
}

function markOf(index: number, { color, unicode }: PlotStyle): string {
  if (color && unicode) return '●';
  const marks = unicode ? MARKS : ASCII_MARKS;
  return marks[index % marks.length] ?? '*';
}

function colorOf(index: number): (typeof COLORS)[number] {
  return COLORS[index % COLORS.length] ?? 'cyan';
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

function drawCurves(series: readonly PlotSeries[], range: Range, { columns, rows }: Size, style: PlotStyle): string[] {
  const fine = style.unicode && (style.color || series.length === 1);
  const [across, down] = fine ? [2, 4] : [1, 1];
  const [wide, tall] = [columns * across, rows * down];
  const dots = new Uint8Array(columns * rows);
  const owners = new Int16Array(columns * rows).fill(-1);
  const place = (value: number, low: number, high: number, size: number) =>
    high > low ? Math.round(((value - low) / (high - low)) * (size - 1)) : Math.floor((size - 1) / 2);
  // The first series is drawn last: it lies on top.
  for (const [index, { points }] of [...series.entries()].toReversed()) {
    const set = (x: number, y: number) => {
      const cell = Math.floor(y / down) * columns + Math.floor(x / across);
      if (owners[cell] !== index) dots[cell] = 0;
      owners[cell] = index;
      dots[cell] = (dots[cell] ?? 0) | (fine ? (DOTS[x % 2 === 0 ? 0 : 1][y % 4] ?? 0) : 1);
    };
    let before: readonly [number, number] | null = null;
    for (const [step, value] of points) {
      const isKnown = Number.isFinite(value);
      const here: readonly [number, number] | null = isKnown
        ? [place(step, range.from, range.to, wide), tall - 1 - place(value, range.low, range.high, tall)]
        : null;
      if (here !== null) drawLine(before ?? here, here, set);
      before = here;
    }
  }
  return Array.from({ length: rows }, (_, row) =>
    drawRow(dots.subarray(row * columns, (row + 1) * columns), owners.subarray(row * columns), fine, style),
  );
}

function drawLine(
  from: readonly [number, number],
  to: readonly [number, number],
  set: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
  for (let at = 0; at <= steps; at += 1) {
    const share = at / steps;
    set(Math.round(from[0] + (to[0] - from[0]) * share), Math.round(from[1] + (to[1] - from[1]) * share));
  }
}

/** Neighbours of one colour share a colour code. */
function drawRow(dots: Uint8Array, owners: Int16Array, fine: boolean, style: PlotStyle): string {
  let line = '';
  let piece = '';
  let owner = -1;
  const flush = () => {
    line += owner === -1 ? piece : style.paint(colorOf(owner), piece);
    piece = '';
  };
  for (const [column, bits] of dots.entries()) {
    const next = owners[column] ?? -1;
    if (next !== owner) flush();
    owner = next;
    piece += owner === -1 ? ' ' : fine ? String.fromCodePoint(0x2800 + bits) : markOf(owner, style);
  }
  flush();
  return line.trimEnd();
}

function drawSteps({ from, to }: Range, columns: number): string {
  const [first, last] = [String(from), String(to)];
  if (from === to || first.length + last.length + 8 > columns) return `step ${last}`.slice(0, columns);
  const middle = ' step ';
  const free = columns - first.length - middle.length - last.length;
  // In the middle of the line, unless a long last step leaves no room for that.
  const left = Math.min(free, Math.max(1, Math.floor((columns - middle.length) / 2) - first.length));
  return first + ' '.repeat(left) + middle + ' '.repeat(free - left) + last;
}

function pad(lines: string[], height: number): string[] {
  while (lines.length < height) lines.push('');
  return lines.slice(0, height);
}
