import type { Text } from '../drawing.ts';
import { toGlyphNames } from '../font/characters.ts';
import { EXTRA_ADVANCE, PEN, textWidth } from '../font/measure.ts';
import { glyphOf } from '../font/strokes.ts';
import type { Canvas, Rgb } from './canvas.ts';
import { strokeLines } from './stroke-lines.ts';

const ANCHOR_SHARE = { start: 0, middle: 0.5, end: 1 } as const;

/** Below this a stroke of the pen fades; small text gets a pen that is heavier than its size asks for. */
const THINNEST_PEN = 1.1;

/** Draws a text, all of its strokes as one shape. Everything is in pixels here. */
export function drawText(canvas: Canvas, text: Text, scale: number, color: Rgb): void {
  const size = text.size * scale;
  const angle = ((text.rotate ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const originX = text.x * scale;
  // A baseline between two rows of pixels would blur every letter that stands on it.
  const originY = angle === 0 ? Math.round(text.y * scale) : text.y * scale;
  let pen = -textWidth(text.text, size, text.weight) * ANCHOR_SHARE[text.anchor];
  const lines: Float64Array[] = [];
  for (const name of toGlyphNames(text.text)) {
    const glyph = glyphOf(name);
    for (const line of glyph.lines) {
      const placed = new Float64Array(line.length);
      for (let at = 0; at < line.length; at += 2) {
        const along = pen + ((line[at] ?? 0) + EXTRA_ADVANCE[text.weight] / 2) * size;
        const up = (line[at + 1] ?? 0) * size;
        placed[at] = originX + along * cos + up * sin;
        placed[at + 1] = originY + along * sin - up * cos;
      }
      lines.push(placed);
    }
    pen += (glyph.advance + EXTRA_ADVANCE[text.weight]) * size;
  }
  strokeLines(canvas, lines, { width: Math.max(THINNEST_PEN, PEN[text.weight] * size), color, opacity: 1 });
}
