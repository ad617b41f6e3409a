/**
 * Splits a command line at the cursor as bash does: quotes and backslashes understood, an unfinished word last
 * (empty after a space).
 */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const char = line[index] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\') {
      word = (word ?? '') + (line[++index] ?? '');
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  return [...words, word ?? ''];
}

/** bash replaces only what stands behind the last of its word breaks (`=` and `:`): the part of a word before it. */
export function brokenPrefix(word: string, breaks: string): string {
  const marks = [...breaks].filter(mark => mark === '=' || mark === ':');
  const cut = Math.max(-1, ...marks.map(mark => word.lastIndexOf(mark)));
  return word.slice(0, cut + 1);
}
