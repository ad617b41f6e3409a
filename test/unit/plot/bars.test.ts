import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BarsSpec, buildBarChart } from '../../../src/lib/plot/charts/bars.ts';
import type { Shape } from '../../../src/lib/plot/drawing.ts';
import { textWidth } from '../../../src/lib/plot/font/measure.ts';
import { renderPng } from '../../../src/lib/plot/render-png.ts';

const spec: BarsSpec = {
  title: 'Metrics by run',
  names: ['one', 'two', 'three'],
  panels: [
    { name: 'accuracy', values: [0.5, 1, Number.NaN], marked: [1] },
    { name: 'gain', values: [-1, 1, 0], marked: [] },
  ],
};

const rects = (shapes: readonly Shape[]) => shapes.filter(shape => shape.type === 'rect');
const texts = (shapes: readonly Shape[]) => shapes.filter(shape => shape.type === 'text');

test('bars are as long as their values, begin at 0, and the marked one stands out', () => {
  const [half, whole, ...others] = rects(buildBarChart(spec).shapes);
  expect((half?.width ?? 0) * 2).toBeCloseTo(whole?.width ?? 0);
  expect(half?.x).toBe(whole?.x);
  expect(half?.fill).not.toBe(whole?.fill);
  // Below 0 a bar ends where the one above it begins; 0 itself is a hair.
  const [below, above, nothing] = others;
  expect((below?.x ?? 0) + (below?.width ?? 0)).toBeCloseTo(above?.x ?? 0);
  expect(nothing?.width).toBe(1);
});

test('names stand beside every panel, and a value that is none says so', () => {
  const { shapes, description } = buildBarChart(spec);
  expect(texts(shapes).filter(({ text }) => text === 'three')).toHaveLength(2);
  expect(texts(shapes).map(({ text }) => text)).toContain('-');
  expect(description).toBe('accuracy: one 0.5, two 1; gain: one -1, two 1, three 0.');
  expect(buildBarChart({ ...spec, panels: [{ name: 'x', values: [], marked: [] }] }).description).toBe('x: no values.');
});

test('it becomes a picture, whatever the names', async () => {
  const names = ['a name that goes on and on and on and on and on and on', '学習モデル', ''];
  const drawing = buildBarChart({ ...spec, names });
  for (const { x, text, size, weight, anchor } of texts(drawing.shapes)) {
    const from = anchor === 'end' ? x - textWidth(text, size, weight) : x;
    expect(from).toBeGreaterThanOrEqual(0);
    expect(from + textWidth(text, size, weight)).toBeLessThanOrEqual(drawing.width);
  }
  const png = await renderPng(drawing);
  expect(new TextDecoder().decode(png.subarray(1, 4))).toBe('PNG');
});

test('nothing leaves the picture, whatever the values', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 8 }), values => {
      const names = values.map((_, index) => `run ${index}`);
      const { width, height, shapes } = buildBarChart({ ...spec, names, panels: [{ name: 'm', values, marked: [] }] });
      for (const bar of rects(shapes)) {
        expect(bar.x).toBeGreaterThanOrEqual(0);
        expect(bar.x + bar.width).toBeLessThanOrEqual(width);
        expect(bar.y + bar.height).toBeLessThanOrEqual(height);
      }
      expect(rects(shapes)).toHaveLength(values.filter(Number.isFinite).length);
    }),
  );
});
