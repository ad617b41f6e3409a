import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { parseTemplate } from '../../../src/lib/config/interpolate/template.ts';
import { renderTemplate, yamlScalar } from '../../../src/lib/project/render-template.ts';

function render(text: string, values: Record<string, string | number | boolean | undefined> = {}, others = {}): string {
  const files: Record<string, string> = { main: text, ...others };
  return renderTemplate('main', values, { read: file => files[file] ?? missing(file) });
}

function missing(file: string): never {
  throw new Error(`no ${file}`);
}

describe('renderTemplate', () => {
  test('puts values in, as text and as YAML', () => {
    expect(render('a {{x}} b {{x|yaml}}\n', { x: 'one: two' })).toBe('a one: two b "one: two"\n');
  });

  test('an answer is no reference: the loader of the project file gives its text back', () => {
    expect(render('a: {{x|yaml}}\n', { x: '${env.HOME}' })).toBe('a: "$${env.HOME}"\n');
    const anything = fc.array(fc.constantFrom('$', '{', '}', '${', 'a', ':-', '"', '\\')).map(parts => parts.join(''));
    fc.assert(
      fc.property(anything, text => {
        const written = load(render('{{x|yaml}}', { x: text }));
        expect(parseTemplate(String(written)).join('')).toBe(text);
      }),
    );
  });

  test('leaves the expressions of GitHub Actions alone', () => {
    expect(render('${{ vars.X }} ${{x}}', { x: 1 })).toBe('${{ vars.X }} ${{x}}');
  });

  test('keeps or drops blocks, nested ones too, without a blank line in their place', () => {
    const text =
      'a\n{{#if x}}\nb\n{{#if y}}\nc\n{{else}}\nd\n{{/if}}\n{{else}}\ne\n{{#if y}}\nf\n{{/if}}\n{{/if}}\ng\n';
    expect(render(text, { x: true, y: false })).toBe('a\nb\nd\ng\n');
    expect(render(text, { x: true, y: true })).toBe('a\nb\nc\ng\n');
    expect(render(text, { x: '', y: true })).toBe('a\ne\nf\ng\n');
    expect(render(text, { x: undefined, y: false })).toBe('a\ne\ng\n');
  });

  test('knows negation and equality', () => {
    expect(render('{{#if !x}}\na\n{{/if}}\n{{#if y=two}}\nb\n{{/if}}\n', { x: false, y: 'two' })).toBe('a\nb\n');
    expect(render('{{#if !x}}\na\n{{/if}}\n{{#if y=two}}\nb\n{{/if}}\n', { x: 1, y: 'three' })).toBe('');
    expect(render('{{#if !x=two}}\na\n{{/if}}\n', { x: 'one' })).toBe('a\n');
  });

  test('includes another file with the indentation of the line, placeholders in its path resolved', () => {
    const others = { 'imdb/part': 'a: {{n}}\n\nb:\n  c: 1\n' };
    expect(render('top:\n  {{> {{t}}/part}}\nend\n', { t: 'imdb', n: 5 }, others)).toBe(
      'top:\n  a: 5\n\n  b:\n    c: 1\nend\n',
    );
  });

  test('does not read a file that a false block would include', () => {
    expect(render('{{#if x}}\n{{> nowhere}}\n{{/if}}\na\n', { x: false })).toBe('a\n');
  });

  test.each([
    ['{{typo}}', 'typo'],
    ['{{#if typo}}\n{{/if}}', 'typo'],
    ['{{#if !}}\n{{/if}}', 'not a condition'],
    ['{{#if x}}', 'without {{/if}}'],
    ['{{/if}}', 'without {{#if}}'],
    ['{{else}}', 'without {{#if}}'],
    ['{{unset}}', 'no value'],
  ])('%j is a mistake of the template', (text, complaint) => {
    expect(() => render(text, { x: true, unset: undefined })).toThrow(complaint);
  });
});

describe('yamlScalar', () => {
  test('writes ordinary names as they are', () => {
    for (const name of ['imdb', 'my-project', 'localhost:9092', 'http://mlflow:5000/x', 'gs://b/c', 'a.b@c+d']) {
      expect(yamlScalar(name)).toBe(name);
    }
  });

  test('any text reads back as itself with both parsers, in a block and inside braces', () => {
    const tricky = fc.constantFrom(
      'null',
      'Yes',
      'off',
      '1e3',
      '0x10',
      '~',
      '',
      ' a',
      'a ',
      'a: b',
      'a #b',
      '- a',
      '${x}',
      '{a}',
      "it's",
      '"',
      '\\',
      '\n',
      '=',
      '<<',
      '.inf',
      '2001-01-01',
      'a:',
      'y',
      'a,b',
      '\u2028',
      '\u0085',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          tricky,
          fc.string({ unit: 'grapheme' }),
          fc.string({ unit: 'binary' }).map(text => text.toWellFormed()),
        ),
        text => {
          for (const source of [`k: ${yamlScalar(text)}\n`, `k: { a: ${yamlScalar(text)}, b: 1 }\n`]) {
            const wanted = source.startsWith('k: {') ? { k: { a: text, b: 1 } } : { k: text };
            expect(load(source)).toEqual(wanted);
            expect(parseDocument(source).toJS()).toEqual(wanted);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('keeps numbers and booleans what they are', () => {
    expect([yamlScalar(8081), yamlScalar(true)]).toEqual(['8081', 'true']);
  });
});
