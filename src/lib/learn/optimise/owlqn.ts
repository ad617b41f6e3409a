import { backtrack } from './backtrack.ts';
import { minimise } from './minimise.ts';
import type { Objective, Optimum, SearchMethod, SearchState, StopRules, Watch } from './types.ts';
import { dot, norm } from './vectors.ts';

/**
 * Minimises objective + Σ penalty[i] · |x[i]|: Andrew & Gao, Scalable training of L1-regularized log-linear models
 * (2007), as Breeze 2.1 runs it. With penalties of zero the projection onto orthants stays, as it does there.
 */
export function minimiseWithL1(
  objective: Objective,
  start: Float64Array,
  penalty: Float64Array,
  rules: StopRules,
  watch: Watch,
): Promise<Optimum> {
  return minimise(objective, start, createMethod(penalty), rules, watch);
}

function createMethod(penalty: Float64Array): SearchMethod {
  return {
    adjust: (x, value, gradient) => addPenalty(x, value, gradient, penalty),
    correct(direction, { pseudoGradient }) {
      for (let index = 0; index < direction.length; index++) {
        if ((direction[index] as number) * (pseudoGradient[index] as number) >= 0) direction[index] = 0;
      }
    },
    place: stayInOrthant,
    search(state, direction, attempt) {
      const start = {
        value: state.pseudoValue,
        slope: dot(state.pseudoGradient, direction),
        assumedValue: state.value,
      };
      const isFirst = state.iteration < 1;
      return backtrack(start, isFirst ? 0.5 / norm(state.gradient) : 1, isFirst ? 0.1 : 0.5, attempt);
    },
  };
}

/** The pseudo-gradient of the paper, equation 4. */
function addPenalty(x: Float64Array, value: number, gradient: Float64Array, penalty: Float64Array) {
  const pseudo = gradient.slice();
  let total = value;
  for (let index = 0; index < x.length; index++) {
    const weight = penalty[index] as number;
    if (weight === 0) continue;
    const at = x[index] as number;
    const slope = gradient[index] as number;
    total += Math.abs(weight * at);
    if (at !== 0) pseudo[index] = slope + Math.sign(at) * weight;
    else if (slope - weight > 0) pseudo[index] = slope - weight;
    else pseudo[index] = Math.min(slope + weight, 0);
  }
  return { value: total, gradient: pseudo };
}

/** A coordinate that would change its sign becomes zero. */
function stayInOrthant(state: SearchState, direction: Float64Array, alpha: number): Float64Array {
  const placed = new Float64Array(direction.length);
  for (let index = 0; index < placed.length; index++) {
    const from = state.x[index] as number;
    const to = from + (direction[index] as number) * alpha;
    const sign = from !== 0 ? Math.sign(from) : Math.sign(-(state.pseudoGradient[index] as number));
    placed[index] = Math.sign(to) === sign ? to : 0;
  }
  return placed;
}
