import { type Canvas, paintMask, type Rgb } from './canvas.ts';

export interface Pen {
  readonly width: number;
  readonly color: Rgb;
  readonly opacity: number;
}

/**
 * Draws lines with a round pen. The coverage of a pixel follows from its distance to the nearest segment, and segments
 * are united by the larger coverage: joins and crossings get neither bumps nor dark spots.
 */
export function strokeLines(canvas: Canvas, lines: Iterable<ArrayLike<number>>, pen: Pen): void {
  const radius = Math.max(pen.width, 1) / 2;
  // A line thinner than a pixel is drawn one pixel wide and paler.
  const opacity = pen.opacity * Math.min(1, pen.width);
  let first = canvas.height;
  let last = -1;
  for (const points of lines) {
    const corners = points.length >> 1;
    for (let corner = corners === 1 ? 0 : 1; corner < corners; corner += 1) {
      const before = Math.max(0, corner - 1) * 2;
      const x0 = points[before] ?? Number.NaN;
      const y0 = points[before + 1] ?? Number.NaN;
      const x1 = points[corner * 2] ?? Number.NaN;
      const y1 = points[corner * 2 + 1] ?? Number.NaN;
      if (!Number.isFinite(x0 + y0 + x1 + y1)) continue;
      const top = Math.max(canvas.clip.top, Math.floor(Math.min(y0, y1) - radius - 0.5));
      const bottom = Math.min(canvas.clip.bottom - 1, Math.ceil(Math.max(y0, y1) + radius + 0.5));
      for (let row = top; row <= bottom; row += 1) coverRow(canvas, row, x0, y0, x1, y1, radius);
      first = Math.min(first, top);
      last = Math.max(last, bottom);
    }
  }
  paintMask(canvas, first, last, pen.color, opacity);
}

/** Only the columns near the segment are visited: its band crosses a row in an interval that is known. */
function coverRow(canvas: Canvas, row: number, x0: number, y0: number, x1: number, y1: number, radius: number): void {
  const { mask, clip, width } = canvas;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  const reach = radius + 0.5;
  const y = row + 0.5;
  let low = Math.min(x0, x1) - reach;
  let high = Math.max(x0, x1) + reach;
  if (Math.abs(dy) > 1e-9) {
    // The band around the endless line, widened to where the round ends can be.
    const middle = x0 + ((y - y0) * dx) / dy;
    const half = (reach * Math.sqrt(square)) / Math.abs(dy);
    low = Math.max(low, Math.min(middle - half, middle + half));
    high = Math.min(high, middle + half);
    if (low > high) return;
  }
  const start = Math.max(clip.left, Math.floor(low - 0.5));
  const end = Math.min(clip.right - 1, Math.ceil(high));
  const outer = reach * reach;
  const inner = (radius - 0.5) * (radius - 0.5);
  let firstHit = width;
  let lastHit = -1;
  for (let column = start; column <= end; column += 1) {
    const x = column + 0.5;
    const along = square > 0 ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
    const awayX = x - x0 - along * dx;
    const awayY = y - y0 - along * dy;
    const squared = awayX * awayX + awayY * awayY;
    if (squared >= outer) continue;
    const coverage = squared <= inner ? 255 : ((reach - Math.sqrt(squared)) * 255 + 0.5) | 0;
    const at = row * width + column;
    if (coverage > (mask[at] ?? 0)) mask[at] = coverage;
    if (firstHit === width) firstHit = column;
    lastHit = column;
  }
  if (firstHit < (canvas.from[row] ?? 0)) canvas.from[row] = firstHit;
  if (lastHit > (canvas.to[row] ?? 0)) canvas.to[row] = lastHit;
}
