/** Types of files that hold rows, packed or not. */
const ROWS = /\.(?:csv|tsv|jsonl|ndjson|parquet)(?:\.(?:gz|zst))?$/i;

/**
 * The file with the rows among those of a dataset: the one that was named, wherever it lies and however its name is
 * spaced, or the only one that can be it.
 */
export function findRowsFile(names: readonly string[], wanted: string | null): string | null {
  if (wanted === null) {
    const candidates = names.filter(name => ROWS.test(name));
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }
  const folded = fold(wanted);
  return (
    names.find(name => name === wanted) ??
    onlyOne(names.filter(name => lastOf(name) === lastOf(wanted))) ??
    onlyOne(names.filter(name => fold(name) === folded))
  );
}

function onlyOne(names: readonly string[]): string | null {
  return names.length === 1 ? (names[0] ?? null) : null;
}

function lastOf(name: string): string {
  return name.split('/').at(-1) ?? '';
}

function fold(name: string): string {
  return lastOf(name).toLowerCase().replace(/\s/g, '');
}
