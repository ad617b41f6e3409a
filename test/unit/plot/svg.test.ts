import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drawing, Paint, Shape } from '../../../src/lib/plot/drawing.ts';
import { escapeXml } from '../../../src/lib/plot/escape-xml.ts';
import { DARK, LIGHT, SERIES, seriesStyle, toRgb } from '../../../src/lib/plot/palette.ts';
import { renderSvg } from '../../../src/lib/plot/render-svg.ts';
import { anyText } from '../../helpers/any-text.ts';
import { contrast, rgbOf } from '../../helpers/contrast.ts';
import { findAll, readMarkup, textOf } from '../../helpers/read-markup.ts';

const paint: fc.Arbitrary<Paint> = fc.constantFrom('ink', 'grid', 'series3', '#a1b2c3');
const number = fc.double({ min: -2000, max: 2000, noNaN: true });
const points = fc.array(number, { minLength: 0, maxLength: 12 });
const simple: fc.Arbitrary<Exclude<Shape, { type: 'clip' }>> = fc.oneof(
  fc.record({ type: fc.constant('rect' as const), x: number, y: number, width: number, height: number, fill: paint }),
  fc.record({ type: fc.constant('line' as const), points, stroke: paint, width: number }),
  fc.record({
    type: fc.constant('polygon' as const),
    points,
    fill: paint,
    opacity: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ type: fc.constant('circle' as const), x: number, y: number, radius: number, fill: paint }),
  fc.record({
    type: fc.constant('text' as const),
    x: number,
    y: number,
    text: anyText(60),
    size: number,
    fill: paint,
    anchor: fc.constantFrom('start' as const, 'middle' as const, 'end' as const),
    weight: fc.constantFrom('regular' as const, 'bold' as const),
    rotate: number,
  }),
);
const shape: fc.Arbitrary<Shape> = fc.oneof(
  simple,
  fc.record({
    type: fc.constant('clip' as const),
    x: number,
    y: number,
    width: number,
    height: number,
    shapes: fc.array(simple, { maxLength: 3 }),
  }),
);

function drawingOf(shapes: readonly Shape[], texts: Partial<Drawing> = {}): Drawing {
  return { width: 100, height: 50, title: 'A title', description: 'What it shows.', shapes, ...texts };
}

describe('a drawing as SVG', () => {
  test('is well-formed whatever is drawn and written', () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 6 }), anyText(60), fc.boolean(), (shapes, text, themed) => {
        const svg = renderSvg(drawingOf(shapes, { title: text, description: text }), { id: 'p', themed });
        expect(findAll(readMarkup(svg), 'svg')).toHaveLength(1);
      }),
    );
  });

  test('keeps texts to the letter', () => {
    const text = `<script>alert("x")</script> & 'more' ]]> --> é 好`;
    const written: Shape = {
      type: 'text',
      x: 1,
      y: 2,
      text,
      size: 10,
      fill: 'ink',
      anchor: 'start',
      weight: 'regular',
    };
    const root = readMarkup(renderSvg(drawingOf([written], { title: text }), { id: 'p' }));
    expect(findAll(root, 'text').map(textOf)).toEqual([text]);
    expect(findAll(root, 'title').map(textOf)).toEqual([text]);
    expect(findAll(root, 'script')).toEqual([]);
  });

  test('is a picture with a name and a description for those who do not see it', () => {
    const root = readMarkup(renderSvg(drawingOf([]), { id: 'roc' }));
    const [svg] = findAll(root, 'svg');
    expect(svg?.attributes['role']).toBe('img');
    expect(svg?.attributes['aria-labelledby']).toBe('roc-title roc-desc');
    expect(findAll(root, 'title')[0]?.attributes['id']).toBe('roc-title');
    expect(findAll(root, 'desc').map(textOf)).toEqual(['What it shows.']);
  });

  test('takes the colours of roles from the page only when asked to', () => {
    const shapes: Shape[] = [
      { type: 'line', points: [0, 0, 5, 5], stroke: 'series1', width: 2 },
      { type: 'rect', x: 0, y: 0, width: 1, height: 1, fill: '#123456' },
    ];
    const plain = renderSvg(drawingOf(shapes), { id: 'p' });
    const themed = renderSvg(drawingOf(shapes), { id: 'p', themed: true });
    expect(plain).not.toContain('var(');
    expect(plain).toContain(`stroke="${LIGHT.series1}"`);
    expect(themed).toContain(`style="stroke:var(--plot-series1,${LIGHT.series1})"`);
    expect(themed.match(/#123456/g)).toHaveLength(1);
  });

  test('starts every id with the name it was given, so that several fit on a page', () => {
    const clip: Shape = { type: 'clip', x: 0, y: 0, width: 5, height: 5, shapes: [] };
    const page = `<div>${renderSvg(drawingOf([clip, clip]), { id: 'a' })}${renderSvg(drawingOf([clip]), { id: 'b' })}</div>`;
    expect(findAll(readMarkup(page), 'clipPath').map(({ attributes }) => attributes['id'])).toEqual([
      'a-clip1',
      'a-clip2',
      'b-clip1',
    ]);
    expect(() => renderSvg(drawingOf([]), { id: '"><script>' })).toThrow(RangeError);
  });

  test('leaves a gap in a line where a value is missing', () => {
    const line: Shape = { type: 'line', points: [0, 0, 1, 1, Number.NaN, 2, 3, 3, 4, 4], stroke: 'ink', width: 1 };
    const [path] = findAll(readMarkup(renderSvg(drawingOf([line]), { id: 'p' })), 'path');
    expect(path?.attributes['d']).toBe('M0 0L1 1M3 3L4 4');
  });

  test('turns, anchors and weighs texts', () => {
    const text = { type: 'text', x: 5, y: 7, text: 't', size: 10, fill: 'ink', anchor: 'end', weight: 'bold' } as const;
    const svg = renderSvg(
      drawingOf([
        { ...text, rotate: -90 },
        { ...text, weight: 'regular' },
      ]),
      { id: 'p' },
    );
    const [turned, level] = findAll(readMarkup(svg), 'text').map(({ attributes }) => attributes);
    expect(turned).toMatchObject({ transform: 'rotate(-90 5 7)', 'text-anchor': 'end', 'font-weight': '600' });
    expect([level?.['transform'], level?.['font-weight']]).toEqual([undefined, undefined]);
  });

  test('draws areas, discs and dashes', () => {
    const svg = renderSvg(
      drawingOf([
        { type: 'polygon', points: [0, 0, 5, 0, 5, 5], fill: 'series1', opacity: 0.35 },
        { type: 'circle', x: 3, y: 4, radius: 2, fill: 'series2' },
        { type: 'line', points: [0, 0, 9, 9], stroke: 'muted', width: 1.25, dash: [5, 4] },
      ]),
      { id: 'p' },
    );
    const root = readMarkup(svg);
    const [area, line] = findAll(root, 'path').map(({ attributes }) => attributes);
    expect(area).toMatchObject({ d: 'M0 0L5 0L5 5Z', fill: LIGHT.series1, opacity: '0.35' });
    expect(line).toMatchObject({ 'stroke-dasharray': '5 4', 'stroke-width': '1.25', fill: 'none' });
    expect(findAll(root, 'circle')[0]?.attributes).toMatchObject({ cx: '3', cy: '4', r: '2', fill: LIGHT.series2 });
  });

  test('refuses a place that is none', () => {
    const circle: Shape = { type: 'circle', x: Number.NaN, y: 0, radius: 1, fill: 'ink' };
    expect(() => renderSvg(drawingOf([circle]), { id: 'p' })).toThrow(RangeError);
  });
});

describe('escaping', () => {
  test('can be undone, and leaves no sign that means something', () => {
    fc.assert(
      fc.property(anyText(60), text => {
        const escaped = escapeXml(text);
        expect(escaped).not.toMatch(/[<>"'\u0000-\u0008]/);
        const root = readMarkup(`<p title="${escaped}">${escaped}</p>`);
        const [paragraph] = findAll(root, 'p');
        expect(paragraph?.attributes['title']).toBe(textOf(paragraph ?? root));
        const plain = /^[\t\n\r\u0020-\u007e\u00a0-\ud7ff]*$/.test(text);
        if (plain) expect(paragraph && textOf(paragraph)).toBe(text);
      }),
    );
  });
});

describe('the palette', () => {
  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('is legible on a %s ground', (_, colors) => {
    for (const role of SERIES)
      expect(contrast(rgbOf(colors[role]), rgbOf(colors.paper)), role).toBeGreaterThanOrEqual(3);
    for (const role of ['ink', 'muted'] as const)
      expect(contrast(rgbOf(colors[role]), rgbOf(colors.paper)), role).toBeGreaterThan(4.5);
    expect(contrast(rgbOf(colors.onAccent), rgbOf(colors.accent))).toBeGreaterThan(4);
  });

  test('tells the first 28 series apart by colour or dash', () => {
    const styles = Array.from({ length: 28 }, (_, index) => JSON.stringify(seriesStyle(index)));
    expect(new Set(styles).size).toBe(28);
    expect(styles.slice(0, 4).some(style => style.includes('dash'))).toBe(false);
  });

  test('takes no other way to write a colour', () => {
    expect(() => toRgb('#fff')).toThrow(RangeError);
    expect(toRgb('#0A0b0c')).toEqual([10, 11, 12]);
  });
});
