/** A smooth function that is to be made small. */
export interface Objective {
  readonly size: number;
  /** Its value at x; the gradient is written to the second array. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
}

export interface StopRules {
  readonly maxIter: number;
  /** Relative to the objective at the start (change of its value) and to its present value (norm of the gradient). */
  readonly tol: number;
}

export interface Watch {
  readonly signal: AbortSignal;
  progress?(done: number, total: number, objective: number): void;
}

export interface Optimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Value at the start and after each iteration. */
  readonly history: readonly number[];
  readonly reason: 'iterations' | 'value' | 'gradient' | 'search';
}

/** Where a search stands: `pseudo…` hold the part that is not smooth too (the same as the plain ones without one). */
export interface SearchState {
  readonly iteration: number;
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly pseudoValue: number;
  readonly pseudoGradient: Float64Array;
}

/** A point on the way from a state along a direction, judged. */
export interface Trial {
  readonly alpha: number;
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly pseudoValue: number;
  readonly pseudoGradient: Float64Array;
  /** Derivative of the pseudo value along the direction. */
  readonly slope: number;
}

/** What L-BFGS and OWL-QN do differently. */
export interface SearchMethod {
  /** Value and gradient with the part that is not smooth. */
  adjust(x: Float64Array, value: number, gradient: Float64Array): { value: number; gradient: Float64Array };
  /** May change the direction in place. */
  correct(direction: Float64Array, state: SearchState): void;
  place(state: SearchState, direction: Float64Array, alpha: number): Float64Array;
  search(state: SearchState, direction: Float64Array, attempt: (alpha: number) => Trial): Trial;
}

/** No acceptable step was found, or the curvature is no curvature: the history is dropped once, then it is the end. */
export class SearchFailure extends Error {}
