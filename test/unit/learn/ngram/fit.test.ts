import { describe, expect, it } from 'vitest';
import { fitNgram, type NgramFitOptions } from '../../../../src/lib/learn/ngram/fit.ts';
import { Folder } from '../../../../src/lib/learn/ngram/fold.ts';
import { mix, shuffle } from '../../../../src/lib/learn/ngram/random.ts';
import { ratioRates } from '../../../../src/lib/learn/ngram/rates.ts';
import { findRecords } from '../../../../src/lib/learn/ngram/records.ts';
import { RowBlock } from '../../../../src/lib/learn/ngram/row-block.ts';
import { scatterRows } from '../../../../src/lib/learn/ngram/scatter.ts';
import { addMargins, decide } from '../../../../src/lib/learn/ngram/score.ts';
import { countFeatures, numberFeatures } from '../../../../src/lib/learn/ngram/vocabulary.ts';
import { bucketsInArrays, type MadeRow, pack, sourceOf } from './made-records.ts';

const pause = () => Promise.resolve();
const TABLE = 64;

/** Feature c speaks for class c three times out of four; feature 10 + something is noise. */
function noisyRows(count: number, classes: number, seed: number): MadeRow[] {
  return Array.from({ length: count }, (_, row) => {
    const label = mix(seed, 3 * row) % classes;
    const told = mix(seed, 3 * row + 1) % 4 === 0 ? mix(seed, row + 1e6) % classes : label;
    return { label, features: [told, 10 + (mix(seed, 3 * row + 2) % 20), 40 + (row % 3)] };
  });
}

function options(classes: number, other: Partial<NgramFitOptions> = {}): NgramFitOptions {
  return {
    ...{ classes, classOf: Int32Array.from({ length: classes }, (_, label) => label), hashedFeatures: TABLE },
    ...{ numFeatures: TABLE, passes: 3, learningRate: 0.5, alpha: 1, minRows: 1, seed: 1, bucketSize: 1e6 },
    ...other,
  };
}

function learn(rows: readonly MadeRow[], choice: NgramFitOptions, blockRows?: number) {
  const hooks = { pause, allocate: (length: number) => new Float32Array(length) };
  return fitNgram(sourceOf(rows, blockRows), choice, bucketsInArrays, hooks);
}

function accuracy(rows: readonly MadeRow[], model: Awaited<ReturnType<typeof learn>>, choice: NgramFitOptions): number {
  const { classes, classOf } = choice;
  const values = new Float64Array(rows.length * model.intercepts.length);
  const margins = { rows: 0, labels: new Int32Array(rows.length), values };
  const block = new RowBlock(classOf, new Folder(choice.hashedFeatures, choice.numFeatures));
  block.open(pack(rows));
  addMargins(block, model, margins);
  const { predictions } = decide(values.slice(0, margins.rows * model.intercepts.length), classes, Math.exp);
  return predictions.filter((prediction, row) => prediction === margins.labels[row]).length / margins.rows;
}

describe('fitNgram', () => {
  it.each([2, 3, 5])('finds what tells %i classes apart', async classes => {
    const choice = options(classes);
    const model = await learn(noisyRows(2000, classes, 1), choice);
    expect(model.coefficients).toHaveLength((classes === 2 ? 1 : classes) * TABLE);
    expect(accuracy(noisyRows(500, classes, 2), model, choice)).toBeGreaterThan(0.75);
    expect(model.losses.at(-1)).toBeLessThan(model.losses[0] as number);
  });

  it('weighs a word of one class for it and leaves what was never seen at nothing', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => ({ label: row % 2, features: [row % 2, 7] }));
    const { coefficients } = await learn(rows, options(2));
    expect(coefficients[1]).toBeGreaterThan(0.1);
    expect(coefficients[0]).toBeLessThan(-0.1);
    // Seen in both classes alike: its ratio is nothing, so it never moves.
    expect(coefficients[7]).toBe(0);
    expect(coefficients[30]).toBe(0);
  });

  it('depends on seed and rows alone, not on how the rows lie in blocks', async () => {
    const rows = noisyRows(400, 3, 1);
    const small = await learn(rows, options(3, { bucketSize: 300 }), 3);
    const large = await learn(rows, options(3, { bucketSize: 300 }), 1000);
    expect(large).toEqual(small);
    const other = await learn(rows, options(3, { bucketSize: 300, seed: 2 }));
    expect(other.coefficients).not.toEqual(small.coefficients);
  });

  it('learns from a file that is sorted by label as well as from a shuffled one', async () => {
    const rows = noisyRows(3000, 2, 1).sort((a, b) => a.label - b.label);
    const choice = options(2, { bucketSize: 1000 });
    expect(accuracy(noisyRows(800, 2, 2), await learn(rows, choice), choice)).toBeGreaterThan(0.8);
  });

  it('leaves out the rows of dropped labels', async () => {
    const rows = noisyRows(300, 2, 1);
    const noise = rows.flatMap(row => [row, { label: 2, features: [0, 1, 2, 3] }, { label: 9, features: [1] }]);
    const classOf = Int32Array.of(0, 1, -1);
    const [with_, without] = [await learn(noise, options(2, { classOf })), await learn(rows, options(2))];
    expect(with_.rows).toBe(300);
    expect(with_.features).toBe(without.features);
  });

  it('gives no weight to features of fewer rows than asked', async () => {
    const rows = [...noisyRows(100, 2, 1), { label: 1, features: [60] }];
    expect((await learn(rows, options(2))).coefficients[60]).not.toBe(0);
    expect((await learn(rows, options(2, { minRows: 2 }))).coefficients[60]).toBe(0);
  });

  it('folds hashes into a smaller table as if they had been hashed for it', async () => {
    const rows = noisyRows(300, 2, 1);
    const folded = rows.map(({ label, features }) => ({
      label,
      features: [...new Set(features.map(feature => feature & 15))].sort((a, b) => a - b),
    }));
    const choice = options(2, { numFeatures: 16 });
    const late = await learn(rows, choice);
    const early = await learn(folded, options(2, { numFeatures: 16, hashedFeatures: 16 }));
    expect(late.coefficients).toEqual(early.coefficients);
    expect(late.intercepts).toEqual(early.intercepts);
    expect(accuracy(rows, late, choice)).toBe(accuracy(folded, early, { ...choice, hashedFeatures: 16 }));
  });

  it('refuses one class, and a class without rows', async () => {
    const rows = [{ label: 0, features: [1] }];
    await expect(learn(rows, options(1))).rejects.toThrow(
      new RangeError('there is one class only: nothing to tell apart'),
    );
    await expect(learn(rows, options(2))).rejects.toThrow(new RangeError('class 1 has no rows'));
  });

  it('learns the shares of the classes from rows without words', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => ({ label: row % 4 === 0 ? 0 : 1, features: [] }));
    const model = await learn(rows, options(2));
    expect(1 / (1 + Math.exp(-(model.intercepts[0] as number)))).toBeCloseTo(0.75, 1);
  });

  it('stops when pausing rejects', async () => {
    let pauses = 0;
    const stopping = () => (++pauses > 5 ? Promise.reject(new Error('stop')) : Promise.resolve());
    const hooks = { pause: stopping, allocate: (length: number) => new Float32Array(length) };
    const rows = noisyRows(3000, 2, 1);
    await expect(fitNgram(sourceOf(rows, 5000), options(2), bucketsInArrays, hooks)).rejects.toThrow('stop');
  });
});

describe('the parts of the fit', () => {
  const rows: MadeRow[] = [
    { label: 1, features: [5, 9] },
    { label: 0, features: [5] },
    { label: 1, features: [3, 9] },
    { label: 1, features: [9] },
  ];
  const request = {
    ...{ source: sourceOf(rows, 2), classOf: Int32Array.of(0, 1), classes: 2, numFeatures: 16 },
    ...{ folder: new Folder(16, 16), buckets: 1, seed: 1 },
  };

  it('counts rows of each class with each feature', async () => {
    const counts = await countFeatures(request, pause);
    expect([...counts.rows]).toEqual([1, 3]);
    expect([...counts.features]).toEqual([1, 5]);
    expect([...counts.table.subarray(10, 12)]).toEqual([1, 1]);
    expect([...counts.table.subarray(18, 20)]).toEqual([0, 3]);
    expect(counts.bucketSizes).toEqual([14]);
  });

  it('numbers frequent features first', async () => {
    const vocabulary = numberFeatures(await countFeatures(request, pause), 16, 1);
    expect([...vocabulary.features]).toEqual([9, 5, 3]);
    expect(vocabulary.numberOf[5]).toBe(1);
    expect(vocabulary.numberOf[0]).toBe(-1);
    expect(numberFeatures(await countFeatures(request, pause), 16, 3).features).toHaveLength(1);
  });

  it('moves a weight by the log-count ratio of its feature', async () => {
    const counts = await countFeatures(request, pause);
    const rates = ratioRates(counts, numberFeatures(counts, 16, 1), 0.5);
    const shift = Math.log(6 / 2);
    expect(rates[0]).toBeCloseTo(Math.abs(Math.log(3.5 / 0.5) - shift), 6);
    expect(rates[1]).toBeCloseTo(Math.abs(Math.log(1.5 / 1.5) - shift), 6);
  });

  it('deals every row out once, with numbers in place of hashes', async () => {
    const many = noisyRows(500, 2, 1);
    const counts = await countFeatures({ ...request, numFeatures: TABLE, source: sourceOf(many), buckets: 4 }, pause);
    const vocabulary = numberFeatures(counts, TABLE, 1);
    const { bucketSizes } = counts;
    const dealt = await scatterRows(
      { ...request, source: sourceOf(many), vocabulary, bucketSizes },
      bucketsInArrays,
      pause,
    );
    const back = bucketSizes.flatMap((_, bucket) => {
      const records = dealt.read(bucket);
      return [...findRecords(records)].map(at => {
        const numbers = records.subarray(at + 2, at + 2 + (records[at + 1] as number));
        return [records[at], ...[...numbers].map(number => vocabulary.features[number])].join(' ');
      });
    });
    expect(back.sort()).toEqual(many.map(({ label, features }) => [label, ...features].join(' ')).sort());
    for (const [bucket, size] of bucketSizes.entries()) expect(dealt.read(bucket).length).toBe(size);
    expect(Math.min(...bucketSizes)).toBeGreaterThan(400);
  });

  it('shuffles into every order about as often', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const items = Int32Array.of(1, 2, 3);
      shuffle(items, seed);
      seen.set(items.join(''), (seen.get(items.join('')) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('decide', () => {
  it('makes probabilities of a margin as Spark does: the negative one first, the other as what is left', () => {
    const { predictions, raw, probabilities } = decide(Float64Array.of(0, 2, -40), 2, Math.exp);
    expect([...predictions]).toEqual([0, 1, 0]);
    expect([...raw]).toEqual([-0, 0, -2, 2, 40, -40]);
    expect([...probabilities.subarray(2, 4)]).toEqual([1 / (1 + Math.exp(2)), 1 - 1 / (1 + Math.exp(2))]);
    expect(probabilities[5]).toBe(1 - 1 / (1 + Math.exp(-40)));
  });

  it('takes the first of equal classes, and survives large margins', () => {
    const { predictions, probabilities } = decide(Float64Array.of(1, 3, 3, 1000, 0, -1000), 3, Math.exp);
    expect([...predictions]).toEqual([1, 0]);
    expect(probabilities.slice(0, 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect([...probabilities.subarray(3)]).toEqual([1, 0, 0]);
  });
});
