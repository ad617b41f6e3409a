import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FeatureSorter } from '../../../../src/lib/learn/ngram/sort.ts';

it('sorts between two places and leaves everything else alone', () => {
  const sorter = new FeatureSorter();
  const numbers = fc.array(fc.oneof(fc.nat(2 ** 27 - 1), fc.nat(600)), { maxLength: 3000, size: 'max' });
  fc.assert(
    fc.property(numbers, values => {
      const array = Int32Array.of(9, 8, ...values, 7, 1);
      sorter.sort(array, 2, 2 + values.length);
      expect([...array]).toEqual([9, 8, ...values.toSorted((a, b) => a - b), 7, 1]);
    }),
    { numRuns: 150 },
  );
});
