import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createParityTally } from '../../../../src/lib/model/parity/compare-scores.ts';
import { readStoredScore } from '../../../../src/lib/model/parity/stored-score.ts';
import { ulpDistance } from '../../../../src/lib/model/parity/ulp-distance.ts';

const bits = (...values: number[]) =>
  values
    .map(value => {
      const buffer = Buffer.alloc(8);
      buffer.writeDoubleBE(value);
      return buffer.toString('hex');
    })
    .join('');

/** The next double above. */
function nextUp(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return view.getFloat64(0);
}

describe('distance of doubles', () => {
  test.for([
    [1, 1, 0],
    [1, nextUp(1), 1],
    [-1, nextUp(-1), 1],
    [0, -0, 1],
    [Number.MIN_VALUE, -Number.MIN_VALUE, 3],
    [Number.NaN, Number.NaN, 0],
    [Number.NaN, 1, Number.POSITIVE_INFINITY],
    [Number.MAX_VALUE, Number.POSITIVE_INFINITY, 1],
  ] as const)('%d and %d are %d apart', ([a, b, distance]) => {
    expect(ulpDistance(a, b)).toBe(distance);
    expect(ulpDistance(b, a)).toBe(distance);
  });

  test('is zero for equal bits only, and one to the next double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), fc.double({ noNaN: true }), (a, b) => {
        expect(ulpDistance(a, b) === 0).toBe(Object.is(a, b));
        expect(ulpDistance(a, nextUp(a))).toBe(1);
      }),
    );
  });
});

describe('a stored row', () => {
  const read = (row: Parameters<typeof readStoredScore>[0]) => readStoredScore(row, 'text', 'row 1');

  test('of sentops score --vectors', () => {
    const row = {
      text: 'a',
      prediction: 1,
      probability: 0.75,
      rawPrediction: [-1.1, 1.1],
      probabilities: [0.25, 0.75],
    };
    expect(read(row)).toEqual({
      text: 'a',
      prediction: 1,
      raw: [-1.1, 1.1],
      probabilities: [0.25, 0.75],
      probability: 0.75,
    });
  });

  test('of Spark, with vectors as it writes them to JSON and Parquet', () => {
    const sparse = { type: 0, size: 3, indices: [1], values: [0.5] };
    const row = { text: 'a', prediction: 0, rawPrediction: { type: 1, values: [2, -2] }, probability: sparse };
    expect(read(row)).toMatchObject({ raw: [2, -2], probabilities: [0, 0.5, 0], probability: undefined });
  });

  test('of a CSV file, where everything is text', () => {
    const row = { text: 'a', prediction: '1.0', rawPrediction: '[-0.5,0.5]', probability: '[1e-3, 0.999]' };
    expect(read(row)).toMatchObject({ prediction: 1, raw: [-0.5, 0.5], probabilities: [0.001, 0.999] });
    expect(read({ text: 'a', prediction: '', probability: '0.25' })).toMatchObject({
      prediction: null,
      probability: 0.25,
    });
  });

  test('with the bits of doubles', () => {
    const values = [0.1, -0, Number.NaN];
    expect(read({ text: 'a', rawPrediction: bits(...values) }).raw).toEqual(values);
  });

  test('with names for what JSON has no number for', () => {
    expect(read({ text: 'a', rawPrediction: ['-Infinity', 'NaN'] }).raw).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test('holds undefined for what was not stored, and a null text', () => {
    expect(read({ text: null })).toEqual({
      text: null,
      prediction: undefined,
      raw: undefined,
      probabilities: undefined,
      probability: undefined,
    });
  });

  test.for([
    { prediction: 'positive' },
    { rawPrediction: 'hello' },
    { rawPrediction: [1, 'x'] },
    { rawPrediction: { type: 0, size: 1e12, indices: [0], values: [1] } },
    { probabilities: true },
    { rawPrediction: '[1,' },
  ])('%j is refused with the row and the column', row => {
    const [name] = Object.keys(row);
    expect(() => read({ text: 'a', ...row })).toThrow(new RegExp(`^row 1: ${name} `));
  });
});

describe('parity', () => {
  const ours = (margin: number) => ({
    prediction: margin > 0 ? 1 : 0,
    raw: Float64Array.of(-margin, margin),
    probabilities: Float64Array.of(1 - margin, margin),
  });
  const stored = (margin: number) => ({
    text: 'a text',
    prediction: margin > 0 ? 1 : 0,
    raw: [-margin, margin],
    probabilities: [1 - margin, margin],
    probability: margin,
  });

  test('of equal scores is empty of mismatches, column by column', () => {
    const tally = createParityTally();
    for (const margin of [0.25, 0.5, 0.75]) tally.add(0, stored(margin), ours(margin));
    expect(tally.result()).toEqual({
      rows: 3,
      mismatches: 0,
      maxUlp: 0,
      columns: ['prediction', 'rawPrediction', 'probabilities', 'probability'].map(name => ({
        name,
        rows: 3,
        mismatches: 0,
        maxUlp: 0,
      })),
      examples: [],
    });
  });

  test('counts a row once, however many of its columns differ, and finds one bit', () => {
    const tally = createParityTally();
    tally.add(0, stored(0.25), ours(0.25));
    tally.add(1, { ...stored(0.5), raw: [-0.5, nextUp(nextUp(0.5))], probability: nextUp(0.5) }, ours(0.5));
    const parity = tally.result();
    expect(parity).toMatchObject({ rows: 2, mismatches: 1, maxUlp: 2 });
    expect(parity.columns.map(({ mismatches, maxUlp }) => [mismatches, maxUlp])).toEqual([
      [0, 0],
      [1, 2],
      [0, 0],
      [1, 1],
    ]);
    expect(parity.examples.map(({ row, column }) => [row, column])).toEqual([
      [1, 'rawPrediction'],
      [1, 'probability'],
    ]);
  });

  test('columns that were not stored are not compared', () => {
    const tally = createParityTally();
    tally.add(
      0,
      { text: 'a', prediction: 1, raw: undefined, probabilities: undefined, probability: undefined },
      ours(1),
    );
    expect(tally.result().columns.map(({ name }) => name)).toEqual(['prediction']);
  });

  test('a vector of another length, and a score where there should be none, have no distance', () => {
    const tally = createParityTally();
    tally.add(0, { ...stored(0.5), raw: [1, 2, 3] }, ours(0.5));
    tally.add(1, stored(0.5), null);
    expect(tally.result()).toMatchObject({ mismatches: 2, maxUlp: null });
  });

  test('a row without a text agrees with nulls', () => {
    const tally = createParityTally();
    tally.add(0, { text: null, prediction: null, raw: null, probabilities: null, probability: null }, null);
    expect(tally.result()).toMatchObject({ rows: 1, mismatches: 0 });
  });

  test('names a few examples, not all', () => {
    const tally = createParityTally();
    for (let row = 0; row < 100; row += 1) tally.add(row, { ...stored(0.5), prediction: 0 }, ours(0.5));
    const parity = tally.result();
    expect(parity.mismatches).toBe(100);
    expect(parity.examples).toHaveLength(10);
    expect(parity.examples[0]).toEqual({ row: 0, text: 'a text', column: 'prediction', ours: 1, theirs: 0 });
  });
});
