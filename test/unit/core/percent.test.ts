import { expect, test } from 'vitest';
import { percent } from '../../../src/lib/core/percent.ts';

test.each([
  [0, '0 %'],
  [1, '100 %'],
  [0.5, '50 %'],
  [0.1234, '12.3 %'],
  [0.09999, '10 %'],
  [0.05, '5 %'],
  [0.01234, '1.2 %'],
  [0.0001, '0.01 %'],
  [0.00001, '0.001 %'],
  [0.000009, 'below 0.001 %'],
  [1e-12, 'below 0.001 %'],
])('a share of %d is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
