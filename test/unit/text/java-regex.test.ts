import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateJavaRegex } from '../../../src/lib/text/java-regex.ts';
import { createRegexTokenizer } from '../../../src/lib/text/regex-tokenizer.ts';

const tokenize = (pattern: string, gaps: boolean, text: string) =>
  createRegexTokenizer({ pattern, gaps, minTokenLength: 0, toLowercase: false })(text);

// Pattern.compile(pattern).split(text) of Java 17.
test.each<[string, string, string[]]>([
  ['\\s+', '  a  b\u0009c  ', ['', 'a', 'b', 'c']],
  ['\\s*', 'ab c', ['a', 'b', '', 'c']],
  ['[,;]\\s*', 'a, b;c ;,d', ['a', 'b', 'c ', '', 'd']],
  ['(?<=a)', 'banana', ['ba', 'na', 'na']],
  ['(?=a)', 'banana', ['b', 'an', 'an', 'a']],
  ['a|an', 'banana', ['b', 'n', 'n']],
  ['an?', 'banana', ['b']],
  ['n*', 'banana', ['b', 'a', '', 'a', '', 'a']],
  ['$', 'a\u000ab\u000a', ['a\u000ab', '\u000a']],
  ['^', 'ab', ['ab']],
  ['\\W', "it's 5 o'clock!", ['it', 's', '5', 'o', 'clock']],
  ['[^\\p{L}]+', 'na\u00efve caf\u00e9s, \u4f60\u597d 42', ['na\u00efve', 'caf\u00e9s', '\u4f60\u597d']],
  ['.', 'abc', []],
  ['', '\ud83d\ude00x', ['\ud83d', '\ude00', 'x']],
  ['x{2}', 'axxbxxxc', ['a', 'b', 'xc']],
  ['\\d{1,2}', 'a123b4', ['a', '', 'b']],
  ['(a)(b)?', 'xabyaz', ['x', 'y', 'z']],
  ['[\\s\\-_/]+', 'a-b_c/d e', ['a', 'b', 'c', 'd', 'e']],
  ['\\.', '1.2..3.', ['1', '2', '', '3']],
  ['\\p{P}+', 'Wait...what?! (no)', ['Wait', 'what', ' ', 'no']],
  ['\\|', 'a|b||c|', ['a', 'b', '', 'c']],
  ['[\\[\\]]', '[a][b]', ['', 'a', '', 'b']],
  ['\\t', 'a\u0009b\u0009\u0009', ['a', 'b']],
  ['(?:ab)+', 'xababyabz', ['x', 'y', 'z']],
])('%j splits %j', (pattern, text, expected) => {
  expect(tokenize(pattern, true, text)).toEqual(expected);
});

// What Matcher.find of Java 17 finds, one after the other.
test.each<[string, string, string[]]>([
  ['\\w+', "Don't stop_me 42x", ['Don', 't', 'stop_me', '42x']],
  ["[a-z']+|[!?]", "don't! stop? it", ["don't", '!', 'stop', '?', 'it']],
  ['\\S+', ' a\u00a0b \u2003c', ['a\u00a0b', '\u2003c']],
  ['[#@]\\w+', '#tag @me mail@x', ['#tag', '@me', '@x']],
  ['\\d+(?:\\.\\d+)?', '1 2.5 .5 3.', ['1', '2.5', '5', '3']],
  ['(?<=\\s)\\w', 'a b c', ['b', 'c']],
  ['\\w(?!\\w)', 'ab cd', ['b', 'd']],
  ['a*', 'baac', ['', 'aa', '', '']],
  ['a*?', 'ba', ['', '', '']],
  ['(?:a|ab)(?:c|bcd)?', 'abcd abc', ['abcd', 'a']],
  ['[\\x00-\\x7f]+', 'caf\u00e9 ok', ['caf', ' ok']],
  ['\\p{L}+|\\p{N}+', 'ab12\u0663\u00e9', ['ab', '12\u0663', '\u00e9']],
  ['\\p{Lu}\\p{Ll}*', 'HelloWorld ABC', ['Hello', 'World', 'A', 'B', 'C']],
  ['[^\\s]{2,}', 'a bb ccc', ['bb', 'ccc']],
  ['^\\w+', 'ab cd', ['ab']],
  ['\\w+$', 'ab cd', ['cd']],
  ['\\w+\\z', 'ab cd\u000a', []],
  ['\\w+\\Z', 'ab cd\u000a', ['cd']],
  ['\\Aab', 'abab', ['ab']],
  ['[\\u4e00-\\u9fff]', '\u4f60a\u597d', ['\u4f60', '\u597d']],
  ['\\ud83d[\\ude00-\\ude4f]', 'x', []],
  ['[\ud83d\ude00-\ud83d\ude4f]', 'a\ud83d\ude01b', ['\ud83d\ude01']],
  ['', 'ab', ['', '', '']],
  ['(\\w)(?=\\w)', 'abc', ['a', 'b']],
  ['[a-z&&[^aeiou]]+', 'consonants', ['c', 'ns', 'n', 'nts']],
  ['[\\w&&\\D]+', 'ab12cd', ['ab', 'cd']],
  ['\\01\\02|c', 'c', ['c']],
  ['\\e|\\a|d', 'd\u001b\u0007', ['d', '\u001b', '\u0007']],
  ['[.]', 'a.b', ['.']],
  ['[a\\-z]', 'a-z', ['a', '-', 'z']],
  ['[-a]+', 'a--b', ['a--']],
  ['[a-]+', 'a--b', ['a--']],
  ['\\p{Alpha}+', 'ab\u00e9c', ['ab', 'c']],
  ['(?<word>a+)b', 'aab', ['aab']],
  ['.+', 'a\u000ab\u2028c', ['a', 'b', 'c']],
  ['x??y', 'xy y', ['xy', 'y']],
  ['(?:x{0,2}y)+', 'xxyxyy', ['xxyxyy']],
])('%j finds in %j', (pattern, text, expected) => {
  expect(tokenize(pattern, false, text)).toEqual(expected);
});

// Where Matcher.find of Java 17 finds the end of the text: never within \r\n.
test.each([
  ['a\r\n', [1, 3]],
  ['a\n\r', [2, 3]],
  ['\r\n', [0, 2]],
  ['a\r\nb', [4]],
])('$ in %j', (text, places) => {
  const expression = new RegExp(translateJavaRegex('$').source, 'gv');
  expect([...text.matchAll(expression)].map(({ index }) => index)).toEqual(places);
});

describe('a pattern of classes alone', () => {
  test.each<[string, [string, boolean][] | null]>([
    ['a', [['a', false]]],
    ['a+', [['a', true]]],
    [
      '[ab]+|c|\\d+',
      [
        ['a', true],
        ['c', false],
        ['7', true],
      ],
    ],
    ['\\QA\\E', [['A', false]]],
    ['', null],
    ['a|', null],
    ['a+b', null],
    ['(a)', [['a', false]]],
    ['(?:a|[^b-z])+', [['7', true]]],
    ['(?:ab|c)+', null],
    ['(a+|b)', null],
    ['(a|)', null],
    ['a{1,}', null],
    ['a?', null],
    ['^a', null],
    ['a$|b', null],
  ])('%j', (pattern, expected) => {
    const { runs } = translateJavaRegex(pattern);
    expect(runs?.map(({ repeated }) => repeated) ?? null).toEqual(expected?.map(([, repeated]) => repeated) ?? null);
    for (const [index, [member]] of (expected ?? []).entries())
      expect(new RegExp(`^${runs?.[index]?.source}$`, 'v').test(member)).toBe(true);
  });
});

test('any text quoted finds itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), (text, other) => {
      fc.pre(!text.includes('\\E') && !text.endsWith('\\') && !`${other}${text}`.slice(0, -1).includes(text));
      expect(tokenize(`\\Q${text}\\E`, false, `${other}${text}`)).toEqual([text]);
    }),
  );
});

test('every ASCII character behind a backslash is itself or refused or a set, never silently another', () => {
  const known = new Set('tnfraedDsSwWhHvVAzZ'.split(''));
  for (let code = 0x21; code < 0x7f; code++) {
    const character = String.fromCharCode(code);
    if (known.has(character) || 'QxupPR0cX'.includes(character)) continue;
    const pattern = `\\${character}`;
    if (/[A-Za-z0-9]/.test(character)) expect(() => translateJavaRegex(pattern)).toThrow('is not supported');
    else expect(tokenize(pattern, false, `a${character}b`)).toEqual([character]);
  }
});

test.each([
  ['a{2}+', 'a possessive quantifier', 5],
  ['(?<1a>b)', 'the group (?<', 2],
  ['(?#note)', 'the group (?#', 2],
  ['[a&&]', 'an intersection that lacks a side', 5],
  ['[&&a]', 'an intersection that lacks a side', 4],
  ['[a&&b[c]]', 'a nested class behind other parts', 7],
  ['[a&&[b]c]', 'more than a nested class behind &&', 8],
  ['[a-[b]]', 'a range that ends in a class', 4],
  ['[\\d-x-\\w]', 'a range with no order', 9],
  ['\\Qa\\E+', 'a quantifier behind a quotation', 6],
  ['\\p{Nope}', 'the property Nope', 3],
  ['\\u12', '\\u without its digits', 3],
  ['\\x{110000}', '\\x without its digits', 3],
  ['[a\\', '\\', 4],
  ['+', '+ with nothing to repeat', 1],
  ['a**', '* with nothing to repeat', 3],
  ['\\G', '\\G', 2],
  ['\\k<a>', '\\k', 2],
])('%j is refused with its place', (pattern, construct, position) => {
  expect(() => translateJavaRegex(pattern)).toThrow(construct);
  expect(() => translateJavaRegex(pattern)).toThrow(`at position ${position}, which is not supported`);
});
