import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../../src/lib/core/suggest.ts';

describe('suggest', () => {
  const KEYS = ['numFeatures', 'trainRatio', 'valRatio', 'enableCv', 'cvFolds', 'maxRows', 'seed'];

  it.each([
    ['numFeature', 'numFeatures'],
    ['num-features', 'numFeatures'],
    ['NUM_FEATURES', 'numFeatures'],
    ['numFaetures', 'numFeatures'],
    ['trainRaito', 'trainRatio'],
    ['cvFold', 'cvFolds'],
    ['sede', 'seed'],
    ['enable', 'enableCv'],
    ['max', 'maxRows'],
  ])('%s → %s', (word, meant) => {
    expect(suggest(word, KEYS)).toBe(meant);
  });

  it.each(['', 'zebra', 'x', 'en', 'epochs', 'a'.repeat(100_000)])('has no word for %.20s', word => {
    expect(suggest(word, KEYS)).toBeUndefined();
  });

  it('prefers the nearest candidate, and of equally near ones the first', () => {
    expect(suggest('trainRatia', ['trainRatios', 'trainRatio'])).toBe('trainRatio');
    expect(suggest('cat', ['bat', 'car'])).toBe('bat');
  });

  it('does not take one short word for another', () => {
    expect(suggest('hf', ['gs', 'hg'])).toBeUndefined();
    expect(suggest('gcs', ['hf', 'http', 'csv'])).toBeUndefined();
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['local', 'lcoal', 1],
  ])('%s to %s is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, zero only for equal words, and never more than the longer word', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});
