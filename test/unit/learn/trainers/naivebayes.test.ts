import { describe, expect, test } from 'vitest';
import { scoreStage } from '../../../../src/lib/learn/score/classifier.ts';
import createNaiveBayes from '../../../../src/lib/learn/trainers/naivebayes.ts';
import { labelled, options, toSparse } from '../sparse.ts';

/** The example of Manning, Raghavan & Schütze, Introduction to Information Retrieval, table 13.1. */
const CHINESE = labelled(
  [
    [2, 1, 0, 0, 0, 0],
    [2, 0, 1, 0, 0, 0],
    [1, 0, 0, 1, 0, 0],
    [1, 0, 0, 0, 1, 1],
  ],
  [1, 1, 1, 0],
);
const TEST = toSparse([[3, 0, 0, 0, 1, 1]]);

describe('naive Bayes by the book', () => {
  test('conditional probabilities are 3/7, 1/14 and 2/9', async () => {
    const { stage } = await createNaiveBayes().fit(CHINESE, options());
    const theta = Array.from(stage.arrays['theta'] ?? [], Math.exp);
    expect(theta[6]).toBeCloseTo(3 / 7, 12);
    expect(theta[10]).toBeCloseTo(1 / 14, 12);
    expect(theta[0]).toBeCloseTo(2 / 9, 12);
    expect(theta[4]).toBeCloseTo(2 / 9, 12);
  });

  test('each class is a distribution over the columns', async () => {
    const { stage } = await createNaiveBayes().fit(CHINESE, options({ smoothing: 0.3 }));
    const theta = Array.from(stage.arrays['theta'] ?? [], Math.exp);
    for (const klass of [0, 1]) {
      expect(theta.slice(klass * 6, klass * 6 + 6).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
    const pi = Array.from(stage.arrays['pi'] ?? [], Math.exp);
    expect(pi[1]).toBeCloseTo(3.3 / 4.6, 12);
  });

  test('the multinomial model calls the test document China, the Bernoulli model does not', async () => {
    const multinomial = await createNaiveBayes().fit(CHINESE, options());
    expect([...scoreStage(multinomial.stage, TEST).predictions]).toEqual([1]);
    const ones = { ...CHINESE, features: { ...CHINESE.features, values: CHINESE.features.values.map(() => 1) } };
    const bernoulli = await createNaiveBayes().fit(ones, options({ modelType: 'bernoulli' }));
    const present = { ...TEST, values: TEST.values.map(() => 1) };
    expect([...scoreStage(bernoulli.stage, present).predictions]).toEqual([0]);
  });

  test('Bernoulli weighs what is absent as well', async () => {
    const rows = labelled(
      [
        [1, 1],
        [1, 1],
        [1, 0],
        [1, 0],
      ],
      [0, 0, 1, 1],
    );
    const { stage } = await createNaiveBayes().fit(rows, options({ modelType: 'bernoulli' }));
    const { probabilities } = scoreStage(stage, toSparse([[1, 0]]));
    // Priors 1/2; P(x0) = 3/4 in both; P(no x1) = 1/4 and 3/4.
    expect(probabilities?.[1]).toBeCloseTo(3 / 4, 12);
  });

  test('probabilities of a complement model add up to one', async () => {
    const { stage } = await createNaiveBayes().fit(CHINESE, options({ modelType: 'complement' }));
    const { probabilities, raw } = scoreStage(stage, CHINESE.features);
    for (let row = 0; row < 4; row++) {
      expect((probabilities?.[2 * row] ?? 0) + (probabilities?.[2 * row + 1] ?? 0)).toBeCloseTo(1, 12);
      expect(Math.exp(raw[2 * row] ?? 0)).toBeCloseTo(probabilities?.[2 * row] ?? 0, 12);
    }
  });
});
