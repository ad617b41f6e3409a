import { minimise } from './minimise.ts';
import { searchStrongWolfe } from './strong-wolfe.ts';
import { type Objective, type Optimum, SearchFailure, type SearchMethod, type StopRules, type Watch } from './types.ts';
import { norm } from './vectors.ts';

/** Liu & Nocedal, On the limited memory BFGS method for large scale optimization (1989), as Breeze 2.1 runs it. */
export function minimiseSmooth(
  objective: Objective,
  start: Float64Array,
  rules: StopRules,
  watch: Watch,
): Promise<Optimum> {
  return minimise(objective, start, METHOD, rules, watch);
}

const METHOD: SearchMethod = {
  adjust: (_x, value, gradient) => ({ value, gradient }),
  correct() {},
  place(state, direction, alpha) {
    const x = new Float64Array(direction.length);
    for (let index = 0; index < x.length; index++) {
      x[index] = (state.x[index] as number) + (direction[index] as number) * alpha;
    }
    return x;
  },
  search(state, direction, attempt) {
    let slope = 0;
    for (let index = 0; index < direction.length; index++) {
      slope += (direction[index] as number) * (state.gradient[index] as number);
    }
    const origin = { alpha: 0, pseudoValue: state.value, slope };
    const trial = searchStrongWolfe(origin, state.iteration === 0 ? 1 / norm(direction) : 1, attempt);
    if (trial.alpha * norm(state.gradient) < 1e-10) throw new SearchFailure('the step vanished');
    return trial;
  },
};
