/** The first class with the largest score: Spark's argmax. */
export function argmax(scores: Float64Array, at: number, classes: number): number {
  let best = 0;
  for (let cls = 1; cls < classes; cls++) {
    if ((scores[at + cls] as number) > (scores[at + best] as number)) best = cls;
  }
  return best;
}

/** ProbabilisticClassificationModel.probability2prediction: the first class with the largest probability / threshold. */
export function decideByThresholds(probabilities: Float64Array, at: number, thresholds: Float64Array): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let cls = 0; cls < thresholds.length; cls++) {
    const scaled = (probabilities[at + cls] as number) / (thresholds[cls] as number);
    if (scaled > most) {
      most = scaled;
      best = cls;
    }
  }
  return best;
}

/** Spark's Utils.softmax: minus the largest, exp, times the reciprocal of the sum (not divided by the sum). */
export function softmax(
  raw: Float64Array,
  probabilities: Float64Array,
  at: number,
  classes: number,
  exp: (x: number) => number,
): void {
  let most = -Number.MAX_VALUE;
  for (let cls = 0; cls < classes; cls++) {
    const score = raw[at + cls] as number;
    if (score === Number.POSITIVE_INFINITY) {
      probabilities.fill(0, at, at + classes);
      probabilities[at + cls] = 1;
      return;
    }
    if (score > most) most = score;
  }
  let sum = 0;
  for (let cls = 0; cls < classes; cls++) {
    const power = exp((raw[at + cls] as number) - most);
    probabilities[at + cls] = power;
    sum += power;
  }
  const scale = 1 / sum;
  for (let cls = 0; cls < classes; cls++) probabilities[at + cls] = (probabilities[at + cls] as number) * scale;
}
