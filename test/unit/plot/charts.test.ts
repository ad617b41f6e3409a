import { describe, expect, test } from 'vitest';
import { buildConfusionMatrix } from '../../../src/lib/plot/charts/confusion-matrix.ts';
import { buildPrChart, buildRocChart } from '../../../src/lib/plot/charts/curves.ts';
import { buildHistogram } from '../../../src/lib/plot/charts/histogram.ts';
import { buildLineChart } from '../../../src/lib/plot/charts/lines.ts';
import { MOST_CLASSES, mergeRareClasses } from '../../../src/lib/plot/charts/merge-rare-classes.ts';
import { buildReliabilityChart, calibrationError } from '../../../src/lib/plot/charts/reliability.ts';
import type { Drawing, Line, Rect, Text } from '../../../src/lib/plot/drawing.ts';
import { textWidth } from '../../../src/lib/plot/font/measure.ts';
import { DARK, LIGHT } from '../../../src/lib/plot/palette.ts';
import { renderPng } from '../../../src/lib/plot/render-png.ts';
import { renderSvg } from '../../../src/lib/plot/render-svg.ts';
import { contrast, rgbOf } from '../../helpers/contrast.ts';
import { readMarkup } from '../../helpers/read-markup.ts';
import { type DecodedPng, readPng } from '../../helpers/read-png.ts';

const half = { x: Float64Array.of(0, 0, 1), y: Float64Array.of(0, 0.5, 1), area: 0.75 };

function textsOf(drawing: Drawing): Text[] {
  return drawing.shapes.filter((shape): shape is Text => shape.type === 'text');
}

function linesOf(drawing: Drawing): Line[] {
  return drawing.shapes.filter((shape): shape is Line => shape.type === 'line');
}

function place(drawing: Drawing, text: string): Text {
  const found = textsOf(drawing).find(one => one.text === text);
  if (!found) throw new Error(`${text} is not in ${textsOf(drawing).map(one => one.text)}`);
  return found;
}

async function pixels(drawing: Drawing): Promise<DecodedPng> {
  return readPng(await renderPng(drawing));
}

/** Room that a text takes, as left, top, right and bottom. */
function boxOf({ x, y, text, size, weight, anchor, rotate = 0 }: Text): [number, number, number, number] {
  const width = textWidth(text, size, weight);
  const start = { start: 0, middle: -width / 2, end: -width }[anchor];
  if (rotate === 0) return [x + start, y - size * 0.75, x + start + width, y + size * 0.2];
  return [x - size * 0.75, y - start - width, x + size * 0.2, y - start];
}

function expectNoOverlap(drawing: Drawing): void {
  const boxes = textsOf(drawing).map(text => ({ text: text.text, box: boxOf(text) }));
  for (const { text, box } of boxes) {
    expect(box[0], `${text} leaves the left`).toBeGreaterThanOrEqual(0);
    expect(box[1], `${text} leaves the top`).toBeGreaterThanOrEqual(0);
    expect(box[2], `${text} leaves the right`).toBeLessThanOrEqual(drawing.width);
    expect(box[3], `${text} leaves the bottom`).toBeLessThanOrEqual(drawing.height);
  }
  const clashes = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(b => a.box[2] > b.box[0] && b.box[2] > a.box[0] && a.box[3] > b.box[1] && b.box[3] > a.box[1])
      .map(b => `${a.text} over ${b.text}`),
  );
  expect(clashes).toEqual([]);
}

describe('the confusion matrix', () => {
  const labels = ['negative', 'positive'];

  test('is coloured by the share of the row, dark for all and pale for none', async () => {
    const drawing = buildConfusionMatrix({ title: 'two', labels, counts: [90, 10, 0, 50] });
    const png = await pixels(drawing);
    expect([png.width, png.height]).toEqual([1200, 900]);
    const rows = ['negative', 'positive'].map(name => textsOf(drawing).find(one => one.text === name)?.y ?? 0);
    const columns = ['90', '10'].map(count => place(drawing, count).x);
    const strength = (column: number, row: number) => {
      const hex = png.at(((columns[column] ?? 0) + 40) * 2, ((rows[row] ?? 0) + 40) * 2);
      return 255 - Number.parseInt(hex.slice(1, 3), 16);
    };
    const full = 255 - Number.parseInt(LIGHT.accent.slice(1, 3), 16);
    expect(strength(1, 1)).toBe(full);
    expect(strength(0, 0) / full).toBeCloseTo(0.905, 1);
    expect(strength(1, 0) / full).toBeCloseTo(0.145, 1);
    expect(strength(0, 1) / full).toBeCloseTo(0.05, 1);
    expect(png.at(4, 4)).toBe(LIGHT.paper);
  });

  test('tells count and percentage of each cell', () => {
    const drawing = buildConfusionMatrix({ title: 'two', labels, counts: [11532, 968, 902, 11598] });
    const texts = textsOf(drawing).map(({ text }) => text);
    for (const text of ['11,532', '92.3 %', '968', '7.7 %', '902', '7.2 %', '11,598', '92.8 %']) {
      expect(texts).toContain(text);
    }
    expect(texts.filter(text => text === 'negative')).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(['Actual', 'Predicted']));
    expectNoOverlap(drawing);
  });

  test.each([1, 2, 3, 5, 8, 12, 20, 30])('of %d classes with long names leaves every text legible', classes => {
    const names = Array.from({ length: classes }, (_, index) => `a class with a very long name ${index}`);
    const counts = Array.from({ length: classes * classes }, (_, at) => (at % (classes + 1) === 0 ? 1_234_567 : at));
    const drawing = buildConfusionMatrix({ title: 'many '.repeat(60), labels: names, counts });
    expectNoOverlap(drawing);
    expect(() => readMarkup(renderSvg(drawing, { id: 'm' }))).not.toThrow();
  });

  test('with short names in large cells does not turn them', () => {
    const turned = (names: string[]) =>
      textsOf(buildConfusionMatrix({ title: 't', labels: names, counts: [1, 2, 3, 4, 5, 6, 7, 8, 9] })).filter(
        ({ rotate, text }) => rotate && text !== 'Actual',
      );
    expect(turned([...labels, 'neutral'])).toEqual([]);
    expect(turned([...labels, 'x'.repeat(60)])).toHaveLength(3);
  });

  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('can be read in every cell in the %s scheme', (_, colors) => {
    for (let percent = 0; percent <= 100; percent += 1) {
      const counts = [percent, 100 - percent, 50, 50];
      const { shapes } = buildConfusionMatrix({ title: 't', labels, counts });
      const cell = shapes.find((shape): shape is Rect => shape.type === 'rect');
      const number = textsOf({ shapes } as Drawing).find(({ text }) => text === `${percent}`);
      if (!cell || !number || number.fill.startsWith('#')) throw new Error('no cell or no number');
      const [paper, accent] = [rgbOf(colors.paper), rgbOf(colors.accent)];
      const strength = cell.opacity ?? 1;
      const ground = paper.map((value, part) => value + ((accent[part] ?? 0) - value) * strength) as [
        number,
        number,
        number,
      ];
      const ink = rgbOf(colors[number.fill as keyof typeof colors]);
      expect(contrast(ink, ground), `${percent} %`).toBeGreaterThan(3.4);
    }
  });

  test('of a class without rows has cells without share, not without number', () => {
    const drawing = buildConfusionMatrix({ title: 't', labels, counts: [0, 0, 3, 4] });
    expect(textsOf(drawing).filter(({ text }) => text === '0.0 %')).toHaveLength(2);
    expect(() => renderSvg(drawing, { id: 'm' })).not.toThrow();
  });

  test('says what is on it to those who do not see it', () => {
    const { description } = buildConfusionMatrix({ title: 't', labels, counts: [90, 10, 5, 45] });
    expect(description).toContain('135 of 150');
  });
});

describe('rare classes', () => {
  const classes = 40;
  const labels = Array.from({ length: classes }, (_, index) => `c${index}`);
  // Class i has i + 1 rows, half of them taken for the next one.
  const counts = Float64Array.from({ length: classes * classes }, (_, at) => {
    const [row, column] = [Math.floor(at / classes), at % classes];
    if (row === column) return Math.ceil((row + 1) / 2);
    return column === (row + 1) % classes ? Math.floor((row + 1) / 2) : 0;
  });

  test('are added up, and no row gets lost', () => {
    const merged = mergeRareClasses({ labels, counts });
    expect(merged.labels).toHaveLength(MOST_CLASSES);
    expect(merged.labels.at(0)).toBe('c11');
    expect(merged.labels.at(-1)).toBe('11 others');
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
    expect(sum(merged.counts)).toBe(sum(counts));
    const corner = merged.counts[MOST_CLASSES * MOST_CLASSES - 1] ?? 0;
    expect(corner).toBe(sum(Array.from({ length: 11 }, (_, index) => index + 1)) - Math.floor(11 / 2));
  });

  test('stay where there are few classes', () => {
    const few = { labels: labels.slice(0, 30), counts: new Float64Array(900) };
    expect(mergeRareClasses(few)).toBe(few);
  });
});

describe('the ROC curve', () => {
  const drawing = buildRocChart({ title: 'ROC', curves: [{ name: 'ngram', curve: half }] });
  const origin = { x: place(drawing, '0.2').x, y: 0 };
  const step = place(drawing, '0.4').x - origin.x;
  const toX = (value: number) => origin.x - step + (value / 0.2) * step;
  const rows = ['0.2', '0.4'].map(
    text => textsOf(drawing).filter(one => one.text === text && one.anchor === 'end')[0]?.y ?? 0,
  );
  const toY = (value: number) => (rows[0] ?? 0) - 4 + (value - 0.2) * (((rows[1] ?? 0) - (rows[0] ?? 0)) / 0.2);

  test('goes through its points in the first colour', async () => {
    const png = await pixels(drawing);
    for (const [x, y] of [
      [0.2, 0.6],
      [0.5, 0.75],
      [0.9, 0.95],
    ] as const) {
      expect(png.at(toX(x) * 2, toY(y) * 2)).toBe(LIGHT.series1);
      expect(png.at(toX(x) * 2, toY(y + 0.04) * 2 - 6)).not.toBe(LIGHT.series1);
    }
    expect(png.at(toX(0.7) * 2, toY(0.3) * 2)).toBe(LIGHT.paper);
  });

  test('has the diagonal of guessing, dashed', async () => {
    const png = await pixels(drawing);
    const colors = Array.from({ length: 200 }, (_, index) => {
      const value = 0.3 + index / 1000;
      return png.at(toX(value) * 2, toY(value) * 2);
    });
    const marks = colors.filter(color => color === LIGHT.muted).length;
    expect(marks).toBeGreaterThan(50);
    expect(marks).toBeLessThan(170);
  });

  test('names model and area in the legend, above the plot', () => {
    const legend = place(drawing, 'ngram (AUC 0.7500)');
    expect(legend.y).toBeLessThan(toY(1));
    expect(drawing.description).toContain('ngram: AUC 0.7500');
    expectNoOverlap(drawing);
  });

  test.each([1, 2, 5, 8, 20])('of %d models with long names keeps legend and data apart', count => {
    const curves = Array.from({ length: count }, (_, index) => ({
      name: `a model with a long name ${index} `.repeat(4),
      curve: half,
    }));
    const many = buildRocChart({ title: 'ROC '.repeat(80), curves });
    const data = linesOf(many).filter(line => line.width === 2 && line.points.length === 6);
    const top = Math.min(...data.flatMap(line => Array.from(line.points).filter((_, at) => at % 2 === 1)));
    const legend = textsOf(many).filter(({ text }) => text.includes('AUC'));
    expect(legend).toHaveLength(count);
    for (const text of legend) expect(boxOf(text)[3]).toBeLessThan(top);
    expect(data).toHaveLength(count);
    expectNoOverlap(many);
  });
});

describe('the precision-recall curve', () => {
  test('shows the base rate as a level line where there is one', () => {
    const spec = { title: 'PR', curves: [{ name: 'm', curve: half }] };
    const level = (baseRate: number | null) =>
      linesOf(buildPrChart({ ...spec, baseRate })).filter(
        line => line.dash && line.width < 2 && line.points[1] === line.points[3],
      );
    expect(level(0.25)).toHaveLength(1);
    expect(level(null)).toHaveLength(0);
    expect(place(buildPrChart({ ...spec, baseRate: 0.25 }), 'base rate 0.2500')).toBeDefined();
    expect(place(buildPrChart({ ...spec, baseRate: null }), 'm (AP 0.7500)')).toBeDefined();
  });
});

describe('the histogram', () => {
  const edges = [0, 0.25, 0.5, 0.75, 1];

  test('has bars of the height of their counts', async () => {
    const drawing = buildHistogram({
      title: 'scores',
      xLabel: 'Probability',
      edges,
      series: [{ name: 'negative', counts: [100, 50, 0, 0] }],
    });
    const png = await pixels(drawing);
    const [left, right] = ['0.0', '1.0'].map(text => place(drawing, text).x) as [number, number];
    const [ground, top] = ['0', '100'].map(text => place(drawing, text).y - 4) as [number, number];
    const at = (bin: number, share: number) =>
      png.at((left + ((bin + 0.37) / 4) * (right - left)) * 2, (ground + share * (top - ground)) * 2);
    expect(at(0, 0.93)).toBe(at(1, 0.43));
    expect(at(0, 0.93)).not.toBe(LIGHT.paper);
    expect(at(1, 0.55)).toBe(LIGHT.paper);
    expect(at(2, 0.05)).toBe(LIGHT.paper);
    expectNoOverlap(drawing);
  });

  test('is as high as the highest bar of any class', () => {
    const highest = (...counts: number[][]) => {
      const series = counts.map((values, index) => ({ name: `class ${index}`, counts: values }));
      const drawing = buildHistogram({ title: 't', xLabel: 'x', edges, series });
      return textsOf(drawing).flatMap(({ text, anchor }) => (anchor === 'end' ? [text] : []));
    };
    expect(highest([1, 2, 180, 3], [4, 5, 6, 7])).toContain('200');
    expect(highest([1, 2, 3, 4], [0, 1800, 0, 0])).toContain('2,000');
    expect(highest([0, 0, 0, 0]).at(-1)).toBe('1.0');
  });

  test('of no rows or no bins is an empty plot', () => {
    for (const [bins, counts] of [
      [edges, [0, 0, 0, 0]],
      [[], []],
      [[0], []],
    ] as const) {
      const drawing = buildHistogram({ title: 't', xLabel: 'x', edges: bins, series: [{ name: 'a', counts }] });
      expect(() => readMarkup(renderSvg(drawing, { id: 'h' }))).not.toThrow();
    }
  });
});

describe('the calibration plot', () => {
  const bins = [
    { rows: 100, predicted: 0.1, observed: 0.2 },
    { rows: 0, predicted: 0, observed: 0 },
    { rows: 300, predicted: 0.9, observed: 0.9 },
  ];

  test('weighs the distance from the diagonal by rows', () => {
    expect(calibrationError(bins)).toBeCloseTo(0.025, 12);
    expect(calibrationError([])).toBe(0);
  });

  test('has a point for each interval that has rows, and a bar for its rows', () => {
    const drawing = buildReliabilityChart({ title: 'calibration', series: [{ name: 'm', bins }] });
    const circles = drawing.shapes.flatMap(shape => (shape.type === 'circle' ? [shape.x] : []));
    const bars = drawing.shapes.flatMap(shape => (shape.type === 'rect' ? [shape] : []));
    expect(circles.toSorted((a, b) => a - b)).toEqual(bars.map(bar => bar.x + bar.width / 2));
    expect(bars).toHaveLength(2);
    expect((bars[0]?.height ?? 0) * 3).toBeCloseTo(bars[1]?.height ?? 0, 8);
    expect((bars[0]?.y ?? 0) + (bars[0]?.height ?? 0)).toBeCloseTo((bars[1]?.y ?? 0) + (bars[1]?.height ?? 0), 8);
    expect(place(drawing, 'm (ECE 0.0250)')).toBeDefined();
    expectNoOverlap(drawing);
  });
});

describe('lines over steps', () => {
  test('leave a gap where a value is missing and mark single points', () => {
    const drawing = buildLineChart({
      title: 'loss',
      xLabel: 'Pass',
      yLabel: 'Loss',
      series: [{ name: 'validation', x: [1, 2, 3, 4, 5], y: [0.7, 0.5, Number.NaN, 0.4, 0.3] }],
    });
    const data = linesOf(drawing).filter(line => line.width === 2);
    expect(data.map(line => line.points.length)).toEqual([4, 4]);
    expect(drawing.shapes.filter(shape => shape.type === 'circle')).toHaveLength(4);
    expect(drawing.description).toContain('from 0.7 to 0.3');
    expectNoOverlap(drawing);
  });

  test.each([
    ['nothing', [], []],
    ['one point', [1], [5]],
    ['no number', [1, 2], [Number.NaN, Number.POSITIVE_INFINITY]],
    ['a constant', [1, 2, 3], [0, 0, 0]],
    ['huge values', [1, 2], [1e300, -1e300]],
    [
      'a long run',
      Array.from({ length: 5000 }, (_, index) => index),
      Array.from({ length: 5000 }, (_, index) => Math.sin(index)),
    ],
  ])('of %s are drawn', (_, x, y) => {
    const drawing = buildLineChart({ title: 't', xLabel: 'x', yLabel: 'y', series: [{ name: 's', x, y }] });
    expect(() => readMarkup(renderSvg(drawing, { id: 'l' }))).not.toThrow();
    expectNoOverlap(drawing);
  });
});
