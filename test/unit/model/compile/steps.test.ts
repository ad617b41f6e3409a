import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFeatureColumn, compileFeatures } from '../../../../src/lib/model/compile/features.ts';
import { compileTokens, inputsOf, textColumns, wellFormed } from '../../../../src/lib/model/compile/token-steps.ts';
import { nonNegativeModulo } from '../../../../src/lib/model/compile/vector-steps.ts';
import type { CountVectorizerStage, FeatureStage, Stage } from '../../../../src/lib/model/stages.ts';
import { entries, indexSlowly } from './reference.ts';
import { concat, hashing, idf, logistic, ngram, regexTokenizer, remover, tokenizer } from './stages.ts';

const tokensOf = (column: string, stages: readonly FeatureStage[], text: string) =>
  compileTokens(column, stages, new Map())(text);

describe('tokens', () => {
  const stages: FeatureStage[] = [
    tokenizer,
    remover(),
    ngram(2, 'kept', 'bi'),
    ngram(2, 'bi', 'quad'),
    concat(['bi', 'words', 'bi'], 'all'),
  ];

  test.each([
    ['words', ['the', 'good', '', 'été', 'a', 'b']],
    ['kept', ['good', 'b']],
    ['bi', ['good b']],
    ['quad', []],
    ['all', ['good b', 'the', 'good', '', 'été', 'a', 'b', 'good b']],
  ])('column %s', (column, expected) => {
    expect(tokensOf(column, stages, 'THE Good  ÉTÉ a b')).toEqual(expected);
  });

  test('n-grams of n-grams join what was joined', () => {
    expect(tokensOf('quad', stages, 'x y z')).toEqual(['x y y z']);
  });

  test('a filter leaves the tokens of other branches alone', () => {
    const made = new Map();
    const [all, kept] = ['words', 'kept'].map(column => compileTokens(column, stages, made));
    expect(kept?.('the end')).toEqual(['end']);
    expect(all?.('the end')).toEqual(['the', 'end']);
    expect(kept?.('a start')).toEqual(['start']);
    expect(all?.('the end')).toEqual(['the', 'end']);
  });

  test('a pattern can cut a surrogate pair in halves: each is a question mark from then on', () => {
    const halves = regexTokenizer('', { minTokenLength: 0 });
    expect(tokensOf('words', [halves], 'a😀')).toEqual(['a', '?', '?']);
    expect(wellFormed('\ud83d\ud83d\ude00\ude00')).toBe('?😀?');
    expect(wellFormed('fine 😀')).toBe('fine 😀');
  });

  test('which text columns a column comes from', () => {
    const title = { ...tokenizer, uid: 'tok2', inputCol: 'title', outputCol: 'titleWords' };
    const both: FeatureStage[] = [...stages, title, concat(['all', 'titleWords'], 'both')];
    expect([...textColumns('quad', both)]).toEqual(['text']);
    expect([...textColumns('both', both)]).toEqual(['text', 'title']);
    expect(inputsOf(logistic([1]))).toEqual([]);
    expect(() => textColumns('x', [ngram(1, 'x', 'x')])).toThrow(/circle through x/);
  });

  test('columns that join themselves are walked once each, and are refused when they become too wide', () => {
    const doubling = (levels: number): FeatureStage[] => [
      { ...tokenizer, outputCol: 'c0' },
      ...Array.from({ length: levels }, (_, level) => concat([`c${level}`, `c${level}`], `c${level + 1}`)),
    ];
    expect([...textColumns('c12', doubling(12))]).toEqual(['text']);
    expect(() => textColumns('c60', doubling(60))).toThrow(/c13 is put together from more than 4096 token columns/);
    const chain = Array.from({ length: 20_000 }, (_, level) => ngram(1, `c${level}`, `c${level + 1}`));
    expect(() => textColumns('c20000', chain)).toThrow(/more than 1000 stages/);
  });
});

test('the modulo is never negative and never as large as its size', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (hash, size) => {
      const expected = ((BigInt(hash) % BigInt(size)) + BigInt(size)) % BigInt(size);
      expect(BigInt(nonNegativeModulo(hash, size))).toBe(expected);
    }),
  );
});

describe('CountVectorizer', () => {
  const counter = (more: Partial<CountVectorizerStage> = {}): CountVectorizerStage => ({
    kind: 'CountVectorizer',
    uid: 'cv',
    inputCol: 'words',
    outputCol: 'tf',
    vocabulary: ['b', 'a', 'c', ''],
    minTF: 1,
    binary: false,
    ...more,
  });
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 12 });

  test('counts what the vocabulary has, often enough, in the order of the vocabulary', () => {
    fc.assert(
      fc.property(words, fc.constantFrom(0, 0.2, 0.5, 1, 2, 2.5), fc.boolean(), (tokens, minTF, binary) => {
        const stage = counter({ minTF, binary });
        const least = minTF < 1 ? minTF * tokens.length : minTF;
        const expected = stage.vocabulary
          .map((token, index) => [index, tokens.filter(one => one === token).length] as const)
          .filter(([, count]) => count > 0 && count >= least)
          .map(([index, count]) => [index, binary ? 1 : count]);
        expect(entries(compileFeatures([tokenizer, stage]).fromText(tokens.join(' ')))).toEqual(expected);
      }),
    );
  });

  test('tokens that are not in the vocabulary count for the share all the same', () => {
    const maker = compileFeatures([tokenizer, counter({ minTF: 0.5 })]);
    expect(entries(maker.fromText('a a x y z'))).toEqual([]);
    expect(entries(maker.fromText('a a x y'))).toEqual([[1, 2]]);
  });

  test('the empty token is a token', () => {
    expect(entries(compileFeatures([tokenizer, counter()]).fromText(''))).toEqual([[3, 1]]);
  });

  test('tokens are named by their index, those that are not counted are not', () => {
    const maker = compileFeatures([tokenizer, counter()]);
    expect([...maker.tokensOf('c x b c')]).toEqual([
      [2, ['c']],
      [0, ['b']],
    ]);
  });
});

describe('vectors of vectors', () => {
  const stages: FeatureStage[] = [
    tokenizer,
    hashing('words', 16, { outputCol: 'counts' }),
    idf(16, {
      inputCol: 'counts',
      outputCol: 'weighted',
      idf: Float64Array.from({ length: 16 }, (_, index) => index % 4),
    }),
    ngram(2, 'words', 'bi'),
    hashing('bi', 8, { uid: 'tf2', outputCol: 'pairs', binary: true }),
    {
      kind: 'VectorAssembler',
      uid: 'va',
      inputCols: ['pairs', 'weighted', 'pairs'],
      outputCol: 'all',
      handleInvalid: 'keep',
    },
  ];
  const maker = compileFeatureColumn('all', stages as readonly Stage[]);

  test('one behind the other, indices ascending, zeros left out', () => {
    expect(maker.columns).toBe(8 + 16 + 8);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é'), { maxLength: 10 }), tokens => {
        const text = tokens.join(' ');
        const all = text === '' ? [''] : tokens;
        const dense = new Map<number, number>();
        for (const [at, token] of all.entries()) {
          const index = indexSlowly(token, 16);
          if (index % 4 !== 0) dense.set(8 + index, (dense.get(8 + index) ?? 0) + (index % 4));
          if (at === 0) continue;
          const pair = indexSlowly(`${all[at - 1]} ${token}`, 8);
          dense.set(pair, 1).set(24 + pair, 1);
        }
        expect(entries(maker.fromText(text))).toEqual([...dense].sort(([a], [b]) => a - b));
      }),
    );
  });

  test('a token is named at each place where it is counted', () => {
    const [pair, one] = [indexSlowly('a b', 8), indexSlowly('a', 16)];
    const named = maker.countsOf('a b a b');
    expect(named.get(pair)?.tokens).toContain('a b');
    expect(named.get(24 + pair)).toEqual(named.get(pair));
    expect(named.get(8 + one)).toMatchObject({ tokens: ['a'], count: 2 });
  });
});
