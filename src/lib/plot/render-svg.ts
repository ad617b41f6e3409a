import type { Circle, Clip, Drawing, Line, Paint, Polygon, Rect, Shape, Text } from './drawing.ts';
import { escapeXml } from './escape-xml.ts';
import { isRole, LIGHT } from './palette.ts';

export interface SvgOptions {
  /** Starts the ids within the picture, so that several can stand on one page. */
  readonly id: string;
  /** Takes role colours from the CSS variables `--plot-…` of the page where it sets them. */
  readonly themed?: boolean;
}

const FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif";

/** The drawing as an `svg` element that needs nothing else. */
export function renderSvg(drawing: Drawing, options: SvgOptions): string {
  const { width, height, title, description } = drawing;
  const { id, themed = false } = options;
  if (!/^[a-z][a-z0-9-]*$/.test(id)) throw new RangeError(`not fit to start ids in a page: ${id}`);
  const names = { prefix: id, clips: 0, themed };
  const body = drawing.shapes.map(shape => renderShape(shape, names)).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${num(width)} ${num(height)}" width="${num(width)}" height="${num(height)}" role="img" aria-labelledby="${id}-title ${id}-desc" font-family="${FONTS}">`,
    `<title id="${id}-title">${escapeXml(title)}</title>`,
    `<desc id="${id}-desc">${escapeXml(description)}</desc>`,
    `<rect width="${num(width)}" height="${num(height)}"${fill('paper', names)}/>`,
    body,
    '</svg>',
  ].join('\n');
}

interface Names {
  readonly prefix: string;
  readonly themed: boolean;
  clips: number;
}

function renderShape(shape: Shape, names: Names): string {
  switch (shape.type) {
    case 'rect':
      return renderRect(shape, names);
    case 'line':
      return renderLine(shape, names);
    case 'polygon':
      return renderPolygon(shape, names);
    case 'circle':
      return renderCircle(shape, names);
    case 'text':
      return renderText(shape, names);
    case 'clip':
      return renderClip(shape, names);
  }
}

function renderRect(rect: Rect, names: Names): string {
  const { x, y, width, height } = rect;
  return `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}"${fill(rect.fill, names)}${opacity(rect)} shape-rendering="crispEdges"/>`;
}

function renderLine(line: Line, names: Names): string {
  const color = `stroke="${lightColor(line.stroke)}"`;
  const themed = names.themed && isRole(line.stroke) ? ` style="stroke:${variable(line.stroke)}"` : '';
  const dash = line.dash ? ` stroke-dasharray="${line.dash.map(num).join(' ')}"` : '';
  // Two equal points draw a dot in either renderer.
  return `<path d="${pathOf(line.points)}" fill="none" ${color} stroke-width="${num(line.width)}" stroke-linecap="round" stroke-linejoin="round"${dash}${themed}${opacity(line)}/>`;
}

function renderPolygon(polygon: Polygon, names: Names): string {
  return `<path d="${pathOf(polygon.points)}Z"${fill(polygon.fill, names)}${opacity(polygon)}/>`;
}

function renderCircle(circle: Circle, names: Names): string {
  return `<circle cx="${num(circle.x)}" cy="${num(circle.y)}" r="${num(circle.radius)}"${fill(circle.fill, names)}${opacity(circle)}/>`;
}

function renderText(text: Text, names: Names): string {
  const turn = text.rotate ? ` transform="rotate(${num(text.rotate)} ${num(text.x)} ${num(text.y)})"` : '';
  const weight = text.weight === 'bold' ? ' font-weight="600"' : '';
  return `<text x="${num(text.x)}" y="${num(text.y)}" font-size="${num(text.size)}" text-anchor="${text.anchor}"${weight}${fill(text.fill, names)}${turn}>${escapeXml(text.text)}</text>`;
}

function renderClip(clip: Clip, names: Names): string {
  names.clips += 1;
  const id = `${names.prefix}-clip${names.clips}`;
  const area = `<rect x="${num(clip.x)}" y="${num(clip.y)}" width="${num(clip.width)}" height="${num(clip.height)}"/>`;
  const inner = clip.shapes.map(shape => renderShape(shape, names)).join('\n');
  return `<clipPath id="${id}">${area}</clipPath>\n<g clip-path="url(#${id})">\n${inner}\n</g>`;
}

function fill(paint: Paint, names: Names): string {
  const plain = ` fill="${lightColor(paint)}"`;
  return names.themed && isRole(paint) ? `${plain} style="fill:${variable(paint)}"` : plain;
}

function variable(role: keyof typeof LIGHT): string {
  return `var(--plot-${role},${LIGHT[role]})`;
}

function lightColor(paint: Paint): string {
  return isRole(paint) ? LIGHT[paint] : escapeXml(paint);
}

function opacity(shape: { readonly opacity?: number }): string {
  return shape.opacity === undefined || shape.opacity === 1 ? '' : ` opacity="${num(shape.opacity)}"`;
}

function pathOf(points: ArrayLike<number>): string {
  const parts: string[] = [];
  let pen = 'M';
  for (let at = 0; at + 1 < points.length; at += 2) {
    const x = points[at] ?? Number.NaN;
    const y = points[at + 1] ?? Number.NaN;
    if (Number.isFinite(x + y)) parts.push(`${pen}${num(x)} ${num(y)}`);
    pen = Number.isFinite(x + y) ? 'L' : 'M';
  }
  return parts.join('');
}

function num(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`a picture has no place for ${value}`);
  return String(Math.round(value * 100) / 100 + 0);
}
