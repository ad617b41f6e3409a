import type { Drawing } from './drawing.ts';
import { encodePng } from './raster/encode-png.ts';
import { rasterize } from './raster/rasterize.ts';

/** The bytes of a PNG file; two pixels for each logical one keep it sharp on dense screens. */
export async function renderPng(drawing: Drawing, scale = 2): Promise<Uint8Array> {
  return encodePng(rasterize(drawing, scale), { scale, title: drawing.title });
}
