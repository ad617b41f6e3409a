import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimiseSmooth } from '../../../src/lib/learn/optimise/lbfgs.ts';
import { minimiseWithL1 } from '../../../src/lib/learn/optimise/owlqn.ts';
import { searchStrongWolfe } from '../../../src/lib/learn/optimise/strong-wolfe.ts';
import { type Objective, SearchFailure, type Trial } from '../../../src/lib/learn/optimise/types.ts';

const WATCH = { signal: new AbortController().signal };
const TIGHT = { maxIter: 500, tol: 1e-14 };

/** Σ scale · (x − target)² / 2 */
function bowl(targets: readonly number[], scales: readonly number[]): Objective {
  return {
    size: targets.length,
    evaluate(x, gradient) {
      let value = 0;
      for (const [at, target] of targets.entries()) {
        const scale = scales[at] ?? 1;
        const gap = (x[at] ?? 0) - target;
        gradient[at] = scale * gap;
        value += (scale * gap * gap) / 2;
      }
      return value;
    },
  };
}

const rosenbrock: Objective = {
  size: 2,
  evaluate(x, gradient) {
    const [a = 0, b = 0] = x;
    gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
    gradient[1] = 200 * (b - a * a);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  },
};

describe('L-BFGS', () => {
  test('walks the valley of Rosenbrock to its end', async () => {
    const found = await minimiseSmooth(rosenbrock, Float64Array.of(-1.2, 1), TIGHT, WATCH);
    expect(found.x[0]).toBeCloseTo(1, 6);
    expect(found.x[1]).toBeCloseTo(1, 6);
    expect(found.iterations).toBeLessThan(60);
    expect(found.history).toHaveLength(found.iterations + 1);
    expect(found.history[0]).toBeCloseTo(24.2, 10);
  });

  test('finds the bottom of any bowl, and never goes up on the way', async () => {
    const axis = fc.tuple(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 12 }), async axes => {
        const targets = axes.map(([target]) => target);
        const objective = bowl(
          targets,
          axes.map(([, scale]) => scale),
        );
        const found = await minimiseSmooth(objective, new Float64Array(axes.length), TIGHT, WATCH);
        for (const [at, target] of targets.entries()) expect(found.x[at]).toBeCloseTo(target, 3);
        for (const [at, value] of found.history.entries())
          expect(value).toBeLessThanOrEqual(found.history[at - 1] ?? value);
      }),
      { numRuns: 60 },
    );
  });

  test('stops where it starts when that is the minimum', async () => {
    const found = await minimiseSmooth(bowl([0, 0], [1, 1]), new Float64Array(2), TIGHT, WATCH);
    expect(found).toMatchObject({ iterations: 0, evaluations: 1, reason: 'gradient' });
  });

  test('does as many iterations as it may and reports each', async () => {
    const seen: string[] = [];
    const progress = (done: number, total: number) => seen.push(`${done}/${total}`);
    const found = await minimiseSmooth(
      rosenbrock,
      Float64Array.of(-1.2, 1),
      { maxIter: 4, tol: 0 },
      { ...WATCH, progress },
    );
    expect(found).toMatchObject({ iterations: 4, reason: 'iterations' });
    expect(seen).toEqual(['1/4', '2/4', '3/4', '4/4']);
  });

  test('gives up, with the best point so far, where the gradient leads astray', async () => {
    const liar: Objective = {
      size: 1,
      evaluate(x, gradient) {
        gradient[0] = -1;
        return x[0] ?? 0;
      },
    };
    const found = await minimiseSmooth(liar, new Float64Array(1), TIGHT, WATCH);
    // The start, and two searches of a first try and ten in the bracket: the history is dropped once.
    expect(found).toMatchObject({ iterations: 0, reason: 'search', evaluations: 23 });
    expect(found.x[0]).toBe(0);
  });

  test('an abort ends it', async () => {
    const stop = new AbortController();
    const progress = (done: number) => done === 3 && stop.abort(new Error('enough'));
    const run = minimiseSmooth(rosenbrock, Float64Array.of(-1.2, 1), TIGHT, { signal: stop.signal, progress });
    await expect(run).rejects.toThrow('enough');
  });

  test('steps back from where the function has no value', async () => {
    const fenced: Objective = {
      size: 1,
      evaluate(x, gradient) {
        const at = x[0] ?? 0;
        gradient[0] = 1 - 1 / at;
        return at - Math.log(at);
      },
    };
    const found = await minimiseSmooth(fenced, Float64Array.of(0.05), TIGHT, WATCH);
    expect(found.x[0]).toBeCloseTo(1, 6);
  });
});

describe('OWL-QN', () => {
  test('shrinks each coordinate as the soft threshold says', async () => {
    const axis = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 8 }), async axes => {
        const targets = axes.map(([target]) => target);
        const penalty = Float64Array.from(axes, ([, weight]) => weight);
        const objective = bowl(
          targets,
          targets.map(() => 1),
        );
        const found = await minimiseWithL1(objective, new Float64Array(axes.length), penalty, TIGHT, WATCH);
        for (const [at, [target, weight]] of axes.entries()) {
          const wanted = Math.sign(target) * Math.max(Math.abs(target) - weight, 0);
          expect(found.x[at]).toBeCloseTo(wanted, 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('leaves what is not worth its penalty at zero exactly', async () => {
    const found = await minimiseWithL1(
      bowl([0.5, 3], [1, 1]),
      new Float64Array(2),
      Float64Array.of(1, 1),
      TIGHT,
      WATCH,
    );
    expect(Object.is(found.x[0], 0)).toBe(true);
    expect(found.x[1]).toBeCloseTo(2, 8);
    expect(found.value).toBeCloseTo(0.125 + 0.5 + 2, 8);
  });
});

describe('the strong Wolfe search', () => {
  /** −4t² + t⁴: flat at √2. */
  const along = (alpha: number): Trial => ({
    alpha,
    x: new Float64Array(),
    value: 0,
    gradient: new Float64Array(),
    pseudoGradient: new Float64Array(),
    pseudoValue: alpha ** 4 - 4 * alpha ** 2 - alpha,
    slope: 4 * alpha ** 3 - 8 * alpha - 1,
  });
  const origin = { alpha: 0, pseudoValue: 0, slope: -1 };

  test.each([0.3, 1, 5, 100])('finds a good step from a first one of %d', first => {
    const { alpha, pseudoValue, slope } = searchStrongWolfe(origin, first, along);
    expect(pseudoValue).toBeLessThanOrEqual(-1e-4 * alpha);
    expect(Math.abs(slope)).toBeLessThanOrEqual(0.9);
  });

  test('ten tries are all: a first step that is far too short ends in failure', () => {
    expect(() => searchStrongWolfe(origin, 0.001, along)).toThrow('no step is long enough');
  });

  test('a step that may be longer is made half as long again each time', () => {
    const tried: number[] = [];
    searchStrongWolfe(origin, 0.02, alpha => {
      tried.push(alpha);
      return { ...along(0), alpha, pseudoValue: -alpha, slope: alpha < 0.06 ? -1 : -0.5 };
    });
    expect(tried.map(alpha => Number(alpha.toPrecision(6)))).toEqual([0.02, 0.03, 0.045, 0.0675]);
  });

  test('refuses to go uphill', () => {
    expect(() => searchStrongWolfe({ ...origin, slope: 1 }, 1, along)).toThrow(SearchFailure);
  });
});
