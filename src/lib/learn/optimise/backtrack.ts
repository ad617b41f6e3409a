import { SearchFailure, type Trial } from './types.ts';

const ARMIJO = 1e-4;
const WOLFE = 0.9;
const GROWTH = 2.1;
const MAX_TRIES = 20;

export interface BacktrackStart {
  readonly value: number;
  readonly slope: number;
  /** What the first trial is taken to be worth: Breeze 2.1 puts the smooth value of the origin here, and so do we. */
  readonly assumedValue: number;
}

/** Shrinks and stretches the step until the strong Wolfe conditions hold, as Breeze's BacktrackingLineSearch does. */
export function backtrack(
  start: BacktrackStart,
  first: number,
  shrink: number,
  attempt: (alpha: number) => Trial,
): Trial {
  let trial = attempt(first);
  let value = start.assumedValue;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const factor = judge(trial, value, start, shrink);
    if (factor === 1) return trial;
    const alpha = trial.alpha * factor;
    if (!(alpha >= 1e-10 && alpha <= 1e10)) throw new SearchFailure('the step vanished or exploded');
    // The step that the last try asks for is not taken any more.
    if (tries === MAX_TRIES - 1) return trial;
    trial = attempt(alpha);
    value = trial.pseudoValue;
  }
  return trial;
}

function judge(trial: Trial, value: number, start: BacktrackStart, shrink: number): number {
  if (value > start.value + trial.alpha * start.slope * ARMIJO) return shrink;
  if (trial.slope < WOLFE * start.slope) return GROWTH;
  return trial.slope > -WOLFE * start.slope ? shrink : 1;
}
