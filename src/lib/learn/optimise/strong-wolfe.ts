import { SearchFailure, type Trial } from './types.ts';

/** The four constants and both limits are those of Breeze, so that the steps, and with them the iterations, agree. */
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const GROWTH = 1.5;
const MAX_TRIES = 10;

interface Mark {
  readonly alpha: number;
  readonly pseudoValue: number;
  readonly slope: number;
}

/**
 * A step that fulfils the strong Wolfe conditions: Nocedal & Wright, Numerical Optimization, algorithms 3.5 and 3.6,
 * with cubic interpolation kept away from the ends of the bracket.
 */
export function searchStrongWolfe(origin: Mark, first: number, attempt: (alpha: number) => Trial): Trial {
  if (origin.slope > 0) throw new SearchFailure('the direction goes up');
  const decreases = (mark: Mark) =>
    mark.pseudoValue <= origin.pseudoValue + SUFFICIENT_DECREASE * mark.alpha * origin.slope;
  const isFlat = (mark: Mark) => Math.abs(mark.slope) <= CURVATURE * Math.abs(origin.slope);
  const zoom = (from: Mark, to: Mark): Trial => {
    let [low, high] = [from, to];
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const trial = attempt(low.alpha > high.alpha ? interpolate(high, low) : interpolate(low, high));
      if (!decreases(trial) || trial.pseudoValue >= low.pseudoValue) {
        high = trial;
      } else {
        if (isFlat(trial)) return trial;
        if (trial.slope * (high.alpha - low.alpha) >= 0) high = low;
        low = trial;
      }
    }
    throw new SearchFailure('the bracket holds no good step');
  };

  let low = origin;
  let alpha = first;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const trial = attempt(alpha);
    if (!Number.isFinite(trial.pseudoValue)) {
      alpha /= 2;
      continue;
    }
    if (!decreases(trial) || (trial.pseudoValue >= low.pseudoValue && tries > 0)) return zoom(low, trial);
    if (isFlat(trial)) return trial;
    if (trial.slope >= 0) return zoom(trial, low);
    low = trial;
    alpha *= GROWTH;
  }
  throw new SearchFailure('no step is long enough');
}

/** Minimum of the cubic through both values and slopes (equation 3.59), at least a tenth away from either end. */
function interpolate(left: Mark, right: Mark): number {
  const width = right.alpha - left.alpha;
  const d1 = left.slope + right.slope - (3 * (left.pseudoValue - right.pseudoValue)) / (left.alpha - right.alpha);
  const d2 = Math.sqrt(d1 * d1 - left.slope * right.slope);
  const alpha = right.alpha - (width * (right.slope + d2 - d1)) / (right.slope - left.slope + 2 * d2);
  const least = left.alpha + 0.1 * width;
  const most = left.alpha + 0.9 * width;
  if (alpha < least) return least;
  return Math.min(alpha, most);
}
