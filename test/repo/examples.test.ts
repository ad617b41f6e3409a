import { Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { type CommandDefinition, loadCommands } from '../../scripts/generate/commands.ts';
import { splitLine } from '../../src/cli/completion/words.ts';
import { ERRORS } from '../../src/lib/core/errors.ts';
import { SOURCES } from '../../src/lib/project/values.ts';

const commands = await loadCommands();
const examples = commands.flatMap(command => command.examples.map(example => ({ command, example })));

/** What of a line is ours: up to a pipe, a redirection or `&&`, behind assignments and `$(`. */
function ownPart(line: string): string {
  const start = line.indexOf('sentops ');
  const own = line.slice(Math.max(0, start));
  return own.split(/\s(?:\||&&|>|>>|2>)\s|\)(?:\s|$)/)[0] ?? own;
}

async function parseExample(command: CommandDefinition, line: string): Promise<void> {
  const words = splitLine(ownPart(line)).filter(word => word !== '');
  const id = command.id.split(' ');
  expect(words[0]).toBe('sentops');
  expect(words.slice(1, 1 + id.length)).toEqual(id);
  const rest = words.slice(1 + id.length);
  const cut = rest.indexOf('--') === -1 ? rest.length : rest.indexOf('--');
  const flags = { ...command.globalFlags, ...command.flags } as Parameters<typeof Parser.parse>[1]['flags'];
  const args = command.args as Parameters<typeof Parser.parse>[1]['args'];
  await Parser.parse(rest.slice(0, cut), { flags: flags ?? {}, args: args ?? {}, strict: true });
}

describe('what help shows can be typed', () => {
  test('every command has a summary that ends with a full stop, and at least one example unless it is hidden', () => {
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter(({ summary }) => !/^[A-Z].*\.$/.test(summary)).map(({ id }) => id)).toEqual([]);
    expect(commands.filter(({ hidden, examples }) => !hidden && examples.length === 0).map(({ id }) => id)).toEqual([]);
  });

  test.each(examples.map(({ command, example }) => [example, command] as const))('%s', async (example, command) => {
    for (const line of example.split('\n').filter(text => text.includes('sentops '))) await parseExample(command, line);
  });

  test('commands that the error table tells to run exist', () => {
    const told = Object.values(ERRORS).flatMap(({ hint }) =>
      [...hint.matchAll(/sentops ([a-z]+(?: [a-z]+)*)/g)].map(match => match[1] ?? ''),
    );
    expect(told.length).toBeGreaterThan(2);
    const known = (line: string) => commands.some(({ id }) => line === id || line.startsWith(`${id} `));
    expect(told.filter(line => !known(line))).toEqual([]);
  });

  test('every source of completion names a flag or argument that is there', () => {
    const keys = new Set(
      commands.flatMap(({ id, args, flags, globalFlags }) => [
        ...Object.keys({ ...flags, ...globalFlags }).map(flag => `flag:${flag}`),
        ...Object.keys(args).map(arg => `${id}:${arg}`),
      ]),
    );
    expect(Object.keys(SOURCES).filter(key => !keys.has(key))).toEqual([]);
  });

  test('an example with a flag that is not there would be found', async () => {
    const [command] = commands.filter(({ id }) => id === 'version');
    if (!command) throw new Error('no version command');
    await expect(parseExample(command, 'sentops version --bogus')).rejects.toThrow(/Nonexistent flag/);
    await expect(parseExample(command, 'sentops version extra')).rejects.toThrow(/Unexpected argument/);
  });
});
