import { breathe } from '../breathe.ts';
import { InverseHessian } from './inverse-hessian.ts';
import {
  type Objective,
  type Optimum,
  SearchFailure,
  type SearchMethod,
  type SearchState,
  type StopRules,
  type Trial,
  type Watch,
} from './types.ts';
import { dot, norm, subtract } from './vectors.ts';

/** Pairs of steps and gradients that are kept, and values that the next one is compared with: what Spark asks for. */
const MEMORY = 10;
const COMPARED = 20;

/** The loop that L-BFGS and OWL-QN share, with Breeze's rules for when to stop. */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  method: SearchMethod,
  rules: StopRules,
  watch: Watch,
): Promise<Optimum> {
  const counted = countEvaluations(objective);
  const hessian = new InverseHessian(MEMORY);
  let state: SearchState = { iteration: 0, ...judge(counted, method, start) };
  const initial = Math.abs(state.pseudoValue);
  const history = [state.pseudoValue];
  let recent = [Number.POSITIVE_INFINITY];
  let failed = 0;
  let reason: Optimum['reason'] | undefined;
  const rest = breathe(watch.signal);
  for (;;) {
    reason = failed > 1 ? 'search' : whyStop(state, recent, initial, rules);
    if (reason) break;
    watch.signal.throwIfAborted();
    try {
      const next = advance(counted, method, hessian, state);
      hessian.remember(subtract(next.x, state.x), subtract(next.gradient, state.gradient));
      state = { ...next, iteration: state.iteration + 1 };
      failed = 0;
      history.push(state.pseudoValue);
      recent = [...recent, state.pseudoValue].slice(-COMPARED);
      watch.progress?.(state.iteration, rules.maxIter, state.pseudoValue);
    } catch (error) {
      if (!(error instanceof SearchFailure)) throw error;
      failed += 1;
      hessian.forget();
    }
    await rest();
  }
  const { x, pseudoValue: value, iteration: iterations } = state;
  return { x, value, iterations, evaluations: counted.evaluations(), history, reason };
}

function whyStop(
  state: SearchState,
  recent: readonly number[],
  initial: number,
  { maxIter, tol }: StopRules,
): Optimum['reason'] | undefined {
  if (state.iteration >= maxIter) return 'iterations';
  if (recent.length > 1 && Math.abs(state.pseudoValue - Math.max(...recent)) <= tol * initial) return 'value';
  if (norm(state.pseudoGradient) <= Math.max(tol * Math.abs(state.pseudoValue), 1e-8)) return 'gradient';
  return undefined;
}

function advance(objective: Objective, method: SearchMethod, hessian: InverseHessian, state: SearchState): Trial {
  const direction = hessian.descend(state.pseudoGradient);
  method.correct(direction, state);
  return method.search(state, direction, alpha => {
    const judged = judge(objective, method, method.place(state, direction, alpha));
    return { alpha, ...judged, slope: dot(judged.pseudoGradient, direction) };
  });
}

function judge(objective: Objective, method: SearchMethod, x: Float64Array) {
  const gradient = new Float64Array(objective.size);
  const value = objective.evaluate(x, gradient);
  const { value: pseudoValue, gradient: pseudoGradient } = method.adjust(x, value, gradient);
  return { x, value, gradient, pseudoValue, pseudoGradient };
}

function countEvaluations(objective: Objective) {
  let count = 0;
  return {
    size: objective.size,
    evaluate(x: Float64Array, gradient: Float64Array) {
      count += 1;
      return objective.evaluate(x, gradient);
    },
    evaluations: () => count,
  };
}
