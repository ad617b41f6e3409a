/** Longer words are no typing errors, and comparing them would cost time for nothing. */
const LONGEST = 64;

/** The candidate that was probably meant, or undefined where none is near. Case, hyphens and underscores do not count. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  if (wanted === '' || wanted.length > LONGEST) return undefined;
  let best: { readonly candidate: string; readonly cost: number } | undefined;
  for (const candidate of candidates) {
    const cost = costOf(wanted, fold(candidate));
    if (cost !== undefined && (best === undefined || cost < best.cost)) best = { candidate, cost };
  }
  return best?.candidate;
}

/** Zero is the same word; an abbreviation costs less than a typing error of two letters. */
function costOf(wanted: string, candidate: string): number | undefined {
  if (wanted === candidate) return 0;
  if (candidate === '' || candidate.length > LONGEST) return undefined;
  const distance = editDistance(wanted, candidate);
  if (distance <= allowedErrors(Math.max(wanted.length, candidate.length))) return distance;
  const [short, long] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  const isAbbreviation = short.length >= 3 && long.startsWith(short);
  return isAbbreviation ? 3 + (long.length - short.length) / LONGEST : undefined;
}

function allowedErrors(length: number): number {
  if (length <= 2) return 0;
  if (length <= 5) return 1;
  return length <= 9 ? 2 : 3;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}

/**
 * Damerau-Levenshtein distance in its "optimal string alignment" form: insertions, deletions, substitutions and
 * swaps of neighbours cost one each.
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, substitution);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
