import { YOUNGER_CHARACTERS } from './younger-characters.ts';

/**
 * Where Java's toLowerCase writes ς for a capital sigma. Unicode asks for a cased letter before and none after, with
 * case-ignorable characters between; Java asks for them within one word, as its word break iterator sees words. The
 * words below have the shape of that iterator's rules and were fitted to its answers on random short texts: letters joined by
 * dashes, quotes and full stops; numbers joined by quotes, commas and full stops; both in alternation, with a currency
 * sign in front and a per cent sign behind. Marks stay with their letter; format characters never matter.
 */
const FORMAT = '[\\p{Cf}--[\\xad]]*';
const MARKS = `[[\\p{Mn}\\p{Me}\\p{Cf}]--[\\xad${YOUNGER_CHARACTERS}]]*`;
const OTHER_SCRIPTS =
  '\\u3005\\u3041-\\u3094\\u3099-\\u309e\\u30a1-\\u30fa\\u30fc-\\u30fe\\u4e00-\\u9fa5\\uf900-\\ufa2d';
const LETTER = `(?:[[\\p{L}\\p{Mc}]--[${OTHER_SCRIPTS}${YOUNGER_CHARACTERS}]]${MARKS})`;
const DIGIT = `(?:\\p{N}${MARKS})`;
const LETTERS = `(?:${LETTER}+(?:[\\p{Pd}\\p{Pc}\\xad\\u2027"'.]${FORMAT}${LETTER}+)*(?:[\\u0964\\u0965]${FORMAT})?)`;
const NUMBER = `(?:${DIGIT}+(?:["',\\u066b.]${FORMAT}${DIGIT}+)*)`;
const PER_CENT = `(?:[\\xa2%&\\u066a\\u2030\\u2031]${FORMAT})`;
const WORD = new RegExp(
  `(?:[[\\p{Sc}#.]--[\\xa2]]${FORMAT}|${LETTERS}|(?=${DIGIT}))(?:${NUMBER}${LETTERS})*(?:${NUMBER}${PER_CENT}?)?|[^]${MARKS}`,
  'vy',
);
/** Cased as Unicode 3.2 had it: letters with case and letter-like signs. */
const CASED =
  /[\p{Lu}\p{Ll}\p{Lt}\u02b0-\u02b8\u02c0\u02c1\u02e0-\u02e4\u037a\u1d2c-\u1d61\u2160-\u217f\u24b6-\u24e9]|\u0345/u;

/** Indices of the capital sigmas of a text that become ς. */
export function findFinalSigmas(text: string): number[] {
  const found: number[] = [];
  let sigma = text.indexOf('Σ');
  for (let start = 0; sigma >= 0; ) {
    WORD.lastIndex = start;
    const end = start + (WORD.exec(text)?.[0].length || 1);
    for (; sigma >= 0 && sigma < end; sigma = text.indexOf('Σ', sigma + 1)) {
      if (isFinal(text, sigma, start, end)) found.push(sigma);
    }
    start = end;
  }
  return found;
}

function isFinal(text: string, sigma: number, start: number, end: number): boolean {
  let from = sigma;
  while (from > start && !followsPair(text, from)) from--;
  let to = sigma + 1;
  while (to < end && !followsPair(text, to)) to++;
  return CASED.test(text.slice(from, sigma)) && !CASED.test(text.slice(sigma + 1, to));
}

/** Asked whether a word ends behind a surrogate pair, the iterator says yes, unless the pair opens the text. */
function followsPair(text: string, index: number): boolean {
  return index > 2 && (text.codePointAt(index - 2) ?? 0) > 0xffff;
}
