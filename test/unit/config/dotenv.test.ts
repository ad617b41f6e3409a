import { describe, expect, test } from 'vitest';
import { parseDotenv } from '../../../src/lib/config/dotenv.ts';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';

function values(text: string): Record<string, string> {
  const { entries, problems } = parseDotenv(text, '.env');
  expect(problems).toEqual([]);
  return Object.fromEntries([...entries].map(([name, entry]) => [name, entry.value]));
}

describe('.env', () => {
  test.each([
    ['a plain value', 'A=1', { A: '1' }],
    ['blanks around', '  A =  x y  ', { A: 'x y' }],
    ['export', 'export A=1\nexport  B=2', { A: '1', B: '2' }],
    ['an empty value', 'A=\nB=""', { A: '', B: '' }],
    ['a comment after a blank', 'A=1 # one\nB=#none', { A: '1', B: '' }],
    ['a hash inside a value', 'A=x#y\nB="a # b" # c', { A: 'x#y', B: 'a # b' }],
    ['single quotes keep all', 'A=\'a\\n$HOME "b" # c\'', { A: 'a\\n$HOME "b" # c' }],
    ['double quotes know escapes', 'A="a\\nb\\t\\"c\\" \\\\ \\$ \\x"', { A: 'a\nb\t"c" \\ $ \\x' }],
    ['double quotes over lines', 'A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['nothing is expanded', 'A=1\nB=$A-${A}', { A: '1', B: '$A-${A}' }],
    ['the last one wins', 'A=1\nA=2', { A: '2' }],
    ['CRLF and a byte order mark', '\uFEFFA=1\r\nB="x"\r\n', { A: '1', B: 'x' }],
    ['an equals sign in a value', 'A=b=c==', { A: 'b=c==' }],
    ['comments and blank lines', '# a\n\n  # b\nA=1', { A: '1' }],
    ['nothing', '', {}],
  ])('%s', (_what, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test('knows the line of each value, also behind one that goes over lines', () => {
    const { entries } = parseDotenv('# c\nA="x\ny\nz"\nB=2\n', '.env');
    expect([entries.get('A')?.line, entries.get('B')?.line]).toEqual([2, 5]);
  });

  test('tells each bad line and reads the others', () => {
    const { entries, problems } = parseDotenv("A=1\nnonsense\n2X=3\nB=\"open\nC='x' y\nD=4\n", '.env');
    expect(problems.map(formatProblem)).toEqual([
      '.env:2:1: expected NAME=value (write a name, =, and the value; start a comment with #)',
      '.env:3:1: expected NAME=value (write a name, =, and the value; start a comment with #)',
      '.env:4:1: the quote of B is never closed (close it with ")',
      '.env:5:1: something follows the quoted value of C (put the whole value into the quotes)',
    ]);
    expect([...entries.keys()]).toEqual(['A', 'D']);
  });

  test('a message never shows a value: it may be a secret', () => {
    const { problems } = parseDotenv('TOKEN="s3cr3t-value\nX="s3cr3t-other" s3cr3t', '.env');
    expect(JSON.stringify(problems)).not.toContain('s3cr3t');
  });
});
