export interface McNemarResult {
  /** Rows that only the first model got right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly method: 'exact' | 'chi-squared';
  /** Null for the exact test. */
  readonly statistic: number | null;
  /** How likely such a difference is by chance alone, two-sided. */
  readonly pValue: number;
}

/** Below this many rows on which the models differ the binomial distribution is summed up. */
const EXACT_BELOW = 25;

/**
 * McNemar (1947): do two models that judged the same rows differ by more than chance? Exact for few rows, else chi² with
 * Edwards' continuity correction (1948).
 */
export function testMcNemar(labels: Int32Array, first: Int32Array, second: Int32Array): McNemarResult {
  if (first.length !== labels.length || second.length !== labels.length) {
    throw new RangeError('both models must have judged the same rows');
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let row = 0; row < labels.length; row++) {
    const firstIsRight = first[row] === labels[row];
    const secondIsRight = second[row] === labels[row];
    if (firstIsRight && !secondIsRight) onlyFirst += 1;
    if (secondIsRight && !firstIsRight) onlySecond += 1;
  }
  const differing = onlyFirst + onlySecond;
  if (differing < EXACT_BELOW) {
    const pValue = Math.min(1, 2 * binomialUpTo(Math.min(onlyFirst, onlySecond), differing));
    return { onlyFirst, onlySecond, method: 'exact', statistic: null, pValue };
  }
  const statistic = Math.max(Math.abs(onlyFirst - onlySecond) - 1, 0) ** 2 / differing;
  const pValue = complementaryError(Math.sqrt(statistic / 2));
  return { onlyFirst, onlySecond, method: 'chi-squared', statistic, pValue };
}

/** Probability of at most k heads in n throws of a fair coin. */
function binomialUpTo(k: number, n: number): number {
  let term = 1;
  let sum = 0;
  for (let heads = 0; heads <= k; heads++) {
    sum += term;
    term = (term * (n - heads)) / (heads + 1);
  }
  return sum / 2 ** n;
}

/** erfc for x ≥ 0: series 7.6.2 of the NIST handbook (DLMF) near zero, continued fraction 7.9.1 further out. */
export function complementaryError(x: number): number {
  const power = Math.exp(-x * x);
  if (x < 2.5) {
    let term = x;
    let sum = 0;
    for (let n = 1; term > 1e-18 * sum; n++) {
      sum += term;
      term *= (2 * x * x) / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * power * sum;
  }
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return power / Math.sqrt(Math.PI) / (x + fraction);
}
