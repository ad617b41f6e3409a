import { expect, test } from 'vitest';
import { countNoun } from '../../../src/lib/core/count-noun.ts';

test.each([
  [0, '0 rows'],
  [1, '1 row'],
  [2, '2 rows'],
  [1234567, '1,234,567 rows'],
])('%d is told as %s', (amount, text) => {
  expect(countNoun(amount, 'row')).toBe(text);
});
