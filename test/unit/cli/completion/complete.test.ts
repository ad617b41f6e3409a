import { describe, expect, test } from 'vitest';
import { type CompletableCommand, complete } from '../../../../src/cli/completion/complete.ts';

const target = { name: 'target', char: 't', summary: 'Target to use', takesValue: true, multiple: false };
const json = { name: 'json', summary: 'Print JSON', takesValue: false, multiple: false };
const set = { name: 'set', summary: 'Override', takesValue: true, multiple: true };
const format = {
  name: 'format',
  summary: 'Format',
  takesValue: true,
  multiple: false,
  options: ['table', 'json', 'jsonl'],
};
const input = { name: 'input', summary: 'A file', takesValue: true, multiple: false };

const flags = { target, json, set, format, input };
const commands: CompletableCommand[] = [
  { id: 'config show', summary: 'Show it', flags, args: [] },
  { id: 'config set', summary: 'Set it', flags, args: [{ name: 'path' }, { name: 'value' }] },
  { id: 'config import airflow', summary: 'Import', flags, args: [{ name: 'file' }] },
  { id: 'doctor', summary: 'Check', flags, args: [] },
  { id: 'autocomplete', summary: 'Completion', flags, args: [{ name: 'shell', options: ['bash', 'zsh', 'fish'] }] },
  { id: 'autocomplete values', summary: 'Answer', flags, args: [] },
];

const looked: string[] = [];
async function lookUp(key: string) {
  looked.push(key);
  if (key === 'flag:target')
    return [
      { value: 'local', description: '' },
      { value: 'production', description: 'the real one' },
    ];
  if (key === 'flag:set')
    return [
      { value: 'train.seed=', description: '' },
      { value: 'train.maxRows=', description: '' },
    ];
  if (key === 'config set:path') return [{ value: 'train.seed', description: 'Seed' }];
  return undefined;
}

async function values(...words: string[]): Promise<string[]> {
  return (await complete(words, commands, lookUp)).candidates.map(({ value }) => value);
}

describe('commands', () => {
  test('the first word is a topic or a command', async () => {
    expect(await values('')).toEqual(['autocomplete', 'config', 'doctor']);
    expect(await values('co')).toEqual(['config']);
  });

  test('a topic goes on with its verbs', async () => {
    expect(await values('config', '')).toEqual(['import', 'set', 'show']);
    expect(await values('config', 's')).toEqual(['set', 'show']);
    expect(await values('config', 'import', '')).toEqual(['airflow']);
  });

  test('a command that is a topic too offers both', async () => {
    expect(await values('autocomplete', '')).toEqual(['values', 'bash', 'zsh', 'fish']);
  });

  test('nothing comes after a word that is no command', async () => {
    expect(await values('nonsense', '')).toEqual([]);
  });

  test('the description of a command is offered with it', async () => {
    const { candidates } = await complete(['config', 'sh'], commands, lookUp);
    expect(candidates).toEqual([{ value: 'show', description: 'Show it' }]);
  });
});

describe('flags', () => {
  test('a dash offers the flags of the command', async () => {
    expect(await values('doctor', '-')).toEqual(['--target', '--json', '--set', '--format', '--input']);
    expect(await values('doctor', '--f')).toEqual(['--format']);
  });

  test('a flag that was given is not offered again, unless it may be repeated', async () => {
    expect(await values('doctor', '--json', '--set', 'a=1', '--')).toEqual([
      '--target',
      '--set',
      '--format',
      '--input',
    ]);
    expect(await values('doctor', '-t', 'local', '--')).toEqual(['--json', '--set', '--format', '--input']);
  });

  test('the values of an enum', async () => {
    expect(await values('doctor', '--format', 'js')).toEqual(['json', 'jsonl']);
    expect(await values('doctor', '--format=js')).toEqual(['--format=json', '--format=jsonl']);
  });

  test('values are looked up only for the flag under the cursor', async () => {
    looked.length = 0;
    expect(await values('doctor', '--target', 'p')).toEqual(['production']);
    expect(await values('doctor', '-t', '')).toEqual(['local', 'production']);
    expect(looked).toEqual(['flag:target', 'flag:target']);
  });

  test('a value that goes on leaves the word open', async () => {
    expect(await complete(['doctor', '--set', 'train.s'], commands, lookUp)).toEqual({
      candidates: [{ value: 'train.seed=', description: '' }],
      files: false,
      open: true,
    });
  });

  test('an unknown kind of value offers files', async () => {
    expect(await complete(['doctor', '--input', ''], commands, lookUp)).toEqual({
      candidates: [],
      files: true,
      open: false,
    });
  });

  test('behind -- stands somebody else’s command line: files', async () => {
    expect((await complete(['doctor', '--', '--ta'], commands, lookUp)).files).toBe(true);
  });
});

describe('arguments', () => {
  test('the first argument is looked up by its name', async () => {
    expect(await values('config', 'set', 'tr')).toEqual(['train.seed']);
  });

  test('values of flags are no arguments', async () => {
    looked.length = 0;
    expect(await values('config', 'set', '--target', 'local', '--json', '')).toEqual(['train.seed']);
    expect(looked).toEqual(['config set:path']);
  });

  test('the second argument is not the first', async () => {
    looked.length = 0;
    const { files } = await complete(['config', 'set', 'train.seed', ''], commands, lookUp);
    expect(files).toBe(true);
    expect(looked).toEqual(['config set:value']);
  });

  test('one argument too many offers nothing', async () => {
    expect(await complete(['doctor', 'x', ''], commands, lookUp)).toEqual({
      candidates: [],
      files: false,
      open: false,
    });
  });
});
