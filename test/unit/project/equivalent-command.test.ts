import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord } from '../../../src/lib/core/shell-word.ts';
import { equivalentCommand } from '../../../src/lib/project/equivalent-command.ts';
import { resolveAnswers } from '../../../src/lib/project/resolve-answers.ts';
import { nobody } from './fixtures.ts';

async function answer(flags: Record<string, unknown>, folderName = 'reviews') {
  return resolveAnswers({
    flags,
    file: undefined,
    ask: nobody,
    noInput: true,
    around: { folderName, forge: undefined },
    suggestions: { suggest: async () => [] },
    warn: () => {},
  });
}

describe('equivalentCommand', () => {
  test('is short where the defaults were taken', async () => {
    expect(equivalentCommand('reviews', await answer({}), 'reviews', false)).toBe('sentops init reviews --no-input');
  });

  test('names what differs from the default, and nothing that follows from it', async () => {
    const answers = await answer({
      template: 'imdb',
      backend: 'dataproc',
      'gcp-project': 'my-project',
      region: 'europe-west1',
      'mlflow-uri': 'http://10.0.0.5:5000',
    });
    expect(equivalentCommand('.', answers, 'reviews', false)).toBe(
      'sentops init . --no-input --template imdb --backend dataproc --gcp-project my-project --region europe-west1 --mlflow-uri http://10.0.0.5:5000',
    );
  });

  test('writes both kinds of yes and no', async () => {
    const answers = await answer({ template: 'imdb', http: false, 'write-kafka': true });
    expect(equivalentCommand('.', answers, 'reviews', false)).toBe(
      'sentops init . --no-input --template imdb --no-http --write-kafka',
    );
  });

  test('writes out what only this machine suggests', async () => {
    expect(equivalentCommand('.', { ...(await answer({})), ci: 'github' }, 'reviews', false)).toMatch(/ --ci github$/);
  });

  test('keeps --force', async () => {
    expect(equivalentCommand('.', await answer({}), 'reviews', true)).toBe('sentops init . --no-input --force');
  });

  test('a folder and a value that begin with a dash are no flags', async () => {
    const answers = await answer({ 'mlflow-experiment': '-x y' }, '-d');
    expect(equivalentCommand('-d', answers, '-d', false)).toBe(
      "sentops init ./-d --no-input '--mlflow-experiment=-x y'",
    );
  });

  test('leads to the same answers', async () => {
    const flags = {
      template: 'minimal',
      dataset: "it's mine.csv",
      'label-column': 'a b',
      labels: 'bad,good',
      'source-type': 'kafka',
      'write-kafka': false,
    };
    const answers = await answer(flags);
    const words = shellWords(equivalentCommand('reviews', answers, 'reviews', false)).slice(4);
    const parsed: Record<string, unknown> = {};
    for (const [index, word] of words.entries()) {
      if (word.startsWith('--no-')) parsed[word.slice(5)] = false;
      else if (word.startsWith('--')) parsed[word.slice(2)] = words[index + 1];
    }
    expect(await answer(parsed)).toEqual(answers);
  });
});

test('a shell reads every quoted word as it was', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.constantFrom('', "'", '"', '$x', '`x`', '\\', '*', 'a b', '~', '!', '#x', '\n'),
  );
  const words = fc.sample(
    word.filter(text => !text.includes('\0') && text.isWellFormed()),
    300,
  );
  expect(shellWords(words.map(quoteWord).join(' '))).toEqual(words);
});

function shellWords(command: string): string[] {
  const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}
