import type { Drawing, Shape, Text } from '../drawing.ts';
import { fitText, textWidth } from '../font/measure.ts';
import { type ConfusionCounts, mergeRareClasses } from './merge-rare-classes.ts';
import { SIZE } from './style.ts';

export interface ConfusionMatrixSpec extends ConfusionCounts {
  readonly title: string;
}

interface Layout {
  readonly classes: number;
  readonly cell: number;
  readonly left: number;
  readonly top: number;
  /** Room that the longest name takes. */
  readonly longest: number;
  /** Column names stand upright where they do not fit side by side. */
  readonly turned: boolean;
  readonly below: number;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 16;
const LONGEST_NAME = 150;
const BAR = 62;
const LEAST_WIDTH = 600;
const LEAST_HEIGHT = 450;

/** Rows are what was true, columns what was said; the colour is the share of the row. */
export function buildConfusionMatrix(spec: ConfusionMatrixSpec): Drawing {
  const shown = mergeRareClasses(spec);
  const layout = layOut(shown.labels);
  const shapes: Shape[] = [
    {
      type: 'text',
      x: MARGIN,
      y: MARGIN + SIZE.title * 0.8,
      text: fitText(spec.title, SIZE.title, layout.width - 2 * MARGIN, 'bold'),
      size: SIZE.title,
      weight: 'bold',
      fill: 'ink',
      anchor: 'start',
    },
    ...cells(shown, layout),
    ...rowNames(shown.labels, layout),
    ...columnNames(shown.labels, layout),
    ...axisNames(layout),
    ...colorBar(layout),
  ];
  return { width: layout.width, height: layout.height, title: spec.title, description: describe(spec), shapes };
}

function layOut(labels: readonly string[]): Layout {
  const classes = labels.length;
  const cell = Math.round(Math.min(160, Math.max(25, 330 / classes)));
  const longest = Math.min(LONGEST_NAME, Math.max(...labels.map(label => textWidth(label, SIZE.tick)), 0));
  const turned = longest > cell - 6;
  const grid = cell * classes;
  const names = MARGIN + SIZE.label + 10 + longest + 8;
  const width = Math.max(LEAST_WIDTH, Math.ceil(names + grid + BAR + MARGIN));
  const below = (turned ? longest + 10 : 20) + SIZE.label + 12;
  const height = Math.max(LEAST_HEIGHT, Math.ceil(MARGIN + SIZE.title + 14 + grid + below + 8));
  const spare = width - names - grid - BAR - MARGIN;
  return {
    classes,
    cell,
    left: Math.round(names + spare / 2),
    top: Math.round(MARGIN + SIZE.title + 14 + (height - MARGIN - SIZE.title - 14 - grid - below - 8) / 2),
    longest,
    turned,
    below,
    width,
    height,
  };
}

function cells(shown: ConfusionCounts, layout: Layout): Shape[] {
  const { classes, cell, left, top } = layout;
  const shapes: Shape[] = [];
  for (let row = 0; row < classes; row += 1) {
    let support = 0;
    for (let column = 0; column < classes; column += 1) support += shown.counts[row * classes + column] ?? 0;
    for (let column = 0; column < classes; column += 1) {
      const count = shown.counts[row * classes + column] ?? 0;
      const share = support === 0 ? 0 : count / support;
      const [x, y] = [left + column * cell, top + row * cell];
      const place = { x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1 };
      shapes.push({ type: 'rect', ...place, fill: 'accent', opacity: strength(share) });
      shapes.push(...cellTexts(count, share, x + cell / 2, y + cell / 2, cell));
    }
  }
  return shapes;
}

/** A cell without rows is still seen as a cell. */
function strength(share: number): number {
  return 0.05 + 0.95 * share;
}

function cellTexts(count: number, share: number, x: number, y: number, cell: number): Text[] {
  const fill = strength(share) > 0.66 ? 'onAccent' : 'ink';
  const text = { type: 'text', x, fill, anchor: 'middle' } as const;
  if (cell < 44) {
    if (count === 0) return [];
    const percent = share * 100 < 0.5 ? '·' : (share * 100).toFixed(0);
    const size = Math.min(10, cell * 0.38);
    return [{ ...text, y: y + size * 0.36, text: percent, size, weight: 'regular' }];
  }
  const label = countText(count, cell);
  const wish = Math.min(18, cell * 0.24);
  const size = Math.min(wish, (wish * (cell - 6)) / textWidth(label, wish, 'bold'));
  const small = Math.min(12, cell * 0.18);
  return [
    { ...text, y: y - 1, text: label, size, weight: 'bold' },
    { ...text, y: y + small * 1.25, text: `${(share * 100).toFixed(1)} %`, size: small, weight: 'regular' },
  ];
}

function countText(count: number, cell: number): string {
  const full = Math.round(count)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ',');
  if (cell > 60 || full.length < 7) return full;
  return count >= 999_500 ? `${(count / 1e6).toFixed(1)}M` : `${(count / 1000).toFixed(0)}k`;
}

function rowNames(labels: readonly string[], { cell, left, top }: Layout): Shape[] {
  return labels.map((label, row) => ({
    type: 'text',
    x: left - 8,
    y: top + (row + 0.5) * cell + SIZE.tick * 0.36,
    text: fitText(label, SIZE.tick, LONGEST_NAME),
    size: SIZE.tick,
    fill: 'ink',
    anchor: 'end',
    weight: 'regular',
  }));
}

function columnNames(labels: readonly string[], { cell, left, top, turned, classes }: Layout): Shape[] {
  const bottom = top + classes * cell;
  return labels.map((label, column) => {
    const middle = left + (column + 0.5) * cell;
    const place = turned
      ? ({ x: middle + SIZE.tick * 0.36, y: bottom + 8, anchor: 'end', rotate: -90 } as const)
      : ({ x: middle, y: bottom + 17, anchor: 'middle' } as const);
    const text = fitText(label, SIZE.tick, turned ? LONGEST_NAME : cell);
    return { type: 'text', ...place, text, size: SIZE.tick, fill: 'ink', weight: 'regular' };
  });
}

function axisNames({ cell, left, top, classes, longest, below }: Layout): Shape[] {
  const grid = classes * cell;
  const style = { type: 'text', size: SIZE.label, fill: 'muted', anchor: 'middle', weight: 'regular' } as const;
  const hint = cell < 44 ? ' (numbers: % of the row)' : '';
  return [
    { ...style, x: left + grid / 2, y: top + grid + below - 4, text: `Predicted${hint}` },
    { ...style, x: left - longest - 20, y: top + grid / 2, text: 'Actual', rotate: -90 },
  ];
}

function colorBar({ cell, left, top, classes }: Layout): Shape[] {
  const grid = classes * cell;
  const x = left + grid + 18;
  const steps = 40;
  const shapes: Shape[] = [];
  for (let step = 0; step < steps; step += 1) {
    const [y, next] = [step, step + 1].map(edge => top + Math.round((edge * grid) / steps)) as [number, number];
    shapes.push({
      type: 'rect',
      x,
      y,
      width: 12,
      height: next - y,
      fill: 'accent',
      opacity: strength(1 - step / (steps - 1)),
    });
  }
  for (const percent of [0, 50, 100]) {
    shapes.push({
      type: 'text',
      x: x + 17,
      y: top + grid * (1 - percent / 100) + SIZE.tick * 0.36,
      text: `${percent} %`,
      size: SIZE.tick - 1,
      fill: 'muted',
      anchor: 'start',
      weight: 'regular',
    });
  }
  return shapes;
}

function describe(spec: ConfusionMatrixSpec): string {
  const classes = spec.labels.length;
  let total = 0;
  let right = 0;
  for (let row = 0; row < classes; row += 1) {
    for (let column = 0; column < classes; column += 1) total += spec.counts[row * classes + column] ?? 0;
    right += spec.counts[row * classes + row] ?? 0;
  }
  return `Confusion matrix of ${classes} classes: ${right} of ${total} rows are on the diagonal. The report lists the numbers.`;
}
