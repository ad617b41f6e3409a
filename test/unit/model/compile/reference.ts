import type { SparseView } from '../../../../src/lib/model/compile/types.ts';
import { hashText } from '../../../../src/lib/text/murmur3.ts';

/** Slow and plain: what the scorer must give, by maps and sorting, for texts of ASCII. */

export function entries({ count, indices, values }: SparseView): [number, number][] {
  return Array.from({ length: count }, (_, at) => [indices[at] as number, values[at] as number]);
}

/** Tokens of the plain Tokenizer: every separator counts, but for those at the end. */
export function tokenizeSlowly(text: string): string[] {
  const tokens = text.toLowerCase().split(/[ \t\n\x0b\f\r]/);
  if (tokens.length === 1) return tokens;
  return tokens.slice(0, tokens.findLastIndex(token => token !== '') + 1);
}

export function indexSlowly(token: string, size: number): number {
  return Number(((BigInt(hashText(token)) % BigInt(size)) + BigInt(size)) % BigInt(size));
}

/** Index and count of each feature of the tokens that are no stop words, ascending. */
export function countSlowly(text: string, stopWords: readonly string[], size: number): [number, number][] {
  return countTokensSlowly(
    tokenizeSlowly(text).filter(token => !stopWords.includes(token)),
    size,
  );
}

export function countTokensSlowly(tokens: readonly string[], size: number): [number, number][] {
  const counts = new Map<number, number>();
  for (const token of tokens) {
    const index = indexSlowly(token, size);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** Σ value · weight from 0, by ascending index. */
export function dotSlowly(row: readonly (readonly [number, number])[], weight: (index: number) => number): number {
  let sum = 0;
  for (const [index, value] of row) sum += value * weight(index);
  return sum;
}
