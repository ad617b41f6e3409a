import { describe, expect, it } from 'vitest';
import { canonicalWords, countWords } from '../../../../src/cli/start/canonical-words.ts';

const IDS = [
  'job',
  'job:list',
  'job:describe',
  'model:versions',
  'storage:ls',
  'plugin',
  'plugin:create',
  'plugins',
  'plugins:link',
  'score',
  'help',
];
const known = (id: string) => IDS.includes(id);
const canonical = (line: string) => canonicalWords(line.split(' '), known).join(' ');

describe('canonical words of a command line', () => {
  it.each([
    ['job list', 'job list'],
    ['jobs list', 'job list'],
    ['job ls', 'job list'],
    ['jobs ls --state RUNNING', 'job list --state RUNNING'],
    ['jobs get j-1', 'job describe j-1'],
    ['jobs', 'job'],
    ['jobs --help', 'job --help'],
    ['help jobs ls', 'help job list'],
  ])('%s → %s', (typed, expected) => expect(canonical(typed)).toBe(expected));

  it('never changes what is known as it stands, even where it looks like a plural or a short verb', () => {
    expect(canonical('storage ls gs://b')).toBe('storage ls gs://b');
    expect(canonical('model versions')).toBe('model versions');
    expect(canonical('plugins')).toBe('plugins');
  });

  it('finds a command in the twin of a topic that exists in both forms', () => {
    expect(canonical('plugins create x')).toBe('plugin create x');
    expect(canonical('plugin link .')).toBe('plugins link .');
  });

  it('leaves arguments alone: only the words of the command are rewritten', () => {
    expect(canonical('score ls')).toBe('score ls');
    expect(canonical('job list ls')).toBe('job list ls');
  });

  it('leaves an unknown command as it was typed, so that the error names it', () => {
    expect(canonical('jbos ls')).toBe('jbos ls');
    expect(canonicalWords([], known)).toEqual([]);
    expect(canonicalWords([''], known)).toEqual(['']);
  });

  it('is not led astray by names that every object has', () => {
    const table: Record<string, boolean> = { job: true };
    expect(canonicalWords(['constructor'], id => Object.hasOwn(table, id))).toEqual(['constructor']);
  });

  it('counts words up to the first flag or assignment', () => {
    expect(countWords(['job', 'list', '--json', 'x'])).toBe(2);
    expect(countWords(['job', 'a=b'])).toBe(1);
    expect(countWords(['-C', 'x'])).toBe(0);
  });
});
