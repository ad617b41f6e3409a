import { GLYPHS, UNKNOWN_GLYPH } from './glyphs.ts';

export interface Glyph {
  /** In font sizes, as all that follows. */
  readonly advance: number;
  /** Lines to draw, each x and y in turn, y upwards from the baseline. */
  readonly lines: readonly (readonly number[])[];
}

/** How far the handles of a quarter of an ellipse reach: a little more than a circle's 0.5523, for rounder shoulders. */
const REACH = 0.58;
/** Enough for letters of 40 pixels: the straight pieces are then off by a tenth of a pixel at most. */
const STEPS = 5;

const cache = new Map<string | null, Glyph>();

/** The glyph of a sign, null for the box that stands for unknown ones. */
export function glyphOf(name: string | null): Glyph {
  const known = cache.get(name);
  if (known) return known;
  const glyph = parseGlyph(name === null ? UNKNOWN_GLYPH : (GLYPHS[name] ?? UNKNOWN_GLYPH));
  cache.set(name, glyph);
  return glyph;
}

function parseGlyph(source: string): Glyph {
  const [advance = '0', ...words] = source.split(' ');
  const lines: number[][] = [];
  let line: number[] = [];
  let at = 0;
  const next = () => Number(words[at++]) / 100;
  while (at < words.length) {
    const command = words[at++];
    const x = line.at(-2) ?? 0;
    const y = line.at(-1) ?? 0;
    if (command === 'M') {
      line = [next(), next()];
      lines.push(line);
    } else if (command === 'L') line.push(next(), next());
    else if (command === 'C') addCurve(line, x, y, [next(), next(), next(), next(), next(), next()]);
    else addQuarter(line, command === 'h', x, y, next(), next());
  }
  return { advance: Number(advance) / 100, lines };
}

function addQuarter(line: number[], flat: boolean, x: number, y: number, toX: number, toY: number): void {
  const reachX = (toX - x) * REACH;
  const reachY = (toY - y) * REACH;
  if (flat) addCurve(line, x, y, [x + reachX, y, toX, toY - reachY, toX, toY]);
  else addCurve(line, x, y, [x, y + reachY, toX - reachX, toY, toX, toY]);
}

function addCurve(
  line: number[],
  x: number,
  y: number,
  [ax, ay, bx, by, toX, toY]: readonly [number, number, number, number, number, number],
): void {
  for (let step = 1; step <= STEPS; step += 1) {
    const t = step / STEPS;
    const u = 1 - t;
    const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    line.push(p * x + q * ax + r * bx + s * toX, p * y + q * ay + r * by + s * toY);
  }
}
