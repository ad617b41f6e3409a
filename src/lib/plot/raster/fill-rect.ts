import { blend, type Canvas, type Rgb } from './canvas.ts';

interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Fills an upright rectangle; a pixel at its edge gets the share of its area that is inside. */
export function fillRect(
  canvas: Canvas,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  color: Rgb,
  opacity: number,
): void {
  const { clip, pixels, width } = canvas;
  const edges = {
    left: Math.max(rect.x, clip.left),
    right: Math.min(rect.x + rect.width, clip.right),
    top: Math.max(rect.y, clip.top),
    bottom: Math.min(rect.y + rect.height, clip.bottom),
  };
  if (!(edges.left < edges.right && edges.top < edges.bottom)) return;
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const from = Math.floor(edges.left) * 3;
  const to = Math.ceil(edges.right) * 3;
  // What was below the row painted last; a row over the same ground is a copy of it.
  let ground: Buffer | null = null;
  for (let row = Math.floor(edges.top); row < edges.bottom; row += 1) {
    const at = row * width * 3;
    const whole = row >= edges.top && row + 1 <= edges.bottom;
    if (whole && ground !== null && bytes.compare(ground, 0, ground.length, at + from, at + to) === 0) {
      bytes.copyWithin(at + from, at - width * 3 + from, at - width * 3 + to);
    } else {
      ground = whole ? Buffer.from(bytes.subarray(at + from, at + to)) : null;
      paintRow(pixels, at, row, edges, color, opacity);
    }
  }
}

function paintRow(pixels: Uint8Array, at: number, row: number, edges: Edges, color: Rgb, opacity: number): void {
  const [red, green, blue] = color;
  const tall = (Math.min(edges.bottom, row + 1) - Math.max(edges.top, row)) * opacity;
  for (let column = Math.floor(edges.left); column < edges.right; column += 1) {
    const wide = Math.min(edges.right, column + 1) - Math.max(edges.left, column);
    blend(pixels, at + column * 3, red, green, blue, wide * tall);
  }
}
