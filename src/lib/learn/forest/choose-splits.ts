/**
 * Thresholds that are worth a try in a column: the middles between neighbouring values, or about as many quantiles as
 * there are bins. These are Spark's rules (findSplitsForContinuousFeature), but over all rows, not over a sample.
 */
export function chooseSplits(
  shares: ReadonlyMap<number, number>,
  total: number,
  entries: number,
  maxSplits: number,
): number[] {
  if (shares.size === 0) return [];
  let listed = 0;
  for (const weight of shares.values()) listed += weight;
  const all = [...shares];
  if (total - listed > Number.EPSILON * entries * 100) all.push([0, total - listed]);
  const sorted = all.sort(([a], [b]) => a - b);
  const middles = sorted.slice(1).map(([value], index) => ((sorted[index]?.[0] ?? value) + value) / 2);
  return middles.length <= maxSplits ? middles : thin(sorted, middles, total / (maxSplits + 1));
}

/** Keeps the middles whose rows below come closest to the next multiple of the stride. */
function thin(sorted: readonly [number, number][], middles: readonly number[], stride: number): number[] {
  const kept: number[] = [];
  let below = sorted[0]?.[1] ?? 0;
  let target = stride;
  for (const [index, middle] of middles.entries()) {
    const next = below + (sorted[index + 1]?.[1] ?? 0);
    if (Math.abs(below - target) < Math.abs(next - target)) {
      kept.push(middle);
      target += stride;
    }
    below = next;
  }
  return kept;
}
