/** How often rows of about the same probability are positive. */
interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Null where the bin has no rows. */
  readonly meanProbability: number | null;
  readonly positiveShare: number | null;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Mean distance between probability and share over all rows (Naeini, Cooper & Hauskrecht 2015). */
  readonly expectedCalibrationError: number;
  /** Mean squared error of the probabilities (Brier 1950). */
  readonly brier: number;
}

/** Of the positive class (1) of two; the probability of row r stands at probabilities[2r + 1]. */
export function measureReliability(labels: Int32Array, probabilities: Float64Array, binCount = 10): Reliability {
  if (!Number.isInteger(binCount) || binCount < 1)
    throw new RangeError(`a reliability table needs bins, not ${binCount}`);
  const counts = new Float64Array(binCount);
  const sums = new Float64Array(binCount);
  const hits = new Float64Array(binCount);
  let squares = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = probabilities[2 * row + 1] as number;
    const hit = labels[row] === 1 ? 1 : 0;
    const bin = Math.min(Math.floor(probability * binCount), binCount - 1);
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + probability;
    hits[bin] = (hits[bin] as number) + hit;
    squares += (probability - hit) ** 2;
  }
  let gap = 0;
  const bins = Array.from(counts, (rows, bin) => {
    const [sum, hit] = [sums[bin] as number, hits[bin] as number];
    gap += Math.abs(sum - hit);
    return {
      from: bin / binCount,
      to: (bin + 1) / binCount,
      rows,
      meanProbability: rows === 0 ? null : sum / rows,
      positiveShare: rows === 0 ? null : hit / rows,
    };
  });
  return { bins, expectedCalibrationError: gap / labels.length, brier: squares / labels.length };
}
