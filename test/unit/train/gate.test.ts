import { describe, expect, test } from 'vitest';
import { checkGate, readGate } from '../../../src/lib/train/gate.ts';

const metrics = { accuracy: 0.8, auc: 0.9, f1: 0.7, precision: 0.75, recall: 0.65 };

describe('what a gate demands', () => {
  test('a comparison, a bare number and a number in quotes', () => {
    expect(readGate({ accuracy: '>0.75', f1: 0.7, auc: '0.9', precision: ' <= 1 ' })).toEqual([
      { metric: 'accuracy', comparison: '>', bound: 0.75 },
      { metric: 'auc', comparison: '>=', bound: 0.9 },
      { metric: 'f1', comparison: '>=', bound: 0.7 },
      { metric: 'precision', comparison: '<=', bound: 1 },
    ]);
  });

  test('nothing where nothing is written', () => {
    expect(readGate({})).toEqual([]);
    expect(checkGate('lr', [], metrics)).toEqual({ model: 'lr', met: true, checks: [], missed: null });
  });
});

describe('whether it is met', () => {
  test.each([
    ['>0.8', false],
    ['>=0.8', true],
    ['<0.8', false],
    ['<=0.8', true],
    ['>0.79', true],
    ['<0.81', true],
    [0.8, true],
    [0.8001, false],
  ])('accuracy 0.8 against %s', (rule, met) => {
    expect(checkGate('lr', readGate({ accuracy: rule }), metrics).met).toBe(met);
  });

  test('every rule counts, and each says what it saw', () => {
    const verdict = checkGate('svc', readGate({ accuracy: 0.7, f1: 0.9 }), metrics);
    expect(verdict.met).toBe(false);
    expect(verdict.missed).toBe('f1 is 0.7, not >= 0.9');
    expect(verdict.checks.map(({ metric, value, met }) => [metric, value, met])).toEqual([
      ['accuracy', 0.8, true],
      ['f1', 0.7, false],
    ]);
  });

  test('a metric that does not exist meets nothing, not even a bound of zero', () => {
    expect(checkGate('lr', readGate({ auc: 0 }), { ...metrics, auc: null }).met).toBe(false);
  });
});
