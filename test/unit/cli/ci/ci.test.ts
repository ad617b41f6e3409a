import { describe, expect, test } from 'vitest';
import { annotate, annotateFailure } from '../../../../src/cli/ci/annotate.ts';
import { OUTPUT_NAMES } from '../../../../src/cli/ci/outputs.ts';
import { dotenvLine, githubOutput, publish } from '../../../../src/cli/ci/publish.ts';
import { describeResult } from '../../../../src/cli/ci/summary.ts';
import { describeError } from '../../../../src/cli/failure.ts';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { listFiles, readSource, type SyntaxNode, walk } from '../../../helpers/source.ts';

describe('annotations', () => {
  test('percent signs and line breaks are escaped in the message, also colons and commas in properties', () => {
    const place = { file: 'a,b:c%.yaml', line: 3, column: 4 };
    expect(annotate({ level: 'error', message: '50% of: a,b\r\nis lost', place }, {}, '/x')).toBe(
      '::error file=a%2Cb%3Ac%25.yaml,line=3,col=4::50%25 of: a,b%0D%0Ais lost\n',
    );
  });

  test('a message cannot start a command of its own', () => {
    expect(annotate({ level: 'error', message: 'x\n::set-output name=a::b' }, {}, '/x').split('\n')).toHaveLength(2);
  });

  test('the file is named as seen from the top of the workspace', () => {
    const at = (file: string, cwd: string) =>
      annotate({ level: 'warning', message: 'm', place: { file, line: 1 } }, { GITHUB_WORKSPACE: '/w' }, cwd);
    expect(at('/w/sub/sentops.yaml', '/w/sub')).toBe('::warning file=sub/sentops.yaml,line=1::m\n');
    expect(at('sentops.yaml', '/w/sub')).toBe('::warning file=sub/sentops.yaml,line=1::m\n');
    expect(at('/etc/x', '/w')).toBe('::warning file=/etc/x,line=1::m\n');
  });

  test('ten problems at most, as GitHub shows no more; warnings are none', () => {
    const problems = Array.from({ length: 15 }, (_, line) => ({ message: `p${line}`, place: { file: 'f', line } }));
    const failure = describeError(
      new SentopsError('CONFIG_INVALID', 'm', {
        details: { problems: [{ message: 'w', severity: 'warning' }, ...problems] },
      }),
    );
    const lines = annotateFailure(failure, {}, '/').trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain('::p0');
  });
});

describe('outputs', () => {
  test('a delimiter is never the same twice', () => {
    const delimiters = new Set(Array.from({ length: 50 }, () => githubOutput('a', '1\n2').split('\n')[0]));
    expect(delimiters.size).toBe(50);
  });

  test('a lone carriage return is a line break too', () => {
    expect(githubOutput('a', 'x\rb=2')).toMatch(/^a<<sentops_/);
    expect(dotenvLine('model-version', 'a\r\nb')).toBe('MODEL_VERSION=a\\nb\n');
  });

  test('a name that nobody declared is reported, not written', () => {
    expect(publish({ title: 't', outputs: { 'no-such': 1 } as never }, {}, true)).toEqual([
      'no-such is no declared output name',
    ]);
  });

  test('every declared name has a meaning, a GitHub form and a dotenv form of its own', () => {
    const names = Object.keys(OUTPUT_NAMES);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const meaning of Object.values(OUTPUT_NAMES)) expect(meaning).toMatch(/\w+ \w+/);
    expect(new Set(names.map(name => dotenvLine(name, ''))).size).toBe(names.length);
  });

  test('commands hand out declared names only', () => {
    for (const file of listFiles('src/commands', '.ts')) {
      for (const name of outputNamesIn(readSource(file).tree))
        expect(Object.keys(OUTPUT_NAMES), `${file} uses ${name}`).toContain(name);
    }
  });
});

/** The keys of object literals inside a method called `outputs`. */
function outputNamesIn(tree: SyntaxNode): string[] {
  const names: string[] = [];
  walk(tree, node => {
    if (node.type !== 'MethodDefinition' || nameOf(node['key']) !== 'outputs') return;
    walk(node, inner => {
      if (inner.type === 'ObjectExpression')
        for (const property of inner['properties'] as SyntaxNode[]) names.push(nameOf(property['key']) ?? '...');
    });
  });
  return names.filter(name => name !== '...');
}

function nameOf(key: unknown): string | undefined {
  const node = key as { readonly name?: string; readonly value?: string } | undefined;
  return node?.name ?? node?.value;
}

test('the scan for output names sees them: it would notice an undeclared one', async () => {
  const { parseAst } = await import('rolldown/parseAst');
  const tree = parseAst(
    'class A { outputs(r) { return { "job-id": r.id, accuracy: 1, ...x } } }',
  ) as unknown as SyntaxNode;
  expect(outputNamesIn(tree)).toEqual(['job-id', 'accuracy']);
});

describe('summaries', () => {
  test('plain values and short lists, nothing nested and nothing empty', () => {
    expect(describeResult({ a: 1, b: null, c: { d: 1 }, e: ['x', 'y'], f: [{ g: 1 }], h: [] }, undefined)).toBe(
      '| name | value |\n| --- | --- |\n| a | 1 |\n| e | ["x","y"] |\n',
    );
    expect(describeResult({ a: {} }, undefined)).toBe('');
  });

  test('a hundred rows of a list, and how many more there are', () => {
    const text = describeResult({ items: Array.from({ length: 130 }, (_, id) => ({ id })) }, undefined);
    expect(text).toContain('| 99 |');
    expect(text).not.toContain('| 100 |');
    expect(text).toContain('and 30 more.');
    expect(describeResult({ items: [] }, undefined)).toBe('No rows.');
  });
});
