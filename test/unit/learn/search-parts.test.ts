import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BacktrackStart, backtrack } from '../../../src/lib/learn/optimise/backtrack.ts';
import { InverseHessian } from '../../../src/lib/learn/optimise/inverse-hessian.ts';
import { SearchFailure, type Trial } from '../../../src/lib/learn/optimise/types.ts';
import { addScaled, dot, norm, scale, subtract } from '../../../src/lib/learn/optimise/vectors.ts';

describe('the approximation of the inverse Hessian', () => {
  const pair = fc.tuple(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.double({ min: 0.1, max: 5, noNaN: true }));

  test('knows nothing at first: straight down', () => {
    expect([...new InverseHessian(5).descend(Float64Array.of(1, -2))]).toEqual([-1, 2]);
  });

  test('meets the secant equation: the last change is taken back to the last step', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), pairs => {
        const hessian = new InverseHessian(10);
        let last = { step: new Float64Array(2), change: new Float64Array(2) };
        for (const [a, b] of pairs) {
          // Changes of a bowl with the curvatures 2 and 7.
          last = { step: Float64Array.of(a, -b), change: Float64Array.of(2 * a, -7 * b) };
          hessian.remember(last.step, last.change);
        }
        const back = hessian.descend(last.change);
        expect(-(back[0] ?? 0)).toBeCloseTo(last.step[0] ?? 0, 8);
        expect(-(back[1] ?? 0)).toBeCloseTo(last.step[1] ?? 0, 8);
      }),
    );
  });

  test('its directions always go down', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), pair, (pairs, [a, b]) => {
        const hessian = new InverseHessian(3);
        for (const [x, y] of pairs) hessian.remember(Float64Array.of(x, y), Float64Array.of(3 * x, 0.5 * y));
        const gradient = Float64Array.of(a, -b);
        expect(dot(hessian.descend(gradient), gradient)).toBeLessThan(0);
      }),
    );
  });

  test('forgets when told, and refuses a step that met negative curvature or none', () => {
    const hessian = new InverseHessian(3);
    hessian.remember(Float64Array.of(1, 0), Float64Array.of(-1, 0));
    expect(() => hessian.descend(Float64Array.of(1, 1))).toThrow(SearchFailure);
    hessian.forget();
    expect([...hessian.descend(Float64Array.of(1, 1))]).toEqual([-1, -1]);
    hessian.remember(new Float64Array(2), new Float64Array(2));
    expect(() => hessian.descend(Float64Array.of(1, 1))).toThrow(SearchFailure);
  });
});

describe('backtracking', () => {
  /** Along t: value and slope; the rest of a trial does not matter here. */
  function along(value: (t: number) => number, slope: (t: number) => number) {
    const tried: number[] = [];
    const attempt = (alpha: number): Trial => {
      tried.push(alpha);
      const none = new Float64Array();
      return {
        alpha,
        x: none,
        value: 0,
        gradient: none,
        pseudoGradient: none,
        pseudoValue: value(alpha),
        slope: slope(alpha),
      };
    };
    return { tried, attempt };
  }
  const bowl = () =>
    along(
      t => (t - 1) ** 2,
      t => 2 * (t - 1),
    );
  const START: BacktrackStart = { value: 1, slope: -2, assumedValue: 0 };

  test('takes the first step when it is good', () => {
    const { tried, attempt } = bowl();
    expect(backtrack(START, 1, 0.5, attempt).alpha).toBe(1);
    expect(tried).toEqual([1]);
  });

  test('shrinks a step that goes too far, and stretches one that does not go far enough', () => {
    const far = bowl();
    expect(backtrack(START, 8, 0.5, far.attempt).alpha).toBe(1);
    expect(far.tried).toEqual([8, 4, 2, 1]);
    const short = bowl();
    expect(backtrack(START, 0.01, 0.5, short.attempt).alpha).toBeCloseTo(0.01 * 2.1 ** 4, 12);
  });

  test('the value that is assumed of the first trial decides about it, as in Breeze', () => {
    const { tried, attempt } = bowl();
    backtrack({ ...START, assumedValue: 1 }, 1, 0.5, attempt);
    expect(tried).toEqual([1, 0.5]);
  });

  test('twenty tries are all: the last of them is taken as it is', () => {
    // Flat enough nowhere: too low a slope below 1, too high a one from there on.
    const { tried, attempt } = along(
      t => -t,
      t => (t < 1 ? -2 : 2),
    );
    const trial = backtrack(START, 0.9, 0.5, attempt);
    expect(tried).toHaveLength(20);
    expect(trial.alpha).toBe(tried.at(-1));
  });

  test('a step that vanishes or explodes is a failure', () => {
    const high = along(
      () => 5,
      () => 0,
    );
    const steep = along(
      t => -t,
      () => -3,
    );
    expect(() => backtrack({ ...START, assumedValue: 5 }, 1e-9, 0.1, high.attempt)).toThrow(SearchFailure);
    expect(() => backtrack(START, 1e10, 0.1, steep.attempt)).toThrow(SearchFailure);
  });
});

test('vectors', () => {
  const a = Float64Array.of(3, 4);
  expect([dot(a, Float64Array.of(1, 2)), norm(a)]).toEqual([11, 5]);
  expect([...subtract(a, Float64Array.of(1, 1))]).toEqual([2, 3]);
  const b = a.slice();
  addScaled(b, -2, Float64Array.of(1, 2));
  expect([...b]).toEqual([1, 0]);
  scale(b, 5);
  expect([...b]).toEqual([5, 0]);
});
