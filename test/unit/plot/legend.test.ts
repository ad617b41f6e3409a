import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFrame } from '../../../src/lib/plot/charts/frame.ts';
import { type LegendEntry, layoutLegend } from '../../../src/lib/plot/charts/legend.ts';
import type { Line, Rect, Text } from '../../../src/lib/plot/drawing.ts';
import { textWidth } from '../../../src/lib/plot/font/measure.ts';

const entry = fc.record({ name: fc.string({ maxLength: 60 }), stroke: fc.constant('series1' as const) });

function textsOf(shapes: readonly { readonly type: string }[]): Text[] {
  return shapes.filter((shape): shape is Text => shape.type === 'text');
}

describe('a legend', () => {
  test('keeps every entry inside its width and height', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 200, max: 600 }),
        (entries, width) => {
          const { shapes, height } = layoutLegend(entries, 50, 30, width);
          const texts = textsOf(shapes);
          expect(texts).toHaveLength(entries.length);
          for (const text of texts) {
            expect(text.x).toBeGreaterThanOrEqual(50);
            expect(text.x + textWidth(text.text, text.size)).toBeLessThanOrEqual(50 + width + 1e-6);
            expect(text.y).toBeGreaterThan(30);
            expect(text.y).toBeLessThan(30 + height);
          }
        },
      ),
    );
  });

  test('puts as many entries in a row as fit', () => {
    const short: LegendEntry[] = ['a', 'b', 'c'].map(name => ({ name, stroke: 'series1' }));
    const rows = (entries: LegendEntry[], width: number) =>
      new Set(textsOf(layoutLegend(entries, 0, 0, width).shapes).map(text => text.y)).size;
    expect(rows(short, 500)).toBe(1);
    expect(rows(short, 100)).toBe(2);
    expect(rows(short, 40)).toBe(3);
  });

  test('cuts a long name but never the number after it', () => {
    const entries = [{ name: 'x'.repeat(500), detail: '(AUC 0.9742)', stroke: 'series1' as const }];
    const [text] = textsOf(layoutLegend(entries, 0, 0, 300).shapes);
    expect(text?.text).toMatch(/^x+… \(AUC 0\.9742\)$/);
  });

  test('shows lines with their dash and areas as boxes', () => {
    const { shapes } = layoutLegend(
      [
        { name: 'line', stroke: 'series5', dash: [7, 4] },
        { name: 'area', stroke: 'series2', area: true },
      ],
      0,
      0,
      300,
    );
    const line = shapes.find((shape): shape is Line => shape.type === 'line');
    const box = shapes.find((shape): shape is Rect => shape.type === 'rect');
    expect([line?.stroke, line?.dash]).toEqual(['series5', [7, 4]]);
    expect([box?.fill, box?.width]).toEqual(['series2', 12]);
  });

  test('of nothing takes no room', () => {
    expect(layoutLegend([], 0, 0, 300)).toEqual({ shapes: [], height: 0 });
  });
});

describe('a frame', () => {
  const axes = { x: { label: 'x', range: [0, 10] as const }, y: { label: 'y', range: [-1, 1] as const } };

  test('maps the ends of the ranges to the corners of the plot', () => {
    const { plot, toX, toY } = buildFrame({ title: 't', ...axes, legend: [] });
    expect([toX(0), toX(10)]).toEqual([plot.x, plot.x + plot.width]);
    expect([toY(-1), toY(1)]).toEqual([plot.y + plot.height, plot.y]);
    expect(toX(5)).toBeCloseTo(plot.x + plot.width / 2, 9);
  });

  test('has a grid line and a label at every tick, on whole pixels', () => {
    const { shapes, plot, toX } = buildFrame({ title: 't', ...axes, legend: [] });
    const labels = textsOf(shapes).filter(text => text.anchor === 'middle' && /^\d+$/.test(text.text));
    expect(labels.map(text => text.text)).toEqual(['0', '2', '4', '6', '8', '10']);
    for (const label of labels) expect(label.x).toBe(toX(Number(label.text)));
    const grid = shapes.filter((shape): shape is Line => shape.type === 'line' && shape.stroke === 'grid');
    expect(grid).toHaveLength(6 + 5);
    for (const line of grid) expect(Array.from(line.points).every(Number.isInteger)).toBe(true);
    const upright = grid.filter(line => line.points[0] === line.points[2]);
    expect(upright.every(line => line.points[1] === plot.y && line.points[3] === plot.y + plot.height)).toBe(true);
    expect(upright).toHaveLength(6);
    const level = grid.filter(line => line.points[1] === line.points[3]);
    expect(level.every(line => line.points[0] === plot.x && line.points[2] === plot.x + plot.width)).toBe(true);
    expect(level).toHaveLength(5);
  });

  test('makes room for wide labels', () => {
    const wide = buildFrame({ title: 't', x: axes.x, y: { label: 'y', range: [0, 90_000_000] }, legend: [] });
    const narrow = buildFrame({ title: 't', ...axes, legend: [] });
    expect(wide.plot.x).toBeGreaterThan(narrow.plot.x + 30);
    expect(wide.plot.x + wide.plot.width).toBe(narrow.plot.x + narrow.plot.width);
  });

  test('grows with a long legend instead of squeezing the plot', () => {
    const legend = Array.from({ length: 20 }, (_, index) => ({
      name: `a model with a long name ${index}`,
      stroke: 'ink' as const,
    }));
    const long = buildFrame({ title: 't', ...axes, legend });
    const short = buildFrame({ title: 't', ...axes, legend: legend.slice(0, 1) });
    expect(short.height).toBe(450);
    expect(long.height).toBeGreaterThan(450);
    expect(long.plot.height).toBeGreaterThan(short.plot.height * 0.85);
  });
});
