import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import { mathOf } from '../../../../src/lib/model/compile/hotspot-math.ts';
import type { Scorer } from '../../../../src/lib/model/compile/types.ts';
import type { ClassifierStage, FeatureStage, Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { countTokensSlowly, dotSlowly, indexSlowly, tokenizeSlowly } from './reference.ts';
import { concat, hashing, idf, logistic, ngram, remover, svc, tokenizer } from './stages.ts';

/** Whole pipelines of random make-up, scored as text and as bytes, beside a reference of maps and sorting. */
interface Shape {
  readonly size: number;
  readonly stopWords: readonly string[] | null;
  readonly grams: readonly number[];
  readonly binary: boolean;
  readonly weighted: boolean;
  readonly kind: 'lr' | 'svc';
}

const shape: fc.Arbitrary<Shape> = fc.record({
  size: fc.constantFrom(1, 7, 64, 1000, 4096),
  stopWords: fc.constantFrom(null, ['the', 'a'], ['good', '', "don't", 'x']),
  grams: fc.constantFrom([1], [1], [2], [1, 2], [3, 1], [1, 2, 3]),
  binary: fc.boolean(),
  weighted: fc.boolean(),
  kind: fc.constantFrom('lr', 'svc'),
});
const word = fc.constantFrom('good', 'The', 'a', "DON'T", 'x', 'movie', 'Σ', 'É', '', 'abcdefghi', '!?', '😀');
const gap = fc.constantFrom(' ', '  ', '\t', '\n', '\u00a0', '');
const text = fc.array(fc.tuple(word, gap), { maxLength: 14 }).map(parts => parts.flat().join(''));
const texts = fc.array(fc.option(text), { minLength: 1, maxLength: 6 });

const weightOf = (index: number) => Math.sin(index * 12.9898) * 3;
const joinedName = (size: number) => (size === 1 ? 'base' : `grams${size}`);

function build({ size, stopWords, grams, binary, weighted, kind }: Shape): FittedModel {
  const stages: FeatureStage[] = [{ ...tokenizer, outputCol: stopWords ? 'words' : 'base' }];
  if (stopWords) stages.push(remover({ stopWords, outputCol: 'base' }));
  for (const n of grams) if (n > 1) stages.push({ ...ngram(n, 'base', joinedName(n)), uid: `ngram${n}` });
  const names = grams.map(joinedName);
  if (names.length > 1) stages.push(concat(names, 'all'));
  stages.push(hashing(names.length > 1 ? 'all' : (names[0] as string), size, { binary }));
  if (weighted) stages.push(idf(size));
  const weights = Array.from({ length: size }, (_, index) => weightOf(index));
  const last = kind === 'lr' ? logistic(weights) : svc(weights);
  const classifier = { ...last, featuresCol: weighted ? 'features' : 'tf' } as ClassifierStage;
  return { stages: [...stages, classifier], labels: ['negative', 'positive'], about: {} };
}

/** The margin of a text by plain means; ς is left to Java's own rule, so texts with Σ end in other letters here. */
function marginSlowly(row: string, { size, stopWords, grams, binary, weighted, kind }: Shape): number {
  const kept = tokenizeSlowly(row).filter(token => !(stopWords ?? []).includes(token));
  const tokens = grams.flatMap(n =>
    kept.slice(0, Math.max(0, kept.length - n + 1)).map((_, at) => kept.slice(at, at + n).join(' ')),
  );
  const { idf: inverse } = idf(size);
  const features = countTokensSlowly(tokens, size).map(([index, count]) => {
    const value = binary ? 1 : count;
    return [index, weighted ? value * (inverse[index] as number) : value] as const;
  });
  return dotSlowly(features, weightOf) + (kind === 'lr' ? 0.25 : -0.5);
}

function toColumn(rows: readonly (string | null)[], padding: string) {
  const parts = rows.map(row => Buffer.from(`${row ?? ''}${padding}`));
  const lengths = rows.map(row => Buffer.byteLength(row ?? ''));
  const starts = parts.map((_, at) => Buffer.concat(parts.slice(0, at)).length);
  return {
    bytes: Uint8Array.from(Buffer.concat(parts)),
    starts: Int32Array.from(rows, (row, at) => (row === null ? -1 : (starts[at] as number))),
    ends: Int32Array.from(rows, (row, at) => (row === null ? -1 : (starts[at] as number) + (lengths[at] as number))),
  };
}

function scoreColumnRows(scorer: Scorer, rows: readonly (string | null)[], padding: string) {
  const { raw, predictions, probabilities, classes } = scorer.scoreColumn(toColumn(rows, padding), rows.length);
  return rows.map((_, row) => ({
    prediction: predictions[row],
    raw: [...raw.subarray(row * classes, (row + 1) * classes)],
    probabilities: probabilities && [...probabilities.subarray(row * classes, (row + 1) * classes)],
  }));
}

const { exp } = mathOf('hotspot-x64');
const missing = { prediction: Number.NaN, raw: [Number.NaN, Number.NaN] };

describe('any pipeline of tokens, n-grams, hashes, weights and a linear classifier', () => {
  test('scores each row to the bit as the reference does', () => {
    fc.assert(
      fc.property(shape, text, (form, row) => {
        const lower = row.replaceAll('Σ', 'σ');
        const margin = marginSlowly(lower, form);
        const { raw, probabilities, prediction } = compileModel(build(form)).score(lower);
        expect([...raw]).toEqual([-margin, margin]);
        expect(prediction).toBe(margin > 0 ? 1 : 0);
        const negative = 1 / (1 + exp(margin));
        expect(probabilities && [...probabilities]).toEqual(form.kind === 'svc' ? null : [negative, 1 - negative]);
      }),
      { numRuns: 400 },
    );
  });

  test('scores a column as its rows one by one, whatever lies between them, nulls in their place', () => {
    fc.assert(
      fc.property(shape, texts, fc.constantFrom('', ',', ' the ', 'é', '\ufffd\n'), (form, rows, padding) => {
        const scorer = compileModel(build(form));
        const single = rows.map(row => {
          if (row === null) return { ...missing, probabilities: form.kind === 'svc' ? null : missing.raw };
          const { prediction, raw, probabilities } = scorer.score(row);
          return { prediction, raw: [...raw], probabilities: probabilities && [...probabilities] };
        });
        expect(scoreColumnRows(scorer, rows, padding)).toEqual(single);
      }),
      { numRuns: 300 },
    );
  });

  test('explains linear scores: all weights and the intercept are the margin, counts are those of the tokens', () => {
    fc.assert(
      fc.property(shape, text, (form, row) => {
        const scorer = compileModel(build(form));
        const tokens = scorer.explain(row, 10_000);
        const intercept = form.kind === 'lr' ? 0.25 : -0.5;
        const margin = scorer.score(row).raw[1] as number;
        expect(tokens.reduce((sum, { weight }) => sum + weight, intercept)).toBeCloseTo(margin, 9);
        const lower = row.replaceAll('Σ', 'σ');
        const kept = tokenizeSlowly(lower).filter(token => !(form.stopWords ?? []).includes(token));
        const total = form.grams.reduce((sum, n) => sum + Math.max(0, kept.length - n + 1), 0);
        expect(tokens.reduce((sum, { count }) => sum + count, 0)).toBe(total);
        expect(scorer.explain(row, 2)).toEqual(tokens.slice(0, 2));
      }),
      { numRuns: 200 },
    );
  });
});

test('a token is explained by what it adds: value times idf times coefficient', () => {
  const form: Shape = { size: 4096, stopWords: null, grams: [1], binary: false, weighted: true, kind: 'lr' };
  const found = compileModel(build(form)).explain('good movie good', 10);
  const { idf: inverse } = idf(4096);
  const weightFor = (token: string, count: number) => {
    const index = indexSlowly(token, 4096);
    return count * (inverse[index] as number) * weightOf(index);
  };
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({ token: 'good', count: 2, weight: weightFor('good', 2) });
  expect(found).toContainEqual({ token: 'movie', count: 1, weight: weightFor('movie', 1) });
});

describe('columns', () => {
  const scorer = compileModel(
    build({ size: 64, stopWords: null, grams: [1], binary: false, weighted: false, kind: 'lr' }),
  );

  test('no rows at all, fewer rows than the column has, only nulls', () => {
    expect(scorer.scoreColumn(toColumn([], ''), 0)).toMatchObject({
      rows: 0,
      classes: 2,
      predictions: new Float64Array(),
    });
    expect(scoreColumnRows(scorer, ['good', 'bad'], '').slice(0, 1)).toEqual(scoreColumnRows(scorer, ['good'], ''));
    expect([...scorer.scoreColumn(toColumn([null, null], ''), 2).predictions]).toEqual([Number.NaN, Number.NaN]);
  });

  test('an empty field is an empty text, not a null', () => {
    const [empty] = scoreColumnRows(scorer, [''], 'zzz');
    expect(empty?.raw).toEqual([...scorer.score('').raw]);
    expect(empty?.prediction).not.toBeNaN();
  });

  test('bytes that are not UTF-8 are read with replacement characters', () => {
    const bytes = Uint8Array.of(0x67, 0xff, 0xed, 0xa0, 0x80, 0x21);
    const { raw } = scorer.scoreColumn({ bytes, starts: Int32Array.of(0), ends: Int32Array.of(6) }, 1);
    expect([...raw]).toEqual([...scorer.score('g\ufffd\ufffd!').raw]);
  });

  test('scores of one column are not touched by the next', () => {
    const first = scorer.scoreColumn(toColumn(['good'], ''), 1);
    const kept = [...first.raw];
    scorer.scoreColumn(toColumn(['bad'], ''), 1);
    expect([...first.raw]).toEqual(kept);
  });
});

test('two scorers of one model do not disturb each other', () => {
  const model = build({ size: 64, stopWords: ['the'], grams: [1, 2], binary: false, weighted: true, kind: 'lr' });
  const [one, other] = [compileModel(model), compileModel(model)];
  const expected = [...one.score('good movie').raw];
  other.score('something else entirely');
  expect([...one.score('good movie').raw]).toEqual(expected);
  expect([...other.score('good movie').raw]).toEqual(expected);
});

describe('stages that do not belong together', () => {
  const good: Stage[] = [tokenizer, hashing('words', 8), logistic(Array(8).fill(1))];
  const model = (stages: Stage[]): FittedModel => ({ stages, labels: [], about: {} });

  test.each<[string, Stage[], RegExp]>([
    [
      'a classifier in the middle',
      [good[0] as Stage, good[2] as Stage, good[1] as Stage],
      /does not end in a classifier/,
    ],
    [
      'a features column of another name',
      [...good.slice(0, 2), { ...logistic([1]), featuresCol: 'x' }],
      /makes the column x/,
    ],
    [
      'tokens as features',
      [tokenizer, { ...logistic([1]), featuresCol: 'words' }],
      /tok \(Tokenizer\) does not make a vector/,
    ],
    ['as many features as another model has', [...good.slice(0, 2), logistic([1])], /takes 1 features.*make 8/],
  ])('%s', (_name, stages, reason) => {
    expect(() => compileModel(model(good))).not.toThrow();
    expect(() => compileModel(model(stages))).toThrow(reason);
    expect(() => compileModel(model(stages))).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  });
});
