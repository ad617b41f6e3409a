import { describe, expect, test } from 'vitest';
import { planFast } from '../../../../src/lib/model/compile/fast-plan.ts';
import type { FeatureStage, RegexTokenizerStage } from '../../../../src/lib/model/stages.ts';
import { concat, hashing, idf, ngram, regexTokenizer, remover, tokenizer } from './stages.ts';

const plan = (stages: readonly FeatureStage[]) => planFast((stages.at(-1) as FeatureStage).outputCol, stages);

describe('pipelines that have a fast way', () => {
  test('the plain one', () => {
    const weights = idf(16);
    expect(plan([tokenizer, remover(), hashing('kept', 16), weights])).toMatchObject({
      lowercase: true,
      runs: null,
      stopWords: ['the', 'a', "don't", ''],
      grams: [1],
      hashing: { numFeatures: 16 },
      idf: weights.idf,
    });
  });

  test('stop words keep their case where case counts, and those beyond ASCII never match a row of ASCII', () => {
    const strict = remover({ caseSensitive: true, stopWords: ['The', 'ÉTÉ', 'a'] });
    expect(plan([tokenizer, strict, hashing('kept', 8)])?.stopWords).toEqual(['The', 'a']);
    // K is the Kelvin sign: its small letter is the k of ASCII.
    const kelvin = remover({ stopWords: ['\u212a', 'ÉTÉ'] });
    expect(plan([tokenizer, kelvin, hashing('kept', 8)])?.stopWords).toEqual(['k']);
    const turkish = remover({ stopWords: ['I', 'A'], locale: 'tr' });
    expect(plan([tokenizer, turkish, hashing('kept', 8)])?.stopWords).toEqual(['a']);
  });

  test('several removers are one list', () => {
    const second = remover({ uid: 'more', inputCol: 'kept', outputCol: 'fewer', stopWords: ['x'] });
    expect(plan([tokenizer, remover({ stopWords: ['b'] }), second, hashing('fewer', 8)])?.stopWords).toEqual([
      'x',
      'b',
    ]);
  });

  test('n-grams alone or together, in the order of the concatenation', () => {
    const [two, three] = [ngram(2, 'words', 'bi'), ngram(3, 'words', 'tri')];
    expect(plan([tokenizer, two, hashing('bi', 8)])?.grams).toEqual([2]);
    expect(plan([tokenizer, two, three, concat(['tri', 'words', 'bi'], 'all'), hashing('all', 8)])?.grams).toEqual([
      3, 1, 2,
    ]);
  });

  const runsOf = (pattern: string, more: Partial<RegexTokenizerStage> = {}) =>
    plan([regexTokenizer(pattern, { gaps: false, ...more }), hashing('words', 8)])?.runs;
  const at = (text: string, table: ArrayLike<number> | undefined) => [...text].map(one => table?.[one.charCodeAt(0)]);

  test('patterns of classes become tables: which class begins a token, which ones go on with it', () => {
    const runs = runsOf("[a-z']+|[!?]|[0-9a-z]", { minTokenLength: 2 });
    expect(runs?.minLength).toBe(2);
    expect(at("az'!?09 A", runs?.first)).toEqual([1, 1, 1, 2, 2, 3, 3, 0, 0]);
    expect(at("az'!?09", runs?.member)).toEqual([1, 1, 1, 0, 0, 0, 0]);
  });

  test('gaps are the other way round', () => {
    const runs = runsOf('\\W+|_', { gaps: true });
    expect(at('aZ0_ !', runs?.first)).toEqual([1, 1, 1, 0, 0, 0]);
    expect(at('aZ0_ !', runs?.member)).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test('31 classes fit into the bits of a number, 32 do not', () => {
    const classes = (count: number) =>
      Array.from({ length: count }, (_, index) => `[${String.fromCharCode(65 + index)}]`)
        .join('|')
        .replaceAll('[\\]', '[\\\\]')
        .replaceAll('[]]', '[\\]]')
        .replaceAll('[^]', '[\\^]')
        .replaceAll('[[]', '[\\[]');
    expect(runsOf(classes(31))?.first.filter(one => one > 0)).toHaveLength(31);
    expect(runsOf(classes(32))).toBeUndefined();
  });
});

describe('pipelines that go the exact way', () => {
  const two = ngram(2, 'words', 'bi');
  test.each<[string, FeatureStage[]]>([
    ['the hash of Spark 2', [tokenizer, hashing('words', 8, { hash: 'spark2' })]],
    [
      'a vocabulary',
      [
        tokenizer,
        {
          kind: 'CountVectorizer',
          uid: 'cv',
          inputCol: 'words',
          outputCol: 'tf',
          vocabulary: ['a'],
          minTF: 1,
          binary: false,
        },
      ],
    ],
    [
      'a vector of vectors',
      [
        tokenizer,
        hashing('words', 8),
        { kind: 'VectorAssembler', uid: 'va', inputCols: ['tf'], outputCol: 'v', handleInvalid: 'error' },
      ],
    ],
    ['a pattern that is more than classes', [regexTokenizer('ab+', { gaps: false }), hashing('words', 8)]],
    ['empty tokens by pattern', [regexTokenizer('\\s', { minTokenLength: 0 }), hashing('words', 8)]],
    [
      'stop words without case over tokens with case',
      [regexTokenizer('\\s', { toLowercase: false }), remover(), hashing('kept', 8)],
    ],
    ['n-grams of n-grams', [tokenizer, two, ngram(2, 'bi', 'quad'), hashing('quad', 8)]],
    ['stop words behind n-grams', [tokenizer, two, remover({ inputCol: 'bi' }), hashing('kept', 8)]],
    ['the same n-grams twice', [tokenizer, two, concat(['bi', 'bi'], 'all'), hashing('all', 8)]],
    ['a concatenation of nothing', [tokenizer, concat([], 'all'), hashing('all', 8)]],
    [
      'tokens with and without stop words together',
      [tokenizer, remover(), concat(['words', 'kept'], 'all'), hashing('all', 8)],
    ],
    [
      'n-grams of other tokens beside tokens',
      [tokenizer, remover(), ngram(2, 'kept', 'bi'), concat(['words', 'bi'], 'all'), hashing('all', 8)],
    ],
    ['n-grams of no tokens', [tokenizer, ngram(0, 'words', 'none'), hashing('none', 8)]],
    [
      'weights upon weights',
      [tokenizer, hashing('words', 8), idf(8), idf(8, { inputCol: 'features', outputCol: 'twice' })],
    ],
  ])('%s', (_name, stages) => {
    expect(plan(stages)).toBeNull();
  });
});
