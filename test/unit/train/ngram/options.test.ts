import { describe, expect, it } from 'vitest';
import {
  checkNgramOptions,
  NGRAM_DEFAULTS,
  ordersUpTo,
  settleParameters,
  tableSize,
} from '../../../../src/lib/train/ngram/options.ts';

describe('checkNgramOptions', () => {
  it('fills in the defaults', () => {
    expect(checkNgramOptions({})).toEqual(NGRAM_DEFAULTS);
    expect(checkNgramOptions({ ngrams: 3, alpha: 0.5 })).toEqual({ ...NGRAM_DEFAULTS, ngrams: 3, alpha: 0.5 });
  });

  it.each([
    [{ passes: 0 }, 'train.params.ngram.passes is 0', 'give a whole number from 1 to 100'],
    [{ ngrams: 1.5 }, 'train.params.ngram.ngrams is 1.5', 'give a whole number from 1 to 4'],
    [{ characters: -1 }, 'train.params.ngram.characters is -1', 'give a whole number from 0 to 6'],
    [{ learningRate: 0 }, 'train.params.ngram.learningRate is 0', 'give a number above 0, at most 1000'],
    [{ alpha: Number.NaN }, 'train.params.ngram.alpha is null', 'give a number above 0, at most 1000000'],
    [{ alpha: Number.POSITIVE_INFINITY }, 'train.params.ngram.alpha is null', 'give a number above 0, at most 1000000'],
    [{ alpha: 'much' }, 'train.params.ngram.alpha is "much"', 'give a number above 0, at most 1000000'],
    [{ numFeatures: 0 }, 'train.params.ngram.numFeatures is 0', 'give a whole number from 1024 to 67108864'],
    [{ numFeatures: 5000 }, 'train.params.ngram.numFeatures is 5000, not a power of two', 'the nearest one is 4096'],
    [
      { trees: 3 },
      'train.params.ngram has no parameter "trees"',
      'known are numFeatures, ngrams, characters, passes, learningRate, alpha, minRows',
    ],
  ])('refuses %j', (params, message, hint) => {
    expect(() => checkNgramOptions(params)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message, hint }));
  });
});

describe('settleParameters', () => {
  it('takes longer runs of words for long texts, and what was asked for in any case', () => {
    expect(settleParameters(NGRAM_DEFAULTS, 80)).toMatchObject({ ngrams: 2, minRows: 2 });
    expect(settleParameters(NGRAM_DEFAULTS, 1300)).toMatchObject({ ngrams: 3, minRows: 4 });
    expect(settleParameters({ ...NGRAM_DEFAULTS, ngrams: 1, minRows: 9 }, 1300)).toMatchObject({
      ngrams: 1,
      minRows: 9,
    });
  });
});

describe('tableSize', () => {
  it('halves the table until the coefficients of all classes fit, unless a size was asked for', () => {
    expect([1, 3, 4, 5, 16, 1e6].map(models => tableSize(null, models))).toEqual([
      2 ** 22,
      2 ** 22,
      2 ** 22,
      2 ** 21,
      2 ** 20,
      1024,
    ]);
    expect(tableSize(2 ** 23, 50)).toBe(2 ** 23);
  });

  it('counts lengths from one', () => {
    expect(ordersUpTo(3)).toEqual([1, 2, 3]);
    expect(ordersUpTo(0)).toEqual([]);
  });
});
