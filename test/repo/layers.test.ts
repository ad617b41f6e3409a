import { describe, expect, test } from 'vitest';
import { findCycles, judgeEdge } from '../helpers/layers.ts';
import { type ImportEdge, listFiles, readImports, readSource } from '../helpers/source.ts';

const edges = listFiles('src', '.ts').flatMap(file => readImports(readSource(file)));

function edge(from: string, to: string, how: Partial<ImportEdge> = {}): ImportEdge {
  return { from, to, external: !to.startsWith('src/'), typeOnly: false, dynamic: false, ...how };
}

describe('who may touch whom', () => {
  test('every import in src is allowed', () => {
    expect(edges.length).toBeGreaterThan(50);
    expect(edges.map(judgeEdge).filter(Boolean)).toEqual([]);
  });

  test('there is no import cycle, type imports included', () => {
    expect(findCycles(edges)).toEqual([]);
  });

  test('every relative import names a file that exists', () => {
    const files = new Set([...listFiles('src', '.ts'), 'package.json']);
    expect(
      edges.filter(({ external, to }) => !external && !files.has(to)).map(({ from, to }) => `${from} → ${to}`),
    ).toEqual([]);
  });
});

/** The rules judge made-up edges: a rule that lets these through guards nothing. */
describe('the rules themselves', () => {
  test.each([
    ['a command imports a library value', edge('src/commands/train.ts', 'src/lib/learn/linear.ts')],
    ['a command imports the file system', edge('src/commands/train.ts', 'node:fs')],
    ['a command imports another command', edge('src/commands/train.ts', 'src/commands/tune.ts')],
    ['a command imports an SDK lazily', edge('src/commands/train.ts', 'execa', { dynamic: true })],
    ['a command imports a value of the framework', edge('src/commands/train.ts', '@oclif/core')],
    ['cli imports a room beyond core and config', edge('src/cli/base-command.ts', 'src/lib/jobs/submit.ts')],
    ['lib imports cli', edge('src/lib/jobs/submit.ts', 'src/cli/flags.ts')],
    ['lib imports a type of cli', edge('src/lib/jobs/submit.ts', 'src/cli/flags.ts', { typeOnly: true })],
    ['text imports node:', edge('src/lib/text/tokenise.ts', 'node:fs')],
    ['learn imports core', edge('src/lib/learn/linear.ts', 'src/lib/core/errors.ts', { typeOnly: true })],
    ['a heavy package outside its folder', edge('src/lib/jobs/submit.ts', 'execa', { dynamic: true })],
    ['a heavy package at the top of its own folder', edge('src/cli/progress/spinner.ts', 'ora')],
    ['a package that nobody owns', edge('src/lib/core/uri.ts', 'lodash')],
    ['stream reaches into storage', edge('src/lib/stream/loop.ts', 'src/lib/storage/file.ts')],
  ])('refuse: %s', (_title, bad) => {
    expect(judgeEdge(bad)).toMatch(/imports/);
  });

  test.each([
    [
      'a command imports a library value lazily',
      edge('src/commands/train.ts', 'src/lib/learn/linear.ts', { dynamic: true }),
    ],
    ['a command imports a library type', edge('src/commands/train.ts', 'src/lib/jobs/types.ts', { typeOnly: true })],
    ['a command imports a type of the framework', edge('src/commands/train.ts', '@oclif/core', { typeOnly: true })],
    ['cli imports config', edge('src/cli/base-command.ts', 'src/lib/config/load.ts')],
    [
      'stream imports a port type of storage',
      edge('src/lib/stream/loop.ts', 'src/lib/storage/types.ts', { typeOnly: true }),
    ],
    ['learn imports learn', edge('src/lib/learn/linear.ts', 'src/lib/learn/metrics.ts')],
  ])('allow: %s', (_title, good) => {
    expect(judgeEdge(good)).toBeUndefined();
  });

  test('a circle over a type import is found', () => {
    const circle = [
      edge('src/lib/a.ts', 'src/lib/b.ts'),
      edge('src/lib/b.ts', 'src/lib/c.ts', { typeOnly: true }),
      edge('src/lib/c.ts', 'src/lib/a.ts'),
    ];
    expect(findCycles(circle)).toEqual([['src/lib/a.ts', 'src/lib/b.ts', 'src/lib/c.ts', 'src/lib/a.ts']]);
    expect(findCycles(circle.slice(0, 2))).toEqual([]);
  });
});
