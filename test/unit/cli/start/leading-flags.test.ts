import { describe, expect, test } from 'vitest';
import { globalFlags } from '../../../../src/cli/flags.ts';
import { canonicalWords } from '../../../../src/cli/start/canonical-words.ts';
import { moveLeadingFlags, PLAIN, VALUED } from '../../../../src/cli/start/leading-flags.ts';

const move = (line: string) => moveLeadingFlags(line.split(' ')).join(' ');

describe('flags before the command', () => {
  test.each([
    ['--json config show', 'config show --json'],
    ['-Ca.yaml -qy config show', 'config show -Ca.yaml -qy'],
    ['-C a.yaml config show train', 'config show train -C a.yaml'],
    ['-q --target=prod doctor --fix', 'doctor --fix -q --target=prod'],
    ['--set a=1 --set b=2 config set x 1', 'config set x 1 --set a=1 --set b=2'],
    ['--json job submit pyspark x.py -- --json', 'job submit pyspark x.py --json -- --json'],
  ])('%s → %s', (line, moved) => {
    expect(move(line)).toBe(moved);
  });

  test.each([
    'config show --json',
    '--json',
    '--version',
    '--help',
    '--bogus config show',
    '-C',
    '--json --bogus show',
    '',
  ])('%j stays', line => {
    expect(move(line)).toBe(line);
  });

  test('`sentops --json version` was no such command: --json', () => {
    expect(canonicalWords(['--json', 'jobs', 'ls'], id => id === 'job:list')).toEqual(['job', 'list', '--json']);
  });

  test('they are exactly the flags that every command takes', () => {
    const names = (type: string) =>
      Object.entries(globalFlags)
        .filter(([, flag]) => flag.type === type)
        .flatMap(([name, flag]) => [`--${name}`, ...('char' in flag && flag.char ? [`-${flag.char}`] : [])]);
    expect([...PLAIN].sort()).toEqual(names('boolean').sort());
    expect([...VALUED].sort()).toEqual(names('option').sort());
  });
});
