import { describe, expect, test } from 'vitest';
import type { Block } from '../../../src/lib/report/document.ts';
import { renderHtml } from '../../../src/lib/report/render/html.ts';
import { STYLE } from '../../../src/lib/report/render/style.ts';
import { findAll, type MarkupElement, readMarkup, textOf } from '../../helpers/read-markup.ts';

function render(...blocks: Block[]): MarkupElement {
  const page = readMarkup(renderHtml({ title: 'T', subtitle: 'S', blocks }));
  const [main] = findAll(page, 'main');
  if (!main) throw new Error('no main part');
  return main;
}

describe('blocks on a page', () => {
  test('headings keep their level', () => {
    const main = render({ type: 'heading', level: 2, text: 'A & b' }, { type: 'heading', level: 3, text: '<c>' });
    expect(findAll(main, 'h2').map(textOf)).toEqual(['A & b']);
    expect(findAll(main, 'h3').map(textOf)).toEqual(['<c>']);
  });

  test('pieces of a line are marked up and nothing else is', () => {
    const main = render({
      type: 'paragraph',
      content: ['a <b>', { strong: '<i>' }, { code: 'x & y' }, { folder: 'a b', text: '"q"' }],
    });
    const paragraph = findAll(main, 'p').at(-1);
    expect(paragraph && textOf(paragraph)).toBe('a <b><i>x & y"q"');
    expect(findAll(main, 'strong').map(textOf)).toEqual(['<i>']);
    expect(findAll(main, 'code').map(textOf)).toEqual(['x & y']);
    expect(findAll(main, 'a').map(one => one.attributes['href'])).toEqual(['./a%20b/report.html']);
    expect(findAll(main, 'b')).toEqual([]);
  });

  test('tiles are a list of names and values', () => {
    const main = render({ type: 'tiles', caption: 'On <x>', items: [{ name: 'AUC', value: '0.9' }] });
    expect(findAll(main, 'dt').map(textOf)).toEqual(['AUC']);
    expect(findAll(main, 'dd').map(textOf)).toEqual(['0.9']);
    expect(findAll(main, 'section')[0]?.attributes['aria-label']).toBe('On <x>');
  });

  test('a table can be scrolled with the keyboard, aligns numbers and marks a row', () => {
    const main = render({
      type: 'table',
      caption: 'C',
      columns: [{ title: 'a' }, { title: 'b', numeric: true }, { title: 'c', wide: true }],
      rows: [
        ['1', '2', '3'],
        ['4', '5', '6'],
      ],
      marked: 1,
    });
    const [box] = findAll(main, 'div');
    expect(box?.attributes).toMatchObject({ role: 'region', tabindex: '0', 'aria-label': 'C' });
    expect(findAll(main, 'td').map(cell => cell.attributes['class'])).toEqual(['number', 'wide', 'number', 'wide']);
    expect(findAll(main, 'tr').map(row => row.attributes['class'])).toEqual([undefined, undefined, 'marked']);
    expect(findAll(main, 'th').map(cell => cell.attributes['scope'])).toEqual(['col', 'col', 'col', 'row', 'row']);
  });

  test('code keeps its lines and its signs', () => {
    const text = 'a\n  <b> & "c"\n\n# d';
    expect(findAll(render({ type: 'code', text }), 'pre').map(textOf)).toEqual([text]);
  });

  test('a figure is drawn in the page and takes its colours', () => {
    const drawing = {
      width: 30,
      height: 20,
      title: 'A <picture>',
      description: 'Shows & tells.',
      shapes: [{ type: 'rect', x: 1, y: 1, width: 5, height: 5, fill: 'accent' }],
    } as const;
    const main = render({ type: 'figure', id: 'one', drawing, caption: 'Under <it>', file: 'one.png' });
    const [svg] = findAll(main, 'svg');
    expect(svg?.attributes['viewBox']).toBe('0 0 30 20');
    expect(findAll(main, 'figcaption').map(textOf)).toEqual(['Under <it>']);
    expect(findAll(main, 'title').map(textOf)).toEqual(['A <picture>']);
    const fills = findAll(main, 'rect').map(rect => rect.attributes['style']);
    expect(fills).toEqual(['fill:var(--plot-paper,#ffffff)', 'fill:var(--plot-accent,#0b5394)']);
  });

  test('a callout is a note', () => {
    const main = render({ type: 'callout', tone: 'bad', content: [{ strong: 'No:' }, ' <x>'] });
    const note = findAll(main, 'p').find(one => one.attributes['role'] === 'note');
    expect(note?.attributes['class']).toBe('callout bad');
    expect(note && textOf(note)).toBe('No: <x>');
  });
});

describe('the style', () => {
  test('is balanced and cannot end its element', () => {
    expect(STYLE.match(/\{/g)).toHaveLength(STYLE.match(/\}/g)?.length ?? 0);
    expect(STYLE).not.toContain('<');
    expect(STYLE).not.toMatch(/url\(|@import|expression/);
  });

  test('gives every colour that it uses in both schemes', () => {
    const [light = '', dark = ''] = [...STYLE.matchAll(/:root\{([^}]*)\}/g)].map(match => match[1]);
    const used = new Set([...STYLE.matchAll(/var\((--[\w-]+)\)/g)].map(match => match[1] ?? ''));
    expect(used.size).toBeGreaterThan(6);
    for (const name of used) {
      expect(light, name).toContain(`${name}:`);
      expect(dark, name).toContain(`${name}:`);
    }
  });
});

describe('the strict reader of these tests', () => {
  test.each([
    ['an element that is not closed', '<p><b>x</p>'],
    ['an end without a beginning', 'x</p>'],
    ['an element that stays open', '<div><p>x</p>'],
    ['a bare ampersand', '<p>a & b</p>'],
    ['an entity that XML does not know', '<p>&nbsp;</p>'],
    ['a bare bracket', '<p>1 < 2</p>'],
    ['an attribute without quotes', '<p class=x>y</p>'],
    ['an attribute twice', '<p class="a" class="b">y</p>'],
    ['a bracket in an attribute', '<p title="<b>">y</p>'],
    ['an id twice', '<p id="a">x</p><p id="a">y</p>'],
    ['a control sign', '<p>\u0007</p>'],
    ['half a surrogate pair', '<p>\ud800</p>'],
    ['a comment', '<!-- x -->'],
  ])('refuses %s', (_, source) => {
    expect(() => readMarkup(source)).toThrow();
  });

  test('reads what is right', () => {
    const root = readMarkup('<!doctype html>\n<div id="a" title="&lt;&amp;&quot;"><br><p>x &#39;y&#39;</p><i/></div>');
    expect(findAll(root, 'div')[0]?.attributes).toEqual({ id: 'a', title: '<&"' });
    expect(findAll(root, 'p').map(textOf)).toEqual(["x 'y'"]);
  });
});
