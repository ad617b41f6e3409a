import type { Curve } from './evaluation.ts';
import { areaUnderRoc, forEachThreshold, type Ranking } from './ranking.ts';

const MOST_POINTS = 1000;

/** True positive rate over false positive rate, from (0, 0) to (1, 1). Null where one side has no rows. */
export function rocCurve(ranking: Ranking, mostPoints = MOST_POINTS): Curve | null {
  const area = areaUnderRoc(ranking);
  if (area === null) return null;
  const { positives, negatives } = ranking;
  const points = new ThinnedPoints(stepFor(ranking, mostPoints, 2), 1, 1);
  points.add(0, 0);
  forEachThreshold(ranking, (truePositives, falsePositives) =>
    points.add(falsePositives / negatives.length, truePositives / positives.length),
  );
  return points.toCurve(area);
}

/**
 * Precision over recall. As in Spark it begins at recall 0 with the precision of the highest score, and the area is
 * that of the trapezoids (an interpolation that flatters a little: Davis & Goadrich 2006).
 */
export function precisionRecallCurve(ranking: Ranking, mostPoints = MOST_POINTS): Curve | null {
  const { positives, negatives } = ranking;
  if (positives.length === 0 || negatives.length === 0) return null;
  const points = new ThinnedPoints(stepFor(ranking, mostPoints, 1), 1, 0);
  let area = 0;
  let last: { recall: number; precision: number } | undefined;
  forEachThreshold(ranking, (truePositives, falsePositives) => {
    const recall = truePositives / positives.length;
    const precision = truePositives / (truePositives + falsePositives);
    if (!last) points.add(0, precision);
    last ??= { recall: 0, precision };
    area += ((recall - last.recall) * (precision + last.precision)) / 2;
    last = { recall, precision };
    points.add(recall, precision);
  });
  return points.toCurve(area);
}

/** How far a curve of this length must move on before it gets another point: not at all where there are few. */
function stepFor(ranking: Ranking, mostPoints: number, length: number): number {
  let points = 0;
  forEachThreshold(ranking, () => {
    points += 1;
  });
  return points <= mostPoints - 2 ? 0 : length / (mostPoints - 2);
}

/** Keeps a point where the curve has moved on by at least a step, and always the first and the last one. */
class ThinnedPoints {
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  readonly #step: number;
  readonly #weightX: number;
  readonly #weightY: number;
  #skipped: readonly [x: number, y: number] | undefined;

  constructor(step: number, weightX: number, weightY: number) {
    this.#step = step;
    this.#weightX = weightX;
    this.#weightY = weightY;
  }

  add(x: number, y: number): void {
    const moved =
      this.#weightX * Math.abs(x - (this.#x.at(-1) ?? 0)) + this.#weightY * Math.abs(y - (this.#y.at(-1) ?? 0));
    if (this.#x.length > 0 && moved < this.#step) {
      this.#skipped = [x, y];
      return;
    }
    this.#keep(x, y);
  }

  toCurve(area: number): Curve {
    if (this.#skipped) this.#keep(...this.#skipped);
    return { x: Float64Array.from(this.#x), y: Float64Array.from(this.#y), area };
  }

  #keep(x: number, y: number): void {
    this.#x.push(x);
    this.#y.push(y);
    this.#skipped = undefined;
  }
}
