import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../../src/lib/plot/raster/encode-png.ts';
import { renderPng } from '../../../src/lib/plot/render-png.ts';
import { readPng } from '../../helpers/read-png.ts';

describe('a PNG file', () => {
  test('gives back every pixel, rows that repeat and rows that do not', async () => {
    const bitmap = fc.integer({ min: 1, max: 12 }).chain(width =>
      fc.record({
        width: fc.constant(width),
        rows: fc.array(fc.uint8Array({ minLength: width * 3, maxLength: width * 3 }), { minLength: 1, maxLength: 6 }),
        order: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 12 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(bitmap, async ({ width, rows, order }) => {
        const lines = order.map(index => rows[index % rows.length] ?? new Uint8Array());
        const pixels = Uint8Array.from(lines.flatMap(line => [...line]));
        const png = readPng(await encodePng({ width, height: lines.length, pixels }));
        expect([png.width, png.height]).toEqual([width, lines.length]);
        for (let y = 0; y < lines.length; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const hex = Buffer.from(pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)).toString('hex');
            expect(png.at(x, y)).toBe(`#${hex}`);
          }
        }
      }),
    );
  });

  test('tells its title and the size it is meant to have', async () => {
    const pixels = new Uint8Array(3);
    const png = readPng(await encodePng({ width: 1, height: 1, pixels }, { scale: 2, title: 'Größe ≥ 1\0' }));
    expect(png.chunks).toEqual(['IHDR', 'pHYs', 'iTXt', 'IDAT', 'IEND']);
    expect(png.texts).toEqual({ Title: 'Größe ≥ 1' });
    expect(png.pixelsPerMetre).toBe(7559);
  });

  test('of a drawing has two pixels for each logical one', async () => {
    const shapes = [{ type: 'rect', x: 3, y: 1, width: 2, height: 2, fill: 'series2' }] as const;
    const png = readPng(await renderPng({ width: 10, height: 5, title: 't', description: '', shapes }));
    expect([png.width, png.height]).toEqual([20, 10]);
    expect([png.at(6, 2), png.at(9, 5)]).toEqual(['#d55e00', '#d55e00']);
    expect([png.at(5, 2), png.at(10, 5), png.at(6, 6)]).toEqual(['#ffffff', '#ffffff', '#ffffff']);
  });

  test('is the same for the same drawing', async () => {
    const shapes = [{ type: 'circle', x: 5, y: 5, radius: 3, fill: 'ink' }] as const;
    const drawing = { width: 10, height: 10, title: 't', description: '', shapes };
    expect(await renderPng(drawing)).toEqual(await renderPng(drawing));
  });

  test('that was damaged is noticed by the reader of these tests', async () => {
    const bytes = await encodePng({ width: 1, height: 1, pixels: new Uint8Array(3) });
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => readPng(damaged), `byte ${at}`).toThrow();
    }
  });
});
