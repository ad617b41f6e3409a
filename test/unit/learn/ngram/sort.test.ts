import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../../../src/lib/learn/ngram/fold.ts';
import { FeatureSorter } from '../../../../src/lib/learn/ngram/sort.ts';

const ascending = (values: Iterable<number>) => [...new Set(values)].toSorted((a, b) => a - b);

describe('FeatureSorter', () => {
  it.each([1, 2, 10, 14, 18, 22, 24, 26])('sorts features of %i bits and leaves each once', bits => {
    const sorter = new FeatureSorter(2 ** bits);
    const numbers = fc.array(fc.oneof(fc.nat(2 ** bits - 1), fc.nat(Math.min(600, 2 ** bits - 1))), {
      maxLength: 2000,
      size: 'max',
    });
    fc.assert(
      fc.property(numbers, values => {
        const array = Int32Array.of(...values, 7, 1);
        const kept = sorter.sort(array, values.length);
        expect([...array.subarray(0, kept)]).toEqual(ascending(values));
        expect([...array.subarray(values.length)]).toEqual([7, 1]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([55, 56, 57, 58])('sorts %i features, where the way to sort changes', count => {
    const falling = Int32Array.from({ length: count }, (_, at) => (count - at) * 1000);
    const kept = new FeatureSorter(2 ** 22).sort(falling, count);
    expect([...falling.subarray(0, kept)]).toEqual(Array.from({ length: count }, (_, at) => (at + 1) * 1000));
  });

  it('leaves one of many that are the same, and none of none', () => {
    const sorter = new FeatureSorter(64);
    expect(sorter.sort(new Int32Array(500).fill(63), 500)).toBe(1);
    expect(sorter.sort(new Int32Array(9).fill(0), 9)).toBe(1);
    expect(sorter.sort(new Int32Array(3), 0)).toBe(0);
  });

  it('forgets the row before', () => {
    const sorter = new FeatureSorter(2 ** 20);
    const long = Int32Array.from({ length: 5000 }, (_, at) => (at * 7919) % 2 ** 20);
    sorter.sort(long, 5000);
    const short = Int32Array.from({ length: 100 }, (_, at) => 99 - at);
    expect(sorter.sort(short, 100)).toBe(100);
    expect([...short]).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });
});

describe('Folder', () => {
  it('leaves rows of a table of the same size or a larger one as they are', () => {
    for (const to of [64, 128]) {
      const features = Int32Array.of(3, 9, 60);
      expect(new Folder(64, to).fold(features, 0, 3)).toBe(3);
      expect([...features]).toEqual([3, 9, 60]);
    }
  });

  it('folds what stands at a place and leaves the rest alone', () => {
    const features = Int32Array.of(50, 1, 17, 18, 33, 63, 50);
    expect(new Folder(64, 16).fold(features, 1, 5)).toBe(3);
    expect([...features.subarray(1, 4)]).toEqual([1, 2, 15]);
    expect([features[0], features[6]]).toEqual([50, 50]);
  });

  it('folds as hashing into the smaller table would have', () => {
    const numbers = fc.uniqueArray(fc.nat(2 ** 20 - 1), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 19 }), (values, bits) => {
        const features = Int32Array.from(ascending(values));
        const kept = new Folder(2 ** 20, 2 ** bits).fold(features, 0, features.length);
        expect([...features.subarray(0, kept)]).toEqual(ascending(values.map(value => value % 2 ** bits)));
      }),
    );
  });
});
