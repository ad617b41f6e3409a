import { mix32 } from '../random.ts';

/** Changes a text; `strength` is from 0 (nothing) to 1, `random` gives numbers in [0, 1). */
export type TextDrift = (text: string, strength: number, random: () => number) => string;

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;

/** That share of the words is replaced by words that nobody uses: the same word by the same one, as a new product name. */
export const shiftVocabulary: TextDrift = (text, strength, random) =>
  text.replaceAll(WORD, word => (random() < strength ? inventWord(word) : word));

/** Every text keeps its first words only: at full strength a tenth of them, and always one. */
export const shorten: TextDrift = (text, strength) => {
  const ends = Array.from(text.matchAll(WORD), match => match.index + match[0].length);
  const kept = Math.max(1, Math.round(ends.length * (1 - 0.9 * strength)));
  return kept >= ends.length ? text : text.slice(0, ends[kept - 1]);
};

/** That share of the words gets a typing error: a letter swapped, dropped, doubled or hit beside. */
export const addNoise: TextDrift = (text, strength, random) =>
  text.replaceAll(WORD, word => (random() < strength ? misspell(word, random) : word));

const ONSETS = ['b', 'br', 'd', 'dr', 'f', 'g', 'gl', 'k', 'kr', 'l', 'm', 'n', 'p', 'pl', 's', 'sk', 't', 'v', 'z'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'oo', 'ay'];
const CODAS = ['', 'b', 'k', 'l', 'm', 'n', 'rt', 'sk', 'x', 'zz'];

/** Letters of a syllable, on average: an invented word is about as long as the one that it replaces. */
const SYLLABLE = 3.4;

/** Syllables chosen by the letters of the word; its first letter stays large. */
function inventWord(word: string): string {
  let hash = 0x811c9dc5;
  for (const letter of word.toLowerCase()) hash = mix32(hash ^ (letter.codePointAt(0) ?? 0));
  let made = '';
  for (let syllable = 0; syllable < Math.max(1, Math.round(word.length / SYLLABLE)); syllable++) {
    hash = mix32(hash + 0x9e3779b9);
    made += choose(ONSETS, hash) + choose(VOWELS, hash >>> 8) + choose(CODAS, hash >>> 16);
  }
  const first = word.charAt(0);
  const isLarge = first !== first.toLowerCase();
  return isLarge ? made.charAt(0).toUpperCase() + made.slice(1) : made;
}

function choose(parts: readonly string[], number: number): string {
  return parts[number % parts.length] as string;
}

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Never the same word again: what a swap would leave as it is gets a letter doubled. */
function misspell(word: string, random: () => number): string {
  const letters = Array.from(word);
  const at = Math.floor(random() * letters.length);
  const kind = Math.floor(random() * 4);
  const letter = letters[at] as string;
  const next = letters[at + 1];
  if (kind === 0 && next !== undefined && next !== letter) letters.splice(at, 2, next, letter);
  else if (kind === 1 && letters.length > 1) letters.splice(at, 1);
  else if (kind === 2 && neighbour(letter) !== undefined) letters[at] = neighbour(letter) as string;
  else letters.splice(at, 0, letter);
  return letters.join('');
}

/** The key beside it. */
function neighbour(letter: string): string | undefined {
  const row = ROWS.find(keys => keys.includes(letter.toLowerCase()));
  if (row === undefined) return undefined;
  const at = row.indexOf(letter.toLowerCase());
  const key = row[at + 1] ?? row[at - 1];
  return letter === letter.toLowerCase() ? key : key?.toUpperCase();
}
