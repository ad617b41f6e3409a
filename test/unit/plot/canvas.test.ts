import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blend, type Canvas, createCanvas, paintMask, setClip } from '../../../src/lib/plot/raster/canvas.ts';
import { fillPolygon } from '../../../src/lib/plot/raster/fill-polygon.ts';
import { fillRect } from '../../../src/lib/plot/raster/fill-rect.ts';
import { strokeLines } from '../../../src/lib/plot/raster/stroke-lines.ts';

const RED = [255, 0, 0] as const;
const WHITE = [255, 255, 255] as const;
const WIDTH = 24;
const HEIGHT = 16;

function at({ pixels, width }: Canvas, x: number, y: number): number[] {
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe('a canvas', () => {
  test('starts in its colour everywhere', () => {
    const canvas = createCanvas(5, 3, [1, 2, 3]);
    for (let y = 0; y < 3; y += 1) for (let x = 0; x < 5; x += 1) expect(at(canvas, x, y)).toEqual([1, 2, 3]);
    expect(canvas.clip).toEqual({ left: 0, top: 0, right: 5, bottom: 3 });
  });

  test('is clipped to whole pixels, within itself', () => {
    const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
    setClip(canvas, { left: 2.4, top: -3, right: 7.2, bottom: 99 });
    expect(canvas.clip).toEqual({ left: 2, top: 0, right: 8, bottom: HEIGHT });
    setClip(canvas, null);
    expect(canvas.clip).toEqual({ left: 0, top: 0, right: WIDTH, bottom: HEIGHT });
  });

  test('blends by share and rounds to the nearest', () => {
    const pixels = Uint8Array.of(0, 100, 255);
    blend(pixels, 0, 255, 100, 0, 0.5);
    expect([...pixels]).toEqual([128, 100, 128]);
    blend(pixels, 0, 10, 20, 30, 1);
    expect([...pixels]).toEqual([10, 20, 30]);
    blend(pixels, 0, 255, 255, 255, 0);
    expect([...pixels]).toEqual([10, 20, 30]);
  });

  test('paints its mask once and empties it', () => {
    const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
    canvas.mask[2 * WIDTH + 3] = 255;
    canvas.mask[2 * WIDTH + 5] = 51;
    canvas.from[2] = 3;
    canvas.to[2] = 5;
    paintMask(canvas, 0, HEIGHT - 1, RED, 1);
    expect(at(canvas, 3, 2)).toEqual([255, 0, 0]);
    expect(at(canvas, 4, 2)).toEqual([255, 255, 255]);
    expect(at(canvas, 5, 2)).toEqual([255, 204, 204]);
    expect(canvas.mask.every(value => value === 0)).toBe(true);
    expect([canvas.from[2], canvas.to[2]]).toEqual([WIDTH, -1]);
  });
});

describe('between two shapes', () => {
  const number = fc.double({ min: -30, max: 60, noNaN: true });
  const shape = fc.oneof(
    fc.record({ kind: fc.constant('rect' as const), x: number, y: number, width: number, height: number }),
    fc.record({
      kind: fc.constant('line' as const),
      points: fc.array(number, { minLength: 2, maxLength: 10 }),
      width: number,
    }),
    fc.record({ kind: fc.constant('polygon' as const), points: fc.array(number, { minLength: 6, maxLength: 10 }) }),
  );

  test('nothing is left on the mask, and nothing outside the clip has changed', () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 8 }), fc.nat(20), fc.nat(12), (shapes, left, top) => {
        const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
        setClip(canvas, { left, top, right: left + 6, bottom: top + 5 });
        for (const one of shapes) {
          if (one.kind === 'rect') fillRect(canvas, one, RED, 0.7);
          else if (one.kind === 'line')
            strokeLines(canvas, [one.points], { width: Math.abs(one.width), color: RED, opacity: 1 });
          else fillPolygon(canvas, one.points, RED, 1);
          expect(canvas.mask.every(value => value === 0)).toBe(true);
          expect(canvas.from.every(value => value === WIDTH) && canvas.to.every(value => value === -1)).toBe(true);
        }
        for (let y = 0; y < HEIGHT; y += 1) {
          for (let x = 0; x < WIDTH; x += 1) {
            const inside = x >= left && x < left + 6 && y >= top && y < top + 5;
            if (!inside && at(canvas, x, y).some(value => value !== 255)) throw new Error(`${x}, ${y} has changed`);
          }
        }
      }),
    );
  });

  test('shapes of the same colour never go beyond it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(number, { minLength: 4, maxLength: 8 }), { maxLength: 8 }), lines => {
        const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
        for (const points of lines) strokeLines(canvas, [points], { width: 3, color: RED, opacity: 1 });
        const [reds, greens, blues] = [0, 1, 2].map(part => canvas.pixels.filter((_, index) => index % 3 === part));
        expect(reds?.every(value => value === 255)).toBe(true);
        expect(greens).toEqual(blues);
      }),
    );
  });
});

describe('a polygon', () => {
  test('looks the same in either direction and from any corner', () => {
    const corners = [
      [2, 3],
      [19.5, 1.25],
      [21, 12.75],
      [6.5, 14],
    ] as const;
    const draw = (order: readonly number[]) => {
      const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
      fillPolygon(
        canvas,
        order.flatMap(index => [...(corners[index] ?? [])]),
        RED,
        1,
      );
      return canvas.pixels;
    };
    const first = draw([0, 1, 2, 3]);
    expect(draw([2, 3, 0, 1])).toEqual(first);
    expect(draw([3, 2, 1, 0])).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(3);
  });

  test('and its neighbour along a common edge cover each pixel once', () => {
    const left = createCanvas(WIDTH, HEIGHT, [0, 0, 0]);
    const right = createCanvas(WIDTH, HEIGHT, [0, 0, 0]);
    fillPolygon(left, [0, 0, 10.3, 0, 14.7, HEIGHT, 0, HEIGHT], WHITE, 1);
    fillPolygon(right, [10.3, 0, WIDTH, 0, WIDTH, HEIGHT, 14.7, HEIGHT], WHITE, 1);
    const sums = Array.from(left.pixels, (value, index) => value + (right.pixels[index] ?? 0));
    expect(sums.filter(sum => Math.abs(sum - 255) > 2)).toEqual([]);
  });

  test('of fewer than three corners or with a corner nowhere is not drawn', () => {
    const canvas = createCanvas(WIDTH, HEIGHT, WHITE);
    fillPolygon(canvas, [1, 1, 9, 9], RED, 1);
    fillPolygon(canvas, [1, 1, 9, 1, Number.NaN, 9], RED, 1);
    expect(canvas.pixels.every(value => value === 255)).toBe(true);
  });
});
