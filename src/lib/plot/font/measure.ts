import type { Weight } from '../drawing.ts';
import { toGlyphNames } from './characters.ts';
import { glyphOf } from './strokes.ts';

/** Width of the pen in font sizes. */
export const PEN: Readonly<Record<Weight, number>> = { regular: 0.084, bold: 0.125 };

/** What a heavier pen adds to each advance, in font sizes. */
export const EXTRA_ADVANCE: Readonly<Record<Weight, number>> = { regular: 0.004, bold: 0.036 };

/** How wide a text is; the advances are near those of common sans-serif faces, so this holds for SVG as well. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  let width = 0;
  for (const name of toGlyphNames(text)) width += glyphOf(name).advance + EXTRA_ADVANCE[weight];
  return width * size;
}

/** The text, or as much of its beginning as fits the width, with an ellipsis. */
export function fitText(text: string, size: number, room: number, weight: Weight = 'regular'): string {
  // Of a megabyte only a beginning is looked at: no sign that we draw is narrower than an eighth of the font size.
  const start = text.slice(0, Math.max(64, Math.ceil((room / size) * 8)));
  if (start.length === text.length && textWidth(text, size, weight) <= room) return text;
  // Made only when needed: it costs milliseconds.
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const signs = Array.from(segmenter.segment(start), part => part.segment);
  const cut = () => `${signs.join('').trimEnd()}…`;
  while (signs.length > 0 && textWidth(cut(), size, weight) > room) signs.pop();
  return cut();
}
