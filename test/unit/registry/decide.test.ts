import { describe, expect, test } from 'vitest';
import {
  decide,
  deltaOf,
  type Evidence,
  type Measures,
  type PromotionRules,
} from '../../../src/lib/registry/decide.ts';

const RULES: PromotionRules = {
  metric: 'accuracy',
  minDelta: 0,
  minAccuracy: null,
  minF1: null,
  test: 'mcnemar',
  alpha: 0.05,
  minSamples: 100,
};
const WITH = { hasChampion: true, missing: null };
const FIRST = { hasChampion: false, missing: null };

function measures(accuracy: number | null, f1: number | null = accuracy): Measures {
  return { accuracy, f1, auc: null, precision: null, recall: null };
}

function evidence(candidate: number | null, champion: number | null, more: Partial<Evidence> = {}): Evidence {
  return {
    kind: 'evaluated',
    data: { name: 'test.csv', digest: 'd' },
    rows: 1000,
    candidate: measures(candidate),
    champion: champion === null ? null : measures(champion),
    significance: { onlyCandidate: 60, onlyChampion: 20, method: 'chi-squared', pValue: 0.001 },
    ...more,
  };
}

const checksOf = (judgement: ReturnType<typeof decide>) =>
  Object.fromEntries(judgement.checks.map(({ name, met }) => [name, met]));

describe('a champion to beat', () => {
  test('is beaten by a gain that is more than chance', () => {
    const judged = decide(evidence(0.84, 0.8), RULES, WITH);
    expect(judged).toMatchObject({ decision: 'promote', reason: null });
    expect(checksOf(judged)).toEqual({ samples: true, 'min-delta': true, significance: true });
  });

  test.for<[string, Partial<Evidence>, Partial<PromotionRules>, RegExp]>([
    ['is better', { candidate: measures(0.79) }, {}, /changes by -0\.01, less than 0/],
    ['is not beaten by enough', {}, { minDelta: 0.05 }, /changes by \+0\.04, less than 0\.05/],
    [
      'is beaten by what may be chance',
      { significance: { onlyCandidate: 12, onlyChampion: 8, method: 'exact', pValue: 0.5 } },
      {},
      /alone right on 12 rows, the champion on 8 .* may well be chance/,
    ],
    ['is beaten by a version below the floor', {}, { minAccuracy: 0.9 }, /accuracy is 0\.84, below 0\.9/],
    ['is beaten by a version below the floor of F1', {}, { minF1: 0.9 }, /f1 is 0\.84, below 0\.9/],
  ])('%s: rejected', ([, more, rules, reason]) => {
    const judged = decide(evidence(0.84, 0.8, more), { ...RULES, ...rules }, WITH);
    expect(judged.decision).toBe('reject');
    expect(judged.reason).toMatch(reason);
  });

  test('is not beaten by a significant loss, though its p is small and the metric says otherwise', () => {
    const loss = { onlyCandidate: 20, onlyChampion: 60, method: 'chi-squared', pValue: 0.001 } as const;
    const judged = decide(evidence(0.84, 0.8, { significance: loss }), RULES, WITH);
    expect(checksOf(judged)).toEqual({ samples: true, 'min-delta': true, significance: false });
  });

  test('may be a little better where a loss is allowed: no proof of a gain is asked for then', () => {
    const chance = { onlyCandidate: 9, onlyChampion: 10, method: 'exact', pValue: 1 } as const;
    const judged = decide(evidence(0.799, 0.8, { significance: chance }), { ...RULES, minDelta: -0.01 }, WITH);
    expect(judged.decision).toBe('promote');
    expect(checksOf(judged)).toEqual({ samples: true, 'min-delta': true });
  });

  test('needs no test where the project turns it off', () => {
    const chance = { onlyCandidate: 9, onlyChampion: 8, method: 'exact', pValue: 1 } as const;
    const judged = decide(evidence(0.801, 0.8, { significance: chance }), { ...RULES, test: 'none' }, WITH);
    expect(judged.decision).toBe('promote');
  });

  test('at alpha itself: p has to be below', () => {
    const edge = (pValue: number) =>
      decide(
        evidence(0.84, 0.8, { significance: { onlyCandidate: 30, onlyChampion: 15, method: 'chi-squared', pValue } }),
        RULES,
        WITH,
      ).decision;
    expect([edge(0.05), edge(0.0499)]).toEqual(['reject', 'promote']);
  });
});

describe('too little to decide on', () => {
  test('are few rows, however large the gain', () => {
    const judged = decide(evidence(1, 0.1, { rows: 99 }), RULES, WITH);
    expect(judged).toMatchObject({
      decision: 'inconclusive',
      reason: expect.stringMatching(/99 rows are too few.*100/),
    });
    expect(decide(evidence(1, 0.1, { rows: 100 }), RULES, WITH).decision).toBe('promote');
  });

  test.for<[string, Partial<PromotionRules>, string]>([
    ['the metric to compare', { metric: 'auc' }, 'auc is not known of both versions'],
    ['what has a floor', { minF1: 0.5 }, 'f1 was not measured'],
  ])('is not to know %s: nobody can train that away', ([, rules, reason]) => {
    const known = evidence(0.84, 0.8, { candidate: measures(0.84, null) });
    expect(decide(known, { ...RULES, ...rules }, WITH)).toMatchObject({ decision: 'inconclusive', reason });
    const worse = decide(evidence(0.7, 0.8, { candidate: measures(0.7, null) }), { ...RULES, minF1: 0.5 }, WITH);
    expect(worse.decision, 'what is known to be worse is refused all the same').toBe('reject');
  });

  test('is no evidence at all, and what is missing is told', () => {
    expect(decide(null, RULES, { hasChampion: true, missing: 'no run' })).toEqual({
      decision: 'inconclusive',
      checks: [],
      reason: 'no run',
    });
    expect(decide(null, { ...RULES, minF1: 0.1 }, { ...FIRST, missing: 'no run' }).decision).toBe('inconclusive');
  });

  test('is not what the first champion without a floor stands on', () => {
    expect(decide(null, RULES, FIRST)).toEqual({ decision: 'promote', checks: [], reason: null });
    expect(decide(evidence(0.1, null, { rows: 3 }), RULES, FIRST).decision).toBe('promote');
  });
});

test('the first champion has its floors checked, and nothing else', () => {
  const judged = decide(evidence(0.8, null), { ...RULES, minAccuracy: 0.8, minDelta: 0.5 }, FIRST);
  expect(judged.decision).toBe('promote');
  expect(checksOf(judged)).toEqual({ samples: true, 'min-accuracy': true });
  const unknown = decide(evidence(null, null), { ...RULES, minAccuracy: 0.8 }, FIRST);
  expect(unknown).toMatchObject({ decision: 'inconclusive', reason: 'accuracy was not measured' });
});

test('recorded metrics leave the test open, and say so', () => {
  const judged = decide(evidence(0.84, 0.8, { kind: 'recorded', significance: null, rows: null }), RULES, WITH);
  expect(judged.decision).toBe('promote');
  expect(checksOf(judged)).toEqual({ samples: null, 'min-delta': true, significance: null });
});

test('recorded metrics that are equal are no gain, unless no test is asked for or a loss is allowed', () => {
  const equal = evidence(0.84, 0.84, { kind: 'recorded', significance: null });
  const judged = decide(equal, RULES, WITH);
  expect(judged).toMatchObject({ decision: 'reject', reason: 'no gain at all' });
  expect(decide(equal, { ...RULES, test: 'none' }, WITH).decision).toBe('promote');
  expect(decide(equal, { ...RULES, minDelta: -0.01 }, WITH).decision).toBe('promote');
});

test('a gain of 0.05 is one of 0.05, though doubles say 0.04999999999999993', () => {
  expect(deltaOf(evidence(0.85, 0.8), 'accuracy')).toBe(0.05);
  expect(0.85 - 0.8).not.toBe(0.05);
  expect(decide(evidence(0.85, 0.8), { ...RULES, minDelta: 0.05 }, WITH).decision).toBe('promote');
  expect(deltaOf(evidence(null, 0.8), 'accuracy')).toBe(null);
  expect(deltaOf(evidence(0.8, null), 'accuracy')).toBe(null);
});
