import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dashLine } from '../../../src/lib/plot/dash.ts';
import type { Drawing, Shape } from '../../../src/lib/plot/drawing.ts';
import { textWidth } from '../../../src/lib/plot/font/measure.ts';
import { createCanvas } from '../../../src/lib/plot/raster/canvas.ts';
import { rasterize } from '../../../src/lib/plot/raster/rasterize.ts';

const SIZE = 40;

function drawingOf(shapes: readonly Shape[], width = SIZE, height = SIZE): Drawing {
  return { width, height, title: 'a test', description: '', shapes };
}

/** How dark each pixel is, 0 for white and 1 for black. */
function darkness(shapes: readonly Shape[], scale = 1, width = SIZE, height = SIZE): (x: number, y: number) => number {
  const bitmap = rasterize(drawingOf(shapes, width, height), scale);
  return (x, y) => 1 - (bitmap.pixels[(y * bitmap.width + x) * 3] ?? 0) / 255;
}

function totalDarkness(shapes: readonly Shape[], width = SIZE, height = SIZE): number {
  const at = darkness(shapes, 1, width, height);
  let sum = 0;
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) sum += at(x, y);
  return sum;
}

const black = '#000000' as const;
const place = fc.double({ min: 2, max: SIZE - 2, noNaN: true });

describe('rectangles', () => {
  test('cover whole pixels fully and others by their share', () => {
    const at = darkness([{ type: 'rect', x: 2.5, y: 3, width: 4, height: 2.25, fill: black }]);
    expect(at(4, 3)).toBe(1);
    expect(at(1, 3)).toBe(0);
    expect(at(2, 3)).toBeCloseTo(0.5, 2);
    expect(at(6, 4)).toBeCloseTo(0.5, 2);
    expect(at(4, 5)).toBeCloseTo(0.25, 2);
    expect(at(2, 5)).toBeCloseTo(0.125, 2);
    expect(at(7, 3)).toBe(0);
  });

  test('add up to their area wherever they stand', () => {
    fc.assert(
      fc.property(place, place, fc.double({ min: 0, max: 30, noNaN: true }), (x, y, size) => {
        const [width, height] = [Math.min(size, SIZE - x), Math.min(size, SIZE - y)];
        const sum = totalDarkness([{ type: 'rect', x, y, width, height, fill: black }]);
        expect(Math.abs(sum - width * height)).toBeLessThan(0.3 + (width + height) * 0.01);
      }),
    );
  });

  test('let through what is below, also where the ground changes from row to row', () => {
    const at = darkness([
      { type: 'rect', x: 0, y: 10, width: 40, height: 5, fill: black },
      { type: 'rect', x: 5, y: 0, width: 10, height: 30, fill: '#ffffff', opacity: 0.5 },
    ]);
    expect(at(6, 9)).toBe(0);
    expect(at(6, 12)).toBeCloseTo(0.5, 2);
    expect(at(20, 12)).toBe(1);
    expect(at(6, 15)).toBe(0);
  });

  test('outside the picture draw nothing', () => {
    expect(totalDarkness([{ type: 'rect', x: -20, y: 3, width: 15, height: 3, fill: black }])).toBe(0);
    expect(totalDarkness([{ type: 'rect', x: 3, y: 3, width: -2, height: 3, fill: black }])).toBe(0);
  });
});

describe('lines', () => {
  test('on whole pixels are sharp', () => {
    const at = darkness([{ type: 'line', points: [5, 10, 30, 10], stroke: black, width: 2 }]);
    expect([8, 9, 10, 11].map(y => at(15, y))).toEqual([0, 1, 1, 0]);
  });

  test('have round ends and no bumps at joins', () => {
    const whole = darkness([{ type: 'line', points: [5, 20, 35, 20], stroke: black, width: 5 }]);
    const points = Array.from({ length: 61 }, (_, index) => [5 + index / 2, 20]).flat();
    const pieces = darkness([{ type: 'line', points, stroke: black, width: 5 }]);
    for (let y = 0; y < SIZE; y += 1) {
      for (let x = 0; x < SIZE; x += 1) expect(Math.abs(whole(x, y) - pieces(x, y))).toBeLessThan(0.01);
    }
    expect(whole(3, 19)).toBeGreaterThan(0.5);
    expect(whole(2, 17)).toBe(0);
  });

  test('are as dark as their area, whatever their direction', () => {
    fc.assert(
      fc.property(place, place, place, place, fc.double({ min: 1, max: 4, noNaN: true }), (x0, y0, x1, y1, width) => {
        const points = [x0, y0, x1, y1].map(value => Math.min(SIZE - 4, Math.max(4, value)));
        const [ax = 0, ay = 0, bx = 0, by = 0] = points;
        const area = Math.hypot(bx - ax, by - ay) * width + (Math.PI * width * width) / 4;
        const sum = totalDarkness([{ type: 'line', points, stroke: black, width }]);
        expect(Math.abs(sum - area)).toBeLessThan(0.9 + area * 0.12);
      }),
    );
  });

  test('thinner than a pixel get paler, not broken', () => {
    const at = darkness([{ type: 'line', points: [5, 10.5, 30, 10.5], stroke: black, width: 0.5 }]);
    expect(at(15, 10)).toBeCloseTo(0.5, 1);
  });

  test('stop at a value that is no number and go on after it', () => {
    const at = darkness([
      { type: 'line', points: [2, 10, 10, 10, Number.NaN, 10, 20, 10, 30, 10], stroke: black, width: 2 },
    ]);
    expect([5, 15, 25].map(x => at(x, 10))).toEqual([1, 0, 1]);
  });

  test('far outside the picture cost nothing and draw nothing', () => {
    expect(totalDarkness([{ type: 'line', points: [-1e9, -1e9, 1e9, -1e9 + 5], stroke: black, width: 3 }])).toBe(0);
  });

  test('crossing themselves are not darker there', () => {
    const points = [5, 5, 35, 35, 35, 5, 5, 35];
    const at = darkness([{ type: 'line', points, stroke: black, width: 4, opacity: 0.5 }]);
    expect(at(20, 20)).toBeCloseTo(0.5, 2);
  });
});

describe('polygons and circles', () => {
  test('of a triangle cover its area', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 6, maxLength: 6 }), points => {
        const [ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0] = points;
        const area = Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
        const sum = totalDarkness([{ type: 'polygon', points, fill: black }]);
        expect(Math.abs(sum - area)).toBeLessThan(0.5);
      }),
    );
  });

  test('cut off at the edges of the picture keep what is inside', () => {
    const points = [-30, -30, 20, -30, 20, 20, -30, 20];
    expect(totalDarkness([{ type: 'polygon', points, fill: black }])).toBeCloseTo(400, 3);
    const right = [20, 10, 90, 10, 90, 20, 20, 20];
    expect(totalDarkness([{ type: 'polygon', points: right, fill: black }])).toBeCloseTo(200, 3);
  });

  test('leave holes open where an outline is not closed by hand', () => {
    const at = darkness([{ type: 'polygon', points: [5, 5, 35, 5, 20, 35], fill: black }]);
    expect([at(20, 10), at(6, 30), at(34, 30)]).toEqual([1, 0, 0]);
  });

  test('of a circle cover its area', () => {
    const sum = totalDarkness([{ type: 'circle', x: 20, y: 20, radius: 8, fill: black }]);
    expect(Math.abs(sum - Math.PI * 64)).toBeLessThan(1);
  });
});

describe('clips', () => {
  test('hide what lies outside, for every kind of shape, and end with their shapes', () => {
    const box = { x: 10, y: 10, width: 10, height: 10 };
    const at = darkness([
      {
        type: 'clip',
        ...box,
        shapes: [
          { type: 'rect', x: 0, y: 0, width: 15, height: 40, fill: black },
          { type: 'line', points: [0, 12, 40, 12], stroke: black, width: 2 },
          { type: 'polygon', points: [0, 16, 40, 16, 40, 18, 0, 18], fill: black },
          { type: 'circle', x: 20, y: 19, radius: 1, fill: black },
        ],
      },
      { type: 'rect', x: 30, y: 30, width: 5, height: 5, fill: black },
    ]);
    expect([at(12, 14), at(18, 11), at(18, 17), at(32, 32)]).toEqual([1, 1, 1, 1]);
    for (let y = 0; y < 28; y += 1) {
      for (let x = 0; x < SIZE; x += 1) {
        if (x < 10 || x >= 20 || y < 10 || y >= 20) expect(at(x, y)).toBe(0);
      }
    }
  });
});

describe('texts', () => {
  const text = (change: object): Shape => ({
    type: 'text',
    x: 60,
    y: 40,
    text: 'Hxg',
    size: 20,
    fill: black,
    anchor: 'start',
    weight: 'regular',
    ...change,
  });

  function bounds(shape: Shape): { left: number; right: number; top: number; bottom: number } {
    const at = darkness([shape], 1, 120, 100);
    const found = { left: 120, right: -1, top: 100, bottom: -1 };
    for (let y = 0; y < 100; y += 1) {
      for (let x = 0; x < 120; x += 1) {
        if (at(x, y) < 0.5) continue;
        found.left = Math.min(found.left, x);
        found.right = Math.max(found.right, x);
        found.top = Math.min(found.top, y);
        found.bottom = Math.max(found.bottom, y);
      }
    }
    return found;
  }

  test('start, end or are centred at their anchor', () => {
    const width = textWidth('Hxg', 20);
    const [start, middle, end] = (['start', 'middle', 'end'] as const).map(anchor => bounds(text({ anchor })));
    expect(start?.left).toBeGreaterThanOrEqual(60);
    expect(start?.right).toBeLessThanOrEqual(60 + width);
    expect(end?.right).toBeLessThanOrEqual(60);
    expect(end?.left).toBeGreaterThanOrEqual(60 - width - 1);
    expect(Math.abs(((middle?.left ?? 0) + (middle?.right ?? 0)) / 2 - 60)).toBeLessThan(2);
  });

  test('stand on their baseline with capitals of 0.7 and descenders of 0.2 font sizes', () => {
    const { top, bottom } = bounds(text({}));
    expect(top).toBe(40 - 14);
    expect(bottom).toBe(40 + 3);
    expect(bounds(text({ text: 'H' })).bottom).toBe(39);
  });

  test('turn around their anchor', () => {
    const { left, right, top, bottom } = bounds(text({ rotate: -90 }));
    expect(bottom).toBeLessThanOrEqual(40);
    expect(bottom - top).toBeGreaterThan(right - left);
    expect(Math.abs(left - (60 - 14))).toBeLessThanOrEqual(1);
  });

  test('in bold are darker', () => {
    const sum = (weight: 'regular' | 'bold') => totalDarkness([text({ weight })], 120, 100);
    expect(sum('bold')).toBeGreaterThan(sum('regular') * 1.25);
  });

  test('that cannot be written show a box', () => {
    expect(totalDarkness([text({ text: '好' })], 120, 100)).toBeGreaterThan(30);
  });
});

describe('dashes', () => {
  test('have the lengths asked for, around corners too', () => {
    const pieces = dashLine([0, 0, 10, 0, 10, 10], [4, 2]);
    expect(pieces).toEqual([
      [0, 0, 4, 0],
      [6, 0, 10, 0],
      [10, 2, 10, 6],
      [10, 8, 10, 10],
    ]);
  });

  test('cover marks / (marks + gaps) of a long line', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (mark, gap) => {
        const pieces = dashLine([0, 0, 600, 800], [mark, gap]);
        const length = pieces.reduce((sum, [x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => sum + Math.hypot(x1 - x0, y1 - y0), 0);
        expect(Math.abs(length - (1000 * mark) / (mark + gap))).toBeLessThanOrEqual(mark);
      }),
    );
  });

  test('of no length are refused instead of looping for ever', () => {
    expect(() => dashLine([0, 0, 1, 1], [0, 0])).toThrow(RangeError);
    expect(() => dashLine([0, 0, 1, 1], [-1, 2])).toThrow(RangeError);
  });
});

test('a picture of no or of too many pixels is refused', () => {
  for (const [width, height] of [
    [0, 5],
    [5, -1],
    [1.5, 2],
    [100_000, 100_000],
    [Number.NaN, 3],
  ] as const) {
    expect(() => createCanvas(width, height, [0, 0, 0])).toThrow(RangeError);
  }
});
