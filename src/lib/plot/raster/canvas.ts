/** Pixels that are drawn on, and the part of them that may change. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row after row. */
  readonly pixels: Uint8Array;
  /** Coverage of the shape that is being drawn; all zero between two shapes. */
  readonly mask: Uint8Array;
  /** First and last column of each row that the mask touches; none where the first is the larger one. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  clip: Box;
}

/** Half-open: `right` and `bottom` are the first ones outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type Rgb = readonly [number, number, number];

const LARGEST = 64_000_000;

export function createCanvas(width: number, height: number, [red, green, blue]: Rgb): Canvas {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1 || width * height > LARGEST) {
    throw new RangeError(`a picture of ${width} × ${height} pixels cannot be drawn`);
  }
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * 3; at += 3) {
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
  }
  for (let row = 1; row < height; row += 1) pixels.copyWithin(row * width * 3, 0, width * 3);
  return {
    width,
    height,
    pixels,
    mask: new Uint8Array(width * height),
    from: new Int32Array(height).fill(width),
    to: new Int32Array(height).fill(-1),
    clip: { left: 0, top: 0, right: width, bottom: height },
  };
}

/** Restricts drawing to a part of the canvas; null lifts the restriction. */
export function setClip(canvas: Canvas, box: Box | null): void {
  canvas.clip = {
    left: Math.max(0, Math.floor(box?.left ?? 0)),
    top: Math.max(0, Math.floor(box?.top ?? 0)),
    right: Math.min(canvas.width, Math.ceil(box?.right ?? canvas.width)),
    bottom: Math.min(canvas.height, Math.ceil(box?.bottom ?? canvas.height)),
  };
}

/** Lays colour over the pixels by the mask, between two rows, and empties the mask. */
export function paintMask(canvas: Canvas, firstRow: number, lastRow: number, color: Rgb, opacity: number): void {
  const { mask, from, to, width, pixels } = canvas;
  const [red, green, blue] = color;
  for (let row = firstRow; row <= lastRow; row += 1) {
    const last = to[row] ?? -1;
    for (let column = from[row] ?? width; column <= last; column += 1) {
      const at = row * width + column;
      const coverage = mask[at] ?? 0;
      if (coverage === 0) continue;
      mask[at] = 0;
      blend(pixels, at * 3, red, green, blue, (coverage / 255) * opacity);
    }
    from[row] = width;
    to[row] = -1;
  }
}

export function blend(pixels: Uint8Array, at: number, red: number, green: number, blue: number, share: number): void {
  const rest = 1 - share;
  pixels[at] = (pixels[at] ?? 0) * rest + red * share + 0.5;
  pixels[at + 1] = (pixels[at + 1] ?? 0) * rest + green * share + 0.5;
  pixels[at + 2] = (pixels[at + 2] ?? 0) * rest + blue * share + 0.5;
}
