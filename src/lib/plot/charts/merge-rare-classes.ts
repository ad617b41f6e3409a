export interface ConfusionCounts {
  readonly labels: readonly string[];
  /** Rows of class a that were taken for class b at [a · classes + b]. */
  readonly counts: ArrayLike<number>;
}

/** More rows and columns than this cannot be read. */
export const MOST_CLASSES = 30;

/** Keeps the classes with most rows, in their order, and adds up the others as one. */
export function mergeRareClasses(matrix: ConfusionCounts): ConfusionCounts {
  const classes = matrix.labels.length;
  if (classes <= MOST_CLASSES) return matrix;
  const kept = largestClasses(matrix, MOST_CLASSES - 1);
  const place = new Int32Array(classes).fill(kept.length);
  for (const [index, label] of kept.entries()) place[label] = index;
  const size = kept.length + 1;
  const counts = new Float64Array(size * size);
  for (let row = 0; row < classes; row += 1) {
    for (let column = 0; column < classes; column += 1) {
      const at = (place[row] ?? 0) * size + (place[column] ?? 0);
      counts[at] = (counts[at] ?? 0) + (matrix.counts[row * classes + column] ?? 0);
    }
  }
  const names = kept.map(index => matrix.labels[index] ?? '');
  return { labels: [...names, `${classes - kept.length} others`], counts };
}

/** Numbers of the classes with most rows, ascending. */
function largestClasses({ labels, counts }: ConfusionCounts, count: number): number[] {
  const support = labels.map((_, row) => {
    let sum = 0;
    for (let column = 0; column < labels.length; column += 1) sum += counts[row * labels.length + column] ?? 0;
    return sum;
  });
  return support
    .map((_, index) => index)
    .sort((a, b) => (support[b] ?? 0) - (support[a] ?? 0) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}
