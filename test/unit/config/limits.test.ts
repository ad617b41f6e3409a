import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import { parseTemplate, TemplateError } from '../../../src/lib/config/interpolate/template.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { parseDocument } from '../../../src/lib/config/parse/parse-document.ts';
import { parseValues } from '../../../src/lib/config/parse/parse-values.ts';
import { formatPath, parsePath } from '../../../src/lib/config/path.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { failure, request, tempProject } from './temp-project.ts';

function load(yaml: string, more: Parameters<typeof request>[1] = {}) {
  return loadProject(request(tempProject({ 'sentops.yaml': yaml }), more));
}

/** Each bound from both sides: what lies below it works, what lies above it ends in one clear error. */
describe('bounds of a project file', () => {
  const nested = (depth: number) => `${'[ '.repeat(depth)}1${' ]'.repeat(depth)}`;

  test('brackets in brackets', async () => {
    expect(await parseValues(`cluster: { api: { x: ${nested(50)} } }\n`)).toBeDefined();
    expect((await parseDocument(`a: ${nested(101)}\n`, 'f')).problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^f:1:\d+: values are nested more than 100 levels deep/),
    ]);
    const error = await failure(load(`cluster: { api: { x: ${nested(70)} } }\n`));
    expect(error.message).toBe('cluster.api.x… is nested more than 64 levels deep');
  });

  test('aliases', async () => {
    const yaml = (count: number) => `a: &a 1\nb: [${Array(count).fill('*a').join(', ')}]\n`;
    expect(await parseValues(yaml(100))).toMatchObject({ b: Array(100).fill(1) });
    expect((await parseDocument(yaml(101), 'f')).problems[0]?.message).toBe('more than 100 aliases (*name) are used');
  });

  test('a chain of references', async () => {
    const chain = (length: number) =>
      `variables: { v0: end, ${Array.from({ length }, (_, i) => `v${i + 1}: "\${var.v${i}}"`).join(', ')} }\nproject: { name: "\${var.v${length}}" }\n`;
    expect((await load(chain(90))).config.project.name).toBe('end');
    const error = await failure(load(chain(120)));
    expect([error.code, error.message]).toEqual([
      'CONFIG_REFERENCE',
      expect.stringContaining('more than 100 references lead from one to the next'),
    ]);
  });

  test('a text that doubles at each step', async () => {
    const doubling = (steps: number) =>
      `variables: { v0: "${'x'.repeat(16)}", ${Array.from({ length: steps }, (_, i) => `v${i + 1}: "\${var.v${i}}\${var.v${i}}"`).join(', ')} }\nproject: { name: "\${var.v${steps}}" }\n`;
    expect((await load(doubling(10))).config.project.name).toHaveLength(16 * 1024);
    expect((await failure(load(doubling(20)))).message).toContain('a text of more than 1048576 characters');
  });

  test('a list that doubles at each step', async () => {
    const doubling = (steps: number) =>
      `variables: { v0: { default: [1, 2] }, ${Array.from({ length: steps }, (_, i) => `v${i + 1}: { default: ["\${var.v${i}}", "\${var.v${i}}"] }`).join(', ')} }\ncluster: { api: { x: "\${var.v${steps}}" } }\n`;
    const { config } = await load(doubling(5));
    expect(JSON.stringify(config.cluster.api).match(/1/g)).toHaveLength(32);
    expect((await failure(load(doubling(20)))).message).toContain('expand to more than 100000 values');
  });

  test('defaults in defaults', () => {
    const nest = (depth: number) => `${'${env.A:-'.repeat(depth)}x${'}'.repeat(depth)}`;
    expect(parseTemplate(nest(20))).toHaveLength(1);
    expect(() => parseTemplate(nest(21))).toThrow(TemplateError);
  });

  test('two thousand lines of mistakes are judged in one go, each line once', async () => {
    const lines = Array.from({ length: 2_000 }, (_, index) => `  key${index}: 1`).join('\n');
    const { problems } = await validateProject(request(tempProject({ 'sentops.yaml': `train:\n${lines}\n` })));
    expect(problems).toHaveLength(2_000);
    expect(problems[1_999]?.place?.line).toBe(2_001);
  });
});

describe('a syntax error', () => {
  test.each([
    ['project: { name: ${var.x} }\n', '1:18: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")'],
    ['train:\n  models: [ ${var.a}, ${var.b} ]\n', '2:13: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")'],
    ['project:\n  name: "abc\n  id: x\n', '2:9: a quote is opened here and never closed (close the quote)'],
    [
      'train: { seed: 1\nserve: {}\n',
      '2:1: a { or [ is opened above and not closed before this line (close it with } or ])',
    ],
    [
      'train:\n  seed: 1\n maxRows: 2\n',
      '3:1: the indentation does not fit the lines above (align this line with the keys of its block)',
    ],
    ['project:\n  name: a: b\n', '2:9: a second "key: value" in one line (quote the value if it contains ": ")'],
    ['project:\n  name: @x\n', '2:9: a value cannot start with @ (quote the value)'],
    ['a: 1\n---\nb: 2\n', '2:1: a second document starts here (keep one document in the file)'],
    ['a: *nope\n', '1:4: *nope refers to no anchor above it (write &nope before the value that it means)'],
    ['a: &a [*a]\n', '1:8: *a contains itself (write the value out)'],
    ['a: !x 1\n', '1:4: tags (!name) are not used in a project file (remove the tag)'],
    ['[a]: 1\n', '1:1: a key must be a plain word, not a list or a map (quote it if it is meant as text)'],
    ['<<: {}\n', '1:1: merge keys (<<) are not part of YAML 1.2 (use include, targets or variables to share values)'],
    ['__proto__: 1\n', '1:1: the key "__proto__" is not allowed (remove it)'],
    ['a: .inf\n', '1:4: .inf is not a number that can be used (give a finite number)'],
    [
      'a: 99999999999999999999\n',
      '1:4: the number 99999999999999999999 is too big to be kept exactly (quote it to keep its digits)',
    ],
    ['a: "\\q"\n', '1:5: an unknown escape inside double quotes (write \\\\ for a backslash, or use single quotes)'],
  ])('in %j says where and what to do', async (text, said) => {
    const { problems } = await parseDocument(text, 'f.yaml');
    expect(problems.map(formatProblem)[0]).toBe(`f.yaml:${said}`);
    expect(await parseValues(text)).toBeUndefined();
  });
});

describe('several syntax errors', () => {
  test('in lines of their own are all told', async () => {
    const { problems } = await parseDocument('a: "\\q"\nb: 1\nc: "\\z"\nd: @x\n', 'f');
    expect(problems.map(({ place }) => place?.line)).toEqual([1, 3, 4]);
  });

  test('that are leftovers of the first are not', async () => {
    const { problems } = await parseDocument('train: {\nseed: 1\n}\n', 'f');
    expect(problems.map(({ place }) => place?.line)).toEqual([2]);
  });
});

test('what has been resolved is data: an escaped reference in it is not followed a second time', async () => {
  const yaml = `variables: { m: { default: { k: "$\${x}" } } }
cluster: { api: { m: "\${var.m}" } }
project: { name: "\${cluster.api.m.k}" }
`;
  expect((await load(yaml)).config.project.name).toBe('${x}');
});

describe('paths', () => {
  test.each([
    ['a.b', ['a', 'b']],
    ['a[0].b', ['a', '0', 'b']],
    ['a."b.c".d', ['a', 'b.c', 'd']],
    ["a.'b.c'", ['a', 'b.c']],
    ['a["b.c"]', ['a', 'b.c']],
    ['a."say \\"hi\\""', ['a', 'say "hi"']],
    ['cluster.properties."spark:x.y"', ['cluster', 'properties', 'spark:x.y']],
  ])('%s is %j', (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(parsePath(formatPath(path))).toEqual(path);
  });

  test.each(['', '.', '.a', 'a..b', 'a.', 'a[', 'a[]', 'a]', '"a', 'a b"'])('%j is none', text => {
    expect(() => parsePath(text)).toThrow('is not the path of a configuration value');
  });
});
