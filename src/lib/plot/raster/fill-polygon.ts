import { type Canvas, paintMask, type Rgb } from './canvas.ts';

/**
 * Fills the inside of an outline that does not cross itself, with the exact area covered at its edges: each edge adds
 * its signed area to the cells that it passes, and a running sum along the row gives the coverage (the method of
 * font rasterisers, e.g. R. Levien, "Inside the fastest font renderer in the world").
 */
export function fillPolygon(canvas: Canvas, points: ArrayLike<number>, color: Rgb, opacity: number): void {
  const { clip } = canvas;
  const corners = points.length >> 1;
  const wide = clip.right - clip.left + 2;
  const tall = clip.bottom - clip.top;
  if (corners < 3 || tall <= 0) return;
  const sums = new Float32Array(wide * tall);
  for (let corner = 0; corner < corners; corner += 1) {
    const next = ((corner + 1) % corners) * 2;
    const x0 = (points[corner * 2] ?? 0) - clip.left;
    const y0 = (points[corner * 2 + 1] ?? 0) - clip.top;
    const x1 = (points[next] ?? 0) - clip.left;
    const y1 = (points[next + 1] ?? 0) - clip.top;
    if (!Number.isFinite(x0 + y0 + x1 + y1)) return;
    addEdge(sums, wide, tall, x0, y0, x1, y1);
  }
  for (let row = 0; row < tall; row += 1) sumRow(canvas, sums, row, wide);
  paintMask(canvas, clip.top, clip.bottom - 1, color, opacity);
}

function addEdge(sums: Float32Array, wide: number, tall: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const sign = y0 < y1 ? 1 : -1;
  const [topX, topY, bottomX, bottomY] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bottomX - topX) / (bottomY - topY);
  const last = Math.min(tall, bottomY);
  for (let row = Math.max(0, Math.floor(topY)); row < last; row += 1) {
    const from = Math.max(topY, row);
    const to = Math.min(bottomY, row + 1);
    if (to <= from) continue;
    addSpan(sums, row * wide, wide, topX + (from - topY) * slope, topX + (to - topY) * slope, (to - from) * sign);
  }
}

/** Spreads the height of an edge within one row over the cells between its two ends. */
function addSpan(sums: Float32Array, base: number, wide: number, xa: number, xb: number, height: number): void {
  const limit = wide - 2;
  const left = Math.min(limit, Math.max(0, Math.min(xa, xb)));
  const right = Math.min(limit, Math.max(0, Math.max(xa, xb)));
  if (right - left < 1e-9) {
    addCell(sums, base, left, height);
    return;
  }
  const perPixel = height / (right - left);
  for (let cell = Math.floor(left); cell < right; cell += 1) {
    const from = Math.max(left, cell);
    const to = Math.min(right, cell + 1);
    addCell(sums, base, (from + to) / 2, (to - from) * perPixel);
  }
}

/** The part of the cell right of the edge is inside from here, all further cells wholly. */
function addCell(sums: Float32Array, base: number, x: number, height: number): void {
  const cell = Math.floor(x);
  const inside = (cell + 1 - x) * height;
  sums[base + cell] = (sums[base + cell] ?? 0) + inside;
  sums[base + cell + 1] = (sums[base + cell + 1] ?? 0) + height - inside;
}

function sumRow(canvas: Canvas, sums: Float32Array, row: number, wide: number): void {
  const { clip, mask, width } = canvas;
  const line = clip.top + row;
  let sum = 0;
  for (let cell = 0; cell < wide - 2; cell += 1) {
    sum += sums[row * wide + cell] ?? 0;
    const coverage = Math.min(255, Math.abs(sum) * 255 + 0.5) | 0;
    if (coverage === 0) continue;
    const column = clip.left + cell;
    mask[line * width + column] = coverage;
    if (column < (canvas.from[line] ?? 0)) canvas.from[line] = column;
    canvas.to[line] = column;
  }
}
