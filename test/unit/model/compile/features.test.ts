import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFastFeatures } from '../../../../src/lib/model/compile/fast-features.ts';
import { compileFeatures } from '../../../../src/lib/model/compile/features.ts';
import { compileVector } from '../../../../src/lib/model/compile/vector-steps.ts';
import type { FeatureStage } from '../../../../src/lib/model/stages.ts';
import { countTokensSlowly, entries, tokenizeSlowly } from './reference.ts';
import { concat, hashing, idf, ngram, regexTokenizer, remover, tokenizer } from './stages.ts';

const ngrams = [ngram(2, 'kept', 'bi'), concat(['kept', 'bi'], 'all')];
const FAST: Readonly<Record<string, readonly FeatureStage[]>> = {
  'plain tokens': [tokenizer, hashing('words', 1024)],
  'stop words and idf': [tokenizer, remover(), hashing('kept', 4096), idf(4096)],
  'a number of features that is no power of two': [tokenizer, remover(), hashing('kept', 1000), idf(1000)],
  'stop words in two stages': [
    tokenizer,
    remover(),
    remover({ inputCol: 'kept', outputCol: 'fewer', stopWords: ['good'], caseSensitive: true }),
    hashing('fewer', 512),
  ],
  'tokens and bigrams': [tokenizer, remover(), ...ngrams, hashing('all', 8192, { binary: true })],
  'trigrams only': [tokenizer, ngram(3, 'words', 'tri'), hashing('tri', 512)],
  'one, two and three': [
    regexTokenizer("[a-z']+|[!?]|[0-9a-z]", { gaps: false }),
    ngram(2, 'words', 'bi'),
    ngram(3, 'words', 'tri'),
    concat(['tri', 'words', 'bi'], 'all'),
    hashing('all', 4096),
    idf(4096),
  ],
  'words by pattern': [
    regexTokenizer("[a-z0-9'\\x80-\\uffff]+", { gaps: false, minTokenLength: 2 }),
    hashing('words', 512),
  ],
  'gaps by pattern': [regexTokenizer('\\W+'), remover(), hashing('kept', 512)],
  'capitals that count': [
    regexTokenizer('[A-Z]+|[a-z]', { gaps: false, toLowercase: false, minTokenLength: 0 }),
    remover({ caseSensitive: true }),
    hashing('kept', 512),
  ],
};

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('good', 'The', 'a', "DON'T", 'Movie', 'x', 'abcd', 'abcdefgh', '!', '?') },
  { weight: 4, arbitrary: fc.constantFrom(' ', '  ', '\t', '\n', '\x0b', '\f', '\r', '\x1c', '\0', '\x7f') },
  { weight: 1, arbitrary: fc.constantFrom('é', 'ΟΔΟΣ', 'İ', '\u00a0', '\ufeff', '😀', '\ud83d', 'été') },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join('')),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

describe.each(Object.entries(FAST))('the fast way and the exact way agree: %s', (_name, stages) => {
  const column = (stages.at(-1) as FeatureStage).outputCol;
  const exact = compileVector(column, stages);
  const fast = compileFastFeatures(column, stages);
  const maker = compileFeatures(stages);

  const agree = (row: string) => {
    const expected = entries(exact.make(row.replace(/\p{Surrogate}/gu, '?')));
    const isAscii = /^[\0-\x7f]*$/.test(row);
    const quick = fast?.fromText(row) ?? null;
    expect(quick !== null).toBe(isAscii);
    if (quick) expect(entries(quick)).toEqual(expected);
    expect(entries(maker.fromText(row))).toEqual(expected);
    const bytes = new TextEncoder().encode(`é${row.toWellFormed()}é`);
    if (row.isWellFormed()) expect(entries(maker.fromBytes(bytes, 2, bytes.length - 2))).toEqual(expected);
  };

  test('on random rows', () => {
    fc.assert(fc.property(text, agree), { numRuns: 300 });
  });

  test('on rows that are empty, white, long or many', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `t${index % 3700}`).join(' ');
    for (const row of ['', ' ', '   ', '\n', ' a', 'a ', 'The', 'x'.repeat(100_000), many, `${many} é`]) agree(row);
  });
});

test('what the fast way cannot do goes the exact way', () => {
  const old = [tokenizer, hashing('words', 512, { hash: 'spark2' })];
  expect(compileFastFeatures('tf', old)).toBeNull();
  expect(compileFastFeatures('tf', [regexTokenizer('ab|c'), hashing('words', 512)])).toBeNull();
  expect(compileFastFeatures('tf', [regexTokenizer('\\s', { minTokenLength: 0 }), hashing('words', 512)])).toBeNull();
  const mixed = [regexTokenizer('\\s', { toLowercase: false }), remover(), hashing('kept', 512)];
  expect(compileFastFeatures('tf', mixed)).toBeNull();
  // From Spark 2: murmur3 of "abc" with the old tail.
  expect(entries(compileFeatures(old).fromText('abc'))).toEqual([[1322437556 % 512, 1]]);
});

describe('other vectors', () => {
  const counter = {
    kind: 'CountVectorizer',
    uid: 'cv',
    inputCol: 'words',
    outputCol: 'tf',
    vocabulary: ['good', 'bad', '?'],
    minTF: 1,
    binary: false,
  } as const;

  test.each([
    [
      {},
      'bad good good meh',
      [
        [0, 2],
        [1, 1],
      ],
    ],
    [{ minTF: 2 }, 'bad good good meh', [[0, 2]]],
    [{ minTF: 0.5 }, 'bad good good meh', [[0, 2]]],
    [
      { minTF: 0.25, binary: true },
      'bad good good meh',
      [
        [0, 1],
        [1, 1],
      ],
    ],
    [{}, 'none', []],
    // Spark holds texts as UTF-8, where half a surrogate pair is a question mark.
    [{}, '\ud83d', [[2, 1]]],
  ])('CountVectorizer %j of %j', (more, row, expected) => {
    expect(entries(compileFeatures([tokenizer, { ...counter, ...more }]).fromText(row))).toEqual(expected);
  });

  test('VectorAssembler puts vectors behind each other and leaves zeros out', () => {
    const stages: FeatureStage[] = [
      tokenizer,
      { ...counter, outputCol: 'a' },
      { ...idf(3), inputCol: 'a', outputCol: 'ai', idf: Float64Array.of(0.5, 0, 2) },
      { ...counter, uid: 'cv2', outputCol: 'b', vocabulary: ['bad'] },
      { kind: 'VectorAssembler', uid: 'va', inputCols: ['ai', 'b'], outputCol: 'features', handleInvalid: 'error' },
    ];
    const maker = compileFeatures(stages);
    expect(maker.columns).toBe(4);
    expect(entries(maker.fromText('good bad good'))).toEqual([
      [0, 1],
      [3, 1],
    ]);
    expect([...maker.tokensOf('good bad')]).toEqual([
      [0, ['good']],
      [1, ['bad']],
      [3, ['bad']],
    ]);
  });
});

describe('pipelines that cannot be scored are refused', () => {
  test.each<[string, FeatureStage[], RegExp]>([
    ['no stages', [], /no feature stages/],
    ['a column that nobody makes', [tokenizer, hashing('other', 8)], /no stage of the model makes the column other/],
    ['tokens as a vector', [tokenizer, idf(8, { inputCol: 'words' })], /tok \(Tokenizer\) does not make a vector/],
    [
      'a vector as tokens',
      [tokenizer, hashing('words', 8), ngram(2, 'tf', 'bi'), hashing('bi', 8, { outputCol: 'x' })],
      /tf \(HashingTF\) does not make tokens/,
    ],
    ['idf of another size', [tokenizer, hashing('words', 8), idf(9)], /9 weights for 8 features/],
    ['a circle', [ngram(2, 'b', 'a'), ngram(2, 'a', 'b'), hashing('b', 8)], /circle/],
    [
      'two texts',
      [
        tokenizer,
        { ...tokenizer, inputCol: 'title', outputCol: 'more' },
        concat(['words', 'more'], 'all'),
        hashing('all', 8),
      ],
      /2 text columns: text, title/,
    ],
    ['a pattern of Java only', [regexTokenizer('a++'), hashing('words', 8)], /regexTok \(RegexTokenizer\).*possessive/],
  ])('%s', (_name, stages, reason) => {
    expect(() => compileFeatures(stages)).toThrow(reason);
    expect(() => compileFeatures(stages)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  });
});

describe('the n-grams of the fast way', () => {
  test('hash "a b c" goes on from the words of "a", whatever their lengths', () => {
    const token = fc.string({ unit: fc.constantFrom('a', 'B', '.'), maxLength: 11 });
    const stages: FeatureStage[] = [
      tokenizer,
      ngram(2, 'words', 'bi'),
      ngram(5, 'words', 'five'),
      concat(['five', 'bi'], 'all'),
      hashing('all', 1 << 20),
    ];
    const maker = compileFeatures(stages);
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), tokens => {
        const text = tokens.join(' ');
        const words = tokenizeSlowly(text);
        const grams = [5, 2].flatMap(n =>
          words.slice(0, Math.max(0, words.length - n + 1)).map((_, at) => words.slice(at, at + n).join(' ')),
        );
        expect(entries(maker.fromText(text))).toEqual(countTokensSlowly(grams, 1 << 20));
      }),
      { numRuns: 300 },
    );
  });

  test('stop words are gone before n-grams are made', () => {
    const maker = compileFeatures([tokenizer, remover(), ngram(2, 'kept', 'bi'), hashing('bi', 1 << 20)]);
    expect(entries(maker.fromText("good the movie DON'T end"))).toEqual(
      countTokensSlowly(['good movie', 'movie end'], 1 << 20),
    );
    expect(entries(maker.fromText('good the'))).toEqual([]);
  });
});

test('a vector that joins itself is compiled once for each column, and refused beyond what Spark can count', () => {
  const assembler = (inputCols: readonly string[], outputCol: string): FeatureStage => ({
    kind: 'VectorAssembler',
    uid: outputCol,
    inputCols,
    outputCol,
    handleInvalid: 'error',
  });
  const double = (levels: number, size: number): FeatureStage[] => [
    tokenizer,
    hashing('words', size, { outputCol: 'c0' }),
    ...Array.from({ length: levels }, (_, level) => assembler([`c${level}`, `c${level}`], `c${level + 1}`)),
  ];
  expect(compileFeatures(double(10, 8)).columns).toBe(8 * 1024);
  expect(entries(compileFeatures(double(1, 8)).fromText('a a'))).toHaveLength(2);
  expect(() => compileFeatures(double(40, 8))).toThrow(/put together from more than 4096/);
  expect(() => compileFeatures(double(3, 2 ** 29))).toThrow(/c2 \(VectorAssembler\) has 2147483648 columns/);
});
