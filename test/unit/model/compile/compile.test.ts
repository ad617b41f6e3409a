import { describe, expect, test } from 'vitest';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import type { ClassifierStage, Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { hashText } from '../../../../src/lib/text/murmur3.ts';
import { hashing, idf, logistic, remover, svc, tokenizer } from './stages.ts';

const weights = Array.from({ length: 64 }, (_, index) => Math.sin(index + 1));
const model = (classifier: ClassifierStage, more: Partial<FittedModel> = {}): FittedModel => ({
  stages: [
    tokenizer,
    remover(),
    hashing('kept', 64),
    idf(64),
    { ...classifier, featuresCol: 'features' } as ClassifierStage,
  ],
  labels: ['negative', 'positive'],
  about: {},
  ...more,
});

function column(texts: readonly (string | null)[]) {
  const encoded = texts.map(text => new TextEncoder().encode(text ?? ''));
  const starts = new Int32Array(texts.length);
  const ends = new Int32Array(texts.length);
  let at = 0;
  for (const [row, bytes] of encoded.entries()) {
    starts[row] = texts[row] === null ? -1 : at;
    at += bytes.length;
    ends[row] = texts[row] === null ? -1 : at;
  }
  return { bytes: Uint8Array.from(encoded.flatMap(bytes => [...bytes])), starts, ends };
}

test('a column of rows is scored as the rows one by one; null gives NaN', () => {
  const scorer = compileModel(model(logistic(weights)));
  const texts = ['a good movie', null, '', 'ΟΔΟΣ \ufeffbad', 'The the'];
  const scores = scorer.scoreColumn(column(texts), texts.length);
  expect(scores).toMatchObject({ rows: 5, classes: 2 });
  for (const [row, text] of texts.entries()) {
    const raw = [...scores.raw.subarray(row * 2, row * 2 + 2)];
    const probabilities = [...(scores.probabilities ?? []).slice(row * 2, row * 2 + 2)];
    if (text === null) expect([scores.predictions[row], ...raw, ...probabilities]).toEqual(Array(5).fill(Number.NaN));
    else {
      const one = scorer.score(text);
      expect([scores.predictions[row], raw, probabilities]).toEqual([
        one.prediction,
        [...one.raw],
        [...(one.probabilities ?? [])],
      ]);
    }
  }
});

test('a prediction is not overwritten by the next', () => {
  const scorer = compileModel(model(logistic(weights)));
  const first = scorer.score('good');
  const kept = [[...first.raw], [...(first.probabilities ?? [])]];
  scorer.score('something else');
  expect([[...first.raw], [...(first.probabilities ?? [])]]).toEqual(kept);
});

test('a calibrated SVC has probabilities, another has none', () => {
  expect(compileModel(model(svc(weights))).score('good').probabilities).toBeNull();
  const scorer = compileModel(model(svc(weights), { calibration: { slope: -2, offset: 0.5 } }));
  const { raw, probabilities } = scorer.score('good');
  const positive = 1 / (1 + Math.exp(-2 * (raw[1] as number) + 0.5));
  expect(scorer.hasProbabilities).toBe(true);
  expect(probabilities?.[1]).toBeCloseTo(positive, 15);
  expect((probabilities?.[0] as number) + (probabilities?.[1] as number)).toBe(1);
});

test('the math flavor decides the last bits of probabilities and nothing else', () => {
  const hotspot = compileModel(model(logistic(weights)));
  const fdlibm = compileModel(model(logistic(weights)), { math: 'fdlibm' });
  const texts = Array.from({ length: 300 }, (_, index) => `word${index} and word${index * 7}`);
  let different = 0;
  for (const text of texts) {
    const [a, b] = [hotspot.score(text), fdlibm.score(text)];
    expect(a.raw).toEqual(b.raw);
    expect(a.prediction).toBe(b.prediction);
    if (a.probabilities?.[0] !== b.probabilities?.[0]) different++;
  }
  expect(different).toBeGreaterThan(0);
});

describe('explanations', () => {
  test('the weights of a linear model and its intercept add up to the margin', () => {
    const scorer = compileModel(model(logistic(weights)));
    const text = 'good good movie, the very BAD ending';
    const tokens = scorer.explain(text, 100);
    const sum = tokens.reduce((total, { weight }) => total + weight, 0.25);
    expect(sum).toBeCloseTo(scorer.score(text).raw[1] as number, 12);
    expect(tokens.find(({ token }) => token === 'good')?.count).toBe(2);
    expect(tokens.map(({ token }) => token)).not.toContain('the');
    const sizes = tokens.map(({ weight }) => Math.abs(weight));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(scorer.explain(text, 2)).toEqual(tokens.slice(0, 2));
  });

  test('tokens that share a feature are named together', () => {
    const stages: Stage[] = [tokenizer, hashing('words', 1), logistic([2])];
    const scorer = compileModel({ ...model(logistic([2])), stages });
    expect(scorer.explain('b a b', 5)).toEqual([{ token: 'b | a', weight: 6, count: 3 }]);
  });

  test('trees are explained by leaving a token out', () => {
    const leaf = new Float64Array(3);
    const trees = {
      starts: Int32Array.of(0, 3),
      feature: Int32Array.of(0, -1, -1),
      threshold: Float64Array.of(0.5, 0, 0),
      left: Int32Array.of(1, -1, -1),
      right: Int32Array.of(2, -1, -1),
      prediction: Float64Array.of(0, -1, 2),
      impurity: leaf,
      gain: leaf,
      rawCount: leaf,
      stats: new Float64Array(9),
      statsPerNode: 3,
      categories: new Float64Array(),
      categoryStarts: new Int32Array(4),
      numCategories: Int32Array.of(-1, -1, -1),
      weights: Float64Array.of(1),
    };
    const { coefficients: _c, intercepts: _i, multinomial: _m, threshold: _t, ...columns } = logistic([1]);
    const gbt: ClassifierStage = { ...columns, kind: 'GBT', trees };
    const scorer = compileModel({ ...model(gbt), stages: [tokenizer, hashing('words', 1), gbt] });
    expect(scorer.explain('x y', 5)).toEqual([{ token: 'x | y', weight: 3, count: 2 }]);
    // Two stumps over two features: what one token lost is back when the next is left out.
    const two = {
      ...trees,
      starts: Int32Array.of(0, 3, 6),
      feature: Int32Array.of(0, -1, -1, 1, -1, -1),
      threshold: new Float64Array(6).fill(0.5),
      left: Int32Array.of(1, -1, -1, 1, -1, -1),
      right: Int32Array.of(2, -1, -1, 2, -1, -1),
      prediction: Float64Array.of(0, -1, 2, 0, -8, 8),
      stats: new Float64Array(18),
      categoryStarts: new Int32Array(7),
      numCategories: new Int32Array(6).fill(-1),
      weights: Float64Array.of(1, 1),
    };
    const [even, odd] = ['a', 'b', 'c', 'd', 'e', 'f']
      .toSorted((a, b) => (hashText(a) & 1) - (hashText(b) & 1))
      .filter((_, at) => at % 5 === 0);
    const pair = compileModel({
      ...model(gbt),
      stages: [tokenizer, hashing('words', 2), { ...gbt, trees: two, numFeatures: 2 }],
    });
    expect(pair.explain(`${even} ${odd}`, 5)).toEqual([
      { token: odd, weight: 16, count: 1 },
      { token: even, weight: 3, count: 1 },
    ]);
  });
});

describe('models that cannot be scored are refused', () => {
  const plugin: ClassifierStage = {
    ...svc([1]),
    kind: 'Plugin',
    uid: 'mine',
    trainer: 'my-trainer',
    fitted: { type: 'mine', params: {}, arrays: {} },
  } as ClassifierStage;

  test.each<[string, FittedModel, RegExp]>([
    ['features only', { ...model(svc(weights)), stages: [tokenizer] }, /does not end in a classifier/],
    ['nothing', { ...model(svc(weights)), stages: [] }, /does not end in a classifier/],
    ['a plugin', model(plugin), /mine was made by the trainer my-trainer/],
    ['other features', model(svc([1, 2])), /takes 2 features, the stages before it make 64/],
  ])('%s', (_name, refused, reason) => {
    expect(() => compileModel(refused)).toThrow(reason);
    expect(() => compileModel(refused)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  });
});
