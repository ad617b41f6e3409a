import { describe, expect, it } from 'vitest';
import type { StartTable } from '../../../../src/cli/start/table.ts';
import { wantedCommand, wantedPage } from '../../../../src/cli/start/wanted.ts';

const place = [0, 1] as const;
const pages = { '': place, config: place, 'config:show': place, init: place, commands: place, autocomplete: place };
const table: StartTable = {
  commands: {
    'config:show': { args: false, catalog: false },
    init: { args: true, catalog: false },
    commands: { args: false, catalog: true },
    autocomplete: { args: true, catalog: false },
  },
  others: ['config', 'plugins'],
  pages: { plain: pages, color: pages },
};
const page = (line: string) => wantedPage(line === '' ? [] : line.split(' '), table);
const command = (line: string) => wantedCommand(line.split(' '), table);

describe('the help page that is wanted', () => {
  it.each([
    ['', ''],
    ['--help', ''],
    ['-h', ''],
    ['help', ''],
    ['config', 'config'],
    ['config --help', 'config'],
    ['--help config', 'config'],
    ['config show --help', 'config:show'],
    ['config show -C x.yaml --help', 'config:show'],
    ['config:show --help', 'config:show'],
    ['help config show', 'config:show'],
    ['init folder --help', 'init'],
  ])('%s → page "%s"', (line, id) => expect(page(line)).toBe(id));

  it.each([
    ['a command that runs', 'config show'],
    ['help after --, which is an argument', 'config show -- --help'],
    ['an unknown command', 'bogus --help'],
    ['more words than the command takes', 'config show extra --help'],
    ['flags before the words, which the framework reads as a question for the root', '-C x config show --help'],
    ['a topic with flags', 'config --json'],
    ['a core plugin, whose installed version is unknown', 'plugins --help'],
    ['a name that every object has', 'constructor --help'],
    ['help with flags', 'help --json'],
  ])('is left to the framework for %s', (_title, line) => expect(page(line)).toBeUndefined());

  it('is not the root page for an empty word', () => {
    expect(wantedPage([''], table)).toBeUndefined();
  });
});

describe('the command that is wanted', () => {
  it('is found with its flags', () => {
    expect(command('config show --json')).toEqual({ id: 'config:show', more: false });
    expect(command('config:show')).toEqual({ id: 'config:show', more: false });
  });

  it('may be followed by words only where it takes arguments', () => {
    expect(command('init folder')).toEqual({ id: 'init', more: true });
    expect(command('config show extra')).toBeUndefined();
  });

  it.each([
    ['one that reads the list of commands', 'commands'],
    ['a topic', 'config'],
    ['a core plugin', 'plugins'],
    ['help', 'config show --help'],
    ['nothing', '--json'],
    ['a name that every object has', 'toString'],
  ])('is left to the framework for %s', (_title, line) => expect(command(line)).toBeUndefined());
});
