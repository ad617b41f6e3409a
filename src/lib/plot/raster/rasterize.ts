import { dashLine } from '../dash.ts';
import type { Circle, Drawing, Line, Shape } from '../drawing.ts';
import { toRgb } from '../palette.ts';
import { type Canvas, createCanvas, setClip } from './canvas.ts';
import { drawText } from './draw-text.ts';
import { fillPolygon } from './fill-polygon.ts';
import { fillRect } from './fill-rect.ts';
import { strokeLines } from './stroke-lines.ts';

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row after row. */
  readonly pixels: Uint8Array;
}

/** The pixels of a drawing, `scale` of them for each logical one. */
export function rasterize(drawing: Drawing, scale: number): Bitmap {
  const canvas = createCanvas(Math.round(drawing.width * scale), Math.round(drawing.height * scale), toRgb('paper'));
  for (const shape of drawing.shapes) drawShape(canvas, shape, scale);
  return { width: canvas.width, height: canvas.height, pixels: canvas.pixels };
}

function drawShape(canvas: Canvas, shape: Shape, scale: number): void {
  if (shape.type === 'clip') {
    setClip(canvas, {
      left: shape.x * scale,
      top: shape.y * scale,
      right: (shape.x + shape.width) * scale,
      bottom: (shape.y + shape.height) * scale,
    });
    for (const inner of shape.shapes) drawShape(canvas, inner, scale);
    setClip(canvas, null);
  } else if (shape.type === 'text') drawText(canvas, shape, scale, toRgb(shape.fill));
  else if (shape.type === 'line') drawLine(canvas, shape, scale);
  else if (shape.type === 'circle') drawCircle(canvas, shape, scale);
  else if (shape.type === 'polygon') {
    fillPolygon(canvas, scaled(shape.points, scale), toRgb(shape.fill), shape.opacity ?? 1);
  } else {
    const { x, y, width, height } = shape;
    const rect = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
    fillRect(canvas, rect, toRgb(shape.fill), shape.opacity ?? 1);
  }
}

function drawLine(canvas: Canvas, line: Line, scale: number): void {
  const points = scaled(line.points, scale);
  const pen = { width: line.width * scale, color: toRgb(line.stroke), opacity: line.opacity ?? 1 };
  const dash = line.dash?.map(length => length * scale);
  strokeLines(canvas, dash === undefined ? [points] : dashLine(points, dash), pen);
}

/** A disc is what a round pen leaves that does not move. */
function drawCircle(canvas: Canvas, circle: Circle, scale: number): void {
  strokeLines(canvas, [[circle.x * scale, circle.y * scale]], {
    width: circle.radius * 2 * scale,
    color: toRgb(circle.fill),
    opacity: circle.opacity ?? 1,
  });
}

function scaled(points: ArrayLike<number>, scale: number): Float64Array {
  return Float64Array.from(points, value => value * scale);
}
