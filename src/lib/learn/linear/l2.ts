import type { ScaledSpace } from './space.ts';

/** Adds the gradient of the L2 penalty and returns its value; the intercepts, at the end, are free. */
export type RidgePenalty = (x: Float64Array, gradient: Float64Array) => number;

/**
 * λ/2 · ‖w‖². Without standardization the penalty is that of the weights in the space of the rows, though the fit runs
 * in the scaled one.
 */
export function ridgePenalty(space: ScaledSpace, lambda: number, standardize: boolean, sets: number): RidgePenalty {
  if (lambda === 0) return () => 0;
  const factors = space.inverse.map(inverse => (standardize ? lambda : lambda * inverse * inverse));
  return (x, gradient) => {
    let sum = 0;
    for (let column = 0, at = 0; column < factors.length; column++) {
      const factor = factors[column] as number;
      for (let set = 0; set < sets; set++, at++) {
        const weight = x[at] as number;
        sum += factor * weight * weight;
        gradient[at] = (gradient[at] as number) + factor * weight;
      }
    }
    return sum / 2;
  };
}
