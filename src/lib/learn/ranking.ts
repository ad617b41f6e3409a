/** Scores of the rows of a class and of all other rows, each ascending: all that curves and areas depend on. */
export interface Ranking {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** The score of row r stands at scores[offset + r · stride]. Throws RangeError for a score that is not a number. */
export function rankScores(
  labels: Int32Array,
  positive: number,
  scores: Float64Array,
  stride: number,
  offset: number,
): Ranking {
  let count = 0;
  for (const label of labels) if (label === positive) count += 1;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(labels.length - count);
  let [up, down] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const score = scores[offset + row * stride] as number;
    if (Number.isNaN(score)) throw new RangeError(`the score of row ${row} is not a number`);
    if (labels[row] === positive) positives[up++] = score;
    else negatives[down++] = score;
  }
  return { positives: positives.sort(), negatives: negatives.sort() };
}

/** Calls back for each distinct score, highest first, with the numbers of rows that score at least this. */
export function forEachThreshold(
  { positives, negatives }: Ranking,
  visit: (truePositives: number, falsePositives: number) => void,
): void {
  let up = positives.length;
  let down = negatives.length;
  while (up > 0 || down > 0) {
    const score = Math.max(
      up > 0 ? (positives[up - 1] as number) : Number.NEGATIVE_INFINITY,
      down > 0 ? (negatives[down - 1] as number) : Number.NEGATIVE_INFINITY,
    );
    while (up > 0 && (positives[up - 1] as number) >= score) up -= 1;
    while (down > 0 && (negatives[down - 1] as number) >= score) down -= 1;
    visit(positives.length - up, negatives.length - down);
  }
}

/** Area under the ROC curve, by trapezoids over the distinct scores; null where one side has no rows. */
export function areaUnderRoc(ranking: Ranking): number | null {
  const { positives, negatives } = ranking;
  if (positives.length === 0 || negatives.length === 0) return null;
  // Whole numbers as long as they can be: twice the pairs that are in the right order, ties counted as one.
  let doubled = 0;
  let [lastTrue, lastFalse] = [0, 0];
  forEachThreshold(ranking, (truePositives, falsePositives) => {
    doubled += (falsePositives - lastFalse) * (truePositives + lastTrue);
    [lastTrue, lastFalse] = [truePositives, falsePositives];
  });
  return doubled / 2 / positives.length / negatives.length;
}
