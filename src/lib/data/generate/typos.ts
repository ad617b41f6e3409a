/** Share of words with a typing error. */
const RATE = 0.025;

/** Swaps, drops or doubles a letter in some words. */
export function addTypos(text: string, random: () => number): string {
  return text
    .split(' ')
    .map(word => (/^[a-z]{4,}\W*$/i.test(word) && random() < RATE ? misspell(word, random) : word))
    .join(' ');
}

function misspell(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.replace(/\W+$/, '').length - 2));
  const [before, letter, next, after] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  const kind = Math.floor(random() * 3);
  if (kind === 0) return before + next + letter + after;
  return kind === 1 ? before + next + after : before + letter + letter + next + after;
}
