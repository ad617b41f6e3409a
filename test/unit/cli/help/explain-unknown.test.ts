import type { Interfaces } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { explainUnknown } from '../../../../src/cli/help/explain-unknown.ts';

const ids = [
  'version',
  'config:show',
  'config:validate',
  'plugin:create',
  'plugins',
  'plugins:install',
  'secret:command',
];
const commands = ids.map(id => ({ id, hidden: id.startsWith('secret') }));
const config = { bin: 'sentops', commands } as unknown as Interfaces.Config;
const explain = (typed: string) => {
  const { code, message, hint, details } = explainUnknown(typed.replaceAll(' ', ':'), config);
  return { code, message, hint, details };
};

describe('words that name no command', () => {
  it.each([
    ['versoin', 'version'],
    ['confg', 'config'],
    ['config shw', 'config show'],
    ['confg show', 'config show'],
    ['config validat', 'config validate'],
    ['plugins instal', 'plugins install'],
    ['configg something else', 'config'],
  ])('%s: did you mean %s', (typed, meant) => {
    expect(explain(typed)).toMatchObject({
      code: 'COMMAND_UNKNOWN',
      message: `no such command: ${typed}`,
      hint: `did you mean: sentops ${meant}`,
      details: { command: typed, suggestion: meant },
    });
  });

  it('are pointed to the help of the topic that they begin with', () => {
    expect(explain('config xyzzy').hint).toBe('run: sentops config --help');
    expect(explain('xyzzy').hint).toBe('run: sentops --help');
    expect(explain('xyzzy').details).toEqual({ command: 'xyzzy' });
  });

  it('are an argument too many where they follow a command that takes none', () => {
    expect(explain('version now please')).toMatchObject({
      code: 'USAGE',
      message: 'version takes no arguments, but was given: now please',
      hint: 'run: sentops version --help',
    });
  });

  it('never reveal a hidden command', () => {
    expect(explain('secret comand').details).not.toHaveProperty('suggestion');
  });

  it('flags without a command were once told as a command of that name', () => {
    expect(explain('--json')).toEqual({
      code: 'USAGE',
      message: 'no command is named before --json',
      hint: 'name the command first: sentops COMMAND --json; sentops --help lists them',
      details: {},
    });
  });
});
