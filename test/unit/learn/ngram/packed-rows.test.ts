import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PackedReader, packedBound, packRow } from '../../../../src/lib/learn/ngram/packed-rows.ts';

it('reads what was packed, of any size', () => {
  const features = fc.uniqueArray(fc.oneof(fc.nat(2 ** 26 - 1), fc.nat(300)), { maxLength: 2000, size: 'max' });
  const row = fc.record({ label: fc.nat(2 ** 31 - 1), features: features.map(list => list.toSorted((a, b) => a - b)) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), rows => {
      const bytes = new Uint8Array(rows.reduce((sum, made) => sum + packedBound(made.features.length), 0));
      let at = 0;
      for (const made of rows)
        at = packRow(bytes, at, made.label, Int32Array.from(made.features), made.features.length);
      const reader = new PackedReader();
      reader.open(bytes.subarray(0, at));
      for (const made of rows) {
        expect(reader.next()).toBe(true);
        expect(reader.label).toBe(made.label);
        expect([...reader.features.subarray(0, reader.count)]).toEqual(made.features);
      }
      expect(reader.next()).toBe(false);
    }),
    { numRuns: 60 },
  );
});

it('takes two bytes for a feature of a review in a table of four million', () => {
  const features = Int32Array.from({ length: 500 }, (_, at) => at * 8000);
  expect(packRow(new Uint8Array(packedBound(500)), 0, 1, features, 500)).toBeLessThan(1010);
});
