import { describe, expect, test } from 'vitest';
import { GLYPHS } from '../../../src/lib/plot/font/glyphs.ts';
import { textWidth } from '../../../src/lib/plot/font/measure.ts';
import { glyphOf } from '../../../src/lib/plot/font/strokes.ts';
import { rasterize } from '../../../src/lib/plot/raster/rasterize.ts';

/** One sign drawn large: what is ink and what is paper. */
interface Print {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

const SIZE = 60;
const BASELINE = 60;

function print(sign: string, size = SIZE): Print {
  const width = Math.ceil(textWidth(sign, size));
  const drawing = {
    width,
    height: 84,
    title: sign,
    description: '',
    shapes: [
      { type: 'text', x: 0, y: BASELINE, text: sign, size, fill: '#000000', anchor: 'start', weight: 'regular' },
    ],
  } as const;
  const { pixels } = rasterize(drawing, 1);
  const ink = Uint8Array.from({ length: width * 84 }, (_, at) => ((pixels[at * 3] ?? 255) < 128 ? 1 : 0));
  return { width, height: 84, ink };
}

/**
 * How many connected areas of ink or paper there are; ink connects over corners, paper does not. The tip of a wedge
 * between two strokes may be cut off by a pixel: areas of one or two do not count.
 */
function countAreas({ width, height, ink }: Print, value: 0 | 1): number {
  const seen = new Uint8Array(ink.length);
  const steps = value === 1 ? [-1, 0, 1] : [0];
  let areas = 0;
  for (let start = 0; start < ink.length; start += 1) {
    if (seen[start] || ink[start] !== value) continue;
    let size = 0;
    const open = [start];
    seen[start] = 1;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size += 1;
      const [x, y] = [at % width, Math.floor(at / width)];
      const next: [number, number][] = [
        [x - 1, y],
        [x + 1, y],
        ...steps.flatMap((step): [number, number][] => [
          [x + step, y - 1],
          [x + step, y + 1],
        ]),
      ];
      for (const [nx, ny] of next) {
        const to = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen[to] || ink[to] !== value) continue;
        seen[to] = 1;
        open.push(to);
      }
    }
    if (size > 2) areas += 1;
  }
  return areas;
}

/** A margin around keeps the paper outside in one piece. */
function withMargin({ width, height, ink }: Print): Print {
  const wide = width + 2;
  const framed = new Uint8Array(wide * (height + 2));
  for (let y = 0; y < height; y += 1) framed.set(ink.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  return { width: wide, height: height + 2, ink: framed };
}

function extent({ width, ink }: Print): { top: number; bottom: number; left: number; right: number } {
  const found = { top: 84, bottom: -1, left: width, right: -1 };
  for (const [at, value] of ink.entries()) {
    if (!value) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
  }
  return found;
}

/** The share of ink that has no ink at its mirror image; the middle is that of the sign itself. */
function asymmetry(one: Print, other: Print): number {
  const [a, b] = [extent(one), extent(other)];
  let ink = 0;
  let alone = 0;
  for (let y = 0; y < one.height; y += 1) {
    for (let x = a.left; x <= a.right; x += 1) {
      if (!one.ink[y * one.width + x]) continue;
      ink += 1;
      const mirrored = b.right - (x - a.left);
      const near = [-1, 0, 1].some(step => other.ink[y * other.width + mirrored + step]);
      if (!near) alone += 1;
    }
  }
  return alone / ink;
}

const PIECES: Readonly<Record<string, number>> = {
  '!': 2,
  '"': 2,
  '%': 3,
  ':': 2,
  ';': 2,
  '=': 2,
  '?': 2,
  i: 2,
  j: 2,
  '±': 2,
  '…': 3,
  '≤': 2,
  '≥': 2,
  ' ': 0,
};

const HOLES: Readonly<Record<string, number>> = {
  '#': 1,
  $: 2,
  '%': 2,
  '&': 2,
  '0': 1,
  '4': 1,
  '6': 1,
  '8': 2,
  '9': 1,
  '@': 1,
  A: 1,
  B: 2,
  D: 1,
  O: 1,
  P: 1,
  Q: 1,
  R: 1,
  a: 1,
  b: 1,
  d: 1,
  e: 1,
  g: 1,
  o: 1,
  p: 1,
  q: 1,
};

describe('a sign is drawn in as many pieces, with as many holes, as readers expect', () => {
  test.each(Object.keys(GLYPHS))('%s', sign => {
    const framed = withMargin(print(sign));
    expect(countAreas(framed, 1), 'pieces').toBe(PIECES[sign] ?? 1);
    expect(countAreas(framed, 0) - 1, 'holes').toBe(HOLES[sign] ?? 0);
  });
});

describe('holes stay open at the sizes that plots use', () => {
  test.each([...'abdegopq0689ABDOPQR'])('%s at 22 pixels', sign => {
    const framed = withMargin(print(sign, 22));
    expect(countAreas(framed, 0) - 1).toBe(HOLES[sign]);
  });
});

describe('heights', () => {
  test.each([...'ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789'])(
    '%s stands on the baseline and is as high as a capital',
    sign => {
      const { top, bottom } = extent(print(sign));
      expect(Math.abs(bottom - (BASELINE - 1))).toBeLessThanOrEqual(1);
      expect(Math.abs(top - (BASELINE - 0.72 * SIZE))).toBeLessThanOrEqual(2);
    },
  );

  test.each([...'acemnorsuvwxz'])('%s is as high as an x', sign => {
    const { top, bottom } = extent(print(sign));
    expect(Math.abs(bottom - (BASELINE - 1))).toBeLessThanOrEqual(1);
    expect(Math.abs(top - (BASELINE - 0.52 * SIZE))).toBeLessThanOrEqual(2);
  });

  test.each([...'gjpqy'])('%s goes below the baseline', sign => {
    expect(Math.abs(extent(print(sign)).bottom - (BASELINE + 0.21 * SIZE - 1))).toBeLessThanOrEqual(1);
  });

  test.each([...'bdfhkl'])('%s rises above the x', sign => {
    expect(Math.abs(extent(print(sign)).top - (BASELINE - 0.74 * SIZE))).toBeLessThanOrEqual(2);
  });
});

describe('symmetry', () => {
  test.each([...'AHIMOTUVWXY08ovwxil.:!|+=-*^_"\'×±'])('%s is its own mirror image', sign => {
    expect(asymmetry(print(sign), print(sign))).toBeLessThan(0.03);
  });

  test.each([
    ['b', 'd'],
    ['p', 'q'],
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
    ['<', '>'],
    ['/', '\\'],
  ])('%s is the mirror image of %s', (one, other) => {
    expect(asymmetry(print(one), print(other))).toBeLessThan(0.05);
  });

  test.each([...'FGJLPRfhjrt17'])('%s is not, so that the check above can fail', sign => {
    expect(asymmetry(print(sign), print(sign))).toBeGreaterThan(0.1);
  });
});

describe('signs that are taken for each other', () => {
  test.each([
    ['0', 'O'],
    ['1', 'l'],
    ['1', 'I'],
    ['l', 'I'],
    ['5', 'S'],
    ['2', 'Z'],
    ['8', 'B'],
    ['6', '0'],
    ['9', '0'],
    ['c', 'e'],
    ['-', '–'],
    ['.', ','],
    [':', ';'],
    ["'", '"'],
  ])('%s and %s differ', (one, other) => {
    const [a, b] = [print(one), print(other)];
    const width = Math.max(a.width, b.width);
    let different = 0;
    let either = 0;
    for (let y = 0; y < a.height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const inA = x < a.width ? (a.ink[y * a.width + x] ?? 0) : 0;
        const inB = x < b.width ? (b.ink[y * b.width + x] ?? 0) : 0;
        if (inA || inB) either += 1;
        if (inA !== inB) different += 1;
      }
    }
    expect(different / either).toBeGreaterThan(0.08);
  });
});

describe('spacing', () => {
  test('leaves paper between any two neighbours', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
    const touching: string[] = [];
    for (const one of letters) {
      for (const other of letters) {
        const { right } = extentOf(one);
        const { left } = extentOf(other);
        if (glyphOf(one).advance - right + left < 0.084) touching.push(one + other);
      }
    }
    // Where two arms of these meet, other faces let them touch as well.
    expect(touching.filter(pair => !/[frtjkvwxyzTAJLEFKVWXYZC1247]/.test(pair))).toEqual([]);
  });

  function extentOf(sign: string): { left: number; right: number } {
    const xs = glyphOf(sign).lines.flatMap(line => line.filter((_, at) => at % 2 === 0));
    return { left: Math.min(...xs), right: Math.max(...xs) };
  }
});
