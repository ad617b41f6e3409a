import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import { MAX_DEPTH } from '../../../src/lib/config/parse/limits.ts';
import { parseDocument } from '../../../src/lib/config/parse/parse-document.ts';
import { parseValues } from '../../../src/lib/config/parse/parse-values.ts';

/** Texts that both parsers have to read alike: what YAML 1.1 and 1.2 part over, and what editors leave behind. */
const ACCEPTED: readonly (readonly [what: string, text: string, values: unknown])[] = [
  ['octal with 0o, and a leading zero that means nothing', 'a: 0o17\nb: 017\nc: 0x1F\n', { a: 15, b: 17, c: 31 }],
  ['yes, no, on and off are texts', 'a: yes\nb: no\nc: on\nd: off\n', { a: 'yes', b: 'no', c: 'on', d: 'off' }],
  ['three spellings of true', 'a: true\nb: True\nc: TRUE\nd: tRUE\n', { a: true, b: true, c: true, d: 'tRUE' }],
  ['dates and times stay texts', 'a: 2020-01-01\nb: 1:30\n', { a: '2020-01-01', b: '1:30' }],
  ['numbers with underscores are texts', 'a: 1_000\nb: 1e3\nc: +12\nd: .5\n', { a: '1_000', b: 1000, c: 12, d: 0.5 }],
  ['a number beyond all bounds is a text', 'a: 1e400\n', { a: '1e400' }],
  ['four spellings of null', 'a: ~\nb:\nc: null\nd: Null\n', { a: null, b: null, c: null, d: null }],
  ['keys become texts', '1: a\nnull: b\ntrue: c\n', { '1': 'a', null: 'b', true: 'c' }],
  ['an anchor used twice', 'a: &x { k: 1 }\nb: *x\nc: *x\n', { a: { k: 1 }, b: { k: 1 }, c: { k: 1 } }],
  ['an alias as a key', 'a: &x k\n*x : 2\n', { a: 'k', k: 2 }],
  ['a byte order mark', '\uFEFFa: 1\n', { a: 1 }],
  ['CRLF', 'a: 1\r\nb: "x"\r\nc: |\r\n  l1\r\n  l2\r\n', { a: 1, b: 'x', c: 'l1\nl2\n' }],
  ['lone carriage returns', 'a: 1\rb: 2\r', { a: 1, b: 2 }],
  ['no last line break', 'a: 1', { a: 1 }],
  ['nothing', '', {}],
  ['blank lines and comments', '\n  # nothing\n\n# here\n', {}],
  ['only a document start', '---\n', {}],
  ['a document between marks', '---\na: 1\n...\n', { a: 1 }],
  ['block texts', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', { a: 'x\ny\n', b: 'x y' }],
  ['tabs after a value', 'a: 1\t\nb: x\ty\n', { a: 1, b: 'x\ty' }],
  ['a core tag', 'a: !!str 1\n', { a: '1' }],
  ['keys that objects have by themselves', 'constructor: 1\ntoString: 2\n', { constructor: 1, toString: 2 }],
  [
    'references as texts',
    'a: ${var.x}\nb: "${c}-${d:-e}"\nc: gs://${var.b}-raw/\n',
    { a: '${var.x}', b: '${c}-${d:-e}', c: 'gs://${var.b}-raw/' },
  ],
  ['a quoted reference in braces', 'a: { b: "${var.x}" }\n', { a: { b: '${var.x}' } }],
];

/** Texts that both have to refuse, with what the user is told. */
const REFUSED: readonly (readonly [what: string, text: string, told: string])[] = [
  [
    'the same key twice',
    'a: 1\nb: 3\na: 2\n',
    'f.yaml:3:1: the key "a" is given twice (first in line 1) (keep one of them)',
  ],
  [
    'keys that are the same as texts',
    '1: a\n"1": b\n',
    'f.yaml:2:1: the key "1" is given twice (first in line 1) (keep one of them)',
  ],
  [
    'a merge key',
    'x: &x { a: 1 }\ny:\n  <<: *x\n',
    'f.yaml:3:3: merge keys (<<) are not part of YAML 1.2 (use include, targets or variables to share values)',
  ],
  ['a tab for indentation', 'a:\n\tb: 1\n', 'f.yaml:2:1: a tab is used for indentation (indent with spaces)'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'f.yaml:2:1: a second document starts here (keep one document in the file)'],
  [
    'an unquoted reference in braces',
    'a: { b: ${var.x} }\n',
    'f.yaml:1:9: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")',
  ],
  [
    'an unquoted reference in brackets',
    'a: [x, ${var.x}]\n',
    'f.yaml:1:8: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")',
  ],
  [
    'a reference inside a text in braces',
    'a: { b: gs://${var.x}/c }\n',
    'f.yaml:1:14: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")',
  ],
  ['infinity', 'a: .inf\n', 'f.yaml:1:4: .inf is not a number that can be used (give a finite number)'],
  ['not a number', 'a: .nan\n', 'f.yaml:1:4: .nan is not a number that can be used (give a finite number)'],
  [
    'digits that would be lost',
    'a: 12345678901234567890\n',
    'f.yaml:1:4: the number 12345678901234567890 is too big to be kept exactly (quote it to keep its digits)',
  ],
  ['a prototype', '__proto__: { a: 1 }\n', 'f.yaml:1:1: the key "__proto__" is not allowed (remove it)'],
  ['a tag of its own', 'a: !foo x\n', 'f.yaml:1:4: tags (!name) are not used in a project file (remove the tag)'],
  ['a binary tag', 'a: !!binary aGVs\n', 'f.yaml:1:4: tags (!name) are not used in a project file (remove the tag)'],
  [
    'a list as a key',
    '? [a, b]\n: 1\n',
    'f.yaml:1:3: a key must be a plain word, not a list or a map (quote it if it is meant as text)',
  ],
  [
    'two colons in a line',
    'a: b: c\n',
    'f.yaml:1:4: a second "key: value" in one line (quote the value if it contains ": ")',
  ],
  ['a reserved character', 'a: @x\n', 'f.yaml:1:4: a value cannot start with @ (quote the value)'],
  [
    'a quote that stays open',
    'a: 1\nb: "abc\nc: 1\n',
    'f.yaml:2:4: a quote is opened here and never closed (close the quote)',
  ],
  [
    'a brace that stays open',
    'a: { b: c\nd: 1\n',
    'f.yaml:2:1: a { or [ is opened above and not closed before this line (close it with } or ])',
  ],
  [
    'a line out of its block',
    'a:\n  b: 1\n c: 2\n',
    'f.yaml:3:1: the indentation does not fit the lines above (align this line with the keys of its block)',
  ],
  [
    'an alias without an anchor',
    'a: *x\n',
    'f.yaml:1:4: *x refers to no anchor above it (write &x before the value that it means)',
  ],
  ['a list that holds itself', 'a: &a [*a]\n', 'f.yaml:1:8: *a contains itself (write the value out)'],
  [
    'an unknown escape',
    'a: "\\q"\n',
    'f.yaml:1:5: an unknown escape inside double quotes (write \\\\ for a backslash, or use single quotes)',
  ],
];

describe('the quick and the thorough parser', () => {
  test.each(ACCEPTED)('agree on %s', async (_what, text, values) => {
    const document = await parseDocument(text, 'f.yaml');
    expect(document.problems).toEqual([]);
    expect(document.values).toEqual(values);
    expect((await parseValues(text)) ?? document.values).toEqual(values);
  });

  test.each(REFUSED)('both refuse %s', async (_what, text, told) => {
    expect(await parseValues(text)).toBeUndefined();
    expect((await parseDocument(text, 'f.yaml')).problems.map(formatProblem)).toEqual([told]);
  });

  test('only tags need the second look of a text that is right', async () => {
    const slow: string[] = [];
    for (const [what, text] of ACCEPTED) if ((await parseValues(text)) === undefined) slow.push(what);
    expect(slow).toEqual(['a core tag']);
  });
});

describe('several syntax errors', () => {
  test('are told in one go, each at its own place', async () => {
    const text = ['a: { b: ${var.x}, c: 1 }', 'q: [a ${x}, b]', 'c: @x', 'd: 1', 'd: 2', ''].join('\n');
    const { problems } = await parseDocument(text, 'f.yaml');
    expect(problems.map(problem => `${problem.place?.line}:${problem.place?.column} ${problem.message}`)).toEqual([
      '1:9 an unquoted ${…} inside { } or [ ]',
      '2:7 an unquoted ${…} inside { } or [ ]',
      '3:4 a value cannot start with @',
      '5:1 the key "d" is given twice (first in line 4)',
    ]);
  });

  test('an unquoted reference does not spoil the values around it', async () => {
    const { values } = await parseDocument('a: { b: ${var.x}, c: 1 }\nd: 2\n', 'f.yaml');
    expect(values).toEqual({ a: { b: '${var.x}', c: 1 }, d: 2 });
  });

  test('say from which line on the values are doubtful', async () => {
    expect((await parseDocument('a: 1\nb: @x\nc: 2\n', 'f.yaml')).brokenFrom).toBe(2);
    expect((await parseDocument('a: 1\na: 2\n', 'f.yaml')).brokenFrom).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('hostile texts', () => {
  const deep = `values are nested more than ${MAX_DEPTH} levels deep`;
  test.each([
    ['open brackets', '['.repeat(1_000_000)],
    ['closed brackets', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['braces', '{a: '.repeat(250_000)],
    ['hyphens', '- '.repeat(500_000)],
    ['indentation', Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('1 MB of nested %s is one located problem', async (_what, text) => {
    expect(await parseValues(text)).toBeUndefined();
    const { problems } = await parseDocument(text, 'f.yaml');
    expect(problems.map(problem => problem.message)).toEqual([deep]);
    expect(problems[0]?.place?.line).toBeGreaterThan(0);
  });

  test('a mistake before 1 MB of nesting is told without reading on', async () => {
    const { problems } = await parseDocument(`a: @\n${'['.repeat(1_000_000)}`, 'f.yaml');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.place).toEqual({ file: 'f.yaml', line: 1, column: 4 });
  });

  test('an anchor bomb is refused where it passes the bounds', async () => {
    const names = 'abcdefghij';
    const lines = [...names]
      .slice(1)
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${names[i]}`).join(', ')}]`);
    const text = ['a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]', ...lines].join('\n');
    expect(await parseValues(text)).toBeUndefined();
    const { problems } = await parseDocument(text, 'f.yaml');
    expect(problems.map(problem => problem.message)).toEqual(['anchors expand to more than 100000 values']);
  });

  test('more aliases than any project needs are refused', async () => {
    const text = `a: &a 1\nb: [${Array(200).fill('*a').join(', ')}]\n`;
    expect(await parseValues(text)).toBeUndefined();
    expect((await parseDocument(text, 'f.yaml')).problems[0]?.message).toBe('more than 100 aliases (*name) are used');
  });
});

describe('places', () => {
  const text = [
    '# comment',
    'train:',
    '  numFeatures: 10  # why',
    '  models:',
    '    - one',
    '    - "two"',
    'serve: { http: { port: 1 } }',
    'empty:',
    '',
  ].join('\n');
  test.each([
    [['train', 'numFeatures'], 'value', '3:16'],
    [['train', 'numFeatures'], 'key', '3:3'],
    [['train', 'models', '1'], 'value', '6:7'],
    [['serve', 'http', 'port'], 'value', '7:24'],
    [['serve', 'http', 'host'], 'value', '7:10'],
    [['empty'], 'value', '8:1'],
    [['nowhere'], 'value', '2:1'],
  ] as const)('%j, its %s: %s', async (path, part, place) => {
    const found = (await parseDocument(text, 'f.yaml')).place(path, part);
    expect(`${found.line}:${found.column}`).toBe(place);
  });

  test('a file knows what it says and what not', async () => {
    const document = await parseDocument(text, 'f.yaml');
    expect(document.has(['train', 'models', '1'])).toBe(true);
    expect(document.has(['train', 'models', '2'])).toBe(false);
    expect(document.has(['train', 'seed'])).toBe(false);
  });
});
