import { expect, test } from 'vitest';
import { resolveModelNames, titleOf } from '../../../src/lib/train/models.ts';

test('short forms stand for the full names, in the order given', () => {
  expect(resolveModelNames(['svc', 'lr', 'rf', 'nb', 'ngram'])).toEqual([
    'linearsvc',
    'logisticregression',
    'randomforest',
    'naivebayes',
    'ngram',
  ]);
});

test('a model that is named twice is trained once', () => {
  expect(resolveModelNames(['lr', 'LogisticRegression', ' lr '])).toEqual(['logisticregression']);
});

test('a name of a plugin stays as it is', () => {
  expect(resolveModelNames(['Centroid'])).toEqual(['Centroid']);
  expect(titleOf('Centroid')).toBe('Centroid');
  expect(titleOf('linearsvc')).toBe('LinearSVC');
});
