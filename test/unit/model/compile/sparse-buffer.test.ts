import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SparseBuffer } from '../../../../src/lib/model/compile/sparse-buffer.ts';

function fill(indices: readonly number[]): SparseBuffer {
  const buffer = new SparseBuffer();
  for (const index of indices) buffer.push(index, -1);
  return buffer;
}

function entries({ count, indices, values }: SparseBuffer): [number, number][] {
  return Array.from({ length: count }, (_, at) => [indices[at] as number, values[at] as number]);
}

function countSlowly(indices: readonly number[], binary: boolean): [number, number][] {
  const counts = new Map<number, number>();
  for (const index of indices) counts.set(index, binary ? 1 : (counts.get(index) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

describe('counting', () => {
  // Around 24 and 48 entries another way of sorting begins.
  const index = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 2 ** 31 - 1 }), fc.constantFrom(0, 2 ** 31 - 1, 2 ** 30));
  const row = fc.oneof(
    fc.array(index, { maxLength: 12 }),
    fc.array(index, { minLength: 20, maxLength: 28, size: 'max' }),
    fc.array(index, { minLength: 44, maxLength: 70, size: 'max' }),
  );

  test.each([false, true])('each index once, ascending, with its count; binary %s', binary => {
    fc.assert(
      fc.property(row, indices => {
        const buffer = fill(indices);
        buffer.countIndices(binary);
        expect(entries(buffer)).toEqual(countSlowly(indices, binary));
      }),
      { numRuns: 400 },
    );
  });

  test.each(Array.from({ length: 60 }, (_, length) => length))('%i entries from large to small', length => {
    const indices = Array.from({ length }, (_, at) => (length - at) * 7);
    const buffer = fill(indices);
    buffer.countIndices(false);
    expect(entries(buffer)).toEqual(indices.toReversed().map(one => [one, 1]));
  });

  test('a second row finds nothing of the first', () => {
    const buffer = fill([9, 9, 3, 1]);
    buffer.countIndices(false);
    buffer.clear();
    for (const one of [4, 2, 4]) buffer.push(one, 7);
    buffer.countIndices(false);
    expect(entries(buffer)).toEqual([
      [2, 1],
      [4, 2],
    ]);
    buffer.clear();
    buffer.countIndices(false);
    expect(buffer.count).toBe(0);
  });

  test('two buffers do not share their scratch', () => {
    const [a, b] = [fill([5, 1, 3]), fill([2, 9, 4, 4])];
    a.countIndices(false);
    b.countIndices(false);
    expect(entries(a).map(([one]) => one)).toEqual([1, 3, 5]);
    expect(entries(b).map(([one]) => one)).toEqual([2, 4, 9]);
  });
});

describe('room', () => {
  test('growing keeps what is there', () => {
    const buffer = new SparseBuffer();
    for (let at = 0; at < 1000; at++) buffer.push(at, at / 2);
    expect(entries(buffer)).toEqual(Array.from({ length: 1000 }, (_, at) => [at, at / 2]));
  });

  test('room that is there is not made again', () => {
    const buffer = new SparseBuffer();
    buffer.reserve(500);
    const { indices } = buffer;
    buffer.reserve(500);
    buffer.reserve(3);
    expect(buffer.indices).toBe(indices);
    expect(buffer.values.length).toBe(indices.length);
    buffer.reserve(501);
    expect(buffer.indices.length).toBeGreaterThanOrEqual(501);
  });
});

test('weighing multiplies each value by the weight of its index, and no other', () => {
  const buffer = fill([3, 0, 3, 1]);
  buffer.countIndices(false);
  buffer.weigh(Float64Array.of(0.1, -2, Number.NaN, 1 / 3));
  expect(entries(buffer)).toEqual([
    [0, 0.1],
    [1, -2],
    [3, 2 * (1 / 3)],
  ]);
});
