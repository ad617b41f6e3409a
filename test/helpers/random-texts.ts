import { randomNumbers } from './sample-models.ts';

const PIECES = [
  ...'abcXYZ .,!?-_0189',
  ...'İıIiΣσςßẞéÉçğ',
  ...'\u0301\u0307\u0345\u200d\u200c\u00ad\u200b\ufe0f\u00a0\u2003\ufeff\t\n\v\u001c\u0085\u2028',
  ...'жЖЯאبجहनไ漢한ァ０Ａ',
  '😀',
  '👍🏽',
  '𐐀',
  '𝐀',
  '𞤀',
  '\ud83d',
  '\ude00',
  ' ',
  ' ',
  ' ',
  ' good ',
  'film',
  ' the ',
  "don't",
];

/** Rows of random pieces that have broken tokenisers before, and of random code points of all planes. */
export function randomTexts(count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] as string;
  const point = () => String.fromCodePoint(Math.floor(random() * (random() < 0.7 ? 0x3000 : 0x20000)));
  return Array.from({ length: count }, () => {
    const length = Math.floor(random() * 20);
    const isWild = random() < 0.3;
    return Array.from({ length }, () => (isWild && random() < 0.5 ? point() : pick())).join('');
  });
}

/** One row for every code point from `first` to `last`, halves of surrogate pairs included. */
export function everyCodePoint(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const character = String.fromCodePoint(first + index);
    return `Good ${character} a${character}B`;
  });
}
