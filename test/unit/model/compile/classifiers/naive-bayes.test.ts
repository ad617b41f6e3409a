import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileClassifier } from '../../../../../src/lib/model/compile/compile-classifier.ts';
import type { NaiveBayesStage } from '../../../../../src/lib/model/stages.ts';
import { dotSlowly } from '../reference.ts';
import { classifierColumns, dense, rowMajor } from '../stages.ts';
import { createRunner, math, run } from './run.ts';

const theta = [
  [-0.1, -2, -0.7, -5],
  [-3, -0.2, -0.9, -0.01],
  [-1, -1.5, -0.3, -0.4],
];
const pi = [-0.5, -1, -2];

function bayes(more: Partial<NaiveBayesStage> = {}): NaiveBayesStage {
  return {
    ...classifierColumns,
    kind: 'NaiveBayes',
    uid: 'nb',
    numClasses: 3,
    numFeatures: 4,
    modelType: 'multinomial',
    pi: dense(...pi),
    theta: rowMajor(3, ...theta.flat()),
    sigma: null,
    ...more,
  };
}

function softmaxSlowly(raw: readonly number[]): number[] {
  const most = Math.max(...raw);
  const powers = raw.map(one => math.exp(one - most));
  const scale = 1 / powers.reduce((sum, power) => sum + power, 0);
  return powers.map(power => power * scale);
}

const counts = fc
  .array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 })
  .map(values => values.flatMap((value, index) => (value === 0 ? [] : [[index, value] as const])));

test('multinomial: log-likelihoods by count, and the prior last', () => {
  const score = createRunner(bayes());
  fc.assert(
    fc.property(counts, row => {
      const raw = theta.map((own, cls) => dotSlowly(row, index => own[index] as number) + (pi[cls] as number));
      expect(score(row)).toEqual({
        prediction: raw.indexOf(Math.max(...raw)),
        raw,
        probabilities: softmaxSlowly(raw),
      });
    }),
  );
});

describe('complement', () => {
  const score = createRunner(bayes({ modelType: 'complement' }));

  test('scores are normalised: their exps add up to one, their differences are those of the sums', () => {
    fc.assert(
      fc.property(counts, row => {
        const sums = theta.map(own => dotSlowly(row, index => own[index] as number));
        const { raw, prediction } = score(row);
        expect(raw.reduce((total, one) => total + Math.exp(one), 0)).toBeCloseTo(1, 12);
        for (const cls of [1, 2])
          expect((raw[cls] as number) - (raw[0] as number)).toBeCloseTo(
            (sums[cls] as number) - (sums[0] as number),
            10,
          );
        expect(prediction).toBe(raw.indexOf(Math.max(...raw)));
      }),
    );
  });

  test('without features all classes are equal and the prior has no say', () => {
    const { raw, prediction } = score([]);
    expect(raw).toEqual(Array(3).fill(-math.log(3)));
    expect(prediction).toBe(0);
  });
});

describe('bernoulli', () => {
  const score = createRunner(bayes({ modelType: 'bernoulli' }));

  test('what is there counts by its probability, what is not by that of its absence', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), present => {
        const row = present.flatMap((is, index) => (is ? [[index, 1] as const] : []));
        const { raw } = score(row);
        for (const [cls, own] of theta.entries()) {
          const expected = own.reduce(
            (sum, one, index) => sum + (present[index] ? one : Math.log(1 - Math.exp(one))),
            pi[cls] as number,
          );
          expect(raw[cls]).toBeCloseTo(expected, 10);
        }
      }),
    );
  });

  test.each([2, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])('a feature of %d is refused', value => {
    expect(() => score([[1, value]])).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(`not ${value}`) }),
    );
  });

  test('a zero that is written down is a zero', () => {
    expect(score([[2, 0]])).toEqual(score([]));
  });
});

describe('gaussian', () => {
  const sigma = [
    [1, 0.5, 2, 3],
    [0.25, 1, 1, 4],
    [2, 2, 0.1, 1],
  ];
  const stage = bayes({ modelType: 'gaussian', sigma: rowMajor(3, ...sigma.flat()) });

  test('the density of every feature, those that are 0 too, in their order', () => {
    const score = createRunner(stage);
    fc.assert(
      fc.property(counts, row => {
        const values = new Map(row);
        const raw = theta.map((means, cls) => {
          const own = sigma[cls] as number[];
          let squares = 0;
          for (const [index, mean] of means.entries()) {
            const distance = (values.get(index) ?? 0) - mean;
            squares += (distance * distance) / (own[index] as number);
          }
          let logs = 0;
          for (const variance of own) logs += math.log(variance);
          return (pi[cls] as number) - (squares + logs) / 2;
        });
        expect(score(row)).toEqual({
          prediction: raw.indexOf(Math.max(...raw)),
          raw,
          probabilities: softmaxSlowly(raw),
        });
      }),
    );
  });

  test('an empty row is a row of zeros', () => {
    const zeros = [0, 1, 2, 3].map(index => [index, 0] as const);
    expect(run(stage, [])).toEqual(run(stage, zeros));
    expect(run(stage, []).raw.every(Number.isFinite)).toBe(true);
  });

  test('it is no weighted sum, and needs its variances', () => {
    expect(compileClassifier(stage, math).linearForm(0)).toBeNull();
    expect(() => compileClassifier(bayes({ modelType: 'gaussian' }), math)).toThrow(
      /nb \(NaiveBayes\) lacks the variances/,
    );
  });
});

describe.each(['multinomial', 'bernoulli'] as const)('explaining %s', modelType => {
  test('weights times values and the intercept are the score of the class', () => {
    const classifier = compileClassifier(bayes({ modelType }), math);
    const row = [
      [0, 1],
      [3, 1],
    ] as const;
    const { raw } = run(bayes({ modelType }), row);
    for (const cls of [0, 1, 2]) {
      const form = classifier.linearForm(cls);
      expect(dotSlowly(row, index => form?.weight(index) as number) + (form?.intercept as number)).toBeCloseTo(
        raw[cls] as number,
        12,
      );
    }
  });
});

test('thresholds divide the probabilities of every type', () => {
  for (const modelType of ['multinomial', 'complement', 'bernoulli'] as const) {
    const thresholds = Float64Array.of(1, 1, 1e-12);
    expect(run(bayes({ modelType, thresholds }), [[0, 1]]).prediction).toBe(2);
  }
});
