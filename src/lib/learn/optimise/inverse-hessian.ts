import { SearchFailure } from './types.ts';
import { addScaled, dot, scale } from './vectors.ts';

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** step · change */
  readonly curvature: number;
}

/** The last steps and what they did to the gradient: an approximation of the inverse Hessian that is never written out. */
export class InverseHessian {
  readonly #memory: number;
  /** Newest first. */
  #pairs: readonly Pair[] = [];

  constructor(memory: number) {
    this.#memory = memory;
  }

  remember(step: Float64Array, change: Float64Array): void {
    this.#pairs = [{ step, change, curvature: dot(step, change) }, ...this.#pairs].slice(0, this.#memory);
  }

  forget(): void {
    this.#pairs = [];
  }

  /** −H · gradient by the two loops of Nocedal & Wright, Numerical Optimization, algorithm 7.4. */
  descend(gradient: Float64Array): Float64Array {
    const direction = gradient.slice();
    const diagonal = this.#diagonal();
    const alphas = this.#pairs.map(({ step, change, curvature }) => {
      const alpha = dot(step, direction) / curvature;
      if (Number.isNaN(alpha)) throw new SearchFailure('the history of steps holds no number');
      addScaled(direction, -alpha, change);
      return alpha;
    });
    scale(direction, diagonal);
    for (let index = this.#pairs.length - 1; index >= 0; index--) {
      const { step, change, curvature } = this.#pairs[index] as Pair;
      addScaled(direction, (alphas[index] as number) - dot(change, direction) / curvature, step);
    }
    scale(direction, -1);
    return direction;
  }

  /** γ of equation 7.20. */
  #diagonal(): number {
    const newest = this.#pairs[0];
    if (!newest) return 1;
    if (!(newest.curvature >= 0)) throw new SearchFailure('the last step met no curvature');
    return newest.curvature / dot(newest.change, newest.change);
  }
}
