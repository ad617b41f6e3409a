import { expect, test } from 'vitest';
import { lowerCase } from '../../../src/lib/text/lower-case.ts';

function digest(from: number, to: number, language?: string): number {
  let hash = 0;
  for (let code = from; code < to; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const text = lowerCase(String.fromCodePoint(code), language);
    for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  }
  return hash;
}

// 31·hash + unit over toLowerCase() of every code point, computed by Java 17: 0x4000 code points from each of these.
test.each<[number, number]>([
  [0x0, -162172312],
  [0x4000, -1614798848],
  [0x8000, -1613747684],
  [0xc000, 500590592],
  [0x10000, 343034016],
  [0x14000, 1980924928],
  [0x18000, -1710882816],
  [0x1c000, 15674884],
  [0xe0000, -918683648],
])('every code point from %i on', (from, expected) => {
  expect(digest(from, from + 0x4000)).toBe(expected);
});

// The same for toLowerCase(new Locale(language)), U+0000 to U+1FFF.
test.each<[string, number]>([
  ['tr', -138161519],
  ['az', -138161519],
  ['lt', -1606340368],
])('in the language %s', (language, expected) => {
  expect(digest(0, 0x2000, language)).toBe(expected);
});

test('languages without casing of their own lower as English does', () => {
  for (const language of ['de', 'el', 'fr', 'tr_TR', 'tr-TR', '', 'xx'])
    expect(digest(0, 0x600, language)).toBe(digest(0, 0x600));
});
