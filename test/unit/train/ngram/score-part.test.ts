import { describe, expect, it } from 'vitest';
import { hotspotExp } from '../../../../src/lib/model/compile/hotspot-math.ts';
import { openRecords, type StoredRecords } from '../../../../src/lib/train/ngram/record-store.ts';
import { type ScoreRequest, scorePart } from '../../../../src/lib/train/ngram/score-part.ts';
import { type MadeRow, pack } from '../../learn/ngram/made-records.ts';

const ROWS: MadeRow[] = [
  { label: 0, features: [1, 5, 17] },
  { label: 1, features: [] },
  { label: 2, features: [3] },
  { label: 1, features: [0, 1, 2, 31] },
];

/** One block for each row. */
function stored(rows = ROWS): StoredRecords {
  const blocks = rows.map(row => ({ memory: pack([row]) }));
  return { file: '', blocks, rows: rows.length, features: rows.reduce((sum, row) => sum + row.features.length, 0) };
}

function request(other: Partial<ScoreRequest> = {}): ScoreRequest {
  const { signal } = new AbortController();
  return { classOf: Int32Array.of(0, 1, -1), classes: 2, hashedFeatures: 32, signal, ...other };
}

function fitOf(coefficients: Float32Array, intercepts: Float64Array) {
  return { coefficients, intercepts, rows: 1, features: 1, rate: 1, losses: [] };
}

const weights = Float32Array.from({ length: 32 }, (_, at) => (at - 9) / 7);

describe('scorePart', () => {
  it('sums the weights of a row and adds the intercept, without rows of dropped labels', async () => {
    const scores = await scorePart(stored(), fitOf(weights, Float64Array.of(0.5)), request());
    expect(scores).toMatchObject({ rows: 3, classes: 2 });
    expect([...scores.labels]).toEqual([0, 1, 1]);
    const sum = (features: readonly number[]) => features.reduce((total, at) => total + (weights[at] as number), 0);
    const margins = [sum([1, 5, 17]) + 0.5, 0.5, sum([0, 1, 2, 31]) + 0.5];
    expect([...scores.raw]).toEqual(margins.flatMap(margin => [-margin, margin]));
    expect([...scores.predictions]).toEqual(margins.map(margin => Number(margin > 0)));
    const negative = margins.map(margin => 1 / (1 + hotspotExp(margin)));
    expect([...(scores.probabilities ?? [])]).toEqual(negative.flatMap(share => [share, 1 - share]));
  });

  it('has one sum for each of three classes', async () => {
    const three = Float32Array.from({ length: 96 }, (_, at) => Math.fround(Math.sin(at)));
    const classOf = Int32Array.of(2, 0, 1);
    const scores = await scorePart(stored(), fitOf(three, Float64Array.of(1, 2, 3)), request({ classes: 3, classOf }));
    expect([...scores.labels]).toEqual([2, 0, 1, 0]);
    const expected = ROWS.flatMap(({ features }) =>
      [0, 1, 2].map(cls => features.reduce((sum, at) => sum + (three[32 * cls + at] as number), 0) + cls + 1),
    );
    expect([...scores.raw]).toEqual(expected);
  });

  it('folds rows for a model with a smaller table', async () => {
    const small = Float32Array.from({ length: 16 }, (_, at) => at);
    const { raw } = await scorePart(stored(), fitOf(small, Float64Array.of(0)), request());
    // 17 is 1 there, 31 is 15.
    expect([raw[1], raw[5]]).toEqual([1 + 5, 0 + 1 + 2 + 15]);
  });

  it('comes to the same sums slice by slice', async () => {
    const size = 2 ** 20;
    const rows = [7, 8, 9].map(seed => ({
      label: 0,
      features: Array.from({ length: 900 }, (_, at) => at * 1165 + ((at * seed) % 1000)),
    }));
    const large = Float32Array.from({ length: size }, (_, at) => Math.fround(Math.sin(at)));
    const table = { hashedFeatures: size };
    const { raw } = await scorePart(stored(rows), fitOf(large, Float64Array.of(0.1)), request(table));
    const expected = rows.map(row => row.features.reduce((sum, at) => sum + (large[at] as number), 0) + 0.1);
    expect([raw[1], raw[3], raw[5]]).toEqual(expected);
  });

  it('keeps the rows: they can be scored with other classes', async () => {
    const part = stored();
    const fit = fitOf(weights, Float64Array.of(0));
    expect((await scorePart(part, fit, request())).rows).toBe(3);
    expect((await scorePart(part, fit, request({ classOf: Int32Array.of(-1, -1, 1) }))).rows).toBe(1);
    expect((await scorePart(part, fit, request({ classOf: new Int32Array(0) }))).rows).toBe(0);
  });

  it('is there for no rows at all', async () => {
    const scores = await scorePart(stored([]), fitOf(weights, Float64Array.of(0)), request());
    expect(scores).toMatchObject({ rows: 0, classes: 2 });
    expect(scores.raw).toHaveLength(0);
  });
});

describe('openRecords', () => {
  it('frees what is dropped, and only that', () => {
    const part = stored();
    const source = openRecords(part);
    source.drop(1);
    source.drop(1);
    source.drop(99);
    expect(part.blocks.map(block => 'memory' in block && block.memory.buffer.detached)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(source.read(0)).toEqual(pack([ROWS[0] as MadeRow]));
    source.close();
  });
});
