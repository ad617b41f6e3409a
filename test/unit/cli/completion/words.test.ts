import { describe, expect, test } from 'vitest';
import { brokenPrefix, splitLine } from '../../../../src/cli/completion/words.ts';

describe('the line at the cursor', () => {
  test.each([
    ['sentops ', ['sentops', '']],
    ['sentops con', ['sentops', 'con']],
    ['sentops  config   show ', ['sentops', 'config', 'show', '']],
    ['sentops --set "a b', ['sentops', '--set', 'a b']],
    ["sentops --set 'a\"b' c", ['sentops', '--set', 'a"b', 'c']],
    ['sentops a\\ b', ['sentops', 'a b']],
    ['sentops "" ', ['sentops', '', '']],
    ['sentops größe 日本', ['sentops', 'größe', '日本']],
    ['', ['']],
    ['sentops trailing\\', ['sentops', 'trailing']],
  ])('%j', (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });
});

describe('what bash keeps of a word', () => {
  test.each([
    ['--format=js', ' \t\n"\'><=;|&(:', '--format='],
    ['gs://bucket/x', ' \t\n"\'><=;|&(:', 'gs:'],
    ['a=b:c', '=:', 'a=b:'],
    ['gs://bucket', '=', ''],
    ['plain', '=:', ''],
    ['', '=:', ''],
  ])('%j with breaks %j keeps %j', (word, breaks, kept) => {
    expect(brokenPrefix(word, breaks)).toBe(kept);
  });
});
