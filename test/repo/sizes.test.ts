import { describe, expect, test } from 'vitest';
import { lineAt, listFiles, readSource, type SyntaxNode, walk } from '../helpers/source.ts';

const FILE_LINES = 400;
const FUNCTION_LINES = 60;
const COMMAND_LINES = 100;
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

const sources = [...listFiles('src', '.ts'), ...listFiles('scripts', '.ts'), ...listFiles('bench', '.ts')].map(
  readSource,
);

function lines(text: string): number {
  return text.trimEnd().split('\n').length;
}

function longFunctions(file: string, text: string, tree: SyntaxNode): string[] {
  const found: string[] = [];
  walk(tree, node => {
    if (!FUNCTIONS.has(node.type)) return;
    const length = lineAt(text, node.end) - lineAt(text, node.start) + 1;
    if (length > FUNCTION_LINES) found.push(`${file}:${lineAt(text, node.start)} has a function of ${length} lines`);
  });
  return found;
}

describe('sizes', () => {
  test(`no file is longer than ${FILE_LINES} lines`, () => {
    expect(
      sources.filter(({ text }) => lines(text) > FILE_LINES).map(({ path, text }) => `${path}: ${lines(text)}`),
    ).toEqual([]);
  });

  test(`no function is longer than ${FUNCTION_LINES} lines`, () => {
    expect(sources.flatMap(({ path, text, tree }) => longFunctions(path, text, tree))).toEqual([]);
  });

  test(`no command is longer than ${COMMAND_LINES} lines`, () => {
    const commands = sources.filter(({ path }) => path.startsWith('src/commands/'));
    expect(commands.length).toBeGreaterThan(0);
    expect(
      commands.filter(({ text }) => lines(text) > COMMAND_LINES).map(({ path, text }) => `${path}: ${lines(text)}`),
    ).toEqual([]);
  });

  test('the tests are at least as long as the code', () => {
    const total = (files: string[]) => files.reduce((sum, file) => sum + lines(readSource(file).text), 0);
    expect(total(listFiles('test', '.ts'))).toBeGreaterThanOrEqual(total(listFiles('src', '.ts')));
  });
});
