import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlobs, hasWildcards, patternFolder } from '../../../../src/lib/storage/operate/glob.ts';

const NAMES = ['gs://b/a.csv', 'gs://b/ab.csv', 'gs://b/d/a.csv', 'gs://b/d/e/a.csv', 'gs://b/d/.x', 'gs://b/1.txt'];
const matching = (pattern: string, names = NAMES) =>
  names.filter(name => compileGlobs(pattern).some(glob => glob.matches(name)));

describe('patterns', () => {
  test.each([
    ['gs://b/*.csv', ['gs://b/a.csv', 'gs://b/ab.csv']],
    ['gs://b/?.csv', ['gs://b/a.csv']],
    ['gs://b/*', ['gs://b/a.csv', 'gs://b/ab.csv', 'gs://b/1.txt']],
    ['gs://b/**', NAMES],
    ['gs://b/**/a.csv', ['gs://b/a.csv', 'gs://b/d/a.csv', 'gs://b/d/e/a.csv']],
    ['gs://b/d**', ['gs://b/d/a.csv', 'gs://b/d/e/a.csv', 'gs://b/d/.x']],
    ['gs://b/*/a.csv', ['gs://b/d/a.csv']],
    ['gs://b/[0-9].txt', ['gs://b/1.txt']],
    ['gs://b/[!0-9].*', ['gs://b/a.csv']],
    ['gs://b/{a,1}.{csv,txt}', ['gs://b/a.csv', 'gs://b/1.txt']],
    ['gs://b/{a,{ab,c}}.csv', ['gs://b/a.csv', 'gs://b/ab.csv']],
    ['gs://b/A.csv', []],
    ['gs://other/**', []],
  ])('%s', (pattern, expected) => {
    expect(matching(pattern)).toEqual(expected);
  });

  test('signs of regular expressions mean themselves', () => {
    const names = ['gs://b/a+(1).csv', 'gs://b/aa1.csv', 'gs://b/a^$|\\.csv'];
    expect(matching('gs://b/a+(1).*', names)).toEqual([names[0]]);
    expect(matching('gs://b/a^$|\\.*', names)).toEqual([names[2]]);
  });

  test('names with line breaks and beyond the first plane match as others do', () => {
    expect(matching('gs://b/*.csv', ['gs://b/a\nb.csv', 'gs://b/😀.csv'])).toHaveLength(2);
  });

  test('what is no pattern is a name', () => {
    const plain = ['data/a.csv', 'a{b}.csv', 'a[].csv', 'a{}.csv', 'gs://b/ü %25.csv', 'a[b'];
    expect(plain.filter(hasWildcards)).toEqual([]);
    expect(['*', 'a?', 'a[b]c', '{a,b}', '**/x'].filter(hasWildcards)).toHaveLength(5);
  });

  test('a range the wrong way round is told', () => {
    expect(() => compileGlobs('gs://b/[z-a]*')).toThrow(/wrong way round/);
  });

  test('braces that would give thousands of patterns are refused', () => {
    const many = `{${Array.from({ length: 100 }, (_, index) => index).join(',')}}`;
    expect(() => compileGlobs(many.repeat(3))).toThrow(/more than 1000/);
    expect(compileGlobs(many)).toHaveLength(100);
  });

  test('the folder of a pattern is where all matches lie', () => {
    expect(['gs://b/d/e*', 'gs://b/{d,e}/x', '*.csv', 'data/x'].map(patternFolder)).toEqual([
      'gs://b/d/',
      'gs://b/',
      '',
      'data/',
    ]);
  });

  test('any name matches itself with every sign replaced by ?', () => {
    const name = fc.stringMatching(/^[a-z+.()^$|]{1,20}$/);
    fc.assert(
      fc.property(name, fc.nat(), (text, at) => {
        const index = at % text.length;
        const pattern = `gs://b/${text.slice(0, index)}?${text.slice(index + 1)}`;
        expect(matching(pattern, [`gs://b/${text}`, `gs://b/${text}/`, `gs://b/x${text}x`])).toEqual([
          `gs://b/${text}`,
        ]);
      }),
    );
  });
});
