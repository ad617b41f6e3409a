import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toCsv } from '../../../../src/cli/output/formats/csv.ts';
import { toJson } from '../../../../src/cli/output/formats/json.ts';
import { escapeMarkdown, toMarkdown } from '../../../../src/cli/output/formats/markdown.ts';
import { toYaml } from '../../../../src/cli/output/formats/yaml.ts';

const table = (keys: readonly string[], rows: readonly (readonly unknown[])[]) => ({
  columns: keys.map(key => ({ key, title: key.toUpperCase() })),
  rows,
});

/** RFC 4180, read by the letter. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [all = '', quoted, plain = '', end = ''] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
    if (all === '') throw new Error(`not RFC 4180: ${JSON.stringify(rest)}`);
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    rest = rest.slice(all.length);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('csv', () => {
  test('reads back as it was, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string()), { maxLength: 5 }), rows => {
        expect(readCsv(toCsv(table(['a', 'b'], rows)))).toEqual([['a', 'b'], ...rows]);
      }),
    );
  });

  test('data is not changed for the sake of spreadsheets', () => {
    expect(toCsv(table(['a'], [['=1+1'], ['@x'], ['-5'], ['+1']]))).toBe('a\r\n=1+1\r\n@x\r\n-5\r\n+1\r\n');
  });

  test('nothing is empty, an object is JSON, a date is ISO', () => {
    expect(toCsv(table(['a', 'b', 'c', 'd'], [[null, undefined, { x: 1 }, new Date(0)]]))).toBe(
      'a,b,c,d\r\n,,"{""x"":1}",1970-01-01T00:00:00.000Z\r\n',
    );
  });
});

describe('yaml', () => {
  test.for([
    'yes',
    'No',
    'null',
    '~',
    'on',
    '1',
    '1.0',
    '1e3',
    '0x1f',
    '0o7',
    '1_000',
    '2026-01-01',
    '12:30:45',
    ': x',
    'a: b',
    'a #b',
    '#x',
    '- x',
    '',
    ' x',
    'x ',
    '*a',
    '&a',
    '!t',
    '%x',
    '@x',
    '`x',
    '"',
    "'",
    'multi\nline\n',
    'tab\there',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\x7f',
    'é日本👨‍👩‍👧',
    '{a: b}',
    '[x]',
    '.inf',
    '=',
    '<<',
    'true ',
    'y',
    '---',
    '...',
    '? x',
    'E0',
    'e-19',
    '|',
    '>',
  ])('the text %j stays text for readers of YAML 1.1 and 1.2', text => {
    const value = { [text]: text, list: [text, { key: text }] };
    expect(parse(toYaml(value))).toEqual(value);
    expect(parse(toYaml(value), { version: '1.1' })).toEqual(value);
    expect(load(toYaml(value))).toEqual(value);
  });

  test('any JSON reads back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), value => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        fc.pre(!JSON.stringify(plain).includes('"__proto__"'));
        expect(parse(toYaml(plain), { version: '1.1' })).toEqual(plain);
        expect(load(toYaml(plain))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test('is what a person would write', () => {
    expect(toYaml({ a: 1, b: { c: [] }, d: [{ e: 'x', f: {} }, ['g']], h: 'two words', i: 'gs://x' })).toBe(
      ['a: 1', 'b:', '  c: []', 'd:', '  - e: x', '    f: {}', '  - - g', 'h: two words', 'i: "gs://x"', ''].join('\n'),
    );
  });
});

describe('markdown', () => {
  test('a pipe, a line break or a tag in the data does not break the table', () => {
    expect(toMarkdown(table(['a'], [['x|y'], ['a\\|b'], ['1\n2'], ['<b>&'], [null]]))).toBe(
      ['| A |', '| --- |', '| x\\|y |', '| a\\\\\\|b |', '| 1<br>2 |', '| &lt;b&gt;&amp; |', '|  |', ''].join('\n'),
    );
    expect(escapeMarkdown('*not bold* `nor code`')).toBe('\\*not bold\\* \\`nor code\\`');
  });
});

test('a big integer is a number while it is exact, and text beyond', () => {
  expect(toJson({ a: 5n, b: 2n ** 60n })).toBe('{"a":5,"b":"1152921504606846976"}');
  expect(toJson(undefined)).toBe('null');
});
