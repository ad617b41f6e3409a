import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateJavaRegex } from '../../../src/lib/text/java-regex.ts';
import { createRegexTokenizer } from '../../../src/lib/text/regex-tokenizer.ts';

const tokenize = (pattern: string, gaps: boolean, text: string, minTokenLength = 0) =>
  createRegexTokenizer({ pattern, gaps, minTokenLength, toLowercase: false })(text);

// What Pattern.split and Matcher.find of Java 17 give.
describe('splitting at a pattern', () => {
  test.each([
    [String.raw`\s+`, ' a  b ', ['', 'a', 'b']],
    [',', ',a,,b,,', ['', 'a', '', 'b']],
    [',', '', ['']],
    [',', ',,', []],
    ['', 'ab', ['a', 'b']],
    ['', 'a😀', ['a', '\ud83d', '\ude00']],
    ['x?', 'axb', ['a', '', 'b']],
    ['(?=[A-Z])', 'AbCd', ['Ab', 'Cd']],
    [String.raw`\W+`, 'crème brûlée', ['cr', 'me', 'br', 'l', 'e']],
    [String.raw`\s`, 'a\u00a0b\u2003c\x0bd', ['a\u00a0b\u2003c', 'd']],
    [String.raw`\h`, 'a\u00a0b\u2003c\x0bd', ['a', 'b', 'c\x0bd']],
    [String.raw`\p{Punct}`, 'a$b…c-d', ['a', 'b…c', 'd']],
  ])('%j of %j', (pattern, text, expected) => {
    expect(tokenize(pattern, true, text)).toEqual(expected);
  });
});

describe('finding a pattern', () => {
  test.each([
    [String.raw`\w+`, 'Crème x_1', ['Cr', 'me', 'x_1']],
    [String.raw`\d`, '1٣2', ['1', '2']],
    [String.raw`[\p{L}']+|[!?]`, "it's GOOD!!", ["it's", 'GOOD', '!', '!']],
    ['.', 'a\u0085b\u2028\n😀', ['a', 'b', '😀']],
    ['a$', 'a\na\r\n', ['a']],
    ['a?', 'ba', ['', 'a', '']],
    ['[a-z&&[^bc]]', 'abcd', ['a', 'd']],
    ['[a-c&&b-d]', 'abcd', ['b', 'c']],
    ['[a-d[m-p]]+', 'admpz', ['admp']],
    [String.raw`[\w-]+`, 'a-b c', ['a-b', 'c']],
    [String.raw`\Qa.b\E`, 'a.b axb', ['a.b']],
    ['(ab|a)(c|bcd)?', 'abcd', ['abc']],
    ['(?:a|b)+c?', 'abcab', ['abc', 'ab']],
    [String.raw`\x41|\u0042|\x{1F600}|\ud83d\ude01`, 'AB😀😁', ['A', 'B', '😀', '😁']],
    [String.raw`\p{Lu}`, 'aBÇꟀ', ['B', 'Ç']],
    [String.raw`\p{IsGreek}+`, 'xΟΔx', ['ΟΔ']],
    [String.raw`\P{L}`, 'a1', ['1']],
    ['(?<!a)b', 'abbb', ['b', 'b']],
    ['a{2,3}?', 'aaaaa', ['aa', 'aa']],
  ])('%j in %j', (pattern, text, expected) => {
    expect(tokenize(pattern, false, text)).toEqual(expected);
  });

  test('short tokens are left out by UTF-16 units, after lower-casing', () => {
    expect(tokenize(String.raw`\S+`, false, 'a bc 😀 d', 2)).toEqual(['bc', '😀']);
    const lowering = createRegexTokenizer({ pattern: '[a-z]+', gaps: false, minTokenLength: 1, toLowercase: true });
    expect(lowering('GOOD Ab')).toEqual(['good', 'ab']);
  });
});

test.each([
  [String.raw`\bword\b`, '\\b at position 2'],
  ['a++', 'a possessive quantifier'],
  ['(?i)a', 'the group (?i'],
  ['(?>a)', 'the group (?>'],
  [String.raw`(a)\1`, '\\1'],
  ['(?:a?)*', 'a repeated group that can match nothing'],
  [String.raw`\p{InGreek}`, 'the property InGreek'],
  [String.raw`\p{IsAlphabetic}`, 'the property IsAlphabetic'],
  [String.raw`\R`, '\\R'],
  ['[^a[b]]', 'a negated class with parts of its own'],
  ['[]a]', 'a closing bracket that is the first of its class'],
  ['[a', 'a class that is not closed'],
  ['(a', 'a group that is not closed'],
  ['a)', 'a closing parenthesis'],
  ['*a', '* with nothing to repeat'],
  ['[z-a]', 'a range with no order'],
  ['^*', 'a quantifier behind an assertion'],
  [String.raw`\xg`, '\\x without its digits'],
])('%j is refused and the reason named', (pattern, reason) => {
  expect(() => translateJavaRegex(pattern)).toThrow(reason);
});

test('a pattern of nothing but classes is known as such', () => {
  expect(translateJavaRegex("[a-z']+|[!?]").runs).toMatchObject([{ repeated: true }, { repeated: false }]);
  expect(translateJavaRegex('ab|c').runs).toBeNull();
  expect(translateJavaRegex('[a]+?').runs).toBeNull();
  expect(translateJavaRegex('a*').runs).toBeNull();
});

describe('rows of three million characters beyond ASCII', () => {
  const length = 3_000_000;
  const letters = `é${'a'.repeat(length)}Σ`;

  test.each([
    [String.raw`\s+`, true, `${letters}${' '.repeat(length)}b`, [letters, 'b']],
    [String.raw`(?:\s|,)+`, true, `é${' ,'.repeat(length)}b`, ['é', 'b']],
    [String.raw`[\p{L}\p{N}']+|[^\s\p{L}\p{N}']`, false, `${letters} !`, [letters, '!']],
    ['[^a]+', true, `😀é${letters.slice(1, -1)}`, ['', letters.slice(1, -1)]],
  ])('%s', (pattern, gaps, text, expected) => {
    const tokens = tokenize(pattern, gaps, text);
    expect(tokens.map(token => token.length)).toEqual(expected.map(token => token.length));
    expect(tokens.every((token, index) => token === expected[index])).toBe(true);
  });

  test('what the engine gives up on is an error that says so', () => {
    const tokenizeLong = () => tokenize('(?:ab|c)+d', false, `é${'ab'.repeat(20_000_000)}`);
    expect(tokenizeLong).toThrow(/is too long for the regular expression \(\?:ab\|c\)\+d/);
    expect(tokenizeLong).not.toThrow(RangeError);
  });
});

test('classes by loop find what the engine finds', () => {
  const classes = ['[a-f]+', '[^b]', String.raw`\p{L}`, String.raw`\s+`, String.raw`[\x{10400}é]+`, 'x'];
  fc.assert(
    fc.property(
      fc.subarray(classes, { minLength: 1 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'x', 'é', ' ', '\n', '\u{10400}', '\ud801', '\udc00', '1') }),
      (branches, text) => {
        const engine = new RegExp(translateJavaRegex(branches.join('|')).source, 'gv');
        expect(tokenize(branches.join('|'), false, text)).toEqual(text.match(engine) ?? []);
      },
    ),
  );
});
