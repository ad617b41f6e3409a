import { describe, expect, test } from 'vitest';
import { findJavaProperty } from '../../../src/lib/text/java-property.ts';
import { translateJavaRegex } from '../../../src/lib/text/java-regex.ts';

/** Every code point once, without surrogates, as one text. */
const everything = Array.from({ length: 0x110 }, (_, plane) =>
  String.fromCodePoint(
    ...Array.from({ length: 0x1000 }, (_unused, low) => plane * 0x1000 + low).filter(
      code => code < 0xd800 || code > 0xdfff,
    ),
  ),
).join('');

/** How many code points match, and 31·hash + code over them in order, in 32 bits: what the recording program computed. */
function digest(source: string): [number, number] {
  let count = 0;
  let hash = 0;
  for (const [character] of everything.matchAll(new RegExp(source, 'gv'))) {
    count++;
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) | 0;
  }
  return [count, hash];
}

describe('the same characters as in Java 17, over all of Unicode', () => {
  test.each<[string, number, number]>([
    ['Lower', 26, 958031277],
    ['Upper', 26, 218640813],
    ['ASCII', 128, -2057338816],
    ['Alpha', 52, -870340326],
    ['Digit', 10, 1584875013],
    ['Alnum', 62, 2076534431],
    ['Punct', 32, 2139520730],
    ['Graph', 94, -320184817],
    ['Print', 95, -172857809],
    ['Blank', 2, 311],
    ['Cntrl', 33, -227925393],
    ['XDigit', 22, -1434225397],
    ['Space', 6, 267237237],
    ['L', 131241, -150712625],
    ['Lu', 1791, -511566755],
    ['Ll', 2155, -1598946722],
    ['Lt', 31, 1431062326],
    ['Lm', 260, 764556598],
    ['Lo', 127004, 1486650646],
    ['LC', 3977, -743425295],
    ['M', 2295, 649977587],
    ['Mn', 1839, 1538113160],
    ['Me', 13, 1178911821],
    ['Mc', 443, 348654358],
    ['N', 1781, -1720736020],
    ['Nd', 650, -364957115],
    ['Nl', 236, -1761522133],
    ['No', 895, 1867095396],
    ['Z', 19, 151749578],
    ['Zs', 17, 925308715],
    ['Zl', 1, 8232],
    ['Zp', 1, 8233],
    ['P', 798, 574187195],
    ['Pd', 25, 1174013254],
    ['Ps', 75, 1137734949],
    ['Pe', 73, 107410118],
    ['Pc', 10, 778728166],
    ['Po', 593, 764908455],
    ['Pi', 12, -811294063],
    ['Pf', 10, 1242503748],
    ['S', 7564, 250449303],
    ['Sm', 948, 1359583068],
    ['Sc', 62, 2008337439],
    ['Sk', 123, -1295240234],
    ['So', 6431, -1615342274],
    ['C', 968366, -1701762490],
    ['Cc', 65, 1440712319],
    ['Cf', 161, 256384352],
    ['Co', 137468, -364689346],
    ['Cn', 830672, 183561321],
    ['IsLatin', 1374, 2004656394],
    ['IsGreek', 518, -2063063488],
    ['IsCyrillic', 443, -498808711],
    ['IsHebrew', 134, -1117980084],
    ['IsArabic', 1291, 776667565],
    ['IsDevanagari', 154, -972116591],
    ['IsThai', 86, 826473035],
    ['IsHangul', 11739, 538557563],
    ['IsHiragana', 379, 1976601233],
    ['IsKatakana', 304, -13284966],
    ['IsL', 131241, -150712625],
    ['gc=Lu', 1791, -511566755],
    ['general_category=Nd', 650, -364957115],
    ['script=Greek', 518, -2063063488],
    ['sc=Latin', 1374, 2004656394],
  ])('\\p{%s}', (name, count, hash) => {
    expect(digest(findJavaProperty(name) ?? '')).toEqual([count, hash]);
  });

  test.each<[string, number, number]>([
    ['\\d', 10, 1584875013],
    ['\\D', 1112054, -119954501],
    ['\\w', 63, -1864058214],
    ['\\W', 1112001, -1794021340],
    ['\\s', 6, 267237237],
    ['\\S', 1112058, 1599446819],
    ['\\h', 19, 1665428098],
    ['\\H', 1112045, 92843866],
    ['\\v', 7, 611883652],
    ['\\V', 1112057, 921475648],
    ['.', 1112059, 525818879],
    ['[^a]', 1112063, 1276848575],
    ['[\\w&&[^\\d]]', 53, 1272104831],
  ])('%s', (pattern, count, hash) => {
    expect(digest(translateJavaRegex(pattern).source)).toEqual([count, hash]);
  });
});

test('the complement of a property is all the rest', () => {
  for (const name of ['Lu', 'Punct', 'IsGreek', 'Cn']) {
    const [count] = digest(translateJavaRegex(`\\p{${name}}`).source);
    expect(digest(translateJavaRegex(`\\P{${name}}`).source)[0]).toBe(0x110000 - 0x800 - count);
  }
});

test.each([
  '',
  'lu',
  'LU',
  'Letter',
  'InGreek',
  'IsEmoji',
  'IsRunic',
  'javaLowerCase',
  'L1',
  'script=greek',
  'Script=Greek',
  'toString',
])('the name %j is not known for certain', name => {
  expect(findJavaProperty(name)).toBeUndefined();
});
