/** Every run of `n` tokens, joined by a space; none where there are fewer tokens. */
export function joinNgrams(tokens: readonly string[], n: number): string[] {
  const grams: string[] = [];
  for (let at = 0; at + n <= tokens.length; at++) grams.push(tokens.slice(at, at + n).join(' '));
  return grams;
}
