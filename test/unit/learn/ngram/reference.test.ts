import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitNgram, type NgramFit, type NgramFitOptions } from '../../../../src/lib/learn/ngram/fit.ts';
import { createState, learnBinary, learnMultinomial } from '../../../../src/lib/learn/ngram/online.ts';
import { mix, shuffle } from '../../../../src/lib/learn/ngram/random.ts';
import { bucketsInArrays, type MadeRow, sourceOf } from './made-records.ts';

/**
 * The same learning written down a second time, as the formulas stand in docs/ngram.md: weights and sums in maps by
 * feature, no vocabulary, no records. Only what is stored in 32 bits there is rounded here too.
 */
interface Reference {
  readonly weights: Map<number, number>[];
  readonly intercepts: number[];
  readonly losses: number[];
}

const round = Math.fround;

function ratio(rows: readonly MadeRow[], feature: number, isOwn: (label: number) => boolean, alpha: number): number {
  const having = rows.filter(row => row.features.includes(feature));
  const own = having.filter(row => isOwn(row.label)).length;
  const count = (some: readonly MadeRow[]) => some.reduce((sum, row) => sum + row.features.length, 0);
  const inside = count(rows.filter(row => isOwn(row.label)));
  const shift = Math.log((inside + 1) / (count(rows) - inside + 1));
  return round(Math.abs(Math.log(own + alpha) - Math.log(having.length - own + alpha) - shift));
}

function learnSlowly(rows: readonly MadeRow[], options: NgramFitOptions): Reference {
  const { classes, alpha, minRows, passes, seed } = options;
  const models = classes === 2 ? [1] : Array.from({ length: classes }, (_, label) => label);
  const all = [...new Set(rows.flatMap(row => row.features))];
  const known = all.filter(feature => rows.filter(row => row.features.includes(feature)).length >= minRows);
  const mean = rows.reduce((sum, row) => sum + row.features.length, 0) / rows.length;
  const rate = options.learningRate / Math.cbrt(Math.max(1, mean));
  const rates = models.map(
    model => new Map(known.map(f => [f, round(ratio(rows, f, label => label === model, alpha) * rate)])),
  );
  const weights = models.map(() => new Map(known.map(feature => [feature, 0])));
  const squares = models.map(() => new Map(known.map(feature => [feature, round(1e-6)])));
  const share = (label: number) => rows.filter(row => row.label === label).length / rows.length;
  const intercepts = classes === 2 ? [Math.log(share(1) / share(0))] : models.map(model => Math.log(share(model)));
  const interceptSquares = models.map(() => 1);
  const losses: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const order = Int32Array.from(rows, (_, row) => row);
    shuffle(order, mix(mix(seed, pass), 1));
    let loss = 0;
    for (const at of order) {
      const { label, features } = rows[at] as MadeRow;
      const own = features.filter(feature => known.includes(feature));
      const margins = models.map((_, model) =>
        own.reduce((sum, f) => sum + (weights[model]?.get(f) as number), intercepts[model] as number),
      );
      const probabilities = probabilitiesOf(margins);
      loss -= Math.log(probabilities[label] as number);
      for (const [index, model] of models.entries()) {
        const error = (probabilities[model] as number) - (label === model ? 1 : 0);
        if (Math.abs(error) < 1e-5) continue;
        for (const feature of own) {
          const sum = (squares[index]?.get(feature) as number) + error * error;
          const step = ((rates[index]?.get(feature) as number) * error) / Math.sqrt(sum);
          squares[index]?.set(feature, round(sum));
          weights[index]?.set(feature, round((weights[index]?.get(feature) as number) - step));
        }
        const sum = (interceptSquares[index] as number) + error * error;
        interceptSquares[index] = sum;
        intercepts[index] = (intercepts[index] as number) - (0.1 * rate * error) / Math.sqrt(sum);
      }
    }
    losses.push(loss / rows.length);
  }
  return { weights, intercepts, losses };
}

function probabilitiesOf(margins: readonly number[]): number[] {
  if (margins.length === 1) {
    const positive = 1 / (1 + Math.exp(-(margins[0] as number)));
    return [1 - positive, positive];
  }
  const largest = Math.max(...margins);
  const powers = margins.map(margin => Math.exp(margin - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}

const TABLE = 256;

function learn(rows: readonly MadeRow[], options: NgramFitOptions): Promise<NgramFit> {
  const hooks = { pause: () => Promise.resolve(), allocate: (length: number) => new Float32Array(length) };
  return fitNgram(sourceOf(rows), options, bucketsInArrays, hooks);
}

function optionsFor(classes: number, other: Partial<NgramFitOptions> = {}): NgramFitOptions {
  return {
    ...{ classes, classOf: Int32Array.from({ length: classes }, (_, label) => label), hashedFeatures: TABLE },
    ...{ numFeatures: TABLE, passes: 2, learningRate: 0.4, alpha: 1.5, minRows: 2, seed: 11, bucketSize: 1e6 },
    ...other,
  };
}

function madeRows(count: number, classes: number, seed: number): MadeRow[] {
  return Array.from({ length: count }, (_, row) => {
    const label = row < classes ? row : mix(seed, row) % classes;
    const features = Array.from({ length: mix(seed, row + 99) % 12 }, (_, at) => mix(seed + row, at) % 40);
    return { label, features: [...new Set([...features, 100 + label])].sort((a, b) => a - b) };
  });
}

function expectClose(fit: NgramFit, expected: Reference): void {
  for (const [model, weights] of expected.weights.entries())
    for (let feature = 0; feature < TABLE; feature++)
      expect(fit.coefficients[model * TABLE + feature]).toBeCloseTo(weights.get(feature) ?? 0, 5);
  for (const [model, intercept] of expected.intercepts.entries())
    expect(fit.intercepts[model]).toBeCloseTo(intercept, 6);
  for (const [pass, loss] of expected.losses.entries()) expect(fit.losses[pass]).toBeCloseTo(loss, 5);
}

describe('fitNgram beside the formulas', () => {
  it.each([
    ['two classes', 2, {}],
    ['three classes', 3, {}],
    ['five classes', 5, { passes: 4 }],
    ['every feature', 2, { minRows: 1 }],
    ['frequent features only', 3, { minRows: 9 }],
    ['hardly any smoothing', 2, { alpha: 1e-3 }],
    ['fast steps', 2, { learningRate: 3 }],
    ['another order', 2, { seed: 12345 }],
  ])('comes to the same weights: %s', async (_, classes, other) => {
    const rows = madeRows(60, classes, 3);
    const options = optionsFor(classes, other);
    expectClose(await learn(rows, options), learnSlowly(rows, options));
  });

  it('comes to the same weights for any rows', async () => {
    const row = fc.record({
      label: fc.nat(1),
      features: fc.uniqueArray(fc.nat(30), { maxLength: 10 }).map(features => features.toSorted((a, b) => a - b)),
    });
    const both = [
      { label: 0, features: [1] },
      { label: 1, features: [2] },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 25 }), fc.nat(1000), async (rows, seed) => {
        const options = optionsFor(2, { seed });
        expectClose(await learn([...both, ...rows], options), learnSlowly([...both, ...rows], options));
      }),
      { numRuns: 60 },
    );
  });

  it('takes a different order in every pass and for every seed', async () => {
    const rows = madeRows(60, 2, 3);
    const wrong = learnSlowly(rows, optionsFor(2, { seed: 12 }));
    const { coefficients } = await learn(rows, optionsFor(2));
    const differing = [...(wrong.weights[0] ?? [])].filter(
      ([feature, weight]) => Math.abs(weight - (coefficients[feature] as number)) > 1e-4,
    );
    expect(differing.length).toBeGreaterThan(5);
  });

  it('divides the learning rate by the cube root of the mean length', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => ({ label: row % 2, features: [1, 2, 3, 4, 5, 6, 7, 8] }));
    expect((await learn(rows, optionsFor(2, { learningRate: 0.5 }))).rate).toBeCloseTo(0.25, 12);
    const empty = rows.map(({ label }) => ({ label, features: [] }));
    expect((await learn(empty, optionsFor(2, { learningRate: 0.5 }))).rate).toBe(0.5);
  });
});

describe('learning one row', () => {
  const one = Int32Array.of(1, 2, 0, 1);
  const places = Int32Array.of(0);

  it('steps by rate times error over the root of the squares', () => {
    const state = createState(Float32Array.of(2, 0), Float64Array.of(0), 0.5);
    const loss = learnBinary(state, one, places, 0, 1);
    expect(loss).toBeCloseTo(Math.log(2), 12);
    // Error −½, squares ¼ + 10⁻⁶, rate 2 · 0.5.
    expect(state.cells[0]).toBeCloseTo(0.5 / Math.sqrt(0.250001), 6);
    expect(state.cells[1]).toBeCloseTo(0.250001, 6);
    expect(state.cells[3]).toBe(0);
    expect(state.intercepts[0]).toBeCloseTo((0.1 * 0.5 * 0.5) / Math.sqrt(1.25), 12);
  });

  it('leaves everything as it is where the row is known for sure', () => {
    const state = createState(Float32Array.of(1, 1), Float64Array.of(40), 0.5);
    const before = [...state.cells];
    expect(learnBinary(state, one, places, 0, 1)).toBeLessThan(1e-15);
    expect([...state.cells]).toEqual(before);
    expect(state.intercepts[0]).toBe(40);
  });

  it('counts the whole loss of a row that is wrong beyond doubt, without overflow', () => {
    const binary = createState(Float32Array.of(1, 1), Float64Array.of(-2000), 0.5);
    expect(learnBinary(binary, one, places, 0, 1)).toBe(2000);
    const many = createState(new Float32Array(6).fill(1), Float64Array.of(5000, -5000, 0), 0.5);
    expect(Number.isFinite(learnMultinomial(many, one, places, 0, 1))).toBe(true);
    expect([...many.cells].every(Number.isFinite)).toBe(true);
  });

  it('moves the classes of a softmax apart: its own up, the others down', () => {
    const state = createState(new Float32Array(6).fill(1), new Float64Array(3), 0.5);
    expect(learnMultinomial(state, one, places, 0, 1)).toBeCloseTo(Math.log(3), 12);
    const weights = [0, 1, 2].map(model => state.cells[3 * model] as number);
    expect(weights[1]).toBeGreaterThan(0);
    expect(Math.max(weights[0] as number, weights[2] as number)).toBeLessThan(0);
    expect(state.intercepts[1]).toBeGreaterThan(0);
  });

  it('learns only the rows that it is told', () => {
    const records = Int32Array.of(1, 1, 0, 0, 1, 1, 1, 1, 2);
    const state = createState(Float32Array.of(1, 1, 1), Float64Array.of(0), 0.5);
    learnBinary(state, records, Int32Array.of(6, 3, 0), 1, 2);
    expect([0, 1, 2].map(feature => Math.sign(state.cells[3 * feature] as number))).toEqual([0, -1, 0]);
  });
});
